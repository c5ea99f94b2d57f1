"""The words and moves of events: statuses, roles, values that code decides on."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Language(models.TextChoices):
    """Languages of pages and messages; Polish is the one that must be there."""

    PL = "pl", _("Polish")
    EN = "en", _("English")
    UK = "uk", _("Ukrainian")


class EventStatus(models.TextChoices):
    """Where an event stands in its life; `EVENT_MOVES` has the allowed moves."""

    DRAFT = "draft", pgettext_lazy("event status", "Draft")
    IN_REVIEW = "in_review", pgettext_lazy("event status", "In review")
    PUBLISHED = "published", pgettext_lazy("event status", "Published")
    POSTPONED = "postponed", pgettext_lazy("event status", "Postponed")
    HELD = "held", pgettext_lazy("event status", "Held")
    CLOSED = "closed", pgettext_lazy("event status", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("event status", "Cancelled")


EVENT_MOVES: Final[Mapping[EventStatus, frozenset[EventStatus]]] = {
    EventStatus.DRAFT: frozenset({EventStatus.IN_REVIEW, EventStatus.PUBLISHED}),
    EventStatus.IN_REVIEW: frozenset({EventStatus.DRAFT, EventStatus.PUBLISHED}),
    EventStatus.PUBLISHED: frozenset({EventStatus.HELD, EventStatus.POSTPONED, EventStatus.CANCELLED}),
    EventStatus.POSTPONED: frozenset({EventStatus.PUBLISHED, EventStatus.CANCELLED}),
    EventStatus.HELD: frozenset({EventStatus.CLOSED}),
    EventStatus.CLOSED: frozenset(),
    EventStatus.CANCELLED: frozenset(),
}

# What a stranger may see: everything that was once announced stays visible with its state.
PUBLIC_STATUSES: Final = (
    EventStatus.PUBLISHED,
    EventStatus.POSTPONED,
    EventStatus.HELD,
    EventStatus.CLOSED,
    EventStatus.CANCELLED,
)


class EventMode(models.TextChoices):
    """How people take part; an empty value in the database means "not stated"."""

    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("In person and online")


class Visibility(models.TextChoices):
    """Who finds the event: everybody, whoever has the address, or invited people only."""

    PUBLIC = "public", _("Public")
    UNLISTED = "unlisted", _("Unlisted")
    RESTRICTED = "restricted", _("Restricted")


class Role(models.TextChoices):
    """What a member of a unit is there for; `events.permissions` says what each may do."""

    OWNER = "owner", pgettext_lazy("role", "Owner")
    EDITOR = "editor", pgettext_lazy("role", "Editor")
    DOOR = "door", pgettext_lazy("role", "Door staff")
    ACCESSIBILITY = "accessibility", pgettext_lazy("role", "Accessibility coordinator")
    HEAD = "head", pgettext_lazy("role", "Head of unit")
    AUDITOR = "auditor", pgettext_lazy("role", "Auditor")
    ADMIN = "admin", pgettext_lazy("role", "Administrator")


class Accessibility(models.TextChoices):
    """The value of an accessibility feature; "unknown" is never shown as "no"."""

    YES = "yes", pgettext_lazy("accessibility", "yes")
    NO = "no", pgettext_lazy("accessibility", "no")
    UNKNOWN = "unknown", pgettext_lazy("accessibility", "not known")
    ON_REQUEST = "on_request", pgettext_lazy("accessibility", "on request")


class AccessibilityFeature(models.TextChoices):
    """What a venue or an event offers so that everybody can take part."""

    STEP_FREE = "step_free", _("Step-free access")
    ACCESSIBLE_TOILET = "accessible_toilet", _("Accessible toilet")
    ACCESSIBLE_PARKING = "accessible_parking", _("Accessible parking space")
    INDUCTION_LOOP = "induction_loop", _("Induction loop")
    PJM = "pjm", _("Polish Sign Language interpreter")
    CAPTIONS = "captions", _("Live captions")
    QUIET_ROOM = "quiet_room", _("Quiet room")
    ASSISTANCE_DOG = "assistance_dog", _("Assistance dogs welcome")
    EASY_TO_READ = "easy_to_read", _("Easy-to-read information")


class WaitlistPolicy(models.TextChoices):
    """Who gets a freed seat: strictly the next party, or the next one that fits."""

    STRICT = "strict", _("Strict order")
    FIRST_FIT = "first_fit", _("The next party that fits")


class SeatSource(models.TextChoices):
    """Which seats a registration counts in: its group's, those given up to everybody, or those kept for invited people."""

    OWN = "own", pgettext_lazy("seat source", "Seats of the group")
    RELEASED = "released", pgettext_lazy("seat source", "Seats opened to everybody")
    RESERVED = "reserved", pgettext_lazy("seat source", "Seats kept for invited people")


class NoAnswer(models.TextChoices):
    """What becomes of a seat whose person does not answer whether they still come."""

    KEEP = "keep", pgettext_lazy("no answer", "The seat stays theirs")
    RELEASE = "release", pgettext_lazy("no answer", "The seat goes to the next person")


