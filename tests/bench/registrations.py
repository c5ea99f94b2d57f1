"""Registering beside a bare view with one UPDATE and one INSERT, the race for the last seats, and what comes after."""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import SeatPool
from registrations.enums import RegistrationState
from registrations.queries.lists import event_registrations
from tests.bench.client import Job
from tests.bench.crowds import SIGN_UP, fill, sign_ups
from tests.bench.measure import Figures, verdict
from tests.bench.promotion import promotion
from tests.bench.server import Service
from tests.bench.suites import service_at, table
from tests.bench.whole_flow import whole_flow
from tests.make import make_event, make_notice

CROWD: Final = 10_000
SEATS: Final = 50
RUNNERS: Final = 400
# `make bench registrations REQUESTS=200 RACES=3`
COUNT: Final = int(os.environ.get("REQUESTS", "600"))
RACES: Final = int(os.environ.get("RACES", "20"))
CPU_HELD: Final = 10
RATE_HELD: Final = 1 / 3
STATEMENTS_HELD: Final = 10
# What one more registration may cost with ten thousand before it, next to an empty event; the rest is chance.
GROWTH_HELD: Final = 1.25


def registrations(port: int) -> None:
    """Each figure beside its floor, empty and crowded; the races; promotion beside other sign-ups; the whole way by mail."""
    now = datetime.now(UTC)
    _prepare(now)
    rows: list[tuple[Figures, Figures | None, str]] = []
    with service_at(port) as service:
        for connections in (1, 8, 32):
            floor_job = Job(port, "/bench/update-and-insert", COUNT, connections, "POST")
            floor, _ = service.measure(f"floor: UPDATE + INSERT, {connections} at once", floor_job, expect={"201"})
            rows.append((floor, None, ""))
            for slug in ("empty", "crowded"):
                job = sign_ups(port, slug, COUNT, connections, start=CROWD * (1 + connections))
                figures, _ = service.measure(f"registering ({slug}), {connections} at once", job, expect={"201"})
                rows.append((figures, floor, ""))
        table("Registering over the API (address confirmation off)", rows)
        _say_verdicts(rows)
        for number in range(RACES):
            _race(service, port, f"last-seats-{number}", now)
        sys.stdout.write(
            f"\nThe last {SEATS} seats, {RUNNERS} requests at once: exact {RACES} times of {RACES}, no answer above 201\n"
        )
        promotion(service, now)
    whole_flow(port, now)


def _say_verdicts(rows: list[tuple[Figures, Figures | None, str]]) -> None:
    """The worst of the rows beside what is promised of all."""
    people = [(figures, floor) for figures, floor, _note in rows if floor is not None]
    empty, crowded = (median(figures.cpu_ms for figures, _floor in people[first::2]) for first in (0, 1))
    lines = [
        verdict("CPU of a registration, the dearest row", max(one.cpu_ms for one, _ in people), CPU_HELD, unit=" ms"),
        verdict("rate ÷ floor, the lowest", min(one.rate / of.rate for one, of in people), RATE_HELD, at_least=True),
        verdict(f"CPU with {CROWD} people ÷ with none", crowded / empty, GROWTH_HELD),
        verdict("statements, BEGIN and COMMIT among them", _statements(), STATEMENTS_HELD),
    ]
    sys.stdout.write("\n" + "".join(f"  {line}\n" for line in lines))


def _prepare(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_counter (id int PRIMARY KEY, taken int NOT NULL)")
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, note text NOT NULL)")
        cursor.execute("INSERT INTO bench_counter VALUES (1, 0) ON CONFLICT DO NOTHING")
    make_notice(at=now)
    make_event("empty", starts_at=now + timedelta(days=30), capacity=None, at=now)
    fill(make_event("crowded", starts_at=now + timedelta(days=30), capacity=2 * CROWD, at=now), CROWD, at=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _statements() -> int:
    client = Client(headers={"host": "127.0.0.1"})
    with CaptureQueriesContext(connection) as statements:
        body = json.dumps({**SIGN_UP, "email": "counted@example.org"})
        client.post("/api/v1/events/empty/registrations/", body, content_type="application/json")
    return len(statements)


def _race(service: Service, port: int, slug: str, now: datetime) -> None:
    event = make_event(slug, starts_at=now + timedelta(days=30), capacity=SEATS, at=now)
    outcome = service.send(sign_ups(port, slug, RUNNERS, 32, start=1))
    people = list(event_registrations(event))
    confirmed = [row for row in people if row.state == RegistrationState.CONFIRMED]
    positions = sorted(row.position or 0 for row in people if row.state == RegistrationState.WAITLISTED)
    pool = SeatPool.objects.get(event=event)
    is_exact = (
        outcome.statuses == {"201": RUNNERS}
        and len(confirmed) == pool.taken == SEATS
        and pool.waiting == len(positions)
        and positions == list(range(1, RUNNERS - SEATS + 1))
    )
    if not is_exact:
        message = (
            f"The seats were not handed out exactly: answers {outcome.statuses}, {len(confirmed)} confirmed, "
            f"{len(positions)} waiting, counted {pool.taken} and {pool.waiting}."
        )
        raise RuntimeError(message)
