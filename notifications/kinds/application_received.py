"""Somebody has applied for a seat, and the organiser still has to decide: no seat, no code."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts
from registrations.enums import ChangeCause, RegistrationState

APPLICATION_RECEIVED = Kind(
    name="application_received",
    priority=Priority.CONFIRMATION,
    causes=tuple(
        (cause, RegistrationState.AWAITING_APPROVAL) for cause in (ChangeCause.SIGNED_UP, ChangeCause.ADDRESS_CORRECTED)
    ),
    true_while=(RegistrationState.AWAITING_APPROVAL,),
    useful_until=until_event_starts,
)
