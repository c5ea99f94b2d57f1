"""What people and time do with registrations: confirm, cancel, accept, decline, run out.

Every action first locks the event's queue, then reads the registration as it is now, so two of them never decide on
the same facts. Whatever lets go of a seat or of a place in the queue ends in `move_up`, in the same transaction: no
seat lies free while somebody waits for it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from events.actions.retries import retried
from events.actions.seats import SeatBook, lock_queue
from events.enums import EventStatus
from events.models import SeatPool, User
from events.models.kept import kept
from registrations.actions.history import record
from registrations.actions.openings import require_not_cancelled, require_open, require_queue
from registrations.actions.queues import NOTHING_HELD, claim_of, move_up, place_for, promote
from registrations.actions.rounds import go_round
from registrations.actions.transitions import move
from registrations.enums import Attendance, ChangeCause, RegistrationState
from registrations.errors import NotActive, OfferOver, TooLateToCancel
from registrations.models import Registration
from registrations.queries.own_pages import is_too_late_to_cancel

__all__ = [
    "accept_offer",
    "cancel_registration",
    "confirm_registration",
    "decline_offer",
    "expire",
    "expire_due",
    "hold_has_run_out",
    "locked",
    "promote",
    "settle_at_the_door",
]

_S: Final = RegistrationState
_CANCELLED: Final = frozenset({_S.CANCELLED_BY_PARTICIPANT, _S.CANCELLED_BY_ORGANIZER})
_SETTLED: Final = frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.OFFERED})


@retried
def confirm_registration(registration: Registration, *, at: datetime) -> Registration:
    """Confirm the address; once more changes nothing.

    With a seat: confirmed; from the queue: waitlisted. After the hold has run out the seat may be gone: then the person
    comes in anew, confirmed if a seat is free and at the end of the queue if not. Of an application it is noted, so that
    nothing is left to do once it is accepted.
    """
    current = locked(registration)
    if current.state in _SETTLED:
        return current
    require_not_cancelled(current.event)
    if current.state == _S.AWAITING_APPROVAL:
        _note_address(current, at=at)
        return current
    if current.state == _S.HELD and not hold_has_run_out(current, at=at):
        _settle_hold(current, by=None, at=at)
        return current
    if current.state == _S.HELD:
        expire(current, at=at)
    if current.state != _S.EXPIRED:
        raise NotActive
    _come_back(current, at=at)
    return current


@retried
def cancel_registration(registration: Registration, *, by: User | None, reason: str = "", at: datetime) -> Registration:
    """Give the seat or the place in the queue back; `by` null: the participant. Once more changes nothing.

    A participant cannot cancel after coming, or after the end: the figures of who was there would lose them.
    """
    current = locked(registration)
    if current.state in _CANCELLED:
        return current
    if by is None and is_too_late_to_cancel(current, at=at):
        raise TooLateToCancel
    to = _S.CANCELLED_BY_PARTICIPANT if by is None else _S.CANCELLED_BY_ORGANIZER
    claim = claim_of(current)
    move([current], to=to, cause=ChangeCause.CANCELLED, by=by, at=at, reason=reason, columns=NOTHING_HELD)
    if current.event.attendance_closed_at is not None:
        _forget_absence(current)
    move_up(current.event_id, [claim], at=at)
    return current


def _forget_absence(current: Registration) -> None:
    """Whoever cancelled did not fail to come, also when staff write it down after the meeting."""
    for people in (Registration.objects.filter(pk=current.pk), current.members.all()):
        people.filter(attendance=Attendance.NO_SHOW).update(attendance=Attendance.NOT_RECORDED)


@retried
def accept_offer(registration: Registration, *, at: datetime) -> Registration:
    """Take the offered seat before the offer runs out; once more changes nothing."""
    current = locked(registration)
    if current.state == _S.CONFIRMED:
        return current
    require_not_cancelled(current.event)
    _require_offer(current, at=at)
    move([current], to=_S.CONFIRMED, cause=ChangeCause.OFFER_ACCEPTED, by=None, at=at, columns={"confirmed_at": at})
    return current


@retried
def decline_offer(registration: Registration, *, at: datetime) -> Registration:
    """Leave the offered seat to the next in the queue; once more changes nothing."""
    current = locked(registration)
    if current.state == _S.DECLINED:
        return current
    _require_offer(current, at=at)
    claim = claim_of(current)
    move([current], to=_S.DECLINED, cause=ChangeCause.OFFER_DECLINED, by=None, at=at, columns=NOTHING_HELD)
    move_up(current.event_id, [claim], at=at)
    return current


@retried
def settle_at_the_door(registration: Registration, *, by: User | None, at: datetime) -> Registration:
    """Confirm somebody who stands at the door and has a seat that was only held for them or offered."""
    current = locked(registration)
    if current.state == _S.HELD and current.holds_seat:
        _settle_hold(current, by=by, at=at, notify=False)
    elif current.state == _S.OFFERED:
        cause = ChangeCause.OFFER_ACCEPTED
        move([current], to=_S.CONFIRMED, cause=cause, by=by, at=at, notify=False, columns={"confirmed_at": at})
    return current


def expire_due(*, at: datetime) -> int:
    """End the holds and offers that have run out, each event in a transaction of its own; returns how many.

    Seats that lie free although somebody waits find their people on the way. Cancelled events are left as they are.
    """
    due = Registration.objects.exclude(event__status=EventStatus.CANCELLED).filter(_has_run_out(at=at))
    own = SeatPool.objects.filter(event=OuterRef("event"), session=None, category=None)
    given_up = Q(session=None, category__isnull=False) & Exists(own.filter(released__gt=F("released_taken")))
    invited = Registration.objects.filter(waiting_pool=OuterRef("pk"), invitation__uses_reserved=True)
    kept = Exists(own.filter(reserved__gt=F("reserved_taken"))) & Exists(invited)
    lying_free = SeatPool.objects.filter(
        Q(capacity__isnull=True) | Q(capacity__gt=F("taken") + F("reserved") - F("reserved_taken")) | given_up | kept,
        waiting__gt=0,
        event__status=EventStatus.PUBLISHED,
        event__ends_at__gt=at,
    ).values_list("event", flat=True)
    event_ids = [*due.values_list("event", flat=True), *lying_free]
    return go_round(event_ids, lambda event_id: _expire_event(event_id, at=at))


@retried
def _expire_event(event_id: int, *, at: datetime) -> int:
    lock_queue(event_id)
    due = list(Registration.objects.filter(_has_run_out(at=at), event=event_id).order_by("id"))
    _let_run_out(due, event_id, at=at)
    return len(due)


def _has_run_out(*, at: datetime) -> Q:
    # Nobody can answer for a date that is not there: offers stand still until the event has one again.
    offer = Q(state=_S.OFFERED, offer_expires_at__lte=at) & ~Q(event__status=EventStatus.POSTPONED)
    return Q(state=_S.HELD, hold_expires_at__lte=at) | offer


def hold_has_run_out(registration: Registration, *, at: datetime) -> bool:
    """Whether the time to confirm the address is over."""
    return registration.hold_expires_at is not None and registration.hold_expires_at <= at


def expire(registration: Registration, *, at: datetime) -> None:
    """End a hold or an offer whose event's queue is locked, and let the next move up."""
    _let_run_out([registration], registration.event_id, at=at)


