"""Somebody who waited has a seat now, without having to answer."""

from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends
from registrations.enums import ChangeCause, RegistrationState

PROMOTED = Kind(
    name="promoted",
    priority=Priority.OFFER,
    causes=((ChangeCause.PROMOTED, RegistrationState.CONFIRMED),),
    true_while=(RegistrationState.CONFIRMED,),
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    has_ticket=True,
)
