"""People as the door looks at them: one by one, each of a party for themselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Prefetch, Q, Sum

from events.models import DoorPass, Event
from events.permissions import May, Person, managed_events
from registrations.enums import ACTIVE_STATES, Attendance, MemberState, RegistrationState
from registrations.models import CheckIn, HeadcountEntry, PartyMember, Registration
from registrations.queries.door_days import is_here
from registrations.queries.door_log import admissions, first_of
from registrations.queries.lists import narrowed_registrations
from registrations.tokens import CODE_LENGTH, read_code

_FOUND_AT_MOST: Final = 20
SHORTEST_SEARCH: Final = 2
# Of a code that is read out; shorter ones are letters of many.
_SHORTEST_CODE: Final = 3
_S: Final = RegistrationState


@dataclass(frozen=True)
class PersonAtDoor:
    """Somebody who may come in: whoever registered, or with `member` one of their party."""

    registration: Registration
    member: PartyMember | None = None

    @property
    def full_name(self) -> str:
        """First and last name; the reference when they were erased."""
        named = self.member or self.registration.participant
        return named.full_name or self.registration.reference

    @property
    def ticket_code(self) -> str:
        """Their own entry code."""
        return (self.member or self.registration).ticket_code

    @property
    def is_here(self) -> bool:
        """Whether they have been admitted."""
        return (self.member or self.registration).attendance == Attendance.PRESENT

    @property
    def waits(self) -> bool:
        """Whether their party has no seat yet."""
        return self.registration.state in {_S.WAITLISTED, _S.AWAITING_APPROVAL}


@dataclass(frozen=True)
class DoorFigures:
    """People with a seat, how many of them came, and how many were counted without names."""

    expected: int
    present: int
    headcount: int


def door_figures(event: Event, *, at: datetime) -> DoorFigures:
    """The counts that the door shows: seats that are held, and people who came, each for themselves.

    Who has no seat, or has given it up, is not in the room. At a meeting of several days those who came today: nobody
    stays overnight.
    """
    has_seat = Q(state=_S.CONFIRMED) | Q(holds_seat=True)
    inside = is_here(event, at=at) & Q(state=_S.CONFIRMED, contact_comes=True)
    figures = Registration.objects.filter(event=event).aggregate(
        expected=Sum("seats", filter=has_seat, default=0), present=Count("pk", filter=inside)
    )
    with_seat = Q(registration__event=event, registration__state=_S.CONFIRMED, state=MemberState.COMING)
    members = PartyMember.objects.filter(with_seat, is_here(event, at=at, member=True)).count()
    headcount = HeadcountEntry.objects.filter(event=event).aggregate(total=Sum("delta", default=0))["total"]
    return DoorFigures(figures["expected"], figures["present"] + members, headcount)


def people_at_the_door(event: Event, *, q: str) -> list[PersonAtDoor]:
    """Who may be meant by letters of a name, a registration number or the beginning of a code, with their whole party.

    Without regard to capitals and diacritics, by name; too short a search finds nobody. Two statements.
    """
    if len(q.strip()) < SHORTEST_SEARCH:
        return []
    rows = narrowed_registrations(event, q=q)
    code = read_code(q)
    if _SHORTEST_CODE <= len(code) <= CODE_LENGTH:
        whole = Registration.objects.filter(event=event)
        of_member = PartyMember.objects.filter(registration__event=event, ticket_code__startswith=code)
        coded = Q(ticket_code__startswith=code) | Q(reference__startswith=code)
        rows |= whole.filter(coded | Q(pk__in=of_member.values("registration")))
    coming = Prefetch("members", PartyMember.objects.filter(state=MemberState.COMING).order_by("id"))
    found = rows.filter(state__in=ACTIVE_STATES).select_related("participant", "category").prefetch_related(coming)
    first = found.order_by("participant__last_name", "participant__first_name", "id")[:_FOUND_AT_MOST]
    return [person for row in first for person in _people(row, row.members.all())]


def party_at_the_door(registration: Registration) -> list[PersonAtDoor]:
    """Everybody of a party who comes; nobody where somebody registered alone, or the registration has ended."""
    if not registration.is_active:
        return []
    members = registration.members.filter(state=MemberState.COMING).order_by("id")
    people = list(_people(registration, members))
    return people if len(people) > 1 else []


def _people(registration: Registration, members: Iterable[PartyMember]) -> Iterator[PersonAtDoor]:
    if registration.contact_comes:
        yield PersonAtDoor(registration)
    for member in members:
        yield PersonAtDoor(registration, member)


def person_at_my_door(user: Person, door_pass: DoorPass | None, code: str) -> PersonAtDoor | None:
    """Whoever has this ticket code, if this person may stand at the door of their event."""
    mine = managed_events(user, May.CHECK_IN)
    if door_pass is not None:
        mine |= Event.objects.filter(pk=door_pass.event_id)
    rows = Registration.objects.select_related("participant", "category", "event__unit", "event__kind")
    registration = rows.filter(ticket_code=code.upper(), event__in=mine).first()
    if registration is not None:
        return PersonAtDoor(registration)
    member = PartyMember.objects.filter(ticket_code=code.upper(), registration__event__in=mine).first()
    return PersonAtDoor(rows.get(pk=member.registration_id), member) if member is not None else None


def latest_admission(registration: Registration, member: PartyMember | None = None) -> CheckIn | None:
    """The admission of somebody that stands, at the time that counts; null: nobody came, or it was taken back."""
    rows = registration.check_ins.filter(member=member).select_related("by", "door_pass").order_by("id")
    return first_of(admissions(rows)[-1])
