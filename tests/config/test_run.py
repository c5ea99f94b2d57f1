"""`manage.py run` starts everything, restarts what dies, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from config.supervision import HEARTBEAT_LIMIT, Group, _hangs
from notifications.enums import Job
from notifications.models import Heartbeat
from notifications.receivers import nudge
from tests.notifications.chaos import database_now


class Service:
    """The service as a person starts it, on the test's database."""

    def __init__(self, database_url: str, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = psutil.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=settings.BASE_DIR,
            env={
                "PATH": os.defpath,
                "DATABASE_URL": database_url,
                "DEBUG": "1",
                "PORT": str(self.port),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        while "Ctrl-C stops all of it." not in self.said:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            self.said.append(line.strip())
        self.everything = self.process.children(recursive=True)

    def queue(self) -> set[psutil.Process]:
        return self._running("qcluster")

    def web(self) -> set[psutil.Process]:
        return self._running("wiec web")

    def _running(self, title: str) -> set[psutil.Process]:
        found = set()
        for child in self.process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # It may go while it is looked at.
                if title in " ".join(child.cmdline()):
                    found.add(child)
        return found

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as client:
                client.sendall(b"GET /static/nothing HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return client.recv(100).startswith(b"HTTP/1.")
        except OSError:
            return False


@pytest.fixture
def service(database_url: str) -> Iterator[Service]:
    service = Service(database_url)
    yield service
    for process in [service.process, *service.everything]:
        if process.is_running():
            process.kill()
    service.process.communicate()


def _wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(0.1)


def _all_gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


@pytest.mark.slow
def test_it_serves_restarts_a_killed_queue_and_stops_when_asked(service: Service) -> None:
    assert service.answers()
    assert f"Wiec is running at http://127.0.0.1:{service.port}/" in service.said
    _wait_for(lambda: len(service.queue()) >= 6)
    first_queue = service.queue()

    # The first process alone: left to themselves its children would live on.
    min(first_queue, key=lambda process: process.pid).kill()
    _wait_for(lambda: _all_gone(list(first_queue)))
    _wait_for(lambda: len(service.queue()) >= 6)
    everything = service.process.children(recursive=True)
    assert service.answers()

    service.process.send_signal(signal.SIGTERM)
    said, complaint = service.process.communicate(timeout=15)

    assert service.process.returncode == 0
    assert said.split("\n") == ["The queue died and is started again.", "Stopped.", ""]
    assert complaint == ""
    assert _all_gone(everything)


@pytest.mark.slow
def test_a_killed_worker_of_the_web_server_is_replaced(service: Service) -> None:
    _wait_for(lambda: len(service.web()) == 3)
    killed = max(service.web(), key=lambda process: process.pid)

    killed.kill()

    _wait_for(lambda: len(service.web() - {killed}) == 3)
    assert service.answers()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_nothing_outlives_it_when_it_is_killed(service: Service) -> None:
    _wait_for(lambda: len(service.queue()) >= 6)
    everything = service.process.children(recursive=True)

    service.process.kill()

    _wait_for(lambda: _all_gone(everything))


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_taken_port_is_named_with_what_to_do(database_url: str, command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=settings.BASE_DIR,
            env={"PATH": os.defpath, "DATABASE_URL": database_url, "DEBUG": "1", "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert result.returncode == 1
    assert result.stdout == ""
    assert f"Port {port} cannot be used (Address already in use)" in result.stderr
    assert f"PORT={port % 65_535 + 1}" in result.stderr
    assert "Traceback" not in result.stderr


# A queue that hangs


@pytest.mark.slow
def test_a_queue_that_hangs_is_started_again_as_a_group(database_url: str) -> None:
    service = Service(database_url, DJANGO_SETTINGS_MODULE="tests.notifications.hasty_settings")
    try:
        _wait_for(lambda: len(service.queue()) >= 6)
        hung = list(service.queue())
        # Whoever is stopped holds what others wait for; the first process looks as healthy as ever.
        for process in hung:
            process.suspend()

        _wait_for(lambda: _all_gone(hung), seconds=30)
        _wait_for(lambda: len(service.queue()) >= 6)
        began = database_now()
        nudge()
        _wait_for(lambda: Heartbeat.objects.filter(name=Job.TICK, finished_at__gt=began).exists())
    finally:
        service.process.send_signal(signal.SIGTERM)
        said, _complaint = service.process.communicate(timeout=20)

    assert "The queue hangs and is started again." in said


def hangs_after(age: timedelta) -> bool:
    queue = Group(lambda: None, log=None)
    queue.started = time.monotonic() - age.total_seconds()
    return _hangs(queue)


LONG = HEARTBEAT_LIMIT + timedelta(seconds=5)
SOON = HEARTBEAT_LIMIT - timedelta(seconds=5)


@pytest.mark.django_db(transaction=True)
def test_a_queue_without_a_heartbeat_hangs_once_it_had_the_time() -> None:
    assert not hangs_after(SOON)
    assert hangs_after(LONG)

    heartbeat = Heartbeat.objects.create(name=Job.TICK, finished_at=Now() - SOON)
    assert not hangs_after(LONG)

    heartbeat.finished_at = Now() - LONG
    heartbeat.save()
    assert hangs_after(LONG)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("job", [job for job in Job if job != Job.TICK])
def test_what_else_is_done_does_not_hide_that_the_queue_hangs(job: Job) -> None:
    Heartbeat.objects.create(name=job, finished_at=Now())

    assert hangs_after(LONG)


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_is_wrong_here_makes_no_queue_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.create(name=Job.TICK, finished_at=Now())
    monkeypatch.setattr(timezone, "now", lambda: datetime(2031, 1, 1, tzinfo=UTC))

    assert not hangs_after(LONG)


def test_a_group_is_ended_however_early() -> None:
    group = Group(lambda: time.sleep(60), log=None)
    began = time.monotonic()

    for _ in range(5):
        group.start()
        group.end(within=0)

    assert time.monotonic() - began < 10
