"""Answers that were given to a program once, so that the same request sent again does nothing again."""

from typing import ClassVar

from django.db import models

from events.models import Event


class IdempotentAnswer(models.Model):
    """What a request with an `Idempotency-Key` was answered; the key and the body are kept as keyed hashes only.

    The answer holds a state and a sentence, never a name, a link or a reference.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(default=dict, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        """A key is used once for an event; what has expired is found by index."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "key_hash"], name="idempotent_answer_once")]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="idempotent_answer_expiry")]

    def __str__(self) -> str:
        """The row; neither key nor body."""
        return f"idempotent answer {self.pk}"
