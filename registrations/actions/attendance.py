"""The door: people are admitted once, however often a device sends it, and counted where nobody asks for names."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError
from django.db.models import Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.actions.seats import lock_queue
from events.errors import FieldErrors
from events.models import DoorActor, Event, ParticipantCategory, actor_columns, answers_for
from events.models.kept import kept
from registrations.actions.moves import cancel_registration, settle_at_the_door
from registrations.actions.no_shows import take_pauses_back
from registrations.enums import (
    Attendance,
    CheckInKind,
    CheckInResult,
    CheckInSource,
    MemberState,
    RegistrationState,
)
from registrations.models import CheckIn, HeadcountEntry, PartyMember, Registration
from registrations.queries.door_days import day_begun
from registrations.queries.door_log import admissions, first_of, log_around, word_that_stands
from registrations.queries.lists import position_of
from registrations.tokens import read_code

_S: Final = RegistrationState
_WAITING: Final = frozenset({_S.WAITLISTED, _S.AWAITING_APPROVAL, _S.HELD, _S.OFFERED})
_TO_SETTLE: Final = frozenset({_S.HELD, _S.OFFERED})
_OLDEST_SCAN: Final = timedelta(hours=24)

HEADCOUNT_STEP_MAX: Final = 1000


@dataclass(frozen=True)
class CheckInAnswer:
    """What the door is told; `at` and `by` are those of the admission that counts: the earliest by our clock.

    `registration` is null where the door has no business with it; `event` is the right one for `wrong_event`. `member`:
    whom of the party it is about; null: the person who registered. `party`: who comes along. `position`: the place in
    the queue of somebody who stands in one.
    """

    result: CheckInResult
    registration: Registration | None
    event: Event
    at: datetime | None = None
    by: DoorActor | None = None
    member: PartyMember | None = None
    party: Sequence[PartyMember] = ()
    position: int | None = None


@dataclass(frozen=True)
class _Person:
    """Whoever stands at the door: somebody of the party, or with `member` null the person who registered."""

    registration: Registration
    member: PartyMember | None = None
    party: Sequence[PartyMember] = ()

    @property
    def is_expected(self) -> bool:
        """Whether they come, as far as the party goes."""
        if self.member is None:
            return self.registration.contact_comes
        return self.member.state == MemberState.COMING

    @property
    def is_settled_at_the_door(self) -> bool:
        """Whether they come and have a seat that is only held for them or offered."""
        registration = self.registration
        return registration.state in _TO_SETTLE and registration.holds_seat and self.is_expected

    @property
    def row(self) -> Registration | PartyMember:
        """Where it stands whether they came."""
        return self.member or self.registration

    def answer(self, result: CheckInResult, scan: CheckIn | None = None) -> CheckInAnswer:
        """What the door is told about them; `scan`: the one that counts."""
        registration = self.registration
        at, by = (scan.happened_at, scan.who) if scan is not None else (None, None)
        position = position_of(registration) if result == CheckInResult.WAITLISTED else None
        return CheckInAnswer(result, registration, registration.event, at, by, self.member, self.party, position)

    def note(self, attendance: Attendance) -> None:
        """Write down whether they came."""
        self.row.attendance = attendance
        self.row.save(update_fields=["attendance"])


@dataclass(frozen=True)
class _Tap:
    """What a device sent."""

    code: str
    member_id: int | None
    nonce: str
    device: str
    device_at: datetime | None
    sent_at: datetime | None
    source: CheckInSource


def check_in(  # noqa: PLR0913 - what the device sends, and who and when
    event: Event,
    *,
    code: str | None = None,
    reference: str | None = None,
    member_id: int | None = None,
    nonce: str,
    device: str = "",
    device_at: datetime | None = None,
    sent_at: datetime | None = None,
    source: CheckInSource,
    by: DoorActor,
    at: datetime,
) -> CheckInAnswer:
    """Admit whoever has this ticket code or reference; the same `nonce` again gives the same answer and writes nothing.

    Everybody of a party has a code of their own and is admitted alone; with a reference, `member_id` says who of them
    it is. Somebody whose seat is only held or offered is here and has a seat: they are confirmed and admitted. Somebody
    who is here already is noted once more; what counts is the earliest scan, in whatever order devices send theirs.
    """
    tap = _Tap(read_code(code or reference or ""), member_id, nonce, device, device_at, sent_at, source)
    try:
        return _scan(event, tap, is_new=True, by=by, at=at)
    except IntegrityError:
        # The number was used before, for a scan that was taken back or for somebody else; nothing is written yet.
        return _scan(event, tap, is_new=False, by=by, at=at)


@retried
def _scan(event: Event, tap: _Tap, *, is_new: bool, by: DoorActor, at: datetime) -> CheckInAnswer:
    """Write the row; of somebody who is not here the log is not read while the number is thought to be new."""
    person = _person_with(event, tap, by=by, at=at)
    if person is None:
        return CheckInAnswer(CheckInResult.UNKNOWN, None, event)
    if person.registration.event_id != event.pk:
        return CheckInAnswer(CheckInResult.WRONG_EVENT, None, person.registration.event)
    is_in = person.registration.state == _S.CONFIRMED and person.is_expected
    is_here = person.row.attendance == Attendance.PRESENT
    log = [] if is_new and is_in and not is_here else _log_of(person, tap.nonce)
    if known := next((row for row in log if row.nonce == tap.nonce), None):
        return _same_answer(person, known, log)
    if not is_in:
        waits = person.is_expected and person.registration.state in _WAITING
        return person.answer(CheckInResult.WAITLISTED if waits else CheckInResult.CANCELLED)
    scanned_at = _by_our_clock(tap.device_at, sent_at=tap.sent_at, at=at)
    is_here = is_here and not _is_of_a_new_day(event, log, scanned_at)
    row = CheckIn(
        registration=person.registration,
        member=person.member,
        kind=CheckInKind.REPEAT if is_here else CheckInKind.ADMIT,
        source=tap.source,
        nonce=tap.nonce,
        **actor_columns(by),
        device=tap.device,
        device_at=tap.device_at,
        scanned_at=scanned_at,
        at=at,
    )
    row.save(force_insert=True)
    was_missed = person.member is None and person.row.attendance == Attendance.NO_SHOW
    if person.row.attendance != Attendance.PRESENT:
        person.note(Attendance.PRESENT)
    if was_missed:
        take_pauses_back([person.registration.pk], at=at)
    result = CheckInResult.ALREADY_PRESENT if is_here else CheckInResult.ADMITTED
    return person.answer(result, first_of(admissions([*log, row])[-1]))


def _is_of_a_new_day(event: Event, log: Sequence[CheckIn], scanned_at: datetime) -> bool:
    """Whether somebody comes to a meeting of several days for the first time on this one."""
    begun = day_begun(event, at=scanned_at)
    return begun is not None and all(row.happened_at < begun for row in admissions(log)[-1])


def _by_our_clock(device_at: datetime | None, *, sent_at: datetime | None, at: datetime) -> datetime:
    """When it happened: the device's time, put right by how far its clock was off when it sent the row at `at`.

    Without `sent_at` the device's clock is taken at its word. Nothing happened later than now, and what is said to have
    happened more than a day ago, or in a year that no calendar has, is a clock that was never set.
    """
    if device_at is None:
        return at
    offset = at - sent_at if sent_at is not None else timedelta(0)
    try:
        happened_at = min(device_at + offset, at)
    except OverflowError:
        return at
    return happened_at if at - happened_at <= _OLDEST_SCAN else at


def _person_with(event: Event, tap: _Tap, *, by: DoorActor, at: datetime) -> _Person | None:
    """Whoever has this code, as they are now, their registration locked: nobody is admitted twice, or while they cancel.

    A seat that is only held or offered is settled first, in the order of locks that everybody keeps: queue, then row.
    """
    person = _person_of(_settled_with_code(tap.code), tap)
    if person is not None:
        return person
    person = _person_of(_with_code(tap.code), tap)
    if person is None:
        return None
    if person.registration.event_id == event.pk and person.is_settled_at_the_door:
        settle_at_the_door(person.registration, by=answers_for(by), at=at)
    return _person_of(_locked_with_code(tap.code), tap)


@kept
def _settled_with_code(code: Any) -> QuerySet[Registration]:
    return _by_code(code).exclude(state__in=_TO_SETTLE).select_for_update(no_key=True, of=("self",))


@kept
def _locked_with_code(code: Any) -> QuerySet[Registration]:
    return _by_code(code).select_for_update(no_key=True, of=("self",))


@kept
def _with_code(code: Any) -> QuerySet[Registration]:
    return _by_code(code)


def _by_code(code: Any) -> QuerySet[Registration]:
    own = PartyMember.objects.filter(ticket_code=code).order_by().values("registration")[:1]
    found = Registration.objects.filter(Q(ticket_code=code) | Q(reference=code) | Q(pk=Subquery(own)))
    return found.select_related("participant", "category", "event").order_by("id")


def _person_of(found: Sequence[Registration], tap: _Tap) -> _Person | None:
    """Who of the registration it is; members are read after the lock, so that nobody changes them meanwhile."""
    for registration in found:
        is_own = tap.code in {registration.ticket_code, registration.reference}
        is_alone = registration.seats == 1 and registration.contact_comes
        members = [] if is_own and is_alone and tap.member_id is None else list(registration.members.order_by("id"))
        party = [member for member in members if member.state == MemberState.COMING]
        if is_own and tap.member_id is None:
            return _Person(registration, None, party)
        for member in members:
            if member.pk == tap.member_id or (not is_own and member.ticket_code == tap.code):
                return _Person(registration, member, party)
    return None


def _log_of(person: _Person, nonce: str) -> list[CheckIn]:
    """The person's own log; a number that was used for anything else is refused."""
    member_id = person.member.pk if person.member is not None else None
    own = []
    for row in log_around(person.registration, nonce):
        is_own = (row.registration_id, row.member_id) == (person.registration.pk, member_id)
        if row.nonce == nonce and not (is_own and row.is_scan):
            raise _used()
        if is_own:
            own.append(row)
    return own


