"""Opening seats of one group to everybody: whoever waits, of whatever group, moves up in the order of the queue."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from events.actions.history import record
from events.actions.retries import retried
from events.actions.seats import SeatBook, lock_queue
from events.enums import EventChangeKind
from events.errors import FieldErrors, OverCapacity
from events.models import Event, ParticipantCategory, User
from events.queries.seats import own_pool


@retried
def release_seats(
    event: Event, *, category: ParticipantCategory, seats: int, reason: str, by: User, at: datetime
) -> None:
    """Take unused seats from a group and let every group of the event have them; why, stands in the history.

    The group keeps what is left of its seats. Nobody loses one: only free seats can be given up.
    """
    reason = reason.strip()
    if not reason:
        raise FieldErrors({"reason": [_("Say why: it stands in the history of the event.")]})
    # The event before its queue, as whoever edits it does.
    Event.objects.filter(pk=event.pk).update(version=F("version") + 1)
    lock_queue(event.pk)
    book = SeatBook(event.pk)
    own = own_pool(book.pools)
    of_group = (pool for pool in book.pools if pool.category_id == category.pk and pool.session_id is None)
    pool = next(of_group, None)
    if own is None or pool is None or pool.capacity is None:
        raise FieldErrors({"category": [_("This group has no seats of its own.")]})
    if seats < 1:
        raise FieldErrors({"seats": [_("Open at least one seat.")]})
    if seats > (pool.free or 0):
        raise OverCapacity(
            _("Not so many seats of this group are free."), details={"free": pool.free or 0, "seats": seats}
        )
    before = pool.capacity
    pool.capacity -= seats
    own.released += seats
    book.write()
    record(
        event,
        EventChangeKind.SEATS_RELEASED,
        by=by,
        at=at,
        reason=reason,
        before={"capacity": before, "category": category.code},
        after={"capacity": pool.capacity, "category": category.code, "released": seats},
    )
