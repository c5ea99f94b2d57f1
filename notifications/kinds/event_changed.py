"""A meeting has another time, place or way of taking part: the old and the new value."""

from events.enums import EventChangeKind, EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends

EVENT_CHANGED = Kind(
    name="event_changed",
    priority=Priority.CHANGE,
    # What changes while there is no date is told together with the new one.
    event_true_while=(EventStatus.PUBLISHED,),
    # That there are more seats is no news to who has one.
    tells=(
        EventChangeKind.RESCHEDULED,
        EventChangeKind.RELOCATED,
        EventChangeKind.MODE_CHANGED,
        EventChangeKind.EDITED,
    ),
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    # Who puts an event right saves it several times.
    gathers=True,
    waits_for_daytime=True,
)
