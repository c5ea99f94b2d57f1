"""A database server of the run's own, and the service started over it as `make run` does."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import psycopg
from django.db import connection

from config import embedded_postgres
from tests.bench.client import Job, Outcome
from tests.bench.measure import Figures, cpu_seconds, percentile

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var" / "bench"


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    """Make an empty database and drop it at the end.

    Its server is not the checkout's: whoever works beside the run would be counted along.
    """
    server = embedded_postgres.ensure_running(VAR)
    name = f"bench_{os.getpid()}"
    _administer(server, f'CREATE DATABASE "{name}"')
    try:
        yield embedded_postgres.url({**server, "NAME": name})
    finally:
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server: embedded_postgres.Connection, statement: str) -> None:
    # A connection for each: the server may be stopped and started in between.
    with psycopg.connect(
        host=server["HOST"], port=server["PORT"], user=server["USER"], dbname=server["NAME"], autocommit=True
    ) as admin:
        admin.execute(statement.encode())


def environment(database_url: str, port: int) -> dict[str, str]:
    """The variables of a service under measure: production-like, nothing leaves."""
    return {
        "DATABASE_URL": database_url,
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "127.0.0.1",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "ALLOW_CLOCK": "1",
    }


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def postmaster() -> int:
    """The process id of the run's server, whose children are its connections."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    return int((Path(folder) / "postmaster.pid").read_text(encoding="utf-8").split()[0])


@contextlib.contextmanager
def running(command: list[str], *, ready: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process group of ours, ended by its id; with `ready` an address is waited for."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        if ready:
            _wait_for(ready, process)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    host, port = address.split(":")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        time.sleep(0.1)
    message = f"The service did not come up at {address}."
    raise RuntimeError(message)


class Service:
    """The web server under measure."""

    def __init__(self, port: int, web: int, database: int) -> None:
        """`web` and `database` are the trees whose CPU time counts."""
        self.port = port
        self.web = web
        self.database = database

    def send(self, job: Job) -> Outcome:
        """Send a job from a process of its own."""
        with self.sending(job) as outcome:
            return outcome()

    @contextlib.contextmanager
    def sending(self, job: Job) -> Iterator[Callable[[], Outcome]]:
        """The same while something else goes on: what is handed out waits for the outcome."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.client"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

        def outcome() -> Outcome:
            answer, _errors = process.communicate(timeout=300)
            return Outcome(**json.loads(answer))

        try:
            if process.stdin is None:
                message = "The client has no pipe."
                raise RuntimeError(message)
            process.stdin.write(json.dumps(asdict(job)).encode())
            process.stdin.close()
            process.stdin = None
            yield outcome
        finally:
            process.kill()
            process.wait()

    def measure(self, name: str, job: Job, *, expect: set[str]) -> tuple[Figures, Outcome]:
        """Send the job after a short warm-up; a status that is not expected ends the run."""
        warm = max(job.count // 20, 2)
        self.send(Job(**{**asdict(job), "count": warm, "start": job.start + job.count}))
        web, database = cpu_seconds([self.web]), cpu_seconds([self.database])
        outcome = self.send(job)
        web, database = cpu_seconds([self.web]) - web, cpu_seconds([self.database]) - database
        if not expect.issuperset(outcome.statuses):
            message = f"{name}: unexpected answers {outcome.statuses}"
            raise RuntimeError(message)
        times = [1000 * value for value in outcome.latencies]
        figures = Figures(
            name,
            len(times) / outcome.seconds,
            percentile(times, 0.5),
            percentile(times, 0.95),
            percentile(times, 0.99),
            1000 * web / len(times),
            1000 * database / len(times),
        )
        return figures, outcome
