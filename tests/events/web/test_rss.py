"""The list of coming events for news readers."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.test import Client

from events.enums import EventStatus
from events.models import Event
from tests.make import make_event, make_topic, make_venue
from tests.make.events import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def channel(client: Client, path: str = "/en/events/rss.xml") -> ET.Element:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/rss+xml; charset=utf-8")
    return ET.fromstring(response.content)[0]  # noqa: S314  # our own feed


def titles(client: Client, path: str) -> list[str | None]:
    return [item.findtext("title") for item in channel(client, path).findall("item")]


def test_a_meeting_says_what_when_and_where(client):
    event = make_event("spotkanie", venue=make_venue(), starts_at=NOW + timedelta(days=1))
    event.topics.add(make_topic())
    Event.objects.filter(pk=event.pk).update(description={"pl": "", "en": "**Come** and talk."})

    feed = channel(client)
    [item] = feed.findall("item")

    assert (feed.findtext("language"), feed.findtext("link")) == ("en", "http://127.0.0.1:8000/en/events/")
    assert {tag: item.findtext(tag) for tag in ("title", "link", "description", "guid", "pubDate")} == {
        "title": "Trial meeting",
        "link": "http://127.0.0.1:8000/en/events/spotkanie/",
        "description": (
            "Wednesday, 13 January 2027, 10:00–12:00\nTown hall (example), Rynek 1, 20-000 Lublin\nCome and talk."
        ),
        "guid": event.uid.urn,
        "pubDate": "Tue, 12 Jan 2027 09:00:00 +0000",
    }
    assert [category.text for category in item.findall("category")] == ["Workshop", "Green city"]


def test_the_soonest_comes_first_and_what_is_over_goes(client):
    for days in (9, 2, -9):
        make_event(title=f"Za {days}", starts_at=NOW + timedelta(days=days))

    assert titles(client, "/events/rss.xml") == ["Za 2", "Za 9"]


def test_it_is_narrowed_as_the_list_and_the_list_leads_to_it(client):
    make_event(title="Debata", kind="open_debate")
    make_event(title="Warsztat")

    html = client.get("/events/?kind=workshop&when=past").content.decode()

    assert 'type="application/rss+xml" title="Kalendarz partycypacji" href="/events/rss.xml?kind=workshop"' in html
    assert titles(client, "/events/rss.xml?kind=workshop") == ["Warsztat"]
    assert client.get("/events/rss.xml?kind=nonsense").status_code == 400


def test_a_meeting_that_is_called_off_says_so_and_nothing_breaks_the_file(client):
    event = make_event(title="A <b> & \x07", status=EventStatus.CANCELLED)
    event.sessions.update(is_cancelled=True)

    [item] = channel(client, "/uk/events/rss.xml").findall("item")
    [in_polish] = channel(client, "/events/rss.xml").findall("item")

    assert item.findtext("title") == "Пробна зустріч"
    assert (in_polish.findtext("title"), in_polish.findtext("description")) == ("A <b> & ", "Odwołane")


@pytest.mark.parametrize("count", [1, 3])
def test_more_events_need_no_more_statements(client, count, django_assert_num_queries):
    for _ in range(count):
        make_event(venue=make_venue()).topics.add(make_topic())

    with django_assert_num_queries(4):
        client.get("/events/rss.xml")
