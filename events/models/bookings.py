"""When a room is taken: what the database itself holds against two meetings in one room."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from events.models.events import Session
from events.models.places import Room


class RoomBooking(models.Model):
    """A session's hold on its room, from the set-up to the end.

    There is one for every session that has a room and may still take place; postponing or cancelling takes it away.
    `is_shared`: an organiser has put the session there although the room is taken, and said why (`ROOM_SHARED`).
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, primary_key=True, related_name="booking")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bookings")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_shared = models.BooleanField(default=False)

    class Meta:
        """Nobody else in the room meanwhile, except where that was decided by name; an end may be the next one's begin."""

        constraints: ClassVar = [
            ExclusionConstraint(
                name="room_booked_once",
                # A range of one number stands for equality: so no extension of PostgreSQL is needed.
                expressions=[
                    (Func(F("room"), F("room"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            F("begins_at"),
                            F("ends_at"),
                            RangeBoundary(),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_shared=False),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="booking_ends_after_it_begins"),
        ]
        indexes: ClassVar = [models.Index(fields=["room", "begins_at"], name="booking_of_room")]

    def __str__(self) -> str:
        """Which session, from when."""
        return f"{self.session_id} {self.begins_at:%Y-%m-%d %H:%M}Z"
