"""What people did with events, and what the database promises about it."""

from registrations.models.attendance import CheckIn, HeadcountEntry
from registrations.models.idempotency import IdempotentAnswer
from registrations.models.needs import AccommodationRequest, Answer
from registrations.models.rates import RateWindow
from registrations.models.registrations import CalendarFeed, Participant, Registration, RegistrationChange

__all__ = [
    "AccommodationRequest",
    "Answer",
    "CalendarFeed",
    "CheckIn",
    "HeadcountEntry",
    "IdempotentAnswer",
    "Participant",
    "RateWindow",
    "Registration",
    "RegistrationChange",
]
