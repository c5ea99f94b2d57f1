"""The short way for calendar programs answers as the long way does, and never for longer than it is true."""

import gzip
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from config.calendar_short_cut import MOST_ADDRESSES, CalendarShortCut
from events.actions.calendar import refresh_for
from events.enums import Visibility
from events.models import Event
from tests.make import make_event
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

FEED = "/calendar/events.ics"
LATER = NOW + timedelta(minutes=10)
# What middlewares add, and a 304 by the short way leaves to the answer that the asker keeps.
ADDED = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
}
Answer = tuple[str, dict[str, str], bytes]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


class Service:
    """The application behind the short cut, and how often it was needed."""

    def __init__(self) -> None:
        self._django = WSGIHandler()
        self._application = CalendarShortCut(self._counting)
        self.asked = 0

    def get(
        self, path: str, query: str = "", *, method: str = "GET", host: str = "127.0.0.1", **headers: str
    ) -> Answer:
        return _answer(self._application, _environ(path, query, method, host, headers))

    def get_the_long_way(self, path: str, query: str = "", *, method: str = "GET", **headers: str) -> Answer:
        return _answer(self._django, _environ(path, query, method, "127.0.0.1", headers))

    def _counting(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.asked += 1
        return self._django(environ, start_response)


def _environ(path: str, query: str, method: str, host: str, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "HTTP_HOST": host,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }


def _answer(application: Any, environ: dict[str, Any]) -> Answer:
    given: list[Any] = []
    content = b"".join(application(environ, lambda status, headers, *_rest: given.append((status, headers))))
    ((status, headers),) = given
    assert len({name for name, _value in headers}) == len(headers)
    return status, dict(headers), content


def _published(*args: Any, **kwargs: Any) -> Event:
    event = make_event(*args, **kwargs)
    refresh_for(event_ids=[event.pk], at=NOW)
    return event


@pytest.fixture
def service() -> Iterator[Service]:
    # Requests leave the test's connection open, as Django's own test client does.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Service()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("address", [(FEED, ""), (FEED, "kind=workshop&lang=en"), ("/events/debata.ics", "lang=uk")])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_both_ways_say_the_same(service: Service, address, method, encoding):
    _published("debata", kind="workshop")
    tag = service.get(*address, accept_encoding=encoding)[1]["ETag"]

    for conditions in (
        {},
        {"if_none_match": tag},
        {"if_none_match": f'"x", W/{tag}'},
        {"if_none_match": "*"},
        {"if_none_match": '"x"'},
        {"if_modified_since": "Tue, 12 Jan 2027 09:05:00 GMT"},
        {"if_modified_since": "Tue, 12 Jan 2027 08:00:00 GMT"},
    ):
        headers = {"accept_encoding": encoding, **conditions}
        short = service.get(*address, method=method, **headers)
        long = service.get_the_long_way(*address, method=method, **headers)

        long[1].pop("X-Request-ID")
        if short[0] == "304 Not Modified":
            assert short[1].items() <= long[1].items()
            assert long[1].keys() - short[1].keys() == ADDED
            assert (short[0], short[2]) == (long[0], long[2])
            continue
        for _status, given, _content in (short, long):
            # Its directives come in another order each time.
            given["Content-Security-Policy"] = "; ".join(sorted(given["Content-Security-Policy"].split("; ")))
        assert short == long

    assert service.asked == 1


def test_what_django_adds_is_said_by_both(service: Service):
    service.get(FEED)

    status, headers, content = service.get(FEED)

    assert service.asked == 1
    assert (status, content[:15]) == ("200 OK", b"BEGIN:VCALENDAR")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_an_unchanged_feed_costs_one_small_statement(service: Service):
    _published()
    tag = service.get(FEED)[1]["ETag"]

    with CaptureQueriesContext(connection) as queries:
        status, _headers, content = service.get(FEED, if_none_match=tag)

    assert (status, content, service.asked) == ("304 Not Modified", b"", 1)
    assert [query["sql"] for query in queries] == ["SELECT version, changed_at FROM events_calendarversion"]


def test_a_change_is_seen_at_once(service: Service):
    event = _published()
    tag = service.get(FEED)[1]["ETag"]

    Event.objects.filter(pk=event.pk).update(title={"pl": "Inny tytuł"})
    refresh_for(event_ids=[event.pk], at=LATER)
    status, _headers, content = service.get(FEED, if_none_match=tag, accept_encoding="gzip")

    assert (status, service.asked) == ("200 OK", 2)
    assert "SUMMARY:Inny tytuł\r\n" in gzip.decompress(content).decode()


def test_midnight_is_seen_at_once_by_feeds_with_a_window(service: Service):
    _published("dawno", starts_at=NOW - timedelta(days=30))
    assert b"BEGIN:VEVENT" in service.get(FEED)[2]
    service.get("/events/dawno.ics")

    with time_machine.travel(LATER + timedelta(days=1), tick=False):
        assert b"BEGIN:VEVENT" not in service.get(FEED)[2]
        assert service.asked == 3
        assert b"BEGIN:VEVENT" in service.get("/events/dawno.ics")[2]

    assert service.asked == 3


def test_what_is_hidden_is_gone_at_once(service: Service):
    event = _published("debata")
    service.get("/events/debata.ics")

    Event.objects.filter(pk=event.pk).update(visibility=Visibility.RESTRICTED)
    refresh_for(event_ids=[event.pk], at=LATER)

    assert service.get("/events/debata.ics")[0] == "404 Not Found"


def test_refusals_are_never_learnt(service: Service):
    for _time in range(2):
        assert service.get(FEED, "kind=nothing")[0] == "404 Not Found"
        assert service.get(FEED, host="evil.example")[0] == "400 Bad Request"
        assert service.get(FEED, method="POST")[0] == "405 Method Not Allowed"
        assert service.get("/events/nothing.ics")[0] == "404 Not Found"
        assert service.get("/calendar/my/x.ics")[0] == "404 Not Found"
    assert service.asked == 10


def test_a_host_is_not_answered_by_what_another_has_learnt(service: Service):
    assert service.get(FEED)[0] == "200 OK"

    assert service.get(FEED, host="evil.example")[0] == "400 Bad Request"


def test_a_database_that_is_away_is_for_django_to_word(service: Service, monkeypatch: pytest.MonkeyPatch):
    service.get(FEED)

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr("events.web.feeds.feed_version", away)

    status, headers, _content = service.get(FEED)

    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "5")


def test_a_crowd_of_addresses_is_forgotten_again(service: Service):
    service.get(FEED)
    for number in range(MOST_ADDRESSES):
        service.get(FEED, f"kind=&past=30&lang=pl{'&lang=pl' * (number % 2)}&kind=" + "&kind=" * (number // 2))

    assert len(service._application._known) == MOST_ADDRESSES
    asked = service.asked
    assert service.get(FEED)[0] == "200 OK"
    assert service.asked == asked + 1
