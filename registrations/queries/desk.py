"""Registrations as staff look at them: at the door, and one by one with everything that happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Event
from events.permissions import May, Person, managed_events
from registrations.enums import ACTIVE_STATES, Attendance, ChangeCause, CheckInKind, RegistrationState
from registrations.models import CheckIn, HeadcountEntry, Registration, RegistrationChange
from registrations.queries.lists import event_registrations

_FOUND_AT_MOST: Final = 20
_SHORTEST_SEARCH: Final = 2


@dataclass(frozen=True)
class DoorFigures:
    """People with a seat, how many of them came, and how many were counted without names."""

    expected: int
    present: int
    headcount: int


def door_figures(event: Event) -> DoorFigures:
    """The counts that the door shows."""
    has_seat = Q(state=RegistrationState.CONFIRMED) | Q(holds_seat=True)
    people = Registration.objects.filter(event=event).aggregate(
        expected=Sum("seats", filter=has_seat, default=0),
        present=Sum("seats", filter=Q(attendance=Attendance.PRESENT), default=0),
    )
    headcount = HeadcountEntry.objects.filter(event=event).aggregate(total=Sum("delta", default=0))["total"]
    return DoorFigures(**people, headcount=headcount)


def people_at_the_door(event: Event, *, q: str) -> list[Registration]:
    """Who may be meant by the first letters of a name, by last name; too short a search finds nobody."""
    if len(q.strip()) < _SHORTEST_SEARCH:
        return []
    found = event_registrations(event, q=q).filter(state__in=ACTIVE_STATES)
    return list(found.order_by("participant__last_name", "participant__first_name", "id")[:_FOUND_AT_MOST])


def registration_at_my_door(user: Person, code: str) -> Registration | None:
    """The registration with this ticket code, if this person may stand at the door of its event."""
    rows = Registration.objects.filter(ticket_code=code.upper(), event__in=managed_events(user, May.CHECK_IN))
    return rows.select_related("participant", "category", "event__unit", "event__kind").first()


def latest_admission(registration: Registration) -> CheckIn | None:
    """The admission that stands: nothing took it back."""
    latest = registration.check_ins.select_related("by").order_by("-id").first()
    return latest if latest is not None and latest.kind == CheckInKind.ADMIT else None


# What nobody of the staff did is done by the person, or by the service when something is due.
_BY_ITSELF: Final = frozenset(
    {
        ChangeCause.HOLD_EXPIRED,
        ChangeCause.PROMOTED,
        ChangeCause.QUEUE_CHANGED,
        ChangeCause.OFFER_LAPSED,
        ChangeCause.EVENT_CANCELLED,
        ChangeCause.SEATS_CHANGED,
        ChangeCause.ASKED_STILL_COMING,
        ChangeCause.NO_ANSWER,
    }
)
_THE_PERSON: Final = _("the person")
_THE_SERVICE: Final = _("the service itself")
# Nobody knows whether it was the owner of the address.
_SOMEBODY: Final = _("somebody with this address")


@dataclass(frozen=True)
class Happening:
    """One line of a registration's history: it was moved or asked for, or its person came to the door.

    `whom`: the member of the party whom it is about, "" for the whole of it.
    """

    at: datetime
    what: str
    state: str
    whom: str
    who: str | Promise
    reason: str


def registration_history(registration: Registration) -> list[Happening]:
    """Everything that happened to a registration, the latest first; two queries however much it is.

    That a need was answered is left out: who reads this knows the name, and is not to know that there is a need.
    """
    rows = registration.changes.exclude(cause=ChangeCause.NEED_ANSWERED)
    changes: list[RegistrationChange] = list(rows.select_related("by", "member").order_by("id"))
    check_ins: list[CheckIn] = list(registration.check_ins.select_related("by").order_by("id"))
    lines = [
        Happening(
            at=change.at,
            what=change.get_cause_display(),
            state=change.get_to_state_display() if change.from_state != change.to_state else "",
            whom=change.member.full_name if change.member else "",
            who=_who_did(change),
            reason=change.reason,
        )
        for change in changes
    ]
    lines += [
        Happening(
            at=row.at,
            what=row.get_kind_display(),
            state=row.get_source_display(),
            whom="",
            who=str(row.by) if row.by else "",
            reason=row.reason,
        )
        for row in check_ins
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _who_did(change: RegistrationChange) -> str | Promise:
    if change.by is not None:
        return str(change.by)
    if change.cause == ChangeCause.ASKED_AGAIN:
        return _SOMEBODY
    return _THE_SERVICE if change.cause in _BY_ITSELF else _THE_PERSON
