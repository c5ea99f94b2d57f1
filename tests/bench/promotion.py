"""A thousand seats that become free at once find their people, while others go on signing up over HTTP."""

import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.actions.definitions import CategoryDefinition, EventEdit, RegistrationEdit
from events.actions.editing import edit_event
from events.models import Event, ParticipantCategory
from registrations.actions.moves import expire_due
from registrations.enums import RegistrationState
from registrations.models import Registration
from tests.bench.crowds import fill, meanwhile, sign_ups
from tests.bench.measure import percentile, verdict
from tests.bench.server import Service
from tests.make import make_event

QUEUE: Final = 10_000
FREED: Final = 1_000
ROUNDS: Final = 8
# Sign-ups of each kind due in a second; seconds between two rounds; connections of each kind.
PACE: Final = 20
PAUSE: Final = 1.0
CONNECTIONS: Final = 16
SEATS: Final = 50_000
SECONDS_HELD: Final = 2.0
STATEMENTS_HELD: Final = 50
LATENCY_HELD: Final = 200


@dataclass(frozen=True)
class _Way:
    """One way in which seats become free: `act` frees a thousand of them, the number of the round given."""

    name: str
    event: Event
    act: Callable[[int], object]


def promotion(service: Service, now: datetime) -> None:
    """More seats, and holds that run out: each a thousand at a time, never fewer than ten thousand waiting."""
    make_event("elsewhere", starts_at=now + timedelta(days=30), capacity=None, at=now)
    ways = [_more_seats(now), _holds_run_out(now)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    sys.stdout.write(f"\nPromotion: {FREED} freed seats, {QUEUE} waiting, {3 * PACE} sign-ups a second meanwhile\n")
    for way in ways:
        _measure(way, service)


def _event(slug: str, *, residents: int, now: datetime) -> Event:
    """Residents wait, businesses have seats; both share the event's own."""
    groups = [("resident", residents), ("business", SEATS)]
    event = make_event(slug, starts_at=now + timedelta(days=30), capacity=2 * SEATS, categories=groups, at=now)
    fill(event, QUEUE + FREED * ROUNDS, RegistrationState.WAITLISTED, group="resident", at=now)
    return event


def _more_seats(now: datetime) -> _Way:
    event = _event("more-seats", residents=0, now=now)
    resident, business = (ParticipantCategory.objects.get(code=code) for code in ("resident", "business"))

    def act(number: int) -> None:
        groups = CategoryDefinition(resident, FREED * (number + 1)), CategoryDefinition(business, SEATS)
        edit_event(event, EventEdit(registration=RegistrationEdit(categories=groups)), by=None, at=timezone.now())

    return _Way("more seats", event, act)


def _holds_run_out(now: datetime) -> _Way:
    event = _event("holds-run-out", residents=FREED * (ROUNDS + 1), now=now)
    ends = [now + timedelta(hours=number + 1) for number in range(ROUNDS + 1)]
    for number, end in enumerate(ends):
        start = 1_000_000 + number * FREED
        fill(event, FREED, RegistrationState.HELD, group="resident", start=start, hold_expires_at=end, at=now)
    return _Way("holds run out", event, lambda number: expire_due(at=ends[number]))


def _measure(way: _Way, service: Service) -> None:
    with CaptureQueriesContext(connection) as statements:
        way.act(0)
    kinds = {
        "at another event": ("elsewhere", None),
        "of another group": (way.event.slug, "business"),
        "into the same queue": (way.event.slug, "resident"),
    }
    count = int(PACE * (ROUNDS + 1) * (PAUSE + 0.4))
    windows: list[tuple[float, float]] = []
    with contextlib.ExitStack() as stack:
        outcomes = {}
        for number, (kind, (slug, group)) in enumerate(kinds.items()):
            start = 2_000_000 + way.event.pk * 10_000 + number * 1_000
            job = sign_ups(service.port, slug, count, CONNECTIONS, start=start, group=group, pace=PACE)
            outcomes[kind] = stack.enter_context(service.sending(job))
        time.sleep(PAUSE)
        for number in range(1, ROUNDS + 1):
            time.sleep(PAUSE)
            began = time.time()
            way.act(number)
            windows.append((began, time.time()))
        came = {kind: outcome() for kind, outcome in outcomes.items()}
    _require_exact(way)
    seconds = [end - began for began, end in windows]
    spread = f"median of {ROUNDS}, {min(seconds):.2f} to {max(seconds):.2f}"
    sys.stdout.write(f"  {verdict(f'{way.name} ({spread})', median(seconds), SECONDS_HELD, unit=' s')}\n")
    sys.stdout.write(f"  {verdict(f'{way.name}, statements', len(statements), STATEMENTS_HELD)}\n")
    for kind, outcome in came.items():
        times = meanwhile(outcome.latencies, outcome.due, windows)
        p95, alone = percentile(times, 0.95), 1000 * percentile(outcome.latencies, 0.5)
        what = f"  sign-ups {kind}, p95 of {len(times)} meanwhile (median of all {alone:.0f} ms)"
        sys.stdout.write(f"  {verdict(what, p95, LATENCY_HELD, unit=' ms')}\n")
        if set(outcome.statuses) != {"201"}:
            message = f"Unexpected answers {kind}: {outcome.statuses}"
            raise RuntimeError(message)


def _require_exact(way: _Way) -> None:
    """The first of the queue have the seats, in its order, and the pool counts them."""
    queue = Registration.objects.filter(event=way.event, category__code="resident", hold_expires_at=None)
    states = list(queue.order_by("queued_at", "id").values_list("state", flat=True))
    moved = FREED * (ROUNDS + 1)
    pool = way.event.pools.get(category__code="resident")
    still = states[moved:]
    if {*states[:moved]} != {RegistrationState.CONFIRMED} or {*still} != {RegistrationState.WAITLISTED}:
        message = "Not exactly the first of the queue moved up."
        raise RuntimeError(message)
    if (pool.taken, pool.waiting) != (moved, len(still)):
        message = f"Counted {pool.taken} taken and {pool.waiting} waiting; {moved} and {len(still)} there are."
        raise RuntimeError(message)
