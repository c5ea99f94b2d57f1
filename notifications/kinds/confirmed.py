"""Somebody has a seat: ticket code, calendar entry and everything one needs to come."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends
from registrations.enums import ChangeCause, RegistrationState

CONFIRMED = Kind(
    name="confirmed",
    priority=Priority.CONFIRMATION,
    causes=tuple(
        (cause, RegistrationState.CONFIRMED)
        for cause in (
            ChangeCause.SIGNED_UP,
            ChangeCause.ADDRESS_CONFIRMED,
            ChangeCause.OFFER_ACCEPTED,
            ChangeCause.ADDRESS_CORRECTED,
        )
    ),
    true_while=(RegistrationState.CONFIRMED,),
    # Somebody may be signed up at the door of a meeting that is running.
    event_true_while=(EventStatus.PUBLISHED, EventStatus.POSTPONED, EventStatus.HELD),
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    has_ticket=True,
)
