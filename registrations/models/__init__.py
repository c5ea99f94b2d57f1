"""What people did with events, and what the database promises about it."""

from registrations.models.attendance import CheckIn, HeadcountEntry
from registrations.models.consents import Consent, ConsentText
from registrations.models.idempotency import IdempotentAnswer
from registrations.models.invitations import Invitation
from registrations.models.needs import AccommodationRequest, Answer, NeedChange
from registrations.models.no_shows import NoShowPause
from registrations.models.rates import RateWindow
from registrations.models.registrations import CalendarFeed, Participant, PartyMember, Registration, RegistrationChange
from registrations.models.retention import RetentionRun

__all__ = [
    "AccommodationRequest",
    "Answer",
    "CalendarFeed",
    "CheckIn",
    "Consent",
    "ConsentText",
    "HeadcountEntry",
    "IdempotentAnswer",
    "Invitation",
    "NeedChange",
    "NoShowPause",
    "Participant",
    "PartyMember",
    "RateWindow",
    "Registration",
    "RegistrationChange",
    "RetentionRun",
]
