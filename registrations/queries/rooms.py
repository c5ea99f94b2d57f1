"""How many people are in the room, against how many may be."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from events.models import Event, Room
from registrations.queries.at_the_door import door_figures


@dataclass(frozen=True)
class RoomFigures:
    """People who were checked in, people counted without names, and staff; `limit` null: nobody has stated one."""

    present: int
    headcount: int
    staff: int
    limit: int | None

    @property
    def inside(self) -> int:
        """Everybody who is in the room."""
        return self.present + self.headcount + self.staff

    @property
    def free(self) -> int | None:
        """How many more may come in, never below 0; null: as many as have seats."""
        return None if self.limit is None else max(self.limit - self.inside, 0)

    def holds(self, people: int) -> bool:
        """Whether so many more may come in."""
        return self.free is None or people <= self.free


def room_figures(event: Event, *, at: datetime) -> RoomFigures:
    """The room of an event as it is now; four statements, three where the event states its own limit.

    A meeting of several days costs two more.
    """
    figures = door_figures(event, at=at)
    return RoomFigures(figures.present, figures.headcount, event.staff_count, _limit(event))


def _limit(event: Event) -> int | None:
    """What the event states; else what the smallest room of its dates holds."""
    if event.people_limit is not None:
        return event.people_limit
    rooms = Room.objects.filter(sessions__event=event, sessions__is_cancelled=False)
    smallest: int | None = rooms.aggregate(smallest=Min("capacity"))["smallest"]
    return smallest
