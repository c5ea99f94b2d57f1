"""A meeting is near for which somebody still waits: no seat yet, and a word for who waits no more."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts
from registrations.enums import RegistrationState

REMINDER_WAITLISTED = Kind(
    name="reminder_waitlisted",
    priority=Priority.REMINDER,
    true_while=(RegistrationState.WAITLISTED,),
    event_true_while=(EventStatus.PUBLISHED,),
    useful_until=until_event_starts,
    needs_sms_consent=True,
    waits_for_daytime=True,
    repeat_when_unclear=False,
    is_optional=True,
)
