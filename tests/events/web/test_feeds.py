"""The public calendar over HTTP: what calendar programs ask, and what they may rely on."""

import gzip
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date
from icalendar import Calendar

from events.actions.calendar import refresh_for
from events.enums import EventMode, EventStatus, Visibility
from events.models import CalendarVersion, District, Event, Session, Stage
from events.queries.feeds import FeedWish
from events.web.calendar_bodies import CalendarBody, KeptBodies, Manner, finished_body
from events.web.feeds import kept_bodies
from tests.make import make_event, make_kind, make_process, make_topic, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

FEED = "/calendar/events.ics"
MANNER = Manner(cache_control="public", language="pl", filename="x.ics")
LATER = NOW + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(LATER, tick=False):
        yield


def _published(*args, **kwargs) -> Event:
    event = make_event(*args, **kwargs)
    refresh_for(event_ids=[event.pk], at=NOW)
    return event


def _uids(content: bytes) -> list[str]:
    return [str(entry["uid"]) for entry in Calendar.from_ical(content).walk("VEVENT")]


def _uids_of(*events: Event) -> list[str]:
    sessions = Session.objects.filter(event__in=events).order_by("starts_at", "uid")
    return [str(session.uid) for session in sessions]


def test_the_feed_is_a_calendar_that_anybody_may_keep(client: Client):
    event = _published(sessions=2)

    answer = client.get(FEED)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=900, stale-while-revalidate=3600"
    assert answer["Vary"] == "Accept-Encoding"
    assert answer["Content-Language"] == "pl"
    assert answer["Content-Disposition"] == 'inline; filename="events.ics"'
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["Last-Modified"] == http_date(NOW.timestamp())
    assert not answer.cookies
    assert _uids(answer.content) == _uids_of(event)


def test_the_head_says_what_the_feed_is(client: Client):
    answer = client.get(FEED)

    calendar = Calendar.from_ical(answer.content)
    assert "METHOD" not in calendar
    assert "UID" not in calendar
    for name, older in (("NAME", "X-WR-CALNAME"), ("DESCRIPTION", "X-WR-CALDESC")):
        text = answer.content.decode().replace("\r\n ", "")
        values = re.findall(rf"^(?:{name}|{older}):(.+)\r$", text, re.MULTILINE)
        assert len(values) == 2
        assert len(set(values)) == 1
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\nSOURCE;VALUE=URI:http" in answer.content
    assert calendar["X-PUBLISHED-TTL"] == "PT4H"
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]  # empty, and still a calendar


@pytest.mark.parametrize("accept", ["text/calendar", "text/html", "application/json", "*/*", "nonsense", ""])
def test_whatever_is_accepted_gets_the_calendar(client: Client, accept):
    assert client.get(FEED, headers={"Accept": accept})["Content-Type"].startswith("text/calendar")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused_without_csrf(method):
    answer = getattr(Client(enforce_csrf_checks=True), method)(FEED)

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_propfind_is_refused(client: Client):
    assert client.generic("PROPFIND", FEED).status_code == 405


def test_head_is_get_without_the_body(client: Client):
    _published()
    got, head = client.get(FEED), client.head(FEED)

    assert head.content == b""
    assert dict(head.headers, **{"X-Request-ID": ""}) == dict(got.headers, **{"X-Request-ID": ""})


# Asking again


def test_the_tag_stays_until_something_changes(client: Client):
    event = _published()
    before = client.get(FEED)
    assert client.get(FEED)["ETag"] == before["ETag"]

    Event.objects.filter(pk=event.pk).update(title={"pl": "Inny tytuł"})
    refresh_for(event_ids=[event.pk], at=LATER)

    assert client.get(FEED)["ETag"] != before["ETag"]


def test_a_change_elsewhere_keeps_the_tag_of_a_filtered_feed(client: Client):
    _published(kind="workshop")
    before = client.get(f"{FEED}?kind=workshop")

    _published(kind="conference")

    assert client.get(f"{FEED}?kind=workshop", headers={"If-None-Match": before["ETag"]}).status_code == 304


