"""What events are made of, and what the database promises about it."""

from events.models.events import (
    CalendarEntry,
    CalendarVersion,
    Event,
    EventChange,
    EventKind,
    ParticipantCategory,
    RegistrationPolicy,
    ReminderRule,
    SeatPool,
    Session,
    Topic,
    unit_contact,
)
from events.models.people import ApiToken, InformationNotice, OrganizationalUnit, UnitMembership, User
from events.models.places import District, Room, Venue, merged_accessibility
from events.models.processes import (
    Milestone,
    ParticipationProcess,
    RecordedActivity,
    RecordedFigure,
    SeatRule,
    Stage,
)
from events.models.texts import Translated, TranslatedField, in_language, validate_translated

__all__ = [
    "ApiToken",
    "CalendarEntry",
    "CalendarVersion",
    "District",
    "Event",
    "EventChange",
    "EventKind",
    "InformationNotice",
    "Milestone",
    "OrganizationalUnit",
    "ParticipantCategory",
    "ParticipationProcess",
    "RecordedActivity",
    "RecordedFigure",
    "RegistrationPolicy",
    "ReminderRule",
    "Room",
    "SeatPool",
    "SeatRule",
    "Session",
    "Stage",
    "Topic",
    "Translated",
    "TranslatedField",
    "UnitMembership",
    "User",
    "Venue",
    "in_language",
    "merged_accessibility",
    "unit_contact",
    "validate_translated",
]