def _let_run_out(registrations: Sequence[Registration], event_id: int, *, at: datetime) -> None:
    claims = [claim_of(registration) for registration in registrations]
    holds = [registration for registration in registrations if registration.state == _S.HELD]
    offers = [registration for registration in registrations if registration.state == _S.OFFERED]
    if holds:
        # Nobody is told: nobody has shown that the address is theirs.
        cause = ChangeCause.HOLD_EXPIRED
        move(holds, to=_S.EXPIRED, cause=cause, by=None, at=at, notify=False, columns=NOTHING_HELD)
    if offers:
        move(offers, to=_S.EXPIRED, cause=ChangeCause.OFFER_LAPSED, by=None, at=at, columns=NOTHING_HELD)
    move_up(event_id, claims, at=at)


def locked(registration: Registration) -> Registration:
    """The registration as it is now, with its event's queue and itself locked until the transaction ends."""
    lock_queue(registration.event_id)
    # A statement of its own: only now nobody else can move it. The door, which lets people in without the queue, waits.
    (current,) = _with_event(registration.pk)
    return current


@kept
def _with_event(registration_id: Any) -> QuerySet[Registration]:
    whole = Registration.objects.filter(pk=registration_id).select_related("event__policy")
    return whole.select_for_update(no_key=True, of=("self",))


def _note_address(registration: Registration, *, at: datetime) -> None:
    if registration.address_confirmed_at is None:
        registration.address_confirmed_at = at
        registration.save(update_fields=["address_confirmed_at"])
        cause = ChangeCause.ADDRESS_CONFIRMED
        record([registration], cause, was=registration.state, by=None, at=at, notify=False)


def _settle_hold(registration: Registration, *, by: User | None, at: datetime, notify: bool = True) -> None:
    cause = ChangeCause.ADDRESS_CONFIRMED
    if registration.holds_seat:
        move([registration], to=_S.CONFIRMED, cause=cause, by=by, at=at, notify=notify, columns={"confirmed_at": at})
    else:
        move([registration], to=_S.WAITLISTED, cause=cause, by=by, at=at, notify=notify)


def _require_offer(registration: Registration, *, at: datetime) -> None:
    expires_at = registration.offer_expires_at
    if expires_at is None or registration.state not in {_S.OFFERED, _S.EXPIRED}:
        raise NotActive
    stands_still = registration.event.status == EventStatus.POSTPONED
    if registration.state == _S.EXPIRED or (at >= expires_at and not stands_still):
        raise OfferOver


def _come_back(registration: Registration, *, at: datetime) -> None:
    event = registration.event
    require_open(event, at=at)
    book = SeatBook(event.pk)
    place = place_for(registration, book, event)
    to = _S.CONFIRMED
    columns: dict[str, object] = {"holds_seat": True, "seat_source": place.source, "confirmed_at": at}
    if place.blocking is None:
        book.take(place.pools, registration.seats, source=place.source, past_queue=True)
    else:
        require_queue(event, place.blocking, registration.seats)
        book.queue(place.blocking.pk, registration.seats)
        to = _S.WAITLISTED
        columns = {"waiting_pool": place.blocking, "seat_source": place.source, "queued_at": at}
    try:
        with transaction.atomic():
            move([registration], to=to, cause=ChangeCause.ADDRESS_CONFIRMED, by=None, at=at, columns=columns)
    except IntegrityError as error:
        # The person has registered anew since; that registration is the one that counts.
        raise NotActive from error
    book.write()
