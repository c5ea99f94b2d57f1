"""Letting somebody in whose turn it is not: into a free seat, or over the number of seats."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from events.actions.retries import retried
from events.actions.seats import SeatBook
from events.enums import SeatSource
from events.models import User
from registrations.actions.moves import locked
from registrations.actions.openings import full, require_not_cancelled
from registrations.actions.queues import move_up, place_past_queue
from registrations.actions.transitions import move
from registrations.enums import ChangeCause, RegistrationState
from registrations.errors import AlreadyRegistered, NotActive, ReasonMissing
from registrations.models import Registration

_S: Final = RegistrationState
# Who waits, and who was not quick enough to confirm the address.
WITHOUT_SEAT: Final = frozenset({_S.HELD, _S.WAITLISTED, _S.EXPIRED})


@retried
def let_in(registration: Registration, *, force: bool = False, reason: str, by: User, at: datetime) -> Registration:
    """Give a seat to somebody whose turn it is not, with a reason; once more changes nothing.

    There has to be a seat, unless it is forced: then it is counted apart, as overbooked. Whether the person may force is
    the caller's door to say.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    current = locked(registration)
    if current.state == _S.CONFIRMED:
        return current
    if current.state not in WITHOUT_SEAT or current.holds_seat or current.erased_at is not None:
        raise NotActive
    event = current.event
    require_not_cancelled(event)
    book = SeatBook(event.pk)
    place = place_past_queue(current, book)
    source, cause = place.source, ChangeCause.PROMOTED
    if place.blocking is None:
        book.take(place.pools, current.seats, source=source, past_queue=True)
    elif force:
        source, cause = SeatSource.OWN, ChangeCause.FORCED_IN
        book.force(place.pools, current.seats)
    else:
        raise full(place.blocking)
    if current.waiting_pool_id is not None:
        book.queue(current.waiting_pool_id, -current.seats)
    book.write()
    columns: dict[str, object] = {
        "holds_seat": True,
        "waiting_pool": None,
        "seat_source": source,
        "confirmed_at": at,
    }
    try:
        with transaction.atomic():
            move([current], to=_S.CONFIRMED, cause=cause, by=by, at=at, reason=reason, columns=columns)
    except IntegrityError as error:
        # The person has registered anew since then; that registration is the one that counts.
        raise AlreadyRegistered from error
    # Whoever stood behind this party may be next now.
    move_up(event.pk, at=at)
    return current
