"""Somebody asked for the links to all their registrations."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, for_a_day
from registrations.enums import ChangeCause, RegistrationState

MY_REGISTRATIONS = Kind(
    name="my_registrations",
    priority=Priority.CONFIRMATION,
    causes=tuple((ChangeCause.OVERVIEW_REQUESTED, state) for state in RegistrationState),
    # It speaks of all of them; the one it hangs on only says where to send it.
    true_while=tuple(RegistrationState),
    event_true_while=tuple(EventStatus),
    sms_needs_link=True,
    useful_until=for_a_day,
)
