"""A meeting is near and not everything that people need is arranged: numbers, no names."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts

NEEDS_UNMET = Kind(
    name="needs_unmet",
    priority=Priority.CHANGE,
    event_true_while=(EventStatus.PUBLISHED,),
    useful_until=until_event_starts,
)