def _used() -> FieldErrors:
    return FieldErrors({"nonce": [_("This number was used for somebody else already.")]})


def _same_answer(person: _Person, known: CheckIn, log: Sequence[CheckIn]) -> CheckInAnswer:
    scans = next(part for part in admissions(log) if known in part)
    is_admission = known.kind == CheckInKind.ADMIT
    return person.answer(CheckInResult.ADMITTED if is_admission else CheckInResult.ALREADY_PRESENT, first_of(scans))


@retried
def void_check_in(check_in: CheckIn, *, reason: str = "", by: DoorActor, at: datetime) -> None:
    """Take an admission back by another row, whichever of its scans is named; once more changes nothing.

    What was known before stands again. Nobody who was only registered to be let in keeps a seat without having come.
    """
    came = Registration.objects.only("event_id").get(pk=check_in.registration_id)
    if check_in.source == CheckInSource.WALK_IN:
        # A seat may be given back: the queue is locked before the row, as by everybody.
        lock_queue(came.event_id)
    registration = Registration.objects.select_for_update(no_key=True).get(pk=came.pk)
    log = list(registration.check_ins.filter(member=check_in.member_id).order_by("id"))
    if any(row.kind == CheckInKind.VOID and row.pk > check_in.pk for row in log):
        return
    member = registration.members.get(pk=check_in.member_id) if check_in.member_id is not None else None
    void = registration.check_ins.create(
        member=member,
        kind=CheckInKind.VOID,
        source=check_in.source,
        nonce=hashlib.sha256(f"void:{check_in.nonce}".encode()).hexdigest(),
        **actor_columns(by),
        scanned_at=at,
        at=at,
        reason=reason,
    )
    person = _Person(registration, member)
    if person.row.attendance == Attendance.PRESENT:
        person.note(_attendance_of(registration, [*log, void]))
    if check_in.source == CheckInSource.WALK_IN:
        _cancel_if_nobody_came(registration, reason=reason, by=by, at=at)


