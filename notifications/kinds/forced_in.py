"""The organiser has let somebody in over the number of seats: a seat like any other."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends
from registrations.enums import ChangeCause, RegistrationState

FORCED_IN = Kind(
    name="forced_in",
    priority=Priority.OFFER,
    causes=((ChangeCause.FORCED_IN, RegistrationState.CONFIRMED),),
    true_while=(RegistrationState.CONFIRMED,),
    # It happens at the door of a meeting that is running, too.
    event_true_while=(EventStatus.PUBLISHED, EventStatus.POSTPONED, EventStatus.HELD),
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    has_ticket=True,
)
