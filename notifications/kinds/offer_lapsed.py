"""An offered seat was not taken in time and went to the next person."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts
from registrations.enums import ChangeCause, RegistrationState

OFFER_LAPSED = Kind(
    name="offer_lapsed",
    priority=Priority.CONFIRMATION,
    causes=((ChangeCause.OFFER_LAPSED, RegistrationState.EXPIRED),),
    true_while=(RegistrationState.EXPIRED,),
    useful_until=until_event_starts,
)
