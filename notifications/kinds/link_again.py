"""Somebody asked for the link to their registration again, or staff put their address right."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, for_a_day
from registrations.enums import ACTIVE_STATES, ChangeCause, RegistrationState

LINK_AGAIN = Kind(
    name="link_again",
    priority=Priority.CONFIRMATION,
    # After a correction the others get what they would have got at the right address: a confirmation, a word of the queue.
    causes=(
        *((ChangeCause.LINK_REQUESTED, state) for state in ACTIVE_STATES if state != RegistrationState.HELD),
        (ChangeCause.ADDRESS_CORRECTED, RegistrationState.OFFERED),
    ),
    sms_needs_link=True,
    useful_until=for_a_day,
)
