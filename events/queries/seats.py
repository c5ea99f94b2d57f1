"""Seats as they stand: which pools a registration has to pass, which of them stops it, how many seats are left."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from events.enums import SeatSource
from events.models import Event, ParticipantCategory, SeatPool, Session


def event_pools(event_id: int) -> QuerySet[SeatPool]:
    """All pools of an event in the one order in which they are ever locked or changed.

    A category in a session, then sessions, then categories, the event's own last: it is the one everybody waits for.
    """
    of_event = ExpressionWrapper(Q(session__isnull=True), output_field=BooleanField())
    of_all = ExpressionWrapper(Q(category__isnull=True), output_field=BooleanField())
    return SeatPool.objects.filter(event=event_id).order_by(of_event, of_all, "id")


def group_pools(event: Event) -> list[SeatPool]:
    """The pools of groups with a number of seats of their own, with their categories, in the order of groups."""
    pools = event.pools.filter(session=None, category__isnull=False, capacity__isnull=False)
    return list(pools.select_related("category").order_by("category__position", "id"))


def applying(
    pools: Iterable[SeatPool],
    *,
    category_id: int | None,
    session_ids: Collection[int] = (),
    source: SeatSource = SeatSource.OWN,
) -> list[SeatPool]:
    """Those of an event's pools that a registration must pass; no session named means every session.

    Seats that are not the category's own, released or reserved ones, are limited by no category.
    """
    categories = {None, category_id} if source == SeatSource.OWN else {None}
    return [
        pool
        for pool in pools
        if pool.category_id in categories
        and (pool.session_id is None or not session_ids or pool.session_id in session_ids)
    ]


def own_pool(pools: Iterable[SeatPool]) -> SeatPool | None:
    """The pool of the event as a whole, out of all its pools."""
    return next((pool for pool in pools if _is_own(pool)), None)


def _is_own(pool: SeatPool) -> bool:
    return pool.session_id is None and pool.category_id is None


def is_of_group(pool: SeatPool) -> bool:
    """Whether it counts the seats of one category at the event as a whole."""
    return pool.session_id is None and pool.category_id is not None


def pools_for(
    event: Event, *, category: ParticipantCategory | None = None, sessions: Collection[Session] = ()
) -> list[SeatPool]:
    """The pools that a registration for this category and these sessions must pass, in the order of locking."""
    return applying(
        event_pools(event.pk),
        category_id=category.pk if category else None,
        session_ids={session.pk for session in sessions},
    )


def fits(pool: SeatPool, seats: int, source: SeatSource = SeatSource.OWN) -> bool:
    """Whether so many seats are free; overbooked seats are never handed out again, reserved ones to invited people only."""
    kept = 0 if source == SeatSource.RESERVED else pool.reserved_left
    if pool.capacity is not None and pool.taken + kept + seats > pool.capacity:
        return False
    if source == SeatSource.OWN or not _is_own(pool):
        return True
    return seats <= (pool.reserved_left if source == SeatSource.RESERVED else pool.released_left)


def blocking_pool(
    pools: Sequence[SeatPool], seats: int, *, past_queue: bool = False, source: SeatSource = SeatSource.OWN
) -> SeatPool | None:
    """The first pool without that many seats or, unless the queue may be passed, in which somebody waits already."""
    return next((pool for pool in pools if not fits(pool, seats, source) or (pool.waiting and not past_queue)), None)


@dataclass(frozen=True)
class Place:
    """Where a party comes in: which seats it counts in, the pools it passes, and the one that stops it, if any."""

    source: SeatSource
    pools: list[SeatPool]
    blocking: SeatPool | None


def find_place(
    pools: Sequence[SeatPool],
    seats: int,
    *,
    category_id: int | None,
    session_ids: Collection[int],
    past_queue: bool,
    is_invited: bool = False,
) -> Place:
    """The first seats that a party may have: kept for invited people, its group's own, given up to everybody.

    Where there are none, the place is the one in its own group's way. Under strict order nobody takes a released seat
    while somebody of any group waits.
    """
    if is_invited:
        place = _place(pools, seats, category_id, session_ids, SeatSource.RESERVED, past_queue=True)
        if place.blocking is None:
            return place
    own = _place(pools, seats, category_id, session_ids, SeatSource.OWN, past_queue=past_queue)
    may_pass = past_queue or not any(pool.waiting for pool in pools)
    if own.blocking is None or not (is_of_group(own.blocking) and may_pass):
        return own
    released = _place(pools, seats, category_id, session_ids, SeatSource.RELEASED, past_queue=past_queue)
    return released if released.blocking is None else own


def _place(
    pools: Sequence[SeatPool],
    seats: int,
    category_id: int | None,
    session_ids: Collection[int],
    source: SeatSource,
    *,
    past_queue: bool,
) -> Place:
    own = applying(pools, category_id=category_id, session_ids=session_ids, source=source)
    return Place(source, own, blocking_pool(own, seats, past_queue=past_queue, source=source))


def released_seats_lie_free(event_id: int) -> bool:
    """Whether a group has given up seats that nobody has taken yet, as the database has it now."""
    own = SeatPool.objects.filter(event=event_id, session=None, category=None)
    return own.filter(released__gt=F("released_taken")).exists()


@dataclass(frozen=True)
class SeatFigure:
    """A seat figure as the contract has it, with how many wait; `capacity` and `free` null: no limit."""

    capacity: int | None
    taken: int
    free: int | None
    waiting: int


@dataclass(frozen=True)
class SeatFigures:
    """The seats of an event: as a whole, by category code and by session; `waiting` counts every queue."""

    event: SeatFigure
    categories: Mapping[str, SeatFigure]
    sessions: Mapping[int, SeatFigure]
    waiting: int


_UNLIMITED = SeatFigure(capacity=None, taken=0, free=None, waiting=0)


def seat_figures(event: Event) -> SeatFigures:
    """The seats of an event; asks for its pools and their categories only where they are not prefetched."""
    pools = list(event.pools.all())
    figures = {(pool.session_id, pool.category_id): _figure(pool) for pool in pools}
    categories = sorted(
        (pool for pool in pools if pool.category is not None and pool.session_id is None),
        key=lambda pool: (pool.category.position if pool.category else 0, pool.pk),
    )
    return SeatFigures(
        event=figures.get((None, None), _UNLIMITED),
        categories={pool.category.code: _figure(pool) for pool in categories if pool.category is not None},
        sessions={
            pool.session_id: _figure(pool) for pool in pools if pool.session_id is not None and pool.category_id is None
        },
        waiting=sum(pool.waiting for pool in pools),
    )


def _figure(pool: SeatPool) -> SeatFigure:
    return SeatFigure(pool.capacity, pool.taken, pool.free, pool.waiting)
