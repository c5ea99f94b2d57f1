"""There was no seat: a place on the reserve list, and no code."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts
from registrations.enums import ChangeCause, RegistrationState

WAITLISTED = Kind(
    name="waitlisted",
    priority=Priority.CONFIRMATION,
    causes=tuple(
        (cause, RegistrationState.WAITLISTED)
        for cause in (ChangeCause.SIGNED_UP, ChangeCause.ADDRESS_CONFIRMED, ChangeCause.ADDRESS_CORRECTED)
    ),
    true_while=(RegistrationState.WAITLISTED,),
    useful_until=until_event_starts,
)