def _attendance_of(registration: Registration, log: Sequence[CheckIn]) -> Attendance:
    """What is known of somebody whose admission was taken back, which is the newest row of their log."""
    event = registration.event
    word = word_that_stands(log)
    if word is not None and word.kind == CheckInKind.EXCUSE:
        return Attendance.EXCUSED
    if word is not None and word.kind == CheckInKind.ADMIT and day_begun(event, at=log[-1].at) is not None:
        # They were there on another day.
        return Attendance.PRESENT
    # After closing nothing is open any more: whoever was not there did not come.
    return Attendance.NOT_RECORDED if event.attendance_closed_at is None else Attendance.NO_SHOW


def _cancel_if_nobody_came(registration: Registration, *, reason: str, by: DoorActor, at: datetime) -> None:
    """Give the seats of a walk-in back who did not come in after all, nor anybody with them."""
    somebody = registration.members.filter(attendance=Attendance.PRESENT).exists()
    if registration.state == _S.CONFIRMED and registration.attendance != Attendance.PRESENT and not somebody:
        user = answers_for(by)
        assert user is not None  # a pass without somebody who answers for it opens no door
        cancel_registration(registration, by=user, reason=reason, at=at)


@retried
def add_headcount(
    event: Event, *, delta: int, nonce: str, category: str | None = None, by: DoorActor, at: datetime
) -> int:
    """Count people without names, each tap once by its nonce; returns how many have been counted at the event.

    A nonce that was used for another tap is refused, so that none is lost unnoticed. Neither the whole nor a category
    ever falls below nobody.
    """
    if delta == 0 or abs(delta) > HEADCOUNT_STEP_MAX:
        raise FieldErrors({"delta": [_("Count at least one person and at most a thousand at once.")]})
    counted = ParticipantCategory.objects.filter(code=category).first() if category else None
    if category and counted is None:
        raise FieldErrors({"category": [_("There is no such group.")]})
    # Taps of all devices at this event, one after the other.
    Event.objects.select_for_update(no_key=True).only("pk").get(pk=event.pk)
    known = HeadcountEntry.objects.filter(nonce=nonce).first()
    tap = (event.pk, counted.pk if counted is not None else None, delta)
    if known is not None and (known.event_id, known.category_id, known.delta) != tap:
        raise _used()
    entries = HeadcountEntry.objects.filter(event=event)
    if known is None:
        if delta + _total(entries.filter(category=counted)) < 0:
            raise FieldErrors({"delta": [_("Nobody is left to be taken off the count.")]})
        entries.create(event=event, category=counted, delta=delta, nonce=nonce, **actor_columns(by), at=at)
    return _total(entries.all())


def _total(entries: QuerySet[HeadcountEntry]) -> int:
    total: int | None = entries.aggregate(total=Sum("delta"))["total"]
    return total or 0
