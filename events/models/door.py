"""Who may stand at a door for a day without being a member of the unit."""

from datetime import datetime
from typing import ClassVar, TypedDict

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

    def has_ended(self, *, at: datetime) -> bool:
        """Whether it was taken back, or its day is over."""
        return self.revoked_at is not None or at >= self.valid_until

    def opens(self, *, at: datetime) -> bool:
        """Whether it opens its door now."""
        return at >= self.valid_from and not self.has_ended(at=at)


# Whoever stands at a door: a member of the unit, or somebody with a pass for the day.
DoorActor = User | DoorPass


class ActorColumns(TypedDict):
    """Who stood at the door, as the door's rows keep it: one of the two."""

    by: User | None
    door_pass: DoorPass | None


def actor_columns(actor: DoorActor) -> ActorColumns:
    """Who stands at the door, for a new row."""
    if isinstance(actor, User):
        return {"by": actor, "door_pass": None}
    return {"by": None, "door_pass": actor}


def answers_for(actor: DoorActor) -> User | None:
    """The member of staff who answers for what is done at the door: with a pass, whoever gave it."""
    return actor if isinstance(actor, User) else actor.created_by
