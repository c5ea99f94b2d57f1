"""An application was accepted, but there is no seat: a place on the reserve list, and no code."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts
from registrations.enums import ChangeCause, RegistrationState

APPLICATION_WAITLISTED = Kind(
    name="application_waitlisted",
    priority=Priority.CONFIRMATION,
    causes=((ChangeCause.APPROVED, RegistrationState.WAITLISTED),),
    true_while=(RegistrationState.WAITLISTED,),
    useful_until=until_event_starts,
)
