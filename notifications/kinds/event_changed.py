"""A meeting has another time, place or way of taking part: the old and the new value."""

from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends

EVENT_CHANGED = Kind(
    name="event_changed",
    priority=Priority.CHANGE,
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    waits_for_daytime=True,
)
