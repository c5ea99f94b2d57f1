"""What an organiser asks people when they register."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models

from events.enums import QuestionKind
from events.models.events import Event
from events.models.texts import TranslatedField, has_polish, in_language, no_text


class Question(models.Model):
    """One question with the reason why it is asked and how long its answers are kept.

    `choices` of the kinds `choice` and `multiple`: [{"value": "slug", "label": {"pl": …}}, …]. A question that people have
    answered is retired instead of deleted, so that the answers keep their question.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=20, choices=QuestionKind.choices)
    text = TranslatedField()
    help_text = TranslatedField(default=no_text)
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    purpose = TranslatedField()
    retention_days = models.PositiveSmallIntegerField(default=180, validators=[MinValueValidator(1)])
    # Whether it asks for a PESEL number: found by its words, and allowed by an administrator only.
    asks_pesel = models.BooleanField(default=False)
    is_retired = models.BooleanField(default=False)

    class Meta:
        """In the order in which they are asked; none without a purpose and an end of keeping."""

        ordering: ClassVar = ["event", "position", "id"]
        constraints: ClassVar = [
            has_polish("question", "text"),
            has_polish("question", "purpose"),
            models.CheckConstraint(condition=models.Q(retention_days__gte=1), name="question_answers_are_kept_a_while"),
        ]

    def __str__(self) -> str:
        """The question in the active language."""
        return in_language(self.text)
