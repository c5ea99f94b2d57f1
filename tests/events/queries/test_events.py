"""Lists of events: who finds what, in which order, with how many queries."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from events.actions.search_texts import keep_search_words
from events.enums import EventMode, EventStatus, Role, Visibility
from events.errors import UnknownFilterValue
from events.models import District, Event, SeatPool
from events.queries.events import (
    EventFilter,
    listed_public_events,
    past_public_events,
    unit_events,
    upcoming_public_events,
)
from events.queries.registration_windows import WindowState, registration_window
from tests.make import make_event, make_process, make_topic, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def slugs(events: QuerySet[Event]) -> list[str]:
    return [event.slug for event in events]


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def test_the_next_event_comes_first_and_what_is_over_comes_last():
    make_event("third", starts_at=day(3))
    make_event("first", starts_at=day(1))
    make_event("running", starts_at=NOW - timedelta(hours=1))
    make_event("over", starts_at=day(-1))
    make_event("long-over", starts_at=day(-9))
    make_event("off", starts_at=day(2), status=EventStatus.CANCELLED)

    assert slugs(upcoming_public_events(at=NOW)) == ["running", "first", "off", "third"]
    assert slugs(past_public_events(at=NOW)) == ["over", "long-over"]
    assert slugs(listed_public_events(at=NOW)) == ["long-over", "over", "running", "first", "off", "third"]


def test_strangers_find_what_is_announced_to_everybody():
    make_event("public")
    make_event("unlisted", visibility=Visibility.UNLISTED)
    make_event("restricted", visibility=Visibility.RESTRICTED)
    make_event("draft", status=EventStatus.DRAFT)

    assert slugs(listed_public_events(at=NOW)) == ["public"]


def test_organisers_see_what_is_their_units_undated_drafts_first():
    make_event("mine", starts_at=day(1))
    make_event("mine-later", starts_at=day(2), visibility=Visibility.RESTRICTED)
    undated = make_event("undated", status=EventStatus.DRAFT)
    undated.sessions.all().delete()
    Event.objects.filter(pk=undated.pk).update(starts_at=None, ends_at=None)
    make_event("foreign", unit=make_unit("inna"))

    assert slugs(unit_events(make_user(), at=NOW)) == ["undated", "mine-later", "mine"]
    assert slugs(unit_events(make_user(), filters=EventFilter(status=("draft",)), at=NOW)) == ["undated"]
    assert slugs(unit_events(make_user(role=Role.DOOR), at=NOW)) == []


def test_filters_are_or_within_and_and_across():
    topic, district = make_topic("zielen"), District.objects.create(slug="czuby", name="Czuby")
    process = make_process("proces")
    found = make_event("found", kind="workshop", mode=EventMode.ONLINE)
    Event.objects.filter(pk=found.pk).update(district=district, process=process, venue=make_venue("ratusz"))
    found.topics.add(topic)
    make_event("other", kind="conference")
    make_event("third", kind="open_debate")

    for filters, expected in (
        (EventFilter(kind=("workshop", "conference")), ["found", "other"]),
        (EventFilter(kind=("workshop", "conference"), mode=("online",)), ["found"]),
        (EventFilter(topic=("zielen",)), ["found"]),
        (EventFilter(district=("czuby",), process=("proces",), venue=("ratusz",), unit=("strategia",)), ["found"]),
        (EventFilter(mode=("hybrid",)), []),
        (EventFilter(status=("published",)), ["found", "other", "third"]),
        (EventFilter(status=("cancelled", "held")), []),
        (EventFilter(starts_after=day(14)), ["found", "other", "third"]),
        (EventFilter(starts_after=day(14) + timedelta(seconds=1)), []),
        (EventFilter(starts_before=day(14)), []),
        (EventFilter(starts_before=day(15)), ["found", "other", "third"]),
    ):
        assert slugs(listed_public_events(filters, at=NOW)) == expected, filters


@pytest.mark.parametrize(
    "filters",
    [
        EventFilter(kind=("dance",)),
        EventFilter(mode=("by_mail",)),
        EventFilter(stage=("x",)),
        EventFilter(status=("draft",)),
    ],
)
def test_a_value_that_names_nothing_is_refused(filters):
    with pytest.raises(UnknownFilterValue):
        listed_public_events(filters, at=NOW)


def test_search_needs_no_diacritics_and_finds_all_words():
    keep_search_words(make_event("found", title="Żółta Łódź, Śródmieście"))
    make_event("other")

    for words, expected in (
        ("zolta", ["found"]),
        ("ŁÓDŹ srodm", ["found"]),
        ("lodz inne", []),
        (" ", ["found", "other"]),
    ):
        assert slugs(listed_public_events(EventFilter(q=words), at=NOW)) == expected, words


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, WindowState.OPEN),
        ({"capacity": None}, WindowState.OPEN),
        ({"required": False}, WindowState.NOT_NEEDED),
        ({"status": EventStatus.CANCELLED}, WindowState.CANCELLED),
        ({"status": EventStatus.POSTPONED}, WindowState.CLOSED),
        ({"opens_at": NOW}, WindowState.OPEN),
        ({"opens_at": NOW + timedelta(seconds=1)}, WindowState.NOT_OPEN_YET),
        ({"closes_at": NOW}, WindowState.CLOSED),
        ({"closes_at": NOW + timedelta(seconds=1)}, WindowState.OPEN),
        ({"starts_at": NOW}, WindowState.CLOSED),
        ({"starts_at": day(-1), "sessions": 3}, WindowState.OPEN),
        ({"taken": 50}, WindowState.WAITLIST),
        ({"taken": 49}, WindowState.OPEN),
        ({"taken": 40, "waiting": 1}, WindowState.WAITLIST),
        ({"taken": 50, "waitlist": False}, WindowState.FULL),
        ({"planned_only": True}, WindowState.CLOSED),
    ],
)
def test_the_filter_for_open_events_says_what_the_window_says(given: dict[str, Any], state: WindowState):
    taken, waiting = given.pop("taken", 0), given.pop("waiting", 0)
    planned_only = given.pop("planned_only", False)
    event = make_event("event", **given)
    SeatPool.objects.filter(event=event).update(taken=taken, waiting=waiting)
    Event.objects.filter(pk=event.pk).update(planned_only=planned_only)

    assert registration_window(Event.objects.get(), at=NOW).state == state
    is_open = slugs(listed_public_events(EventFilter(open=True), at=NOW)) == ["event"]
    is_not_open = slugs(listed_public_events(EventFilter(open=False), at=NOW)) == ["event"]
    assert (is_open, is_not_open) == (state == WindowState.OPEN, state != WindowState.OPEN)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_as_often_for_three_events_as_for_one(rows, django_assert_num_queries):
    for _ in range(rows):
        make_event(sessions=2, venue=make_venue()).topics.add(make_topic())

    with django_assert_num_queries(4):
        for event in upcoming_public_events(at=NOW):
            registration_window(event, at=NOW)
            _ = (event.unit.name, event.kind.name, event.venue and event.venue.district, list(event.topics.all()))
