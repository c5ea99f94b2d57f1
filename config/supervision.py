"""Keeps the web server and the queue running as two process groups, and ends them together."""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.models.functions import Now

from notifications.enums import Job
from notifications.models import Heartbeat

HEARTBEAT_LIMIT: Final = timedelta(minutes=4)  # The tick comes every minute; measured: a hung queue looks healthy.
LOOK_EVERY: Final = 30.0
STOP_SECONDS: Final = 10.0
QUICK_DEATH_SECONDS: Final = 10.0
PR_SET_PDEATHSIG: Final = 1


class Stop(BaseException):
    """Ctrl-C or SIGTERM: nothing went wrong, somebody asked, so nobody who handles failures may take it for one."""


def work_the_queue() -> None:
    """Be the queue until told to stop."""
    call_command("qcluster")


class Group:
    """One program and all processes it makes, started and ended together."""

    def __init__(self, program: Callable[[], None], *, log: Path | None) -> None:
        self._program = program
        self._log = log
        self._process: ForkProcess | None = None
        self.started = time.monotonic()

    def start(self) -> None:
        """Fork it from here: what is loaded already is shared, not loaded again."""
        connections.close_all()
        self.started = time.monotonic()
        self._process = multiprocessing.get_context("fork").Process(target=self._run)
        self._process.start()
        # It does so itself, but perhaps only after `end` has looked for the group.
        with contextlib.suppress(ProcessLookupError):
            os.setpgid(self._process.pid or 0, 0)

    def _run(self) -> None:
        os.setpgid(0, 0)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        die_with_parent()
        if self._log is not None:
            with self._log.open("ab") as log:
                os.dup2(log.fileno(), sys.stdout.fileno())
                os.dup2(log.fileno(), sys.stderr.fileno())
        self._program()

    @property
    def is_up(self) -> bool:
        return self._process is not None and self._process.is_alive()

    @property
    def age(self) -> timedelta:
        """How long ago it was started, whatever was done to the clock on the wall meanwhile."""
        return timedelta(seconds=time.monotonic() - self.started)

    @property
    def died_quickly(self) -> bool:
        return not self.is_up and self.age < timedelta(seconds=QUICK_DEATH_SECONDS)

    def ask_to_stop(self) -> None:
        """Let it finish what it has in hand."""
        if self._process is not None and self._process.is_alive():
            self._process.terminate()

    def end(self, *, within: float) -> None:
        """Wait, then kill what is left of the group: its processes may outlive the first one."""
        if self._process is None or self._process.pid is None:
            return
        self._process.join(within)
        with contextlib.suppress(ProcessLookupError):  # All of them are gone, as it should be.
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()
        self._process = None


def die_with_parent() -> None:
    """On Linux the kernel ends us when the one that started us is killed without a word."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(web: Group, queue: Group, *, say: Callable[[str], None]) -> None:
    """Restart what dies or hangs, until told to stop."""
    next_look = time.monotonic() + LOOK_EVERY
    while True:
        time.sleep(0.5)
        if not web.is_up:
            if web.died_quickly:
                say("The web server does not stay up; its log says why.")
                return
            say("The web server died and is started again.")
            web.end(within=0)
            web.start()
        if not queue.is_up:
            say("The queue died and is started again.")
            _restart(queue)
        elif time.monotonic() >= next_look:
            next_look = time.monotonic() + LOOK_EVERY
            if _hangs(queue):
                say("The queue hangs and is started again.")
                _restart(queue)


def _restart(queue: Group) -> None:
    # The whole group: left alone, its workers live on and a second cluster would join them.
    queue.end(within=0)
    time.sleep(1 if queue.died_quickly else 0)
    queue.start()


def _hangs(queue: Group) -> bool:
    """No tick of the queue has finished for minutes, although it had the time for one."""
    if queue.age < HEARTBEAT_LIMIT:
        return False
    try:
        # Only the queue's own tick, and by the clock that wrote it: housekeeping lives on other tasks, and what cron
        # does with `work_once` would hide that the queue does nothing.
        return not Heartbeat.objects.filter(name=Job.TICK, finished_at__gt=Now() - HEARTBEAT_LIMIT).exists()
    except DatabaseError:
        return False  # The database is away, which is not the queue's fault.
    finally:
        connections.close_all()


def raise_stop(_signal: int, _frame: object) -> None:
    """The handler that turns a signal into the end of `supervise`."""
    raise Stop
