"""Somebody asked for the link to their registration again, or staff put their address right."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, for_a_day
from registrations.enums import ACTIVE_STATES, ChangeCause, RegistrationState

LINK_AGAIN = Kind(
    name="link_again",
    priority=Priority.CONFIRMATION,
    causes=tuple(
        (cause, state)
        for cause in (ChangeCause.LINK_REQUESTED, ChangeCause.ADDRESS_CORRECTED)
        for state in ACTIVE_STATES
        if state != RegistrationState.HELD
    ),
    sms_needs_link=True,
    useful_until=for_a_day,
)
