"""People who come without a registration: registered and admitted in one go, under the rules of seats and of the room."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from events.actions.retries import retried
from events.actions.seats import SeatBook, lock_queue
from events.enums import EventStatus, SeatSource
from events.errors import DomainError, FieldErrors
from events.models import DoorActor, Event, SeatPool, actor_columns, answers_for
from events.queries.notices import current_notice
from events.queries.seats import Place, find_place
from registrations.actions.entries import enter
from registrations.actions.history import record
from registrations.actions.openings import full, require_day, require_not_cancelled
from registrations.actions.people import person_faults, search_text
from registrations.actions.queues import may_pass_queue, place_past_queue
from registrations.actions.signing_up import listed_category
from registrations.enums import (
    ACTIVE_STATES,
    Attendance,
    ChangeCause,
    CheckInKind,
    CheckInSource,
    RegistrationSource,
    RegistrationState,
)
from registrations.errors import (
    AlreadyRegistered,
    ApprovalNeeded,
    ReasonMissing,
    RegistrationClosed,
    ReserveListFirst,
    RoomFull,
)
from registrations.models import CheckIn, Participant, PartyMember, Registration, RegistrationChange
from registrations.queries.rooms import room_figures
from registrations.queries.waiting_here import waiting_here
from registrations.tokens import email_key, new_code

# More people than this who come together give their names one by one.
MOST_TOGETHER: Final = 20


@dataclass(frozen=True)
class WalkIn:
    """What somebody says at the door; a first name is enough. `seats`: so many people, those who come along unnamed."""

    first_name: str
    last_name: str = ""
    email: str = ""
    phone: str = ""
    category: str | None = None
    seats: int = 1


@dataclass(frozen=True)
class WalkedIn:
    """Who was let in; `is_new` false: this tap had come before. `is_forced`: over the number of seats."""

    registration: Registration
    is_new: bool
    is_forced: bool


@retried
def walk_in(
    event: Event,
    person: WalkIn,
    *,
    language: str,
    nonce: str,
    force: bool = False,
    reason: str = "",
    by: DoorActor,
    at: datetime,
) -> WalkedIn:
    """Register somebody at the door and admit them; the same `nonce` again is the same person.

    Absent people of the reserve list are passed, those who are here come first. `force`, with a reason, gets past them
    and over the number of seats, which is counted as overbooked; whether somebody may is the caller's door to say.
    Nobody gets past the number of people whom the room may hold.
    """
    reason = reason.strip()
    participant = _participant(person)
    _require_valid(participant, person.seats)
    if force and not reason:
        raise ReasonMissing
    # One walk-in after the other: each sees the seats and the room as the last one left them.
    lock_queue(event.pk)
    known = _known(event, nonce)
    if known is not None:
        return known
    book = SeatBook(event.pk)
    # As it is now, not as the page had it.
    current = book.event or Event.objects.select_related("policy").get(pk=event.pk)
    _require_door(current, at=at)
    if not room_figures(current, at=at).holds(person.seats):
        raise RoomFull
    category = listed_category(book.pools, person.category)
    registration = Registration(
        event=event,
        category=category,
        seats=person.seats,
        source=RegistrationSource.WALK_IN,
        language=language,
        email_key=email_key(participant.email) if participant.email else None,
        reference=new_code(),
        ticket_code=new_code(),
        notice=current_notice(event.unit, kind=event.kind, at=at),
        state=RegistrationState.CONFIRMED,
        holds_seat=True,
        attendance=Attendance.PRESENT,
        created_at=at,
        queued_at=at,
        confirmed_at=at,
    )
    place = find_place(
        book.pools,
        person.seats,
        category_id=registration.category_id,
        session_ids=(),
        # Nobody waits for somebody of the reserve list who is not here.
        past_queue=True,
    )
    refusal = _refusal(current, place, book, at=at)
    if refusal is not None and not force:
        raise refusal
    if place.blocking is None:
        book.take(place.pools, person.seats, source=place.source, past_queue=True)
        registration.seat_source = place.source
    else:
        book.force(place.pools, person.seats)
        registration.seat_source = SeatSource.OWN
    _enter(registration, participant, by=by, at=at)
    book.write()
    _admit(registration, nonce, by=by, at=at)
    if refusal is not None:
        # Whoever it is about has had the confirmation already.
        record(
            [registration],
            ChangeCause.FORCED_IN,
            was=registration.state,
            by=answers_for(by),
            at=at,
            reason=reason,
            notify=False,
        )
    return WalkedIn(registration, is_new=True, is_forced=refusal is not None)


def _participant(person: WalkIn) -> Participant:
    return Participant(
        first_name=person.first_name.strip(),
        last_name=person.last_name.strip(),
        email=person.email.strip(),
        phone=person.phone,
    )


def _require_valid(participant: Participant, seats: int) -> None:
    faults: Faults = person_faults(participant)
    if not participant.last_name:
        # At the door a first name is enough.
        faults.pop("last_name", None)
    if not 1 <= seats <= MOST_TOGETHER:
        faults["seats"] = [_("Register at least one person and at most twenty at once.")]
    if faults:
        raise FieldErrors(faults)


def _known(event: Event, nonce: str) -> WalkedIn | None:
    row = CheckIn.objects.filter(nonce=nonce).select_related("registration__participant").first()
    if row is None:
        return None
    registration = row.registration
    if registration.event_id != event.pk or row.source != CheckInSource.WALK_IN:
        raise FieldErrors({"nonce": [_("This number was used for somebody else already.")]})
    is_forced = registration.changes.filter(cause=ChangeCause.FORCED_IN).exists()
    return WalkedIn(registration, is_new=False, is_forced=is_forced)


def _require_door(event: Event, *, at: datetime) -> None:
    """People come in after registration has closed, and their paper is typed in until attendance is closed."""
    require_not_cancelled(event)
    if not event.policy.required or event.status != EventStatus.PUBLISHED or event.attendance_closed_at is not None:
        raise RegistrationClosed(_("Nobody can be registered at the door of this meeting, or not any more."))
    require_day(event, at=at)


def _refusal(event: Event, place: Place, book: SeatBook, *, at: datetime) -> DomainError | None:
    """Why nobody but an organiser lets this person in; with who waits here, by their registration numbers."""
    if event.policy.approval:
        return ApprovalNeeded()
    here = list(waiting_here(event, at=at))
    details = {"waiting_here": [row.reference for row in here]}
    if place.blocking is not None:
        return full(place.blocking, details=details)
    if any(_comes_before(row, event, place.pools, book) for row in here):
        return ReserveListFirst(details=details)
    return None


def _comes_before(waiting: Registration, event: Event, pools: Sequence[SeatPool], book: SeatBook) -> bool:
    """Whether somebody who waits here wants one of these seats; where smaller parties may pass, only if they fit."""
    if waiting.waiting_pool_id not in {pool.pk for pool in pools}:
        return False
    return not may_pass_queue(event) or place_past_queue(waiting, book).blocking is None


def _enter(registration: Registration, participant: Participant, *, by: DoorActor, at: datetime) -> None:
    participant.search_text = search_text(registration, participant)
    change = RegistrationChange(cause=ChangeCause.SIGNED_UP, to_state=registration.state, by=answers_for(by), at=at)
    try:
        with transaction.atomic():
            enter(registration, participant, change)
    except IntegrityError as error:
        mine = Registration.objects.filter(event=registration.event_id, state__in=ACTIVE_STATES)
        own = mine.filter(email_key=registration.email_key, email_key__isnull=False).first()
        if own is None:
            raise
        raise AlreadyRegistered(details={"reference": own.reference}) from error


def _admit(registration: Registration, nonce: str, *, by: DoorActor, at: datetime) -> None:
    """Write down that they are here: whoever said their name, and each who came along, with a code of their own."""
    unnamed = [
        PartyMember(registration=registration, ticket_code=new_code(), created_at=at, attendance=Attendance.PRESENT)
        for _number in range(registration.seats - 1)
    ]
    PartyMember.objects.bulk_create(unnamed)
    everybody = [None, *unnamed]
    CheckIn.objects.bulk_create(
        CheckIn(
            registration=registration,
            member=member,
            kind=CheckInKind.ADMIT,
            source=CheckInSource.WALK_IN,
            nonce=_nonce_of(nonce, number),
            **actor_columns(by),
            scanned_at=at,
            at=at,
        )
        for number, member in enumerate(everybody)
    )


def _nonce_of(nonce: str, number: int) -> str:
    """The tap's own number for whoever said their name; those who come along have one that follows from it."""
    return nonce if number == 0 else hashlib.sha256(f"walk-in:{nonce}:{number}".encode()).hexdigest()
