"""What is measured: lists and feeds over HTTP; memory at rest."""

import contextlib
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actions.calendar import refresh_entries
from events.models import Session
from tests.bench.client import Job
from tests.bench.measure import Figures, pss_mib
from tests.bench.server import Service, postmaster, running
from tests.make import make_event, make_notice

LISTED_EVENTS: Final = 200


def table(title: str, rows: list[tuple[Figures, Figures | None, str]]) -> None:
    sys.stdout.write(
        f"\n{title}\n{'':34}{'req/s':>8}{'p50 ms':>8}{'p95':>7}{'p99':>7}"
        f"{'CPU ms':>8}{'web':>7}{'PG':>7}{'rate ÷ floor':>14}\n"
    )
    for figures, floor, note in rows:
        ratio = f"{figures.rate / floor.rate:.2f}" if floor else "floor"
        sys.stdout.write(
            f"{figures.name:34}{figures.rate:8.0f}{figures.p50:8.1f}{figures.p95:7.1f}{figures.p99:7.1f}"
            f"{figures.cpu_ms:8.2f}{figures.web_ms:7.2f}{figures.database_ms:7.2f}{ratio:>14}  {note}\n"
        )


@contextlib.contextmanager
def service_at(port: int) -> Iterator[Service]:
    # The same server and settings as `make run`, on the port of the run's environment.
    with running([sys.executable, "manage.py", "serve"], ready=f"127.0.0.1:{port}") as process:
        yield Service(port, process.pid, postmaster())


def _prepare() -> None:
    now = datetime.now(UTC)
    make_notice(at=now)
    for number in range(LISTED_EVENTS):
        make_event(f"listed-{number}", starts_at=now + timedelta(days=1 + number), capacity=50, at=now)
    refresh_entries(Session.objects.values_list("pk", flat=True), at=now)


def web(port: int) -> None:
    """Pages and feeds beside a view that answers "ok"."""
    _prepare()
    rows: list[tuple[Figures, Figures | None, str]] = []
    with service_at(port) as service:
        ok = Job(port, "/bench/ok", 2_000, 2)
        bare, _ = service.measure("bare view answering ok", ok, expect={"200"})
        rows.append((bare, None, ""))
        etag = _etag(service)
        fresh = Job(port, "/calendar/events.ics", 2_000, 2, headers={"If-None-Match": etag})
        rows.append((service.measure("feed, not modified (304)", fresh, expect={"304"})[0], bare, ""))
        memory, _ = service.measure("the feed's bytes from memory", Job(port, "/bench/feed", 500, 2), expect={"200"})
        rows.append((memory, bare, ""))
        feed, outcome = service.measure("feed, whole", Job(port, "/calendar/events.ics", 500, 2), expect={"200"})
        rows.append((feed, memory, f"{outcome.length / 1000:.0f} kB, ratio to its bytes from memory"))
        rows.append((service.measure("list page", Job(port, "/events/", 200, 2), expect={"200"})[0], bare, ""))
        rows.append(
            (service.measure("event page", Job(port, "/events/listed-3/", 200, 2), expect={"200"})[0], bare, "")
        )
        table("Pages and feeds", rows)
        _say_statements(etag)


def _say_statements(etag: str) -> None:
    """How many statements one request of each kind sends, transaction ones included."""
    client = Client(headers={"host": "127.0.0.1"})
    requests = {
        "feed, not modified": partial(client.get, "/calendar/events.ics", headers={"if-none-match": etag}),
        "list page": partial(client.get, "/events/"),
        "event page": partial(client.get, "/events/listed-3/"),
    }
    counts = []
    for name, send in requests.items():
        with CaptureQueriesContext(connection) as statements:
            send()
        counts.append(f"{name} {len(statements)}")
    sys.stdout.write(f"\nStatements of one request: {', '.join(counts)}\n")


def _etag(service: Service) -> str:
    import urllib.request  # noqa: PLC0415 - one request to loopback

    with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/calendar/events.ics", timeout=30) as answer:
        return str(answer.headers["ETag"])


def memory(port: int) -> None:
    """Web server, queue and database at rest."""
    with service_at(port) as service, running([sys.executable, "manage.py", "qcluster"]) as queue:
        service.send(Job(port, "/events/", 20, 2))
        time.sleep(8)
        parts = {"web": pss_mib([service.web]), "queue": pss_mib([queue.pid]), "PostgreSQL": pss_mib([postmaster()])}
    listed = ", ".join(f"{name} {value:.0f}" for name, value in parts.items())
    sys.stdout.write(f"\nMemory at rest (PSS, MiB): {listed}, together {sum(parts.values()):.0f} (aim 350)\n")


def close() -> None:
    """Leave the database, so that it can be dropped."""
    connection.close()
