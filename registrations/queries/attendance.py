"""Who is expected and who came, person by person and in Polish order: what is closed, listed and printed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db.models import Prefetch

from events.models import Event
from events.queries.alphabet import polish_order
from registrations.enums import Attendance, CheckInKind, MemberState, RegistrationState
from registrations.models import CheckIn, Participant, PartyMember, Registration
from registrations.queries.door_log import word_that_stands

_Key = tuple[int, int | None]
_NOBODY: Final = ("", "")


@dataclass(frozen=True)
class Attendee:
    """Somebody with a confirmed seat: whoever registered, or with `member` one of their party.

    `excuse`: why they did not come, of somebody who is excused.
    """

    registration: Registration
    member: PartyMember | None = None
    excuse: str = ""

    @property
    def key(self) -> tuple[Registration, int | None]:
        """Whom an action means: the registration, and the number of the member."""
        return self.registration, self.member.pk if self.member is not None else None

    @property
    def named(self) -> Participant | PartyMember:
        """Where the name stands."""
        return self.member or self.registration.participant

    @property
    def full_name(self) -> str:
        """First and last name; the reference when they were erased."""
        return self.named.full_name or self.registration.reference

    @property
    def listed_name(self) -> str:
        """The name as lists have it, the last one first; empty when they were erased."""
        return f"{self.named.last_name} {self.named.first_name}".strip()

    @property
    def organisation(self) -> str:
        """Of whom they come: the party's, which whoever registered has named."""
        return self.registration.participant.organisation

    @property
    def attendance(self) -> Attendance:
        """Whether they came."""
        return Attendance((self.member or self.registration).attendance)

    @property
    def ticket_code(self) -> str:
        """Their own entry code."""
        return (self.member or self.registration).ticket_code


def attendees(
    event: Event, *, attendance: str = "", states: Iterable[RegistrationState] = (RegistrationState.CONFIRMED,)
) -> list[Attendee]:
    """Everybody with a confirmed seat, each of a party for themselves, by last and first name in Polish order.

    `attendance`: only those of whom this is written down; `states`: those whose registration stands there. Three
    statements.
    """
    coming = Prefetch("members", PartyMember.objects.filter(state=MemberState.COMING).order_by("id"))
    rows = (
        Registration.objects.filter(event=event, state__in=states)
        .select_related("participant", "category")
        .prefetch_related(coming)
        .order_by("id")
    )
    excuses = _excuses(event)
    people = [person for row in rows for person in _people(row, excuses)]
    return sorted((person for person in people if attendance in {"", person.attendance}), key=_by_name)


def _people(registration: Registration, excuses: Mapping[_Key, str]) -> Iterator[Attendee]:
    if registration.contact_comes:
        yield Attendee(registration, None, excuses.get((registration.pk, None), ""))
    for member in registration.members.all():
        yield Attendee(registration, member, excuses.get((registration.pk, member.pk), ""))


def _excuses(event: Event) -> dict[_Key, str]:
    """The reasons that stand, by person."""
    excused = CheckIn.objects.filter(registration__event=event, kind=CheckInKind.EXCUSE).values("registration")
    rows = CheckIn.objects.filter(registration__in=excused).order_by("registration", "member", "id")
    found: dict[_Key, str] = {}
    for key, log in groupby(rows, key=lambda row: (row.registration_id, row.member_id)):
        word = word_that_stands(log)
        if word is not None and word.kind == CheckInKind.EXCUSE:
            found[key] = word.reason
    return found


def _by_name(person: Attendee) -> tuple[object, ...]:
    named = person.named
    # Whoever was erased stands last: their row counts, but nobody looks for it.
    is_nameless = (named.last_name, named.first_name) == _NOBODY
    return is_nameless, polish_order(named.last_name, named.first_name), person.registration.pk, person.ticket_code
