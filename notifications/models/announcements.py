"""What an organiser wants to say to the people of a meeting."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from events.models import Event, ParticipantCategory, Session, User
from events.models.texts import TranslatedField, has_polish


class Announcement(models.Model):
    """One announcement with whom it is for; `planned_at` null: the tick still has to write to them.

    Empty lists mean everybody. Its texts are plain, with a line for the greeting and the farewell put around them.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="announcements")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="announcements")
    at = models.DateTimeField()
    subject = TranslatedField()
    body = TranslatedField()
    # Also by SMS to who gave no e-mail; the text is cut to its segments.
    states = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    sessions = models.ManyToManyField(Session, blank=True, related_name="announcements")
    categories = models.ManyToManyField(ParticipantCategory, blank=True, related_name="announcements")
    # The same form sent twice is one announcement.
    nonce = models.UUIDField(unique=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    messages_planned = models.PositiveIntegerField(default=0)

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            has_polish("announcement", "subject"),
            has_polish("announcement", "body"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(planned_at__isnull=True), name="announcement_to_plan"),
        ]

    def __str__(self) -> str:
        """The event and the time."""
        return f"{self.event_id} at {self.at:%Y-%m-%d %H:%M}Z"
