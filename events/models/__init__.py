"""What events are made of, and what the database promises about it."""

from events.models.access import AccessLog
from events.models.agenda import AgendaItem, EventRole
from events.models.attachments import Attachment, AttachmentContent
from events.models.audiences import Audience, Organization
from events.models.bookings import RoomBooking
from events.models.door import DoorActor, DoorPass, actor_columns, answers_for
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
from events.models.questions import Question
from events.models.series import EventSeries
from events.models.texts import Translated, TranslatedField, in_language, validate_translated

__all__ = [
    "AccessLog",
    "AgendaItem",
    "ApiToken",
    "Attachment",
    "AttachmentContent",
    "Audience",
    "CalendarEntry",
    "CalendarVersion",
    "District",
    "DoorActor",
    "DoorPass",
    "Event",
    "EventChange",
    "EventKind",
    "EventRole",
    "EventSeries",
    "InformationNotice",
    "Milestone",
    "Organization",
    "OrganizationalUnit",
    "ParticipantCategory",
    "ParticipationProcess",
    "Question",
    "RecordedActivity",
    "RecordedFigure",
    "RegistrationPolicy",
    "ReminderRule",
    "Room",
    "RoomBooking",
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
    "actor_columns",
    "answers_for",
    "in_language",
    "merged_accessibility",
    "unit_contact",
    "validate_translated",
]
