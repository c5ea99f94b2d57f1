"""A seat is held, or a place in the queue kept, until the address is confirmed."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_hold_expires
from registrations.enums import ChangeCause, RegistrationState

HOLD_TO_CONFIRM = Kind(
    name="hold_to_confirm",
    priority=Priority.CONFIRMATION,
    causes=tuple(
        (cause, RegistrationState.HELD)
        for cause in (
            ChangeCause.SIGNED_UP,
            ChangeCause.ADDRESS_CORRECTED,
            ChangeCause.LINK_REQUESTED,
            ChangeCause.ASKED_AGAIN,
        )
    ),
    true_while=(RegistrationState.HELD,),
    sms_needs_link=True,
    useful_until=until_hold_expires,
)