@pytest.mark.parametrize("shape", ["{}", "W/{}", '"other", {}', '"other" ,W/{}', "*"])
def test_a_held_tag_is_answered_with_304(client: Client, shape):
    _published()
    tag = client.get(FEED)["ETag"]

    answer = client.get(FEED, headers={"If-None-Match": shape.format(tag)})

    assert (answer.status_code, answer.content) == (304, b"")
    assert "Content-Type" not in answer
    assert [answer[name] for name in ("ETag", "Vary", "Cache-Control", "Last-Modified")] == [
        tag,
        "Accept-Encoding",
        "public, max-age=900, stale-while-revalidate=3600",
        http_date(NOW.timestamp()),
    ]
    assert not answer.cookies


@pytest.mark.parametrize("header", ['"other"', 'W/"other"', "", "nonsense", '"'])
def test_another_tag_gets_the_whole_feed(client: Client, header):
    _published()

    assert client.get(FEED, headers={"If-None-Match": header}).status_code == 200


def test_the_tag_of_the_other_encoding_is_the_same_content(client: Client):
    _published()
    plain, packed = client.get(FEED)["ETag"], client.get(FEED, headers={"Accept-Encoding": "gzip"})["ETag"]
    assert plain != packed

    answer = client.get(FEED, headers={"If-None-Match": plain, "Accept-Encoding": "gzip"})

    assert (answer.status_code, answer["ETag"]) == (304, plain)


def test_a_tag_counts_for_more_than_a_date(client: Client):
    _published()
    headers = {"If-None-Match": '"other"', "If-Modified-Since": http_date(LATER.timestamp())}

    assert client.get(FEED, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (http_date(NOW.timestamp()), 304),
        (http_date(LATER.timestamp()), 304),
        (http_date(NOW.timestamp() - 1), 200),
        ("yesterday", 200),
        ("Thu, 99 Foo 2027 99:99:99 GMT", 200),
    ],
)
def test_a_date_is_compared_when_there_is_no_tag(client: Client, since, status):
    _published()

    assert client.get(FEED, headers={"If-Modified-Since": since}).status_code == status


def test_a_change_of_this_very_second_is_not_dated_yet(client: Client):
    event = _published()
    refresh_for(event_ids=[event.pk], at=LATER)

    answer = client.get(FEED)

    assert CalendarVersion.objects.get().changed_at == LATER
    assert "Last-Modified" not in answer


def test_leaving_the_window_changes_tag_and_date(client: Client):
    event = _published(starts_at=NOW - timedelta(days=29, hours=20))
    before = client.get(FEED)
    assert _uids(before.content) == _uids_of(event)

    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        headers = {"If-None-Match": before["ETag"]}
        after = client.get(FEED, headers=headers)
        by_date = client.get(FEED, headers={"If-Modified-Since": before["Last-Modified"]})

    assert (after.status_code, _uids(after.content)) == (200, [])
    assert by_date.status_code == 200


def test_midnight_moves_the_date_and_keeps_the_tag_of_what_stays(client: Client):
    _published()
    before = client.get(FEED)

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        after = client.get(FEED, headers={"If-None-Match": before["ETag"]})

    assert (after.status_code, after["ETag"]) == (304, before["ETag"])
    assert after["Last-Modified"] == "Tue, 12 Jan 2027 23:00:00 GMT"  # midnight in Warsaw


def test_entering_the_window_changes_the_tag(client: Client):
    event = _published(starts_at=NOW + timedelta(days=366, hours=6))
    before = client.get(FEED)
    assert _uids(before.content) == []

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        after = client.get(FEED, headers={"If-None-Match": before["ETag"]})

    assert _uids(after.content) == _uids_of(event)


def test_another_way_to_write_calendars_is_another_tag(client: Client, monkeypatch: pytest.MonkeyPatch):
    _published()
    before = client.get(FEED)["ETag"]

    # As after an update: what was kept went with the process.
    monkeypatch.setattr("events.ical.PRODUCT", "-//Wiec//Another//EN")
    kept_bodies.clear()

    assert client.get(FEED, headers={"If-None-Match": before}).status_code == 200


def test_a_filter_that_matches_no_more_changes_the_tag(client: Client):
    event = _published(kind="workshop")
    before = client.get(f"{FEED}?kind=workshop")
    assert _uids(before.content) == _uids_of(event)

    Event.objects.filter(pk=event.pk).update(kind=make_kind("conference"))
    refresh_for(event_ids=[event.pk], at=LATER)

    after = client.get(f"{FEED}?kind=workshop", headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, _uids(after.content)) == (200, [])


