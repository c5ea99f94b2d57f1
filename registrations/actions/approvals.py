"""Deciding about applications: accepted people get a seat or a place in the queue, rejected ones a reason."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.actions.seats import SeatBook
from events.enums import EventStatus
from events.errors import FieldErrors
from events.models import Event, User
from registrations.actions.moves import locked
from registrations.actions.openings import require_not_cancelled, require_queue
from registrations.actions.queues import NOTHING_HELD, claim_of, move_up, place_for
from registrations.actions.transitions import move
from registrations.enums import ChangeCause, RegistrationSource, RegistrationState
from registrations.errors import NotActive, RegistrationClosed
from registrations.models import Registration

_S: Final = RegistrationState
_ACCEPTED: Final = frozenset({_S.HELD, _S.CONFIRMED, _S.WAITLISTED, _S.OFFERED})
# Somebody who applied days ago does not sit at the mailbox: the time to confirm is longer than after signing up.
HELD_AFTER_APPROVAL: Final = timedelta(hours=24)
_BY_STAFF: Final = frozenset({RegistrationSource.PHONE, RegistrationSource.PAPER, RegistrationSource.WALK_IN})


@retried
def approve_registration(registration: Registration, *, by: User, at: datetime) -> Registration:
    """Accept an application; once more changes nothing.

    Its place in the queue counts from when it was made. With a seat and a confirmed address it is confirmed; with a
    seat and none yet it is held; without a seat it waits, or is refused where nobody can wait.
    """
    current = locked(registration)
    if current.state in _ACCEPTED:
        return current
    if current.state != _S.AWAITING_APPROVAL or current.erased_at is not None:
        raise NotActive
    event = current.event
    starts_at = _require_ahead(event, at=at)
    columns: dict[str, object] = {}
    if not current.holds_seat and current.waiting_pool_id is None:
        book = SeatBook(event.pk)
        place = place_for(current, book, event)
        if place.blocking is None:
            book.take(place.pools, current.seats, source=place.source, past_queue=True)
            columns = {"holds_seat": True, "seat_source": place.source}
        else:
            require_queue(event, place.blocking, current.seats)
            book.queue(place.blocking.pk, current.seats)
            columns = {"waiting_pool": place.blocking}
        book.write()
    has_seat = bool(columns.get("holds_seat", current.holds_seat))
    if event.policy.confirm_email and current.address_confirmed_at is None and current.source not in _BY_STAFF:
        wait = max(HELD_AFTER_APPROVAL, timedelta(minutes=event.policy.hold_minutes))
        until = at + wait if starts_at is None else min(at + wait, starts_at)
        to, columns = _S.HELD, {**columns, "hold_expires_at": until}
    elif has_seat:
        to, columns = _S.CONFIRMED, {**columns, "confirmed_at": at}
    else:
        to = _S.WAITLISTED
    move([current], to=to, cause=ChangeCause.APPROVED, by=by, at=at, columns=columns)
    if not has_seat:
        # It may have come before everybody who waits, and be small enough for what is free.
        move_up(event.pk, at=at)
        current.refresh_from_db()
    return current


def _require_ahead(event: Event, *, at: datetime) -> datetime | None:
    """Refuse when nobody can take part any more; else the next start, which a postponed event does not have."""
    require_not_cancelled(event)
    if event.status == EventStatus.POSTPONED:
        return None
    starts = event.sessions.filter(is_cancelled=False, starts_at__gt=at).order_by("starts_at")
    starts_at = starts.values_list("starts_at", flat=True).first()
    if event.status != EventStatus.PUBLISHED or starts_at is None:
        raise RegistrationClosed
    return starts_at


@retried
def reject_registration(registration: Registration, *, reason: str, by: User, at: datetime) -> Registration:
    """Reject an application with a reason, which its person reads; once more changes nothing."""
    reason = reason.strip()
    if not reason:
        raise FieldErrors({"reason": [_("Say why: the person reads it.")]})
    current = locked(registration)
    if current.state == _S.REJECTED:
        return current
    if current.state != _S.AWAITING_APPROVAL:
        raise NotActive
    claim = claim_of(current)
    move([current], to=_S.REJECTED, cause=ChangeCause.REJECTED, by=by, at=at, reason=reason, columns=NOTHING_HELD)
    move_up(current.event_id, [claim], at=at)
    return current
