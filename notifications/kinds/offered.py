"""A seat became free and is kept for somebody who waited, for a while."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_offer_expires
from registrations.enums import ChangeCause, RegistrationState

OFFERED = Kind(
    name="offered",
    priority=Priority.OFFER,
    causes=((ChangeCause.PROMOTED, RegistrationState.OFFERED),),
    true_while=(RegistrationState.OFFERED,),
    sms_needs_link=True,
    useful_until=until_offer_expires,
)
