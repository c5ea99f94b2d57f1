"""A meeting is near; planned from the event's reminder rules, for people who had a seat when it was due."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts
from registrations.enums import RegistrationState

REMINDER = Kind(
    name="reminder",
    priority=Priority.REMINDER,
    true_while=(RegistrationState.CONFIRMED,),
    # What is postponed is not near.
    event_true_while=(EventStatus.PUBLISHED,),
    # Each reminder has a limit of its own, from its rule; see actions.due_times.
    useful_until=until_event_starts,
    needs_sms_consent=True,
    waits_for_daytime=True,
    # Two reminders annoy more than none.
    repeat_when_unclear=False,
    is_optional=True,
)
