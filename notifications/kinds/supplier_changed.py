"""A meeting has another time, place or way of taking part: told to everybody who speaks, chairs, interprets or helps."""

from events.enums import EventChangeKind, EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends

SUPPLIER_CHANGED = Kind(
    name="supplier_changed",
    priority=Priority.CHANGE,
    event_true_while=(EventStatus.PUBLISHED,),
    tells=(
        EventChangeKind.RESCHEDULED,
        EventChangeKind.RELOCATED,
        EventChangeKind.MODE_CHANGED,
        EventChangeKind.NEW_DATE,
    ),
    gathers=True,
    useful_until=until_event_ends,
)
