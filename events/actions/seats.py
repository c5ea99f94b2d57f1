"""The one place where seats are counted: the numbers of `SeatPool` change here and nowhere else.

Two ways lead here. Signing up asks nobody: it changes each pool by one conditional UPDATE, the most wanted row last,
and the row count tells whether the seat was still there. Everything that frees seats or moves people up (cancelling,
expiry, more capacity) first locks the event's queue, so that nobody else frees or promotes, and then the pools, so that
nobody takes; it decides in memory (`SeatBook`) and writes each pool once. Both meet the pools in one order, so neither
can wait for the other in a circle. Who changes the event itself locks its row before its queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from events.enums import SeatSource
from events.errors import OverCapacity
from events.models import Event, SeatPool
from events.queries.seats import blocking_pool, event_pools, own_pool

# Every sign-up passes here, so these are not put together anew each time.
_TAKE: Final = """
    UPDATE events_seatpool SET taken = taken + %(seats)s
     WHERE id = %(pool)s
       AND (capacity IS NULL OR capacity >= taken + %(seats)s + reserved - reserved_taken)
       AND (waiting = 0 OR %(past_queue)s)
"""
_GIVE_BACK: Final = "UPDATE events_seatpool SET taken = taken - %(seats)s WHERE id = %(pool)s"
_QUEUE: Final = """
    UPDATE events_seatpool SET waiting = waiting + %(seats)s
     WHERE id = %(pool)s
       AND (capacity < taken + %(seats)s + reserved - reserved_taken OR (waiting > 0 AND NOT %(past_queue)s))
       AND (%(limit)s::int IS NULL OR waiting + %(seats)s <= %(limit)s)
"""
_LOCK: Final = "SELECT FROM events_registrationpolicy WHERE event_id = %s FOR NO KEY UPDATE"


class SeatsMovedError(RuntimeError):
    """A pool changed although it was locked: somebody counts seats outside of this file."""


def take_seats(pools: Sequence[SeatPool], seats: int, *, past_queue: bool = False) -> SeatPool | None:
    """Take seats in every pool or in none; returns the pool that refused, or None when all of them are taken.

    Unless `past_queue`, a pool in which somebody waits refuses: a freed seat is theirs.
    """
    with connection.cursor() as cursor:
        for number, pool in enumerate(pools):
            cursor.execute(_TAKE, {"pool": pool.pk, "seats": seats, "past_queue": past_queue})
            if not cursor.rowcount:
                for taken in pools[:number]:
                    cursor.execute(_GIVE_BACK, {"pool": taken.pk, "seats": seats})
                return pool
    return None


def join_queue(pool: SeatPool, seats: int, *, limit: int | None, past_queue: bool = False) -> bool:
    """Stand in the queue of a pool; False: a seat became free in the meantime, or the queue has reached its limit."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, {"pool": pool.pk, "seats": seats, "past_queue": past_queue, "limit": limit})
        return bool(cursor.rowcount)


def lock_queue(event_id: int) -> None:
    """Let nobody else free a seat of the event or promote its people until the transaction ends.

    Signing up does not wait for it. It is taken before registrations and pools, so nothing that holds one of them
    waits here.
    """
    # The row is a lock, not a fact: what was joined to it could be older than the moment the lock was given.
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [event_id])


class _Counts(NamedTuple):
    capacity: int | None
    taken: int
    waiting: int
    overbooked: int
    reserved: int
    reserved_taken: int
    released: int
    released_taken: int


