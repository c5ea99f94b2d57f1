"""Seats as they stand: which pools a registration has to pass, which of them stops it, how many seats are left."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from events.models import Event, ParticipantCategory, SeatPool, Session


def event_pools(event_id: int) -> QuerySet[SeatPool]:
    """All pools of an event in the one order in which they are ever locked or changed.

    A category in a session, then sessions, then categories, the event's own last: it is the one everybody waits for.
    """
    of_event = ExpressionWrapper(Q(session__isnull=True), output_field=BooleanField())
    of_all = ExpressionWrapper(Q(category__isnull=True), output_field=BooleanField())
    return SeatPool.objects.filter(event=event_id).order_by(of_event, of_all, "id")


def applying(
    pools: Iterable[SeatPool], *, category_id: int | None, session_ids: Collection[int] = ()
) -> list[SeatPool]:
    """Those of an event's pools that a registration must pass; no session named means every session."""
    return [
        pool
        for pool in pools
        if pool.category_id in {None, category_id}
        and (pool.session_id is None or not session_ids or pool.session_id in session_ids)
    ]


def pools_for(
    event: Event, *, category: ParticipantCategory | None = None, sessions: Collection[Session] = ()
) -> list[SeatPool]:
    """The pools that a registration for this category and these sessions must pass, in the order of locking."""
    return applying(
        event_pools(event.pk),
        category_id=category.pk if category else None,
        session_ids={session.pk for session in sessions},
    )


def fits(pool: SeatPool, seats: int) -> bool:
    """Whether so many seats are free; overbooked seats are never handed out again."""
    return pool.capacity is None or pool.taken + seats <= pool.capacity


def blocking_pool(pools: Sequence[SeatPool], seats: int, *, past_queue: bool = False) -> SeatPool | None:
    """The first pool without that many seats or, unless the queue may be passed, in which somebody waits already."""
    return next((pool for pool in pools if not fits(pool, seats) or (pool.waiting and not past_queue)), None)


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
