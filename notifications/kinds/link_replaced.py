"""Somebody closed the old links to their registration and gets a new one."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, for_a_week
from registrations.enums import ChangeCause, RegistrationState

LINK_REPLACED = Kind(
    name="link_replaced",
    priority=Priority.CONFIRMATION,
    causes=tuple((ChangeCause.LINK_REVOKED, state) for state in RegistrationState),
    # Whatever has become of the registration: without this mail nobody gets to its page any more.
    true_while=tuple(RegistrationState),
    event_true_while=tuple(EventStatus),
    sms_needs_link=True,
    useful_until=for_a_week,
)
