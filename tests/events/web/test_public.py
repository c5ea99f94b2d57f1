"""The public list, the month's sheet and the page of an event."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from events.actions.history import record
from events.actions.search_texts import keep_search_words
from events.enums import EventChangeKind, EventMode, EventStatus, Visibility
from events.models import Event
from tests.make.events import NOW, make_event, make_process, make_session, make_topic, make_venue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def slugs(html: str) -> list[str]:
    return re.findall(r'<h3><a href="(?:/en)?/events/([^/"]+)/"', html)


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_what_is_coming_in_time_order_and_nothing_hidden(client: Client) -> None:
    make_event("pozniej", starts_at=NOW + timedelta(days=9))
    make_event("wczesniej", starts_at=NOW + timedelta(days=2))
    make_event("trwa", starts_at=NOW - timedelta(hours=1))
    make_event("minione", starts_at=NOW - timedelta(days=9))
    make_event("szkic", status=EventStatus.DRAFT)
    make_event("z-adresu", visibility=Visibility.UNLISTED)
    make_event("zamkniete", visibility=Visibility.RESTRICTED)

    assert slugs(page(client, "/events/")) == ["trwa", "wczesniej", "pozniej"]
    assert slugs(page(client, "/events/?when=past")) == ["minione"]
    assert slugs(page(client, "/")) == ["trwa", "wczesniej", "pozniej"]


def test_filters_are_or_within_and_and_across(client: Client) -> None:
    green = make_topic("zielen")
    for number, (kind, mode) in enumerate(
        [("workshop", EventMode.ONLINE), ("conference", EventMode.ONLINE), ("workshop", EventMode.IN_PERSON)]
    ):
        event = make_event(f"e{number}", kind=kind, mode=mode, starts_at=NOW + timedelta(days=number + 1))
        if number:
            event.topics.add(green)

    assert slugs(page(client, "/events/?kind=workshop&kind=conference")) == ["e0", "e1", "e2"]
    assert slugs(page(client, "/events/?kind=workshop&mode=online")) == ["e0"]
    assert slugs(page(client, "/events/?topic=zielen&kind=workshop")) == ["e2"]


def test_search_and_open_only(client: Client) -> None:
    found = make_event("szukane", title="Zażółć gęślą jaźń", starts_at=NOW + timedelta(days=1))
    keep_search_words(found)
    make_event("pelne", capacity=0, waitlist=False)

    assert slugs(page(client, "/events/?q=ZAZOLC+jazn")) == ["szukane"]
    assert slugs(page(client, "/events/?open=1")) == ["szukane"]
    assert "Nothing fits." in page(client, "/en/events/?q=nic")


def test_the_calendar_link_carries_the_filters(client: Client) -> None:
    make_event(kind="workshop", mode=EventMode.ONLINE)
    make_event(kind="conference")

    html = page(client, "/en/events/?kind=workshop&kind=conference&mode=online&q=park")

    query = "kind=conference&amp;kind=workshop&amp;mode=online&amp;lang=en"
    assert f'type="text/calendar" href="http://127.0.0.1:8000/calendar/events.ics?{query}"' in html
    assert f'href="webcal://127.0.0.1:8000/calendar/events.ics?{query}"' in html
    assert client.get(f"/calendar/events.ics?{query.replace('&amp;', '&')}").status_code == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/en/", "lang=en"),
        ("/en/events/?month=2027-01", "lang=en"),
        ("/events/?venue=ratusz&kind=workshop&month=2027-01", "kind=workshop&amp;venue=ratusz"),
        ("/uk/events/?when=past&topic=zielen", "topic=zielen&amp;lang=uk&amp;past=365"),
        ("/en/processes/lublin/", "process=lublin&amp;lang=en"),
    ],
)
def test_every_list_has_a_feed_that_reproduces_it(client: Client, path: str, query: str) -> None:
    make_process("lublin")
    make_venue("ratusz")
    make_topic("zielen")

    feed = re.search(r'type="text/calendar" href="http://127\.0\.0\.1:8000([^"]+)"', page(client, path))

    assert feed is not None
    assert feed[1] == f"/calendar/events.ics?{query}"
    assert client.get(feed[1].replace("&amp;", "&")).status_code == 200


def test_a_filter_without_boxes_of_its_own_stays_when_the_form_is_sent(client: Client) -> None:
    event = make_event(venue=make_venue("ratusz"))

    html = page(client, f"/events/?venue=ratusz&unit={event.unit.slug}")

    assert '<input type="hidden" name="venue" value="ratusz">' in html
    assert f'<input type="hidden" name="unit" value="{event.unit.slug}">' in html


def test_pages_of_the_list_keep_the_filters(client: Client) -> None:
    for number in range(21):
        make_event(f"e{number:02}", starts_at=NOW + timedelta(days=number + 1))

    first = page(client, "/en/events/?kind=workshop")
    second = page(client, "/en/events/?kind=workshop&page=2")

    assert len(slugs(first)) == 20
    assert slugs(second) == ["e20"]
    assert 'href="?kind=workshop&amp;page=2"' in first
    assert 'href="?kind=workshop&amp;page=1"' in second


def test_the_calendar_sheet_shows_a_hearing_on_each_of_its_days(client: Client) -> None:
    make_event("wysluchanie", sessions=3, starts_at=datetime(2027, 1, 30, 16, 0, tzinfo=UTC))
    make_event("noc", starts_at=datetime(2027, 1, 14, 21, 0, tzinfo=UTC), hours=2)

    january = page(client, "/events/?month=2027-01")
    february = page(client, "/events/?month=2027-02")

    assert re.findall(r'id="day-([\d-]+)"', january) == ["2027-01-14", "2027-01-30", "2027-01-31"]
    assert re.findall(r'id="day-([\d-]+)"', february) == ["2027-02-01"]
    assert 'href="?month=2026-12"' in january


@pytest.mark.parametrize("path", ["/events/", "/events/?when=past", "/events/?month=2027-01", "/", "/processes/"])
def test_lists_cost_the_same_for_one_and_for_three(client: Client, path: str, django_assert_max_num_queries) -> None:
    past = NOW - timedelta(days=5)
    counts = []
    for more in (1, 2):
        for _number in range(more):
            make_process()
            for starts_at in (None, past):
                event = make_event(venue=make_venue(), starts_at=starts_at, sessions=2, categories=[("business", 5)])
                event.topics.add(make_topic())
        with django_assert_max_num_queries(20) as queries:
            client.get(path)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_page_of_an_event_costs_the_same_whatever_it_holds(client: Client, django_assert_max_num_queries) -> None:
    make_event("maly")
    make_event("duzy", sessions=3, categories=[("business", 5), ("resident", 5), ("ngo", 5)], venue=make_venue())

    with django_assert_max_num_queries(12) as few:
        client.get("/events/maly/")
    with django_assert_max_num_queries(12) as many:
        client.get("/events/duzy/")

    assert len(many) - len(few) <= 1  # the categories' names


def test_times_are_local_with_their_weekday(client: Client) -> None:
    make_event("zima", starts_at=datetime(2027, 1, 14, 16, 0, tzinfo=UTC))
    make_event("lato", starts_at=datetime(2027, 7, 15, 16, 0, tzinfo=UTC), hours=30)

    winter, summer = page(client, "/en/events/zima/"), page(client, "/en/events/lato/")
    polish, ukrainian = page(client, "/events/zima/"), page(client, "/uk/events/zima/")

    assert '<time datetime="2027-01-14T17:00:00+01:00">Thursday, 14 January 2027, 17:00–19:00</time>' in winter
    assert "Thursday, 15 July 2027, 18:00 – Saturday, 17 July 2027, 00:00" in summer
    assert "Czwartek, 14 stycznia 2027, 17:00–19:00" in polish
    assert "Четвер, 14 січня 2027, 17:00–19:00" in ukrainian


def test_a_day_without_a_stated_time_says_so(client: Client) -> None:
    event = make_event("historia")
    event.sessions.all().delete()
    make_session(event, starts_at=datetime(2021, 12, 8, 23, 0, tzinfo=UTC), hours=24, all_day=True)
    make_session(event, starts_at=datetime(2021, 12, 9, 23, 0, tzinfo=UTC), hours=48, all_day=True)

    html = page(client, "/en/events/historia/")

    assert '<time datetime="2021-12-09">Thursday, 9 December 2021 (time not stated)</time>' in html
    assert "Friday, 10 December 2021 – Saturday, 11 December 2021 (times not stated)" in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": EventStatus.CANCELLED, "cancellation_reason": {"pl": "Awaria"}}, "This event has been cancelled"),
        ({"status": EventStatus.POSTPONED}, "This event has been postponed"),
        ({"planned_only": True}, "Only planned"),
        ({"ends_at": NOW, "starts_at": NOW - timedelta(hours=2)}, "This event is over."),
        ({"is_example": True}, "This is an example to try the service with."),
    ],
)
def test_the_status_is_said_in_words(client: Client, changes: dict[str, object], words: str) -> None:
    event = make_event("spotkanie")
    Event.objects.filter(pk=event.pk).update(**changes)

    assert words in page(client, "/en/events/spotkanie/")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"capacity": 10}, "10 seats left of 10"),
        ({"capacity": None}, "The number of seats is not limited."),
        ({"capacity": 0}, "Join the reserve list"),
        ({"capacity": 0, "waitlist": False}, "the reserve list is full"),
        ({"opens_at": NOW + timedelta(days=1)}, "Registration has not opened yet."),
        ({"closes_at": NOW}, "Registration is closed."),
        ({"required": False}, "No registration is needed."),
    ],
)
def test_the_page_says_whether_one_can_register_and_what_to_do(
    client: Client, made: dict[str, object], words: str
) -> None:
    make_event("spotkanie", **made)  # type: ignore[arg-type]

    assert words in page(client, "/en/events/spotkanie/")


def test_what_nobody_said_about_accessibility_is_not_known(client: Client) -> None:
    event = make_event("spotkanie", venue=make_venue())
    Event.objects.filter(pk=event.pk).update(accessibility={"pjm": "on_request", "induction_loop": "no"})

    html = page(client, "/en/events/spotkanie/")

    rows = dict(re.findall(r'<th scope="row">([^<]+)</th><td>(?:<span[^>]*>)?([^<]+)<', html))
    assert rows["Step-free access"] == "yes"
    assert rows["Polish Sign Language interpreter"] == "on request"
    assert rows["Induction loop"] == "no"
    assert rows["Quiet room"] == "not known"


def test_a_text_that_exists_in_polish_only_is_marked(client: Client) -> None:
    event = make_event("spotkanie")
    Event.objects.filter(pk=event.pk).update(summary={"pl": "Tylko po polsku"})

    assert '<span lang="pl">Tylko po polsku</span>' in page(client, "/uk/events/spotkanie/")
    assert '<span lang="pl">' not in page(client, "/events/spotkanie/")


def test_an_organisers_text_cannot_harm(client: Client) -> None:
    event = make_event("spotkanie", title="</script><script>alert(1)</script>")
    text = (
        "# Nagłówek\n\n<img src=x onerror=alert(2)> [zły](javascript:alert(3)) **gruby** [dobry](https://example.org)"
    )
    Event.objects.filter(pk=event.pk).update(description={"pl": text})

    html = page(client, "/events/spotkanie/")

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html
    assert "<h3>Nagłówek</h3>" in html
    assert "<strong>gruby</strong>" in html


def structured(html: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


def test_programs_read_the_event_as_schema_org(client: Client, settings) -> None:
    venue = make_venue(address="Rynek 1, 20-000 Lublin")
    make_event(
        "spotkanie",
        title="A <b> & </script>",
        venue=venue,
        starts_at=datetime(2027, 1, 14, 16, 0, tzinfo=UTC),
        sessions=2,
    )

    data = structured(page(client, "/events/spotkanie/"))

    assert data["name"] == "A <b> & </script>"
    assert data["url"] == f"{settings.BASE_URL}/events/spotkanie/"
    assert data["startDate"] == "2027-01-14T17:00:00+01:00"
    assert data["endDate"] == "2027-01-15T19:00:00+01:00"
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert data["location"] == {"@type": "Place", "name": "Ratusz (przykład)", "address": "Rynek 1, 20-000 Lublin"}
    assert data["remainingAttendeeCapacity"] == 50
    assert len(data["subEvent"]) == 2  # type: ignore[arg-type]


def test_schema_org_says_what_became_of_the_event(client: Client) -> None:
    moved = make_event("przeniesione")
    record(moved, EventChangeKind.RESCHEDULED, by=None, at=NOW + timedelta(hours=1))
    online = make_event("zdalne", mode=EventMode.ONLINE)
    record(online, EventChangeKind.MODE_CHANGED, by=None, at=NOW + timedelta(hours=1))
    make_event("odwolane", status=EventStatus.CANCELLED)
    make_event("przelozone", status=EventStatus.POSTPONED)

    statuses = {
        slug: structured(page(client, f"/events/{slug}/"))["eventStatus"]
        for slug in ("przeniesione", "zdalne", "odwolane", "przelozone")
    }

    assert statuses == {
        "przeniesione": "https://schema.org/EventRescheduled",
        "zdalne": "https://schema.org/EventMovedOnline",
        "odwolane": "https://schema.org/EventCancelled",
        "przelozone": "https://schema.org/EventPostponed",
    }
    assert "The time of this event has changed" in page(client, "/en/events/przeniesione/")


def test_the_page_offers_every_calendar(client: Client, settings) -> None:
    settings.BASE_URL = "https://wiec.example.org"
    make_event("spotkanie", starts_at=datetime(2027, 1, 14, 16, 0, tzinfo=UTC), venue=make_venue())

    html = page(client, "/en/events/spotkanie/")

    assert 'href="https://wiec.example.org/events/spotkanie.ics?lang=en"' in html
    assert 'href="webcal://wiec.example.org/events/spotkanie.ics?lang=en"' in html
    assert "dates=20270114T160000Z%2F20270114T180000Z" in html
    assert "startdt=2027-01-14T16%3A00%3A00Z&amp;enddt=2027-01-14T18%3A00%3A00Z" in html


@pytest.mark.django_db
def test_a_group_without_seats_of_its_own_has_the_common_ones(client: Client) -> None:
    event = make_event("wspolne", categories=[("resident", None)])

    with time_machine.travel(NOW, tick=False):
        page = client.get(f"/en/events/{event.slug}/").text

    assert "from the common seats" in page
