"""What else wants the same room, the same people or the same public at the same time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.enums import PUBLIC_STATUSES, EventStatus, Visibility
from events.models import Event, EventRole, OrganizationalUnit, RoomBooking, Session, in_language

# What does not take place needs neither a room nor anybody.
OFF: Final = (EventStatus.CANCELLED, EventStatus.POSTPONED)
# Whoever comes after work comes to one meeting.
_EVENING: Final = time(16)
# A day has at most 25 hours; what lasts longer is no evening's meeting.
_ONE_DAY: Final = timedelta(hours=25)


class ConflictKind(StrEnum):
    """What two meetings both want."""

    ROOM = "room"
    PERSON = "person"
    AUDIENCE = "audience"


class Severity(StrEnum):
    """How much it matters; nothing of it stops anybody, except a room that is taken (`RoomTaken`)."""

    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class Conflict:
    """Another meeting that is in the way, as a sentence; `other_event` null: this unit may not know its name."""

    kind: ConflictKind
    severity: Severity
    message: str
    other_event: Event | None
    unit: OrganizationalUnit
    starts_at: datetime
    ends_at: datetime

    def as_json(self) -> dict[str, object]:
        """The conflict as it stands in a refusal's details, in answers and in history."""
        return {
            "kind": self.kind.value,
            "severity": self.severity.value,
            "message": self.message,
            "event": self.other_event.slug if self.other_event else None,
            "title": self.other_event.title if self.other_event else None,
            "unit": self.unit.slug,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }


def conflicts_of(event: Event) -> list[Conflict]:
    """Everything that is in the way of an event, the weightiest first."""
    return [*room_conflicts(event), *people_conflicts(event), *audience_hints(event)]


def room_conflicts(event: Event) -> list[Conflict]:
    """The meetings with which an event shares a room, in time order; somebody has decided so."""
    mine = RoomBooking.objects.filter(
        session__event=event,
        room=OuterRef("room"),
        begins_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("begins_at"),
    )
    shared = (
        RoomBooking.objects.filter(Exists(mine))
        .exclude(session__event=event)
        .select_related("room", "session__event__unit")
        .order_by("begins_at", "session")
    )
    return [
        conflict_with(
            booking.session,
            kind=ConflictKind.ROOM,
            severity=Severity.WARNING,
            sentence=_("The room %(room)s is shared: %(meeting)s."),
            facts={"room": booking.room.name},
            beside=event,
        )
        for booking in shared
    ]


def people_conflicts(event: Event) -> list[Conflict]:
    """Speakers, chairs, interpreters and staff of an event who are wanted elsewhere at the same time, in time order."""
    mine = [busy for role in _roles().filter(event=event) for busy in _busy(role)]
    if not mine:
        return []
    elsewhere = _roles().filter(
        identity__in={busy.role.identity for busy in mine},
        event__starts_at__lt=max(busy.ends_at for busy in mine),
        event__ends_at__gt=min(busy.starts_at for busy in mine),
    )
    theirs = [busy for role in elsewhere.exclude(event=event).exclude(_no_meeting("event__")) for busy in _busy(role)]
    found = {
        (other.role.identity, other.session.pk): (own, other)
        for other in theirs
        for own in mine
        if own.role.identity == other.role.identity and own.starts_at < other.ends_at and other.starts_at < own.ends_at
    }
    return [
        conflict_with(
            other.session,
            kind=ConflictKind.PERSON,
            severity=Severity.WARNING,
            sentence=_("%(person)s has another meeting at this time: %(meeting)s."),
            facts={"person": own.role.name},
            beside=event,
        )
        for own, other in sorted(found.values(), key=lambda pair: (pair[1].session.starts_at, pair[1].role.pk))
    ]


