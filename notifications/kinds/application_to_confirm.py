"""An application was accepted, but nobody has shown yet that the address is theirs."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_hold_expires
from registrations.enums import ChangeCause, RegistrationState

APPLICATION_TO_CONFIRM = Kind(
    name="application_to_confirm",
    priority=Priority.CONFIRMATION,
    causes=((ChangeCause.APPROVED, RegistrationState.HELD),),
    true_while=(RegistrationState.HELD,),
    sms_needs_link=True,
    useful_until=until_hold_expires,
)
