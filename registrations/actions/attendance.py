"""The door: people are admitted once, however often a device sends it, and counted where nobody asks for names."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.errors import FieldErrors
from events.models import Event, ParticipantCategory, User
from registrations.actions.moves import settle_at_the_door
from registrations.enums import (
    Attendance,
    CheckInKind,
    CheckInResult,
    CheckInSource,
    MemberState,
    RegistrationState,
)
from registrations.models import CheckIn, HeadcountEntry, PartyMember, Registration

_S: Final = RegistrationState
_WAITING: Final = frozenset({_S.WAITLISTED, _S.AWAITING_APPROVAL, _S.HELD, _S.OFFERED})

# Letters that a Cyrillic keyboard writes where our codes have Latin ones, and what people read instead of a Q.
_LOOK_ALIKES: Final = str.maketrans("АВСЕНКМРТХУОO0", "ABCEHKMPTXYQQQ")

HEADCOUNT_STEP_MAX: Final = 1000


@dataclass(frozen=True)
class CheckInAnswer:
    """What the door is told; `at` and `by` are those of the admission.

    `registration` is null where the door has no business with it; `event` is the right one for `wrong_event`. `member`:
    whom of the party it is about; null: the person who registered.
    """

    result: CheckInResult
    registration: Registration | None
    event: Event
    at: datetime | None = None
    by: User | None = None
    member: PartyMember | None = None


def read_code(text: str) -> str:
    """A code as somebody typed, scanned or read it aloud, in the letters that our codes are made of."""
    last = text.strip().rstrip("/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFKC", last).upper()
    return "".join(letter for letter in plain if letter.isalnum()).translate(_LOOK_ALIKES)


@dataclass(frozen=True)
class _Person:
    """Whoever stands at the door: somebody of the party, or with `member` null the person who registered."""

    registration: Registration
    member: PartyMember | None

    @property
    def is_expected(self) -> bool:
        """Whether they come, as far as the party goes."""
        if self.member is None:
            return self.registration.contact_comes
        return self.member.state == MemberState.COMING

    @property
    def row(self) -> Registration | PartyMember:
        """Where it stands whether they came."""
        return self.member or self.registration

    def answer(self, result: CheckInResult, at: datetime | None = None, by: User | None = None) -> CheckInAnswer:
        """What the door is told about them."""
        return CheckInAnswer(result, self.registration, self.registration.event, at, by, self.member)

    def note(self, attendance: Attendance) -> None:
        """Write down whether they came."""
        self.row.attendance = attendance
        self.row.save(update_fields=["attendance"])


@retried
def check_in(  # noqa: PLR0913 - what the device sends, and who and when
    event: Event,
    *,
    code: str | None = None,
    reference: str | None = None,
    member_id: int | None = None,
    nonce: str,
    device: str = "",
    device_at: datetime | None = None,
    source: CheckInSource,
    by: User,
    at: datetime,
) -> CheckInAnswer:
    """Admit whoever has this ticket code or reference; the same `nonce` again gives the same answer.

    Everybody of a party has a code of their own and is admitted alone; with a reference, `member_id` says who of them
    it is. Somebody whose seat is only held or offered is here and has a seat: they are confirmed and admitted.
    """
    person = _found(read_code(code or reference or ""), member_id)
    if person is None:
        return CheckInAnswer(CheckInResult.UNKNOWN, None, event)
    if person.registration.event_id != event.pk:
        return CheckInAnswer(CheckInResult.WRONG_EVENT, None, person.registration.event)
    earlier = _admission(person, nonce)
    if earlier is not None:
        return person.answer(CheckInResult.ADMITTED, earlier.at, earlier.by)
    if person.registration.state in {_S.HELD, _S.OFFERED} and person.registration.holds_seat and person.is_expected:
        settle_at_the_door(person.registration, by=by, at=at)
    person = _as_they_stand(person)
    is_in = person.registration.state == _S.CONFIRMED and person.is_expected
    if not is_in or person.row.attendance == Attendance.PRESENT:
        return _not_admitted(person, nonce, is_in=is_in)
    try:
        with transaction.atomic():
            CheckIn.objects.create(
                registration=person.registration,
                member=person.member,
                source=source,
                nonce=nonce,
                by=by,
                device=device,
                device_at=device_at,
                at=at,
            )
    except IntegrityError as error:
        raise _used() from error
    person.note(Attendance.PRESENT)
    return person.answer(CheckInResult.ADMITTED, at, by)


def _found(code: str, member_id: int | None) -> _Person | None:
    rows = Registration.objects.filter(Q(ticket_code=code) | Q(reference=code)).order_by("id")
    registration = rows.select_related("participant", "category", "event").first()
    if registration is not None and member_id is None:
        return _Person(registration, None)
    own = Q(ticket_code=code) if registration is None else Q(registration=registration, pk=member_id)
    people = PartyMember.objects.filter(own).select_related(
        "registration__participant", "registration__category", "registration__event"
    )
    member = people.first()
    return _Person(member.registration, member) if member is not None else None


def _as_they_stand(person: _Person) -> _Person:
    """The same as it is now, with the registration's row locked: nobody is admitted twice, or while they cancel."""
    registration = person.registration
    Registration.objects.select_for_update(no_key=True).only("pk").get(pk=registration.pk)
    registration.refresh_from_db(fields=["state", "contact_comes", "attendance"])
    if person.member is not None:
        person.member.refresh_from_db(fields=["state", "attendance"])
    return person


