"""Statements that are put together once give what the ORM gives, for every value and in every thread."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from events.models import Event, SeatPool, Session
from events.models.kept import is_any_of, kept, put_at_hand, put_nothing_at_hand
from tests.make import make_event, make_venue


@kept
def published_by_slug(slug: Any, least: Any) -> QuerySet[Event]:
    return Event.objects.filter(slug=slug, status="published", pools__capacity__gte=least).select_related(
        "unit", "venue__district", "policy"
    )


@kept
def sessions_of(event_id: Any) -> QuerySet[Session]:
    return Session.objects.filter(event=event_id).select_related("room").order_by("-starts_at")


def with_columns(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.django_db
def test_the_rows_are_those_of_the_orm_for_every_value():
    make_event("first", venue=make_venue(), sessions=3)
    make_event("second", capacity=2)

    for slug, least in (("first", 50), ("second", 2), ("second", 3), ("third", 0)):
        rows = published_by_slug(slug, least)

        expected = list(Event.objects.filter(slug=slug, pools__capacity__gte=least))
        assert [with_columns(row) for row in rows] == [with_columns(row) for row in expected]


@pytest.mark.django_db
def test_what_is_joined_is_there_without_another_statement(django_assert_num_queries):
    event = make_event("first", venue=make_venue())
    make_event("second")
    published_by_slug("first", 0)

    with django_assert_num_queries(2):
        (first,), (second,) = published_by_slug("first", 0), published_by_slug("second", 0)
        assert (first.unit, first.venue, first.policy.event_id) == (event.unit, event.venue, event.pk)
        assert second.venue is None
        assert first.policy.event is first


@pytest.mark.django_db
def test_the_order_is_the_one_of_the_statement():
    event = make_event(sessions=3)

    assert sessions_of(event.pk) == list(event.sessions.order_by("-starts_at"))
    assert len(sessions_of(event.pk)) == 3


@pytest.mark.django_db
def test_it_is_put_together_once():
    event = make_event()
    asked = []

    @kept
    def pools(event_id: Any) -> QuerySet[SeatPool]:
        asked.append(event_id)
        return SeatPool.objects.filter(event=event_id)

    with CaptureQueriesContext(connection) as statements:
        assert pools(event.pk) == pools(event.pk) == list(event.pools.all())
        assert pools(0) == []

    assert (len(asked), len(statements)) == (1, 4)


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_over_its_own_connection():
    events = [make_event(sessions=number) for number in (1, 2, 3, 4)]

    def count(event: Event) -> int:
        try:
            return len(sessions_of(event.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(count, events * 5)) == [1, 2, 3, 4] * 5


@pytest.mark.django_db
def test_rows_put_at_hand_are_as_if_prefetched(django_assert_num_queries):
    event = make_event(sessions=2)
    rows = sessions_of(event.pk)

    put_at_hand(event, "sessions", rows)

    with django_assert_num_queries(0):
        assert list(event.sessions.all()) == rows
        assert all(row.event is event for row in event.sessions.all())
    with django_assert_num_queries(1):
        assert event.sessions.filter(is_cancelled=False).count() == 2


@kept
def pools_of(event_ids: Any) -> QuerySet[SeatPool]:
    return SeatPool.objects.filter(is_any_of("event", event_ids)).order_by("event", "pk")


@pytest.mark.django_db
def test_a_list_of_any_length_is_one_argument():
    first, second, third = make_event("first"), make_event("second"), make_event("third")

    for events in ([], [second], [first, third], [first, second, third] * 20):
        assert pools_of([event.pk for event in events]) == list(
            SeatPool.objects.filter(event__in=events).order_by("event", "pk")
        )


@pytest.mark.django_db
def test_those_who_have_nothing_share_it_without_a_statement(django_assert_num_queries):
    events = make_event("first"), make_event("second")

    put_nothing_at_hand(events, "pools")

    with django_assert_num_queries(0):
        assert [list(event.pools.all()) for event in events] == [[], []]