def test_whoever_is_signed_in_gets_what_everybody_gets(client: Client):
    _published()
    answer = client.get(FEED)
    client.force_login(make_user())
    client.get(FEED)

    with CaptureQueriesContext(connection) as queries:
        own = client.get(FEED)

    assert (own.content, own["ETag"], own["Vary"]) == (answer.content, answer["ETag"], "Accept-Encoding")
    assert not own.cookies
    assert len(queries) == 1


def test_random_addresses_leave_memory_and_what_is_wanted_alone(client: Client, monkeypatch: pytest.MonkeyPatch):
    _published(sessions=20)
    size = len(client.get(FEED).content)
    kept = KeptBodies(16 * size)
    monkeypatch.setattr("events.web.feeds.kept_bodies", kept)
    for _time in range(2):
        client.get(FEED)
    wanted, before = kept.find(FeedWish()), kept.size

    for number in range(150):
        assert client.get(f"{FEED}?past={31 + number}").status_code == 200
        assert client.get(f"{FEED}?topic=nothing-{number}").status_code == 404

    assert kept.size - before <= 2 * size
    assert kept.find(FeedWish()) is wanted is not None


# Encodings


@pytest.mark.parametrize("accepted", ["gzip", "GZIP", "br, gzip;q=0.8", "*", "gzip;q=0.5, identity;q=0.5", "x-gzip"])
def test_gzip_is_given_to_those_who_take_it(client: Client, accepted):
    _published()

    answer = client.get(FEED, headers={"Accept-Encoding": accepted})

    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert answer["ETag"].endswith('.gz"')
    assert gzip.decompress(answer.content) == client.get(FEED).content