def _admission(person: _Person, nonce: str) -> CheckIn | None:
    row = CheckIn.objects.filter(nonce=nonce).select_related("by").first()
    if row is None:
        return None
    member_id = person.member.pk if person.member is not None else None
    is_same = (row.registration_id, row.member_id) == (person.registration.pk, member_id)
    if not is_same or row.kind != CheckInKind.ADMIT:
        raise _used()
    return row


def _used() -> FieldErrors:
    return FieldErrors({"nonce": [_("This number was used for somebody else already.")]})


def _not_admitted(person: _Person, nonce: str, *, is_in: bool) -> CheckInAnswer:
    if not is_in:
        waits = person.is_expected and person.registration.state in _WAITING
        return person.answer(CheckInResult.WAITLISTED if waits else CheckInResult.CANCELLED)
    rows = person.registration.check_ins.filter(kind=CheckInKind.ADMIT, member=person.member)
    last = rows.select_related("by").order_by("-id").first()
    # The same tap, sent twice at once: the first one got in while this one was waiting for it.
    same = last is not None and last.nonce == nonce
    result = CheckInResult.ADMITTED if same else CheckInResult.ALREADY_PRESENT
    return person.answer(result, last.at if last else None, last.by if last else None)


@retried
def void_check_in(check_in: CheckIn, *, reason: str = "", by: User, at: datetime) -> None:
    """Take an admission back by another row; once more changes nothing."""
    registration = Registration.objects.select_for_update(no_key=True).get(pk=check_in.registration_id)
    _void, is_new = CheckIn.objects.get_or_create(
        nonce=hashlib.sha256(f"void:{check_in.nonce}".encode()).hexdigest(),
        defaults={
            "registration": registration,
            "member": check_in.member,
            "kind": CheckInKind.VOID,
            "source": check_in.source,
            "by": by,
            "at": at,
            "reason": reason,
        },
    )
    person = _Person(registration, check_in.member)
    if is_new and person.row.attendance == Attendance.PRESENT:
        person.note(Attendance.NOT_RECORDED)


@retried
def add_headcount(event: Event, *, delta: int, nonce: str, category: str | None = None, by: User, at: datetime) -> int:
    """Count people without names, each tap once by its nonce; returns how many have been counted at the event.

    Neither the whole nor a category ever falls below nobody.
    """
    if delta == 0 or abs(delta) > HEADCOUNT_STEP_MAX:
        raise FieldErrors({"delta": [_("Count at least one person and at most a thousand at once.")]})
    counted = ParticipantCategory.objects.filter(code=category).first() if category else None
    if category and counted is None:
        raise FieldErrors({"category": [_("There is no such group.")]})
    # Taps of all devices at this event, one after the other.
    Event.objects.select_for_update(no_key=True).only("pk").get(pk=event.pk)
    known = HeadcountEntry.objects.filter(nonce=nonce).first()
    if known is not None and known.event_id != event.pk:
        raise _used()
    entries = HeadcountEntry.objects.filter(event=event)
    if known is None:
        if delta + _total(entries.filter(category=counted)) < 0:
            raise FieldErrors({"delta": [_("Nobody is left to be taken off the count.")]})
        entries.create(event=event, category=counted, delta=delta, nonce=nonce, by=by, at=at)
    return _total(entries.all())


def _total(entries: QuerySet[HeadcountEntry]) -> int:
    total: int | None = entries.aggregate(total=Sum("delta"))["total"]
    return total or 0
