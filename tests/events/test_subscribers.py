"""Real subscribers over real connections: what a calendar program holds after each poll, and while everything changes."""

import http.client
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection, transaction

from events.actions.calendar import refresh_for
from events.actions.definitions import EventEdit, SessionDefinition
from events.actions.editing import edit_event
from events.actions.publishing import cancel_event, postpone_event, publish_event, set_new_date
from events.enums import EventStatus, Visibility
from events.models import Event
from registrations.actions.calendars import personal_feed
from registrations.actions.moves import cancel_registration, confirm_registration
from registrations.enums import RegistrationState
from tests.events.calendar_readers import read_with_home_assistant
from tests.events.served import service
from tests.make import make_event, make_notice, make_registration, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db(transaction=True)

# Summary, status, sequence, start: what a person sees, and what programs compare.
Held = set[tuple[str, str, int, str]]


@dataclass
class Vdirsyncer:
    """vdirsyncer, which syncs what phones and desktops read: two subscriptions into two folders."""

    folder: Path

    def subscribe(self, **feeds: str) -> None:
        lines = ["[general]", f'status_path = "{self.folder}/status/"']
        for name, address in feeds.items():
            (self.folder / name).mkdir()
            lines += [
                f"[pair {name}]",
                f'a = "{name}_feed"',
                f'b = "{name}_held"',
                "collections = null",
                f"[storage {name}_feed]",
                'type = "http"',
                f'url = "{address}"',
                f"[storage {name}_held]",
                'type = "filesystem"',
                f'path = "{self.folder / name}"',
                'fileext = ".ics"',
            ]
        (self.folder / "config").write_text("\n".join(lines))
        self._run("discover")

    def poll(self, at: datetime) -> dict[str, Held]:
        """Sync once, at the service's moment; what the folders then hold."""
        with time_machine.travel(at, tick=False):
            self._run("sync")
        return {
            name: {
                (entry.summary, entry.status, entry.sequence, entry.start)
                for file in (self.folder / name).glob("*.ics")
                for entry in read_with_home_assistant(file.read_text(encoding="utf-8"))
            }
            for name in ("public", "own")
        }

    def _run(self, command: str) -> None:
        done = subprocess.run(
            [Path(sys.executable).parent / "vdirsyncer", "--config", self.folder / "config", command],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def clock() -> Iterator[datetime]:
    return (NOW + timedelta(hours=hours) for hours in range(1, 1000))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_vdirsyncer_holds_what_the_calendar_says_after_every_step(tmp_path: Path, clock: Iterator[datetime]) -> None:
    make_notice()
    owner = make_user()
    event = make_event(status=EventStatus.DRAFT, venue=make_venue(), starts_at=_at("2027-02-01T09:00"))
    other = make_event(title="Inne", starts_at=_at("2027-04-01T09:00"))
    refresh_for(event_ids=[other.pk], at=NOW)
    always = ("Inne", "CONFIRMED", 0, "2027-04-01T09:00:00Z")
    feed = personal_feed(make_registration(other, email="anna@example.org"), at=NOW)
    client = Vdirsyncer(tmp_path)

    with service() as address:
        client.subscribe(public=f"{address}/calendar/events.ics", own=f"{address}/calendar/my/{feed.token}.ics")
        assert client.poll(next(clock)) == {"public": {always}, "own": {always}}

        publish_event(event, override_reason="przykład", by=owner, at=next(clock))
        registration = make_registration(event, email="anna@example.org", state=RegistrationState.HELD)
        title, start = "Spotkanie próbne", "2027-02-01T09:00:00Z"
        assert client.poll(next(clock)) == {
            "public": {always, (title, "CONFIRMED", 0, start)},
            "own": {always, (title, "TENTATIVE", 0, start)},
        }

        confirm_registration(registration, at=NOW + timedelta(minutes=30))
        session = event.sessions.get()
        moved = SessionDefinition(id=session.pk, starts_at=_at("2027-02-10T17:00"), ends_at=_at("2027-02-10T19:00"))
        edit_event(event, EventEdit(sessions=(moved,)), by=owner, at=next(clock))
        start = "2027-02-10T17:00:00Z"
        expected = {always, (title, "CONFIRMED", 1, start)}
        assert client.poll(next(clock)) == {"public": expected, "own": expected}

        postpone_event(event, reason="", by=owner, at=next(clock))
        expected = {always, (title, "TENTATIVE", 2, start)}
        assert client.poll(next(clock)) == {"public": expected, "own": expected}

        later = SessionDefinition(id=session.pk, starts_at=_at("2027-03-10T17:00"), ends_at=_at("2027-03-10T19:00"))
        set_new_date(event, (later,), by=owner, at=next(clock))
        start = "2027-03-10T17:00:00Z"
        expected = {always, (title, "CONFIRMED", 3, start)}
        assert client.poll(next(clock)) == {"public": expected, "own": expected}

        edit_event(event, EventEdit(visibility=Visibility.RESTRICTED), by=owner, at=next(clock))
        assert client.poll(next(clock)) == {"public": {always}, "own": expected}

        edit_event(event, EventEdit(visibility=Visibility.PUBLIC), by=owner, at=next(clock))
        cancel_event(event, reason="Awaria", by=owner, at=next(clock))
        expected = {always, (f"ODWOŁANE: {title}", "CANCELLED", 4, start)}
        assert client.poll(next(clock)) == {"public": expected, "own": expected}

        cancel_registration(registration, by=None, at=next(clock))
        assert client.poll(next(clock)) == {"public": expected, "own": {always}}

        assert client.poll(_at("2027-04-15T00:00")) == {"public": {always}, "own": {always}}


# While everything changes


@dataclass
class Poller:
    """Asks again and again, and never takes what is older than what was true when it asked."""

    address: str
    headers: dict[str, str]
    tag: str = ""
    number: int = -1

    def poll(self, committed: list[int], contents: dict[str, set[bytes]]) -> int:
        """The status; what was committed before asking has to be in the answer, or in what is held already."""
        before = committed[-1]
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        connection.request(
            "GET", f"{parts.path}?{parts.query}", headers={**self.headers, "If-None-Match": self.tag or '"none"'}
        )
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status == 200:
            self.tag = answer.headers["ETag"]
            contents[self.tag].add(body)
            titles = {entry.summary for entry in read_with_home_assistant(body.decode())}
            assert len(titles) == 1, f"torn: {titles}"
            self.number = int(titles.pop().removeprefix("Tytuł "))
        assert self.number >= before
        return answer.status


def test_no_poll_is_torn_or_old_while_events_change() -> None:
    event = make_event(sessions=3)
    committed: list[int] = []
    contents: dict[str, set[bytes]] = defaultdict(set)
    is_over = threading.Event()

    def change(number: int) -> None:
        with transaction.atomic():
            Event.objects.filter(pk=event.pk).update(title={"pl": f"Tytuł {number}"})
            refresh_for(event_ids=[event.pk], at=NOW + timedelta(seconds=number))
        committed.append(number)

    def write() -> None:
        for number in range(1, 31):
            change(number)
            is_over.wait(0.05)
        is_over.set()
        connection.close()

    def read(poller: Poller) -> list[int]:
        statuses = []
        while not is_over.is_set():
            statuses.append(poller.poll(committed, contents))
        return [*statuses, poller.poll(committed, contents), poller.poll(committed, contents)]

    change(0)
    with service() as address, time_machine.travel(NOW, tick=True), ThreadPoolExecutor() as threads:
        feed = f"{address}/calendar/events.ics"
        jobs = [
            threads.submit(read, Poller(f"{feed}?past={past}", {"Accept-Encoding": "identity"}))
            for past in (30, 30, 60)
        ]
        writer = threads.submit(write)
        statuses = [job.result(timeout=60) for job in jobs]
        writer.result(timeout=60)

    assert {len(bodies) for bodies in contents.values()} == {1}
    for seen in statuses:
        assert set(seen) == {200, 304}
        assert seen[-1] == 304