@pytest.mark.parametrize(
    "accepted", ["", "identity", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0.1, identity", "gzip;q=x"]
)
def test_plain_bytes_are_given_to_the_others(client: Client, accepted):
    answer = client.get(FEED, headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer
    assert answer.content.startswith(b"BEGIN:VCALENDAR")


def test_equal_content_is_equal_bytes_in_every_process(client: Client):
    _published()
    text = client.get(FEED).content.decode()

    one, other = (finished_body(text, MANNER, last_modified=None) for _ in range(2))

    assert (one.compressed, one.tag) == (other.compressed, other.tag)
    assert gzip.decompress(one.compressed) == one.plain


# What is in it


def test_only_listed_events_are_in_the_feed(client: Client):
    listed = _published()
    cancelled = _published(status=EventStatus.CANCELLED, starts_at=NOW + timedelta(days=20))
    for hidden in (
        {"visibility": Visibility.RESTRICTED},
        {"visibility": Visibility.UNLISTED},
        {"status": EventStatus.DRAFT},
    ):
        _published(**hidden)

    assert _uids(client.get(FEED).content) == _uids_of(listed, cancelled)


def test_a_restricted_event_leaves_the_feed_at_once(client: Client):
    event = _published()
    client.get(FEED)

    Event.objects.filter(pk=event.pk).update(visibility=Visibility.RESTRICTED)
    refresh_for(event_ids=[event.pk], at=LATER)

    assert _uids(client.get(FEED).content) == []
    assert client.get(f"/events/{event.slug}.ics").status_code == 404


def test_the_window_can_be_opened_to_the_past(client: Client):
    old, new = _published(starts_at=NOW - timedelta(days=90)), _published()
    _published(starts_at=NOW + timedelta(days=400))

    assert _uids(client.get(FEED).content) == _uids_of(new)
    assert _uids(client.get(f"{FEED}?past=100").content) == _uids_of(old, new)
    assert (
        b"SOURCE;VALUE=URI:http://127.0.0.1:8000/calendar/events.ics?past=100\r\n"
        in client.get(f"{FEED}?past=0100").content
    )


@pytest.mark.parametrize("past", ["-1", "1.5", "abc", "3651", "99999", "٣", "1e3"])
def test_a_past_that_is_no_number_of_days_is_refused(client: Client, past):
    answer = client.get(FEED, {"past": past})

    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_filters_are_or_within_and_across(client: Client):
    district = District.objects.create(slug="bronowice-1", name="Bronowice")
    process = make_process("strategia-1")
    stage = Stage.objects.create(
        process=process,
        number=7,
        roman="VII",
        title={"pl": "Etap"},
        period_text="",
        start_year=2027,
        start_quarter=1,
        end_year=2027,
        end_quarter=1,
    )
    green, water = make_topic("zielen-1"), make_topic("woda-1")
    venue = make_venue("ratusz-1")
    one = make_event(kind="workshop", venue=venue, mode=EventMode.HYBRID)
    one.topics.add(green, water)
    Event.objects.filter(pk=one.pk).update(process=process, stage=stage, district=district)
    two = make_event(kind="conference", mode=EventMode.ONLINE, starts_at=NOW + timedelta(days=15))
    two.topics.add(water)
    three = make_event(kind="open_debate", unit=make_unit("inny"), starts_at=NOW + timedelta(days=16))
    refresh_for(event_ids=[one.pk, two.pk, three.pk], at=NOW)

    for query, found in {
        "kind=workshop": [one],
        "kind=workshop&kind=conference": [one, two],
        "topic=woda-1&topic=zielen-1": [one, two],
        "topic=woda-1&kind=conference": [two],
        "process=strategia-1": [one],
        "stage=7": [one],
        "district=bronowice-1": [one],
        "venue=ratusz-1&mode=hybrid": [one],
        "mode=in_person": [three],
        "unit=inny": [three],
        "unit=inny&kind=workshop": [],
        "kind=": [one, two, three],
    }.items():
        assert _uids(client.get(f"{FEED}?{query}").content) == _uids_of(*found), query


def test_one_wish_has_one_address_however_it_is_put(client: Client):
    make_event(kind="workshop")
    make_event(kind="conference")

    tags = {
        client.get(f"{FEED}?{query}")["ETag"]
        for query in (
            "kind=workshop&kind=conference",
            "kind=conference&kind=workshop&kind=workshop&lang=pl&past=30",
        )
    }

    assert len(tags) == 1


@pytest.mark.parametrize(
    "query",
    [
        "kind=nothing",
        "topic=nothing",
        "process=nothing",
        "stage=99",
        "stage=x",
        "stage=07",
        "district=nothing",
        "venue=nothing",
        "unit=nothing",
        "mode=dancing",
        "kind=%27%3B--",
        f"kind={'x' * 500}",
        "kind=ż",
        "lang=de",
        "lang=PL",
        "q=park",
        "utm=x",
    ],
)
def test_what_does_not_exist_is_404_and_never_an_empty_calendar(client: Client, query):
    make_event()

    answer = client.get(f"{FEED}?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert len(answer.content) > 20


def test_an_unknown_filter_is_named_beside_those_that_there_are(client: Client):
    answer = client.get(f"{FEED}?lang=en&q=park")

    assert answer.content.decode().startswith("There is no filter “q”. There are: kind, topic,")


def test_more_than_twenty_values_are_refused(client: Client):
    values = "&".join(f"kind=k{number}" for number in range(21))

    assert client.get(f"{FEED}?{values}").status_code == 400


def test_every_language_has_its_own_address(client: Client):
    event = _published()

    answers = {language: client.get(f"{FEED}?lang={language}") for language in ("pl", "en", "uk")}

    titles = {"pl": "Spotkanie próbne", "en": "Trial meeting", "uk": "Пробна зустріч"}
    for language, answer in answers.items():
        (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert (answer["Content-Language"], str(entry["summary"])) == (language, titles[language])
        assert str(entry["uid"]) == str(event.sessions.get().uid)
    assert len({answer["ETag"] for answer in answers.values()}) == 3
    assert client.get(FEED, headers={"Accept-Language": "uk"})["ETag"] == answers["pl"]["ETag"]


# One event


def test_an_event_is_a_download_of_all_its_sessions(client: Client):
    event = _published("debata", sessions=3, starts_at=NOW - timedelta(days=700))

    answer = client.get("/events/debata.ics")

    assert answer["Content-Disposition"] == 'attachment; filename="debata.ics"'
    assert _uids(answer.content) == _uids_of(event)
    assert client.get("/events/debata.ics", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get("/events/debata.ics?lang=en")["ETag"] != answer["ETag"]
    assert client.get("/events/debata.ics?lang=xx").status_code == 404


def test_an_unlisted_event_can_be_had_by_its_address(client: Client):
    _published("cicho", visibility=Visibility.UNLISTED)

    assert client.get("/events/cicho.ics").status_code == 200


@pytest.mark.parametrize(
    "hidden", [{"visibility": Visibility.RESTRICTED}, {"status": EventStatus.DRAFT}, {"status": EventStatus.IN_REVIEW}]
)
def test_an_event_that_is_not_for_strangers_does_not_exist(client: Client, hidden):
    _published("tajne", **hidden)

    answer = client.get("/events/tajne.ics")

    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")


# What it costs


def test_an_unchanged_feed_costs_one_query(client: Client):
    _published()
    for address in (FEED, f"{FEED}?kind=workshop", "/events/x.ics"):
        if address == "/events/x.ics":
            _published("x")
        tag = client.get(address)["ETag"]
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        assert len(queries) == 1


def test_building_costs_the_same_for_one_event_and_for_three(client: Client):
    counts = []
    for _number in range(2):
        _published(), _published(sessions=2)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{FEED}?kind=workshop")
        counts.append(len(queries))

    assert counts == [3, 3]  # the version, the name of the kind, the entries


def _body(letters: int = 1000, version: int = 1) -> CalendarBody:
    return finished_body("x" * letters, MANNER, last_modified=None, freshness=(version, ""))


class Kept:
    """Kept bodies that write down what had to be built."""

    def __init__(self, limit: int) -> None:
        self.bodies = KeptBodies(limit)
        self.built: list[str] = []

    def ask(self, *keys: str, letters: int = 1000, version: int = 1) -> None:
        for key in keys:
            self.bodies.get(key, (version, ""), partial(self._build, key, letters, version))

    def _build(self, key: str, letters: int, version: int) -> CalendarBody:
        self.built.append(key)
        return _body(letters, version)


def test_kept_files_stay_within_their_limit_and_the_least_used_goes():
    kept = Kept(limit=8 * _body().size)

    kept.ask(*"aabbccddeeffgg")  # asked for twice: seven are wanted
    kept.ask("a", "h", "h", "a", "b")

    assert kept.built == [*"abcdefghb"]
    assert kept.bodies.size <= 8 * _body().size


def test_a_crowd_of_newcomers_pushes_out_nothing_that_is_wanted():
    kept = Kept(limit=8 * _body().size)
    kept.ask(*"aabb")

    for number in range(100):
        kept.ask(f"random-{number}")
        # Two wanted ones, and one newcomer in the eighth that they share.
        assert kept.bodies.size <= 3 * _body().size
    kept.ask(*"ab")

    assert len(kept.built) == 102


def test_even_a_large_file_is_built_once_where_there_is_room():
    kept = Kept(limit=8 * _body().size)

    kept.ask("large", "large", "large", letters=6000)
    kept.ask("larger", "larger", letters=7900)

    assert kept.built == ["large", "larger", "larger"]
    assert kept.bodies.size <= 8 * _body().size


def test_a_wanted_file_that_has_outgrown_its_place_gives_it_up():
    kept = Kept(limit=8 * _body().size)
    kept.ask("a", "a")

    kept.ask("a", "a", letters=9000, version=2)
    kept.ask("b", version=2)

    assert kept.built == ["a", "a", "b"]
    assert kept.bodies.find("a") is None
    assert kept.bodies.size == _body().size


def test_a_file_larger_than_the_limit_is_answered_and_not_kept():
    body = finished_body("x" * 1000, MANNER, last_modified=None)
    kept = KeptBodies(limit=body.size - 1)

    assert kept.get("a", (0, ""), lambda: body) is body
    assert kept.size == 0


def test_a_newer_version_replaces_the_kept_file():
    kept = KeptBodies(limit=100_000)
    old, new = (finished_body(str(number), MANNER, last_modified=None, freshness=(number, "")) for number in (1, 2))
    kept.get("a", (1, ""), lambda: old)

    assert kept.get("a", (2, ""), lambda: new) is new
    assert kept.get("a", (1, ""), lambda: old) is new
    assert kept.size == new.size


def test_a_file_that_many_want_at_once_is_built_once():
    kept = KeptBodies(limit=100_000)
    body = finished_body("x", MANNER, last_modified=None, freshness=(1, ""))
    is_wanted_by_all = threading.Barrier(5)
    built: list[int] = []

    def build() -> CalendarBody:
        time.sleep(0.05)
        built.append(1)
        return body

    def want() -> CalendarBody:
        is_wanted_by_all.wait(timeout=5)
        return kept.get("a", (1, ""), build)

    with ThreadPoolExecutor(5) as threads:
        answers = [job.result(timeout=5) for job in [threads.submit(want) for _number in range(5)]]

    assert (len(built), set(map(id, answers))) == (1, {id(body)})
