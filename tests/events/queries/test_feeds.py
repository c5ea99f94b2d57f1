"""One wish has one address, and every calendar program gets it as it wants it."""

from datetime import timedelta

import pytest

from events.actions.calendar import refresh_for
from events.enums import Visibility
from events.errors import TooManyFilterValues
from events.models import CalendarEntry
from events.queries.events import EventFilter
from events.queries.feeds import FeedLinks, FeedWish, feed_address, feed_links, large_feeds, links_to
from tests.make import make_event
from tests.make.events import NOW

BASE = "http://127.0.0.1:8000/calendar/events.ics"


def test_an_address_is_in_order_and_leaves_defaults_out():
    wish = FeedWish.of({"topic": ["woda", "zielen", "woda", ""], "kind": ["workshop"], "q": ["x"]}, language="pl")

    assert feed_address(wish) == f"{BASE}?kind=workshop&topic=woda&topic=zielen"
    assert feed_address(FeedWish()) == BASE
    assert feed_address(FeedWish(language="uk", past=0)) == f"{BASE}?lang=uk&past=0"


def test_more_than_twenty_values_are_nobodys_wish():
    with pytest.raises(TooManyFilterValues):
        FeedWish.of({"kind": [str(number) for number in range(21)]}, language="pl")


def test_a_list_has_a_feed_that_reproduces_it():
    links = feed_links(EventFilter(kind=("workshop",), mode=("online", "hybrid"), q="park"), "en")

    assert links == FeedLinks(
        https=f"{BASE}?kind=workshop&mode=hybrid&mode=online&lang=en",
        webcal="webcal://127.0.0.1:8000/calendar/events.ics?kind=workshop&mode=hybrid&mode=online&lang=en",
        google="https://calendar.google.com/calendar/r/settings/addbyurl",
        outlook="https://outlook.live.com/calendar/0/addfromweb?"
        "url=http%3A%2F%2F127.0.0.1%3A8000%2Fcalendar%2Fevents.ics%3Fkind%3Dworkshop%26mode%3Dhybrid%26mode%3Donline%26lang%3Den",
    )


def test_a_named_feed_brings_its_name_to_outlook():
    assert links_to("https://a.example/x.ics", name="Moje spotkania").outlook.endswith("x.ics&name=Moje+spotkania")


@pytest.mark.django_db
def test_feeds_are_measured_in_octets_within_their_window(monkeypatch):
    near = make_event(title="Łąka")
    far, past = (make_event(starts_at=NOW + timedelta(days=days)) for days in (400, -200))
    hidden = make_event(visibility=Visibility.UNLISTED)
    refresh_for(event_ids=[near.pk, far.pk, past.pk, hidden.pk], at=NOW)
    monkeypatch.setattr("events.queries.feeds.MOST_OCTETS", 0)

    sizes = {entry.language: len(entry.content.encode()) for entry in CalendarEntry.objects.filter(session__event=near)}

    found = large_feeds(at=NOW)
    assert {feed.language: feed.octets for feed in found} == sizes
    assert [feed.octets for feed in found] == sorted(sizes.values(), reverse=True)


@pytest.mark.django_db
def test_feeds_that_every_program_reads_are_not_named(django_assert_num_queries):
    refresh_for(event_ids=[make_event().pk], at=NOW)

    with django_assert_num_queries(1):
        assert large_feeds(at=NOW) == []
