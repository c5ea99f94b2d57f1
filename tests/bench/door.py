"""The door while everything else goes on: what a check-in costs, how many a second two devices get, how fast names are found."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actions.calendar import refresh_entries
from events.enums import Role
from events.models import ApiToken, Event, Session
from events.queries.search import fold
from events.tokens import hash_api_token, new_api_token
from registrations.models import CheckIn, Participant, Registration
from registrations.queries.at_the_door import door_figures, people_at_the_door
from registrations.tokens import read_code
from tests.bench.client import Job, Outcome
from tests.bench.crowds import fill, sign_ups
from tests.bench.measure import percentile, verdict
from tests.bench.server import Service
from tests.bench.suites import service_at
from tests.make import make_event, make_notice, make_user

PEOPLE: Final = 2_000
LISTED: Final = 100
# `make bench door SCANS=100 SECONDS=5`
SCANS: Final = min(int(os.environ.get("SCANS", "500")), 1_000)
SECONDS: Final = min(int(os.environ.get("SECONDS", "30")), 40)
DEVICES: Final = 2
# An answer later than so many seconds is none: the queue at the door would grow.
IN_TIME: Final = 2
# What goes on meanwhile, due in a second.
FEEDS: Final = 10
SIGN_UPS: Final = 5
CPU_HELD: Final = 8
STATEMENTS_HELD: Final = 8
RATE_HELD: Final = 20
SEARCH_HELD: Final = 100
# People have codes that are running numbers from here on.
_FIRST: Final = 111_111
_FIRST_NAMES: Final = ("Łucja", "Józef", "Żaneta", "Święcisław", "Anna", "Jan", "Олена", "Їржи", "Zoë", "Jörg")
_LAST_NAMES: Final = ("Żółć", "Nowak", "Ćwikła", "Łąka", "Kowalska", "Straße", "Шевченко", "Źdźbło", "Ößtreich", "Lis")
# Everybody, somebody, nobody; with diacritics and without; by number and by the beginning of a code.
_QUERIES: Final = ("zolc", "ŻÓŁĆ łuc", "an", "nowak 77", "шев", "nikt", "strasse", "111")


def door(port: int) -> None:
    """Each figure beside its limit."""
    now = datetime.now(UTC)
    event = _prepare(now)
    headers = _device()
    sys.stdout.write(f"\nThe door: {PEOPLE} people registered\n")
    with service_at(port) as service:
        figures, _ = service.measure("check-in", _scans(port, SCANS, headers, start=_FIRST), expect={"200"})
        _say("check-in, CPU of web and database", figures.cpu_ms, CPU_HELD, unit=" ms")
        sys.stdout.write(
            f"    web {figures.web_ms:.2f} ms, PostgreSQL {figures.database_ms:.2f} ms, p95 {figures.p95:.1f}\n"
        )
        sent = SCANS + max(SCANS // 20, 2)
        _say("check-in, statements", _statements(_FIRST + sent, headers), STATEMENTS_HELD)
        _while_loaded(service, headers, start=_FIRST + sent + 1)
    admitted = CheckIn.objects.filter(kind="admit").count()
    expected = sent + 1 + DEVICES * RATE_HELD // DEVICES * SECONDS
    present = door_figures(event, at=datetime.now(tz=UTC)).present
    if (admitted, present, CheckIn.objects.count()) != (expected, expected, expected):
        message = f"{expected} people were scanned, {admitted} admitted, {present} are here."
        raise RuntimeError(message)
    _search(event)


def _prepare(now: datetime) -> Event:
    make_notice(at=now)
    listed = [
        make_event(f"door-listed-{number}", starts_at=now + timedelta(days=1 + number), at=now)
        for number in range(LISTED)
    ]
    refresh_entries(Session.objects.filter(event__in=listed).values_list("pk", flat=True), at=now)
    make_event("door-signing-up", starts_at=now + timedelta(days=30), capacity=None, at=now)
    event = make_event("door", starts_at=now + timedelta(hours=1), capacity=None, at=now)
    fill(event, PEOPLE, at=now)
    rows = list(Registration.objects.filter(event=event).select_related("participant").order_by("id"))
    for number, row in enumerate(rows):
        row.ticket_code = read_code(str(_FIRST + number))
        person = row.participant
        person.first_name = _FIRST_NAMES[number % 10]
        person.last_name = f"{_LAST_NAMES[number // 10 % 10]} {number // 100}"
        person.search_text = fold(f"{person.full_name} {row.reference}")
    Registration.objects.bulk_update(rows, ["ticket_code"], batch_size=500)
    people = [row.participant for row in rows]
    Participant.objects.bulk_update(people, ["first_name", "last_name", "search_text"], batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return event


def _device() -> dict[str, str]:
    token = new_api_token()
    ApiToken.objects.create(
        user=make_user("bench-door@example.org", role=Role.DOOR),
        token_hash=hash_api_token(token),
        created_at=datetime.now(UTC),
    )
    return {"Authorization": f"Token {token}", "Content-Type": "application/json"}


def _tap(number: str) -> str:
    moment = datetime.now(UTC).isoformat()
    return json.dumps({"code": number, "nonce": f"bench-{number}", "at": moment, "sent_at": moment, "device": "bench"})


def _scans(port: int, count: int, headers: dict[str, str], *, start: int, pace: float = 0) -> Job:
    path = "/api/v1/manage/events/door/check-ins/"
    return Job(port, path, count, 1, "POST", headers, _tap("{n}"), start, pace)


def _statements(number: int, headers: dict[str, str]) -> int:
    client = Client(headers={"host": "127.0.0.1", "authorization": headers["Authorization"]})
    path = "/api/v1/manage/events/door/check-ins/"
    # Statements are put together when they are asked for the first time.
    client.post(path, _tap("nobody"), content_type="application/json")
    with CaptureQueriesContext(connection) as statements:
        client.post(path, _tap(str(number)), content_type="application/json")
    return len(statements)


def _while_loaded(service: Service, headers: dict[str, str], *, start: int) -> None:
    """Two devices, each at half the rate, beside calendars that are fetched whole and people who sign up."""
    each = RATE_HELD // DEVICES * SECONDS
    pace = RATE_HELD / DEVICES
    with contextlib.ExitStack() as stack:
        loads = [stack.enter_context(service.sending(job)) for job in _loads(service.port)]
        time.sleep(1)
        devices = [
            stack.enter_context(
                service.sending(_scans(service.port, each, headers, start=start + number * each, pace=pace))
            )
            for number in range(DEVICES)
        ]
        outcomes = [device() for device in devices]
        beside = [load() for load in loads]
    if any(set(outcome.statuses) - {"200", "201"} for outcome in (*outcomes, *beside)):
        message = f"Unexpected answers: {[outcome.statuses for outcome in (*outcomes, *beside)]}"
        raise RuntimeError(message)
    times = [1000 * latency for outcome in outcomes for latency in outcome.latencies]
    in_time = sum(time <= 1000 * IN_TIME for time in times) / SECONDS
    what = f"check-ins a second for {SECONDS} s, two devices, loaded, each answered in {IN_TIME} s"
    _say(what, in_time, RATE_HELD, at_least=True)
    sys.stdout.write(
        f"    answers p50 {median(times):.0f} ms, p95 {percentile(times, 0.95):.0f} ms; meanwhile "
        f"{_rate(beside[:1]):.0f} whole calendars and {_rate(beside[1:]):.0f} sign-ups a second\n"
    )


def _loads(port: int) -> Iterator[Job]:
    # A little longer than the devices, so that they never have the service to themselves.
    span = SECONDS + 3
    yield Job(port, "/calendar/events.ics", FEEDS * span, 2, pace=FEEDS)
    yield sign_ups(port, "door-signing-up", SIGN_UPS * span, 2, start=5_000_000, pace=SIGN_UPS)


def _rate(outcomes: list[Outcome]) -> float:
    """Answers a second of all of them together, each over its own time."""
    return sum(len(outcome.latencies) / outcome.seconds for outcome in outcomes)


def _search(event: Event) -> None:
    slowest, found = 0.0, 0
    for words in _QUERIES:
        times = []
        for _round in range(15):
            began = time.perf_counter()
            found += len(people_at_the_door(event, q=words))
            times.append(1000 * (time.perf_counter() - began))
        slowest = max(slowest, median(times))
    if not found:
        message = "The searches found nobody."
        raise RuntimeError(message)
    _say(f"search of {PEOPLE} people, the slowest of {len(_QUERIES)} ways", slowest, SEARCH_HELD, unit=" ms")


def _say(what: str, value: float, limit: float, *, unit: str = "", at_least: bool = False) -> None:
    sys.stdout.write(f"  {verdict(what, value, limit, unit=unit, at_least=at_least)}\n")
