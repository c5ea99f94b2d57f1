"""A meeting is near at which somebody has a task: what it is, when and where."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts

REMINDER_SPEAKER = Kind(
    name="reminder_speaker",
    priority=Priority.REMINDER,
    event_true_while=(EventStatus.PUBLISHED,),
    useful_until=until_event_starts,
    repeat_when_unclear=False,
    is_optional=True,
)
