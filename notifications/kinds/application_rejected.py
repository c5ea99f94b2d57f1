"""An application was rejected, with the organiser's reason."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, for_a_week
from registrations.enums import ChangeCause, RegistrationState

APPLICATION_REJECTED = Kind(
    name="application_rejected",
    priority=Priority.CONFIRMATION,
    causes=((ChangeCause.REJECTED, RegistrationState.REJECTED),),
    true_while=(RegistrationState.REJECTED,),
    # Whatever happens to the event afterwards, this stays true.
    event_true_while=tuple(EventStatus),
    useful_until=for_a_week,
)
