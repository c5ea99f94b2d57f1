"""Who may stand at a door for a day without being a member of the unit."""

from typing import ClassVar

from django.db import models

from events.models.events import Event
from events.models.people import User


class DoorPass(models.Model):
    """A way to one event's door on one day, for somebody without an account.

    Its link is an HMAC of id and generation, so nothing that is stored opens the door; it ends with the day.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="door_passes")
    # What organisers call it: an entrance, or who stands there.
    label = models.CharField(max_length=80)
    generation = models.PositiveIntegerField(default=1)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order in which they were given out."""

        ordering: ClassVar = ["id"]
        verbose_name_plural = "door passes"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("valid_from")), name="door_pass_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        """The label."""
        return self.label
