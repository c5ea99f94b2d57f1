"""A meeting is over: thanks to who came, and where its page and files are."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, for_a_week
from registrations.enums import RegistrationState

AFTER_EVENT = Kind(
    name="after_event",
    priority=Priority.OPTIONAL,
    true_while=(RegistrationState.CONFIRMED,),
    event_true_while=(EventStatus.PUBLISHED, EventStatus.HELD),
    # From its rule, as of a reminder; see actions.due_times.
    useful_until=for_a_week,
    needs_sms_consent=True,
    waits_for_daytime=True,
    repeat_when_unclear=False,
    is_optional=True,
)
