"""What only some kinds say: the place in the queue, one's points of the agenda, the figures of an alert."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from events.models import Event, in_language
from notifications.kinds import FAILING_MESSAGES, FILLING_UP, NEEDS_UNMET, REMINDER_SPEAKER, REMINDER_WAITLISTED, Kind
from notifications.models import Message
from notifications.queries.alerts import failure_figures, need_figures, seat_figures
from notifications.queries.dispatch import agenda_points_of
from notifications.rendering.letters import NothingToSay
from registrations.queries.lists import position_of

# The figures of each alert, as they are now.
_ALERTS: Final[Mapping[str, Callable[[Event], Mapping[str, int]]]] = {
    FILLING_UP.name: seat_figures,
    NEEDS_UNMET.name: need_figures,
    FAILING_MESSAGES.name: failure_figures,
}


@dataclass(frozen=True)
class Point:
    """A point of the agenda as its speaker reads it; the time is empty where only the order is known."""

    time: str
    title: str


def particulars(message: Message, kind: Kind, event: Event) -> Mapping[str, object]:
    """Values for the templates of the kind; an alert whose reason is gone says nothing."""
    if kind == REMINDER_WAITLISTED and message.registration is not None:
        return {"place_in_queue": position_of(message.registration)}
    if kind == REMINDER_SPEAKER and message.role is not None:
        return {"points": _points(message, event)}
    if kind.name in _ALERTS:
        figures = _ALERTS[kind.name](event)
        if not figures:
            raise NothingToSay
        return figures
    return {}


def _points(message: Message, event: Event) -> list[Point]:
    zone = ZoneInfo(event.time_zone)
    assert message.role is not None
    return [
        Point(
            time=f"{item.starts_at.astimezone(zone):%H:%M}" if item.starts_at else "",
            title=in_language(item.title, message.language),
        )
        for item in agenda_points_of(message.role, message.session)
    ]