def audience_hints(event: Event) -> list[Conflict]:
    """Other meetings on the same evening for an audience of this one, in time order."""
    audiences = {audience.pk for audience in event.audiences.all()}
    evenings = [_evening(session, event.time_zone) for session in event.sessions.filter(is_cancelled=False, **_SHORT)]
    windows = [evening for evening in evenings if evening is not None]
    if not (audiences and windows):
        return []
    at_the_time = Q()
    for begins_at, ends_at in windows:
        at_the_time |= Q(starts_at__lt=ends_at, ends_at__gt=begins_at)
    meant_for_them = Event.audiences.through.objects.filter(event=OuterRef("event"), audience__in=audiences)
    sessions = (
        Session.objects.filter(at_the_time, Exists(meant_for_them), is_cancelled=False, **_SHORT)
        .exclude(event=event)
        .exclude(_no_meeting("event__"))
        .select_related("event__unit")
        .prefetch_related("event__audiences")
        .order_by("starts_at", "id")
    )
    return [
        conflict_with(
            session,
            kind=ConflictKind.AUDIENCE,
            severity=Severity.HINT,
            sentence=_("Another meeting that evening is meant for the same people (%(audience)s): %(meeting)s."),
            facts={"audience": ", ".join(str(one) for one in session.event.audiences.all() if one.pk in audiences)},
            beside=event,
        )
        for session in sessions
    ]


def conflict_with(
    session: Session,
    *,
    kind: ConflictKind,
    severity: Severity,
    sentence: str,
    facts: Mapping[str, str],
    beside: Event | None,
) -> Conflict:
    """A conflict with this session, whose event and unit are loaded; `sentence` has places for `facts` and the meeting."""
    other = session.event
    return Conflict(
        kind=kind,
        severity=severity,
        message=sentence % {**facts, "meeting": named(session, beside=beside)},
        other_event=other if _is_known(other, beside) else None,
        unit=other.unit,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )


def named(session: Session, *, beside: Event | None) -> str:
    """A meeting by its title and time, or by its unit where whoever works on `beside` may not know the title."""
    event = session.event
    name = in_language(event.title) if _is_known(event, beside) else str(event.unit)
    return f"{name} ({_when(session, event.time_zone)})"


def _is_known(event: Event, beside: Event | None) -> bool:
    """A title is known in its own unit, and to everybody when it is announced; `beside` null: no unit is asking."""
    if beside is not None and event.unit_id == beside.unit_id:
        return True
    return event.status in PUBLIC_STATUSES and event.visibility == Visibility.PUBLIC


def _no_meeting(prefix: str = "") -> Q:
    return Q(**{f"{prefix}status__in": OFF}) | Q(**{f"{prefix}is_template": True})


# People


@dataclass(frozen=True)
class _Busy:
    role: EventRole
    session: Session
    starts_at: datetime
    ends_at: datetime


def _roles() -> QuerySet[EventRole]:
    sessions = Session.objects.filter(is_cancelled=False)
    return (
        EventRole.objects.exclude(identity="")
        .select_related("event__unit", "agenda_item__session__event__unit")
        .prefetch_related(Prefetch("event__sessions", queryset=sessions.select_related("event__unit")))
        .order_by("id")
    )


def _busy(role: EventRole) -> Iterator[_Busy]:
    """When somebody is needed: at their point of the agenda, as far as its times are known, else all the time."""
    item = role.agenda_item
    if item is None:
        for session in role.event.sessions.all():
            yield _Busy(role, session, session.starts_at, session.ends_at)
    elif not item.session.is_cancelled:
        session = item.session
        yield _Busy(role, session, item.starts_at or session.starts_at, item.ends_at or session.ends_at)


# Evenings and words

_SHORT: Final = {"ends_at__lte": F("starts_at") + _ONE_DAY}


def _evening(session: Session, zone: str) -> tuple[datetime, datetime] | None:
    """The evening into which a session reaches, in UTC."""
    clock = ZoneInfo(zone)
    day = session.starts_at.astimezone(clock).date()
    begins_at = datetime.combine(day, _EVENING, clock).astimezone(UTC)
    ends_at = datetime.combine(day + timedelta(days=1), time(), clock).astimezone(UTC)
    return (begins_at, ends_at) if session.ends_at > begins_at else None


def _when(session: Session, zone: str) -> str:
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in (session.starts_at, session.ends_at))
    if session.all_day:
        return _day(first)
    if first.date() == last.date():
        return f"{_day(first)}, {first:%H:%M}–{last:%H:%M}"
    return f"{_day(first)}, {first:%H:%M} – {_day(last)}, {last:%H:%M}"


def _day(moment: datetime) -> str:
    return dateformat.format(moment, pgettext("format of a date", "j F Y"))
