"""Most seats of a meeting, or all of them, are confirmed: whoever makes it may add seats or take a larger place."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends

FILLING_UP = Kind(
    name="filling_up",
    priority=Priority.REMINDER,
    event_true_while=(EventStatus.PUBLISHED,),
    useful_until=until_event_ends,
)
