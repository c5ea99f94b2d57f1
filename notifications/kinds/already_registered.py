"""Somebody tried to register with an address that has a registration: its owner gets the link they already have."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, for_a_day
from registrations.enums import ACTIVE_STATES, ChangeCause, RegistrationState

ALREADY_REGISTERED = Kind(
    name="already_registered",
    priority=Priority.CONFIRMATION,
    causes=tuple((ChangeCause.ASKED_AGAIN, state) for state in ACTIVE_STATES if state != RegistrationState.HELD),
    sms_needs_link=True,
    useful_until=for_a_day,
)
