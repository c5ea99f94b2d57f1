"""Counting seats: all pools or none, never more than there are, and nothing behind the book's back."""

import pytest
from django.db import IntegrityError, transaction

from events.actions.seats import (
    SeatBook,
    SeatsMovedError,
    join_queue,
    lock_queue,
    set_capacity,
    set_reserved,
    take_seats,
)
from events.errors import OverCapacity
from events.models import Event, SeatPool
from events.queries.seats import SeatFigure, SeatFigures, event_pools, pools_for, seat_figures
from tests.make import make_category, make_event, make_session
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def numbers(event: Event) -> list[tuple[int | None, int, int, int]]:
    return list(event.pools.order_by("id").values_list("capacity", "taken", "waiting", "overbooked"))


def set_pool(event: Event, **columns: int | None) -> SeatPool:
    event.pools.update(**columns)
    return event.pools.get()


def test_pools_come_from_the_most_specific_to_the_events_own():
    event = make_event(categories=[("business", 5), ("resident", 5)])
    session = make_session(event, starts_at=NOW, capacity=5)
    both = SeatPool.objects.create(event=event, session=session, category=make_category("business"))
    of_event, of_business, of_residents, of_session = event.pools.exclude(pk=both.pk).order_by("id")

    assert list(event_pools(event.pk)) == [both, of_session, of_business, of_residents, of_event]
    assert pools_for(event, category=make_category("business")) == [both, of_session, of_business, of_event]
    assert pools_for(event, category=make_category("ngo"), sessions=[session]) == [of_session, of_event]
    assert pools_for(event, sessions=event.sessions.exclude(pk=session.pk)) == [of_event]


def test_seats_are_taken_in_all_pools_or_in_none():
    event = make_event(capacity=2, categories=[("business", 3)])
    of_business, of_event = pools_for(event, category=make_category("business"))

    assert take_seats([of_business, of_event], 2) is None
    assert take_seats([of_business, of_event], 1) == of_event
    assert numbers(event) == [(2, 2, 0, 0), (3, 2, 0, 0)]


def test_whoever_waits_is_not_passed_unless_it_is_said():
    pool = set_pool(make_event(capacity=2), waiting=1)

    assert take_seats([pool], 1) == pool
    assert take_seats([pool], 1, past_queue=True) is None


def test_overbooked_seats_are_not_handed_out_again():
    pool = set_pool(make_event(), capacity=2, taken=3, overbooked=1)

    assert take_seats([pool], 1) == pool


@pytest.mark.parametrize(
    ("columns", "seats", "limit", "past_queue", "joined"),
    [
        ({"capacity": 1, "taken": 1}, 1, None, False, True),
        ({"capacity": 1, "taken": 0}, 1, None, False, False),
        ({"capacity": 1, "taken": 0}, 2, None, False, True),
        ({"capacity": 1, "taken": 0, "waiting": 2}, 1, None, False, True),
        ({"capacity": 1, "taken": 0, "waiting": 2}, 1, None, True, False),
        ({"capacity": None, "waiting": 0}, 1, None, False, False),
        ({"capacity": 0, "waiting": 2}, 1, 3, False, True),
        ({"capacity": 0, "waiting": 2}, 2, 3, False, False),
    ],
)
def test_only_who_has_to_wait_joins_the_queue(columns, seats, limit, past_queue, joined):
    event = make_event()
    pool = set_pool(event, **columns)
    waiting = columns.get("waiting", 0)

    assert join_queue(pool, seats, limit=limit, past_queue=past_queue) is joined
    assert event.pools.get().waiting == waiting + (seats if joined else 0)


