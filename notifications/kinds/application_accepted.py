"""An application was accepted, and there is a seat: ticket code, calendar entry and everything one needs to come."""

from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends
from registrations.enums import ChangeCause, RegistrationState

APPLICATION_ACCEPTED = Kind(
    name="application_accepted",
    priority=Priority.CONFIRMATION,
    causes=((ChangeCause.APPROVED, RegistrationState.CONFIRMED),),
    true_while=(RegistrationState.CONFIRMED,),
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    has_ticket=True,
)
