"""A meeting does not take place: everybody who counts on it is told on every channel we have."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends

EVENT_CANCELLED = Kind(
    name="event_cancelled",
    priority=Priority.CANCELLATION,
    event_true_while=(EventStatus.CANCELLED,),
    useful_until=until_event_ends,
    calendar=CalendarPart.CANCEL,
    also_by_sms=True,
    waits_for_daytime=True,
)