@dataclass
class SeatBook:
    """The pools of one event, locked until the transaction ends; `lock_queue` comes first.

    What is decided changes the pools in memory; `write` puts it down with one UPDATE for each pool that changed.
    """

    event_id: int

    def __post_init__(self) -> None:
        self.pools = list(
            event_pools(self.event_id)
            .select_related("event__policy", "event__unit", "category")
            .select_for_update(no_key=True, of=("self",))
        )
        self._written = {pool.pk: _counts(pool) for pool in self.pools}

    @property
    def event(self) -> Event | None:
        """The event as it was when the pools were locked; None when it has no pools."""
        return self.pools[0].event if self.pools else None

    def take(
        self,
        pools: Sequence[SeatPool],
        seats: int,
        *,
        source: SeatSource = SeatSource.OWN,
        past_queue: bool = False,
    ) -> SeatPool | None:
        """Take seats in every pool or in none, as `take_seats` does."""
        blocking = blocking_pool(pools, seats, past_queue=past_queue, source=source)
        if blocking is None:
            self._count(pools, seats, source)
        return blocking

    def force(self, pools: Sequence[SeatPool], seats: int) -> None:
        """Take seats whether there are any or not; what is too many is counted as overbooked."""
        self._count(pools, seats, SeatSource.OWN)
        for pool in pools:
            pool.overbooked = max(pool.overbooked, _excess(pool.taken, pool.capacity))

    def release(self, pools: Sequence[SeatPool], seats: int, source: SeatSource = SeatSource.OWN) -> None:
        """Give seats back in every pool; a reserved seat is kept for the next invited person again."""
        self._count(pools, -seats, source)
        for pool in pools:
            pool.overbooked = min(pool.overbooked, _excess(pool.taken, pool.capacity))

    def _count(self, pools: Sequence[SeatPool], seats: int, source: SeatSource) -> None:
        for pool in pools:
            pool.taken += seats
        own = own_pool(pools)
        if own is not None and source == SeatSource.RESERVED:
            own.reserved_taken += seats
        elif own is not None and source == SeatSource.RELEASED:
            own.released_taken += seats

    def queue(self, pool_id: int, seats: int) -> None:
        """Count a party as waiting for a pool; a negative number of seats has left its queue."""
        pool = next(pool for pool in self.pools if pool.pk == pool_id)
        pool.waiting += seats

    def write(self) -> None:
        """Put every change down, the event's own pool last."""
        for pool in self.pools:
            before, now = self._written[pool.pk], _counts(pool)
            if before == now:
                continue
            unmoved = SeatPool.objects.filter(pk=pool.pk, taken=before.taken, waiting=before.waiting)
            if not unmoved.update(**now._asdict()):
                raise SeatsMovedError
            self._written[pool.pk] = now


def _counts(pool: SeatPool) -> _Counts:
    return _Counts(*(getattr(pool, name) for name in _Counts._fields))


def _excess(taken: int, capacity: int | None) -> int:
    return 0 if capacity is None else max(taken - capacity, 0)


@transaction.atomic
def set_capacity(pool: SeatPool, capacity: int | None, *, allow_overbooking: bool = False) -> None:
    """Change how many seats there are; nobody is thrown out by it.

    Fewer than are taken is refused or, by explicit choice, kept as overbooked. Whoever waits moves up when the change
    is recorded (`CAPACITY_CHANGED`), in the same transaction.
    """
    lock_queue(pool.event_id)
    locked = next(locked for locked in SeatBook(pool.event_id).pools if locked.pk == pool.pk)
    overbooked = _excess(locked.taken, capacity)
    if overbooked and not allow_overbooking:
        raise OverCapacity(details={"taken": locked.taken, "capacity": capacity})
    SeatPool.objects.filter(pk=pool.pk).update(capacity=capacity, overbooked=overbooked)
    pool.refresh_from_db()


@transaction.atomic
def set_reserved(pool: SeatPool, reserved: int) -> None:
    """Change how many of an event's seats are kept for invited people; never fewer than they have taken already.

    Whoever waits moves up when the change is recorded (`CAPACITY_CHANGED`), in the same transaction.
    """
    lock_queue(pool.event_id)
    locked = next(locked for locked in SeatBook(pool.event_id).pools if locked.pk == pool.pk)
    if reserved < locked.reserved_taken:
        raise OverCapacity(
            _("Invited people have taken more seats than that."),
            details={"taken": locked.reserved_taken, "reserved": reserved},
        )
    SeatPool.objects.filter(pk=pool.pk).update(reserved=reserved)
    pool.refresh_from_db()
