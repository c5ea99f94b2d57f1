"""Runs the whole service on this machine: database, pages and queue."""

import gc
import secrets
import signal
import socket
import time
from io import StringIO
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.checks import QUEUE
from config.running import AlreadyRuns, only_one
from config.supervision import STOP_SECONDS, Group, Stop, raise_stop, supervise, work_the_queue
from config.web_server import refuse_a_taken_port, serve_pages
from events.models import Event, ParticipationProcess

EXAMPLE_PROCESS: Final = Path("events/data/lublin2030.yaml")
EXAMPLE_EMAIL: Final = "organiser@example.org"
LOG_BYTES: Final = 10_000_000
ANSWER_SECONDS: Final = 30.0


class Command(BaseCommand):
    """`make run`."""

    help = "Run the database (if it is the embedded one), the web server and the queue until Ctrl-C."
    requires_system_checks = (QUEUE,)

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Prepare, start, say where to look, and stay."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, raise_stop)
        try:
            self._run()
        except Stop:
            self._say("Stopped.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _run(self) -> None:
        port = settings.ENVIRONMENT.port
        refuse_a_taken_port(port)
        if not settings.USES_EMBEDDED_DATABASE:
            self._prepare_and_start(port)
            return
        try:
            with only_one(settings.VAR_DIR, settings.BASE_URL):
                self._prepare_and_start(port)
        except AlreadyRuns as other:
            raise CommandError(f"The service of this checkout already runs at {other}/. Stop it first.") from other

    def _prepare_and_start(self, port: int) -> None:
        self._say("Bringing the database up to date …")
        call_command("migrate", verbosity=0, interactive=False)
        if settings.USES_EMBEDDED_DATABASE:
            self._load_examples()
        # Stored entries hold addresses and words: another PORT, BASE_URL or translation would not reach them.
        call_command("refresh_calendar", stdout=StringIO())
        if not settings.DEBUG:
            self._say("Collecting the files that browsers load …")
            call_command("collectstatic", verbosity=0, interactive=False)
        call_command("work_once", verbosity=0)
        self._start(port)

    def _load_examples(self) -> None:
        """Fill an empty trial with the Lublin 2030 process and meetings to come."""
        if Event.objects.exists() or ParticipationProcess.objects.exists():
            return
        _make_organiser_password()
        self._say("Loading the Strategia Lublin 2030 process …")
        call_command("import_process", str(settings.BASE_DIR / EXAMPLE_PROCESS))
        self._say("Making example events …")
        call_command("load_examples")

    def _start(self, port: int) -> None:
        log = _trial_log() if settings.DEBUG else None
        # What is loaded by now is never freed: the collector need not touch it, and forks share it.
        gc.collect()
        gc.freeze()
        web, queue = Group(serve_pages, log=log), Group(work_the_queue, log=log)
        try:
            web.start()
            queue.start()
            if not _answers_soon(port, web):
                raise CommandError(f"The web server did not start: {log or 'its log'} says why.")
            self._say(_where_to_look(log))
            supervise(web, queue, say=self._say)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # Already stopping: a second Ctrl-C changes nothing.
            web.ask_to_stop()
            queue.ask_to_stop()
            deadline = time.monotonic() + STOP_SECONDS
            for group in (web, queue):
                group.end(within=max(0.0, deadline - time.monotonic()))


def _answers_soon(port: int, web: Group) -> bool:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline and web.is_up:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def _organiser_file() -> Path:
    return settings.VAR_DIR / "example_organiser.txt"


def _make_organiser_password() -> None:
    """One random password per checkout: `load_examples` gives it to the example organiser."""
    path = _organiser_file()
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{EXAMPLE_EMAIL} {secrets.token_urlsafe(12)}\n", encoding="utf-8")


def _trial_log() -> Path:
    folder = settings.VAR_DIR / "log"
    folder.mkdir(mode=0o700, exist_ok=True)
    log = folder / "service.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.unlink()
    return log


def _where_to_look(log: Path | None) -> str:
    lines = [
        "",
        f"Wiec is running at {settings.BASE_URL}/",
        f"  Pages for everybody:  {settings.BASE_URL}/  (in English: {settings.BASE_URL}/en/, in Ukrainian: /uk/)",
        f"  For organisers:       {settings.BASE_URL}/manage/",
        f"  The API:              {settings.BASE_URL}/api/v1/docs/",
    ]
    if settings.DEBUG:
        lines.append(f"  Every mail and SMS:   {settings.BASE_URL}/dev/inbox/  (nothing leaves this machine)")
    if settings.USES_EMBEDDED_DATABASE and _organiser_file().exists():
        email, password = _organiser_file().read_text(encoding="utf-8").split()
        lines.append(f"Sign in as the example organiser with {email} and the password {password}")
    if log is not None:
        lines.append(f"What happens is written to {log.relative_to(settings.BASE_DIR)}.")
    lines += ["Ctrl-C stops all of it.", ""]
    return "\n".join(lines)
