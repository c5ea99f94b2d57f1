"""A meeting that was to be in a place is online now: where nobody is to go, and how one takes part instead."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends
from notifications.kinds.event_changed import EVENT_CHANGED

MOVED_ONLINE = Kind(
    name="moved_online",
    priority=Priority.CHANGE,
    event_true_while=(EventStatus.PUBLISHED,),
    tells=EVENT_CHANGED.tells,
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    waits_for_daytime=True,
)
