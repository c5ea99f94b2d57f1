"""Messages of an event have failed for good: somebody has to see whom they were for."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, for_a_week

FAILING_MESSAGES = Kind(
    name="failing_messages",
    priority=Priority.REMINDER,
    # Also of what is called off: that nobody was told of it is worth knowing most of all.
    event_true_while=tuple(EventStatus),
    useful_until=for_a_week,
)
