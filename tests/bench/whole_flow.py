"""The whole way of a registration: page, form, mail, confirmation by its link, mail; with everything that works on it."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import IO, Final

from registrations.models import RegistrationChange
from tests.bench.measure import cpu_seconds, percentile, verdict
from tests.bench.server import ROOT, postmaster, running
from tests.bench.suites import service_at
from tests.bench.visitors import Visited, Visits
from tests.make import make_event

SLUG: Final = "whole-flow"
PEOPLE: Final = 120
AT_ONCE: Final = 16
CPU_HELD: Final = 40


def whole_flow(port: int, now: datetime) -> None:
    """CPU time of web server, queue and database for each person who registers and confirms."""
    # What the people of other measurements would be told is nobody's here, and would stand before everybody's mail.
    RegistrationChange.objects.filter(planned_at=None).update(planned_at=now)
    make_event(SLUG, starts_at=now + timedelta(days=30), capacity=None, confirm_email=True, at=now)
    with _visitors() as (said, heard):
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{int(heard.readline())}"
        try:
            with service_at(port) as service, running([sys.executable, "manage.py", "qcluster"]) as queue:
                roots = {"web": service.web, "queue": queue.pid, "database": postmaster()}

                def send(start: int, count: int, *, sees_all: bool) -> Visited:
                    visits = Visits(port, SLUG, count, min(AT_ONCE, count), start, sees_all)
                    said.write(f"{json.dumps(asdict(visits))}\n".encode())
                    said.flush()
                    return Visited(**json.loads(heard.readline()))

                # Long enough for every thread and process to have its templates and its statements at hand.
                send(0, 4 * AT_ONCE, sees_all=True)
                sys.stdout.write(f"\nPage, form, mail, confirmation, mail: {PEOPLE} people, {AT_ONCE} at once\n")
                for number, sees_all in enumerate((False, True), 1):
                    before = {name: cpu_seconds([root]) for name, root in roots.items()}
                    visited = send(10_000 * number, PEOPLE, sees_all=sees_all)
                    cpu = {name: 1000 * (cpu_seconds([root]) - before[name]) / PEOPLE for name, root in roots.items()}
                    _say(visited, cpu, sees_all=sees_all)
        finally:
            del os.environ["EMAIL_URL"]


@contextlib.contextmanager
def _visitors() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.visitors"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    if process.stdout is None or process.stdin is None:
        message = "The visitors have no pipes."
        raise RuntimeError(message)
    try:
        yield process.stdin, process.stdout
    finally:
        process.stdin.close()
        process.kill()
        process.wait()


def _say(visited: Visited, cpu: dict[str, float], *, sees_all: bool) -> None:
    parts = ", ".join(f"{name} {value:.1f}" for name, value in cpu.items())
    what = "with every page on the way" if sees_all else "CPU of each"
    sys.stdout.write(f"  {verdict(f'{what} ({parts})', sum(cpu.values()), CPU_HELD, unit=' ms')}\n")
    rate, kilobytes = len(visited.latencies) / visited.seconds, visited.bytes / max(visited.mails, 1) / 1000
    middle = percentile(visited.latencies, 0.5)
    sys.stdout.write(
        f"    {rate:.1f} a second, from the form to the last mail {middle:.1f} s (median), "
        f"{visited.mails} mails of {kilobytes:.0f} kB\n"
    )
