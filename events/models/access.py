"""Who looked at personal data, and when: written once, changed by nobody."""

from typing import ClassVar

from django.db import models

from events.enums import AccessKind
from events.models.events import Event
from events.models.people import User


class AccessLog(models.Model):
    """One view or export of personal data. A trigger refuses every change; only retention deletes old rows.

    `people`: how many persons' data it was; `about`: the reference of the registration where it was one.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="accesses")
    # A draft may be deleted later; what was looked at stays known by its address.
    event = models.ForeignKey(
        Event, on_delete=models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="accesses"
    )
    event_slug = models.SlugField(max_length=120, blank=True)
    kind = models.CharField(max_length=20, choices=AccessKind.choices)
    about = models.CharField(max_length=12, blank=True)
    people = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        """The latest first; old rows are found by time."""

        ordering: ClassVar = ["-id"]
        verbose_name_plural = "access log"
        indexes: ClassVar = [
            models.Index(fields=["event", "-id"], name="access_log_of_event"),
            models.Index(fields=["at"], name="access_log_by_time"),
        ]

    def __str__(self) -> str:
        """Who did what; nobody else's name."""
        return f"{self.user_id} {self.kind} {self.at:%Y-%m-%d %H:%M}Z"
