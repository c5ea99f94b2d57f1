"""What people need to take part, and what they answered: apart from their contact data, with a shorter life."""

from typing import ClassVar

from django.db import models

from events.models import Question, User
from registrations.enums import NeedKind, NeedState
from registrations.models.registrations import Registration


class AccommodationRequest(models.Model):
    """A reasonable accommodation that somebody asked for; it may tell of a person's health (GDPR art. 9).

    Its own table with its own role: names of needs never stand beside names of people in ordinary lists.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="needs")
    kind = models.CharField(max_length=20, choices=NeedKind.choices)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=20, choices=NeedState.choices, default=NeedState.REQUESTED)
    # Asked for after the last day on which it could be promised; it is tried all the same.
    is_late = models.BooleanField(default=False)
    # Why it is not possible, and what is offered instead; the person reads both.
    reason = models.CharField(max_length=2000, blank=True)
    alternative = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """A need is asked for once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["registration", "kind"], name="need_once"),
            models.CheckConstraint(
                condition=~models.Q(state=NeedState.NOT_POSSIBLE) | (~models.Q(reason="") & ~models.Q(alternative="")),
                name="need_not_possible_has_reason_and_alternative",
            ),
        ]

    def __str__(self) -> str:
        """The kind; no person."""
        return f"{self.kind} ({self.state})"


class NeedChange(models.Model):
    """One move of a need; it goes when the need goes. That its person is to be told stands with the registration."""

    need = models.ForeignKey(AccommodationRequest, on_delete=models.CASCADE, related_name="changes")
    from_state = models.CharField(max_length=20, choices=NeedState.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=NeedState.choices)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="need_changes")
    at = models.DateTimeField()
    reason = models.CharField(max_length=2000, blank=True)

    class Meta:
        """In the order things happened."""

        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        """What; no person."""
        return f"need {self.need_id} → {self.to_state}"


class Answer(models.Model):
    """What somebody answered to a question of the organiser.

    `value` by the question's kind: a text, a choice's value, a list of values, a number, true or false.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField()

    class Meta:
        """A question is answered once."""

        ordering: ClassVar = ["question__position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["registration", "question"], name="answer_once")]

    def __str__(self) -> str:
        """Which question; not the answer."""
        return f"answer to {self.question_id}"