def test_the_book_is_written_once_for_each_pool_that_changed(django_assert_num_queries):
    event = make_event(capacity=5, categories=[("business", 3), ("resident", 3)])
    lock_queue(event.pk)
    book = SeatBook(event.pk)
    of_business, _of_residents, of_event = book.pools

    assert book.take([of_business, of_event], 3) is None
    assert book.take([of_business, of_event], 1) == of_business
    book.queue(of_business.pk, 1)
    book.release([of_business, of_event], 1)
    with django_assert_num_queries(2):
        book.write()
        book.write()

    assert numbers(event) == [(5, 2, 0, 0), (3, 2, 1, 0), (3, 0, 0, 0)]


def test_seats_given_back_are_first_those_that_were_too_many():
    event = make_event()
    set_pool(event, capacity=2, taken=4, overbooked=2)
    book = SeatBook(event.pk)

    book.release(book.pools, 1)
    book.write()
    assert numbers(event) == [(2, 3, 0, 1)]
    book.release(book.pools, 3)
    book.write()
    assert numbers(event) == [(2, 0, 0, 0)]


def test_seats_counted_behind_the_books_back_are_noticed():
    event = make_event()
    book = SeatBook(event.pk)
    set_pool(event, taken=7)

    book.take(book.pools, 1)
    with pytest.raises(SeatsMovedError):
        book.write()

    assert numbers(event) == [(50, 7, 0, 0)]


def test_capacity_is_changed_and_never_below_what_is_taken():
    event = make_event()
    pool = set_pool(event, capacity=3, taken=3)

    with pytest.raises(OverCapacity) as refusal:
        set_capacity(pool, 2)
    assert refusal.value.details == {"taken": 3, "capacity": 2}
    assert numbers(event) == [(3, 3, 0, 0)]

    set_capacity(pool, 2, allow_overbooking=True)
    assert numbers(event) == [(2, 3, 0, 1)]
    assert (pool.capacity, pool.overbooked) == (2, 1)
    set_capacity(pool, 4)
    assert numbers(event) == [(4, 3, 0, 0)]
    set_capacity(pool, None)
    assert numbers(event) == [(None, 3, 0, 0)]


def test_the_database_itself_holds_the_capacity():
    pool = set_pool(make_event(), capacity=1, taken=1)

    with pytest.raises(IntegrityError, match="event_not_overbooked"), transaction.atomic():
        SeatPool.objects.filter(pk=pool.pk).update(taken=2)


def test_figures_are_told_by_event_category_and_session(django_assert_num_queries):
    event = make_event(capacity=10, categories=[("business", 2), ("resident", None)])
    session = make_session(event, starts_at=NOW, capacity=4)
    event.pools.filter(category__code="business").update(taken=2, waiting=3)
    event.pools.filter(session=None, category=None).update(taken=6)
    fetched = Event.objects.prefetch_related("pools__category").get(pk=event.pk)

    with django_assert_num_queries(0):
        figures = seat_figures(fetched)

    assert figures == SeatFigures(
        event=SeatFigure(10, 6, 4, 0),
        categories={"business": SeatFigure(2, 2, 0, 3), "resident": SeatFigure(None, 0, None, 0)},
        sessions={session.pk: SeatFigure(4, 0, 4, 0)},
        waiting=3,
    )
    event.pools.all().delete()
    assert seat_figures(event).event == SeatFigure(None, 0, None, 0)


def test_reserved_seats_are_kept_from_everybody_else():
    event = make_event(capacity=3, reserved=2)
    pool = event.pools.get()

    assert take_seats([pool], 1) is None
    assert take_seats([pool], 1) == pool
    assert join_queue(pool, 1, limit=None)
    assert (event.pools.get().free, event.pools.get().reserved_left) == (0, 2)


def test_fewer_seats_are_reserved_only_as_long_as_invited_people_keep_theirs():
    event = make_event(capacity=5, reserved=3)
    pool = set_pool(event, reserved_taken=2, taken=2)

    set_reserved(pool, 2)
    with pytest.raises(OverCapacity):
        set_reserved(pool, 1)

    assert (pool.reserved, pool.reserved_left, event.pools.get().reserved) == (2, 0, 2)