class ReminderChannel(models.TextChoices):
    """The channel that a reminder rule speaks on."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class ReminderAudience(models.TextChoices):
    """Whom a reminder rule speaks to."""

    CONFIRMED = "confirmed", pgettext_lazy("reminded", "People who have a seat")
    WAITLISTED = "waitlisted", pgettext_lazy("reminded", "People on the reserve list")
    SPEAKERS = "speakers", pgettext_lazy("reminded", "People who speak or work there")


class AgeRule(models.TextChoices):
    """Whom an event is for by age; only the answer to its question is ever stored, never a date of birth."""

    NONE = "none", pgettext_lazy("age rule", "No rule")
    GUARDIAN_STATEMENT = "guardian_statement", pgettext_lazy("age rule", "A guardian's statement below an age")
    ADULTS_ONLY = "adults_only", pgettext_lazy("age rule", "Adults only")


class QuestionKind(models.TextChoices):
    """What an answer to an organiser's question looks like."""

    TEXT = "text", pgettext_lazy("question", "Text")
    CHOICE = "choice", pgettext_lazy("question", "One of several")
    MULTIPLE = "multiple", pgettext_lazy("question", "Any of several")
    NUMBER = "number", pgettext_lazy("question", "Number")
    YES_NO = "yes_no", pgettext_lazy("question", "Yes or no")


class EventRoleKind(models.TextChoices):
    """What somebody does at an event."""

    SPEAKER = "speaker", pgettext_lazy("event role", "Speaker")
    CHAIR = "chair", pgettext_lazy("event role", "Chair")
    INTERPRETER = "interpreter", pgettext_lazy("event role", "Interpreter")
    STAFF = "staff", pgettext_lazy("event role", "Staff")


# Whoever was ordered for an event: told when it does not take place, and never named in public.
SUPPLIERS: Final = (EventRoleKind.INTERPRETER, EventRoleKind.STAFF)


class SeriesScope(models.TextChoices):
    """Which events of a series a change is meant for."""

    THIS = "this", pgettext_lazy("series", "Only this event")
    FOLLOWING = "following", pgettext_lazy("series", "This and the following events")
    ALL = "all", pgettext_lazy("series", "All events of the series")


class Qualifier(models.TextChoices):
    """How exact a historical figure is, as its source words it."""

    EXACT = "exact", pgettext_lazy("figure", "exactly")
    ABOUT = "about", pgettext_lazy("figure", "about")
    NEARLY = "nearly", pgettext_lazy("figure", "nearly")
    OVER = "over", pgettext_lazy("figure", "over")
    DOZEN_OR_SO = "dozen_or_so", pgettext_lazy("figure", "a dozen or so")


class EventChangeKind(models.TextChoices):
    """What happened to an event; each is one row of its history."""

    CREATED = "created", pgettext_lazy("event change", "Created")
    EDITED = "edited", pgettext_lazy("event change", "Edited")
    SUBMITTED = "submitted", pgettext_lazy("event change", "Sent for review")
    SENT_BACK = "sent_back", pgettext_lazy("event change", "Sent back with a word")
    PUBLISHED = "published", pgettext_lazy("event change", "Published")
    RESCHEDULED = "rescheduled", pgettext_lazy("event change", "Moved to another time")
    RELOCATED = "relocated", pgettext_lazy("event change", "Moved to another place")
    MODE_CHANGED = "mode_changed", pgettext_lazy("event change", "Way of taking part changed")
    CAPACITY_CHANGED = "capacity_changed", pgettext_lazy("event change", "Number of seats changed")
    FEATURE_LOST = "feature_lost", pgettext_lazy("event change", "Less accessible than announced")
    ROOM_SHARED = "room_shared", pgettext_lazy("event change", "Room shared with another event")
    POSTPONED = "postponed", pgettext_lazy("event change", "Postponed without a date")
    NEW_DATE = "new_date", pgettext_lazy("event change", "New date after being postponed")
    CANCELLED = "cancelled", pgettext_lazy("event change", "Cancelled")
    HELD = "held", pgettext_lazy("event change", "Took place")
    CLOSED = "closed", pgettext_lazy("event change", "Closed")
    SEATS_RELEASED = "seats_released", pgettext_lazy("event change", "Seats of a group opened to everybody")
    LEGAL_HOLD = "legal_hold", pgettext_lazy("event change", "Legal hold on its data")
    NEED_ALERT = "need_alert", pgettext_lazy("event change", "More wheelchair places needed than there are")
    ATTENDANCE_CLOSED = "attendance_closed", pgettext_lazy("event change", "Attendance closed")
    ATTENDANCE_REOPENED = "attendance_reopened", pgettext_lazy("event change", "Attendance opened again")


class AccessKind(models.TextChoices):
    """How somebody came to see personal data."""

    NEEDS = "needs", pgettext_lazy("access", "Looked at accommodation needs")
    REGISTRATION = "registration", pgettext_lazy("access", "Looked at one registration")
    REGISTRATIONS = "registrations", pgettext_lazy("access", "Looked at the list of registrations")
    EXPORT = "export", pgettext_lazy("access", "Took the list of registrations away as a file")
    ACCESS_LOG = "access_log", pgettext_lazy("access", "Looked at this log")
