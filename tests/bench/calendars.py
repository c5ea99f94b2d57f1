"""Calendar feeds of 100, 1 000 and 10 000 events beside a bare view and beside the same bytes from memory and from disk."""

import gzip
import itertools
import os
import random
import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import ical
from events.actions.calendar import refresh_entries, refresh_for
from events.enums import EventStatus, Language
from events.models import CalendarEntry, Event, RegistrationPolicy, Session, Venue
from events.queries.feeds import MOST_DAYS_BACK, calendar_sessions
from events.rendering import facts_of
from tests.bench.client import Job
from tests.bench.measure import Figures, pss_mib
from tests.bench.server import Service, postmaster, running
from tests.bench.suites import table
from tests.make import make_kind, make_unit, make_venue

# Nested: the first unit has 100 events, the first two 1 000, all three 10 000.
UNITS: Final = {"hundred": 100, "more": 900, "most": 9_000}
SIZES: Final = {100: "unit=hundred", 1_000: "unit=hundred&unit=more", 10_000: "unit=hundred&unit=more&unit=most"}
FEED: Final = "/calendar/events.ics"
CROWD: Final = 5_000  # random addresses at a time
LENGTH: Final = timedelta(hours=2)
GZIP: Final = {"Accept-Encoding": "gzip"}
RANDOM_ADDRESSES: Final = int(os.environ.get("ADDRESSES", "100000"))
# Real words in an order of chance: the same sentence again and again would be compressed to nothing.
WORDS: Final = (
    "zapraszamy mieszkańców spotkanie zieleń woda cień miasto zostawić zmienić zadbać najpierw każdy głos zostanie "
    "zapisany otrzyma odpowiedź ulica przystanek ścieżka rowerowa boisko żłobek łąka źródło ćwiczenia dzielnica rada "
    "budżet wniosek projekt termin uwagi plan miejscowy hałas drzewa parking szkoła biblioteka senior młodzież"
)


@dataclass(frozen=True)
class Target:
    """One line of the list at the end."""

    what: str
    is_held: bool
    measured: str


def calendars(port: int) -> None:
    """Everything that issue 5 asks to be measured, and whether each target holds."""
    targets: list[Target] = []
    _prepare()
    with _service(port) as service:
        targets += _after_restart(service)
    with _floor_files(), _service(port) as service:
        targets += _rates(service)
        targets += _after_a_change(service)
        targets += _memory(service)
    _by_the_library()
    sys.stdout.write("\nTargets\n")
    for target in targets:
        sys.stdout.write(f"  {'held    ' if target.is_held else 'NOT HELD'}  {target.what}: {target.measured}\n")


@contextmanager
def _service(port: int) -> Iterator[Service]:
    with running([sys.executable, "-m", "tests.bench.serve"], ready=f"127.0.0.1:{port}") as process:
        yield Service(port, process.pid, postmaster())


def _prepare() -> None:
    began = time.perf_counter()
    now = datetime.now(UTC)
    venue = make_venue()
    Venue.objects.filter(pk=venue.pk).update(latitude=Decimal("51.2465"), longitude=Decimal("22.5684"))
    kind, chance = make_kind(), random.Random(2030)
    units = [unit for slug, count in UNITS.items() for unit in [make_unit(slug)] * count]
    starts = [now + timedelta(days=1, minutes=50 * number) for number in range(len(units))]
    events = Event.objects.bulk_create(
        (
            Event(
                slug=f"spotkanie-{number}",
                unit=unit,
                kind=kind,
                venue=venue,
                title={"pl": f"Spotkanie o zieleni {number}", "en": f"Meeting {number}", "uk": f"Зустріч {number}"},
                summary={"pl": " ".join(chance.choices(WORDS.split(), k=60))},
                status=EventStatus.PUBLISHED,
                starts_at=start,
                ends_at=start + LENGTH,
                created_at=now,
            )
            for number, (unit, start) in enumerate(zip(units, starts, strict=True))
        ),
        batch_size=500,
    )
    policies = (RegistrationPolicy(event=event) for event in events)
    RegistrationPolicy.objects.bulk_create(policies, batch_size=500)
    Session.objects.bulk_create(
        (
            Session(event=event, starts_at=start, ends_at=start + LENGTH, created_at=now, last_modified=now)
            for event, start in zip(events, starts, strict=True)
        ),
        batch_size=500,
    )
    made = time.perf_counter() - began
    began = time.perf_counter()
    first = Session.objects.filter(event__unit__slug="hundred").values_list("pk", flat=True)
    refresh_entries(first, at=now)
    each = 1000 * (time.perf_counter() - began) / (3 * UNITS["hundred"])
    sys.stdout.write(f"\n{len(events)} events made in {made:.0f} s; an entry is written in {each:.2f} ms, once\n")
    # The others as the action would leave them, in the one language that is asked for.
    others = calendar_sessions().exclude(pk__in=first).iterator(chunk_size=500)
    CalendarEntry.objects.bulk_create(
        (CalendarEntry(session=one, language="pl", content=ical.vevent(facts_of(one, "pl"))) for one in others),
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _after_restart(service: Service) -> list[Target]:
    """What the first asker waits for, in a process that has answered nothing."""
    sys.stdout.write("\nFirst request after a restart\n")
    slowest = 0.0
    for count, query in SIZES.items():
        content, seconds = _got(service.port, f"{FEED}?{query}", GZIP)
        plain = gzip.decompress(content)
        if plain.count(b"BEGIN:VEVENT") != count:
            message = f"The feed of {count} has {plain.count(b'BEGIN:VEVENT')} events."
            raise RuntimeError(message)
        slowest = max(slowest, seconds)
        sys.stdout.write(
            f"  {count:6} events, {len(plain) / 1000:6.0f} kB, gzip {len(content) / 1000:5.0f} kB: {seconds:.2f} s\n"
        )
    return [Target("first request after a restart, 10 000 events, under 2 s", slowest < 2, f"{slowest:.2f} s")]


@contextmanager
def _floor_files() -> Iterator[None]:
    """The feeds' own bytes among the static files, where the server finds them when it starts."""
    folder = Path(settings.STATIC_ROOT)
    client = Client(headers={"host": "127.0.0.1"})
    files = []
    for count, query in SIZES.items():
        plain = b"".join(client.get(f"{FEED}?{query}"))
        packed = b"".join(client.get(f"{FEED}?{query}", headers=GZIP))
        for name, content in ((f"bench-{count}.ics", plain), (f"bench-{count}.ics.gz", packed)):
            files.append(folder / name)
            files[-1].write_bytes(content)
    try:
        yield
    finally:
        for file in files:
            file.unlink()


def _rates(service: Service) -> list[Target]:
    targets: list[Target] = []
    rows: list[tuple[Figures, Figures | None, str]] = []
    port, query = service.port, SIZES[10_000]
    tag = _tag(port, f"{FEED}?{query}")
    bare, fresh = _alternating(
        service,
        {
            "bare view answering ok": (Job(port, "/bench/bare/ok", 1_500, 4), "200"),
            "304 of 10 000 events": (Job(port, f"{FEED}?{query}", 1_500, 4, headers={"If-None-Match": tag}), "304"),
        },
        rounds=7,
    )
    rows += [(bare.typical, None, "no middleware"), (fresh.typical, bare.typical, "")]
    targets.append(fresh.target("304 at 0.6 of the bare view's rate", bare, at_least=0.6))
    for count, query in SIZES.items():
        for encoding, ending in (("identity", ""), ("gzip", ".gz")):
            headers = {"Accept-Encoding": encoding}
            times = max(60_000 // (count if not ending else count // 4), 20)
            memory, disk, feed = _alternating(
                service,
                {
                    f"{count} events, {encoding}: from memory": (
                        Job(port, f"/bench/bare/bytes?file=bench-{count}.ics{ending}", times, 2, headers=headers),
                        "200",
                    ),
                    "  as a static file": (Job(port, f"/static/bench-{count}.ics", times, 2, headers=headers), "200"),
                    "  the feed": (Job(port, f"{FEED}?{query}", times, 2, headers=headers), "200"),
                },
                rounds=5 if count == 10_000 else 1,
            )
            rows += [(memory.typical, None, ""), (disk.typical, memory.typical, ""), (feed.typical, memory.typical, "")]
            if count == 10_000:
                what = f"10 000 events, {encoding}, at 0.8 of the same bytes from memory"
                targets.append(feed.target(what, memory, at_least=0.8))
    table("Feeds (medians; targets compare round by round)", rows)
    statements = _statements(tag)
    targets.append(Target("304 with at most two statements", statements <= 2, f"{statements}"))
    return targets


@dataclass(frozen=True)
class Rounds:
    """The same job measured several times, in turn with others: whatever else the machine does meets all of them."""

    figures: list[Figures]

    @property
    def typical(self) -> Figures:
        """The round in the middle."""
        return sorted(self.figures, key=lambda one: one.rate)[len(self.figures) // 2]

    def target(self, what: str, floor: "Rounds", *, at_least: float) -> Target:
        """The median of what each round says; a busy moment of the machine meets one round."""
        ratios = sorted(one.rate / other.rate for one, other in zip(self.figures, floor.figures, strict=True))
        middle = ratios[len(ratios) // 2]
        return Target(what, middle >= at_least, f"{middle:.2f} (rounds from {ratios[0]:.2f} to {ratios[-1]:.2f})")


def _alternating(service: Service, jobs: dict[str, tuple[Job, str]], *, rounds: int) -> list[Rounds]:
    found: dict[str, list[Figures]] = {name: [] for name in jobs}
    for _round in range(rounds):
        for name, (job, status) in jobs.items():
            found[name].append(service.measure(name, job, expect={status})[0])
    return [Rounds(figures) for figures in found.values()]


def _statements(tag: str) -> int:
    client = Client(headers={"host": "127.0.0.1"})
    with CaptureQueriesContext(connection) as statements:
        client.get(f"{FEED}?{SIZES[10_000]}", headers={"If-None-Match": tag})
    return len(statements)


def _after_a_change(service: Service) -> list[Target]:
    """One event of many changes: what is written anew, and when the new feed is there."""
    sys.stdout.write("\nOne event changed (medians of five)\n")
    event = Event.objects.get(slug="spotkanie-0")
    slowest, pieces = 0.0, set()
    for count, query in SIZES.items():
        writing, asking = [], []
        for number in range(5):
            title = f"Zmiana {count} {number}"
            Event.objects.filter(pk=event.pk).update(title={"pl": title, "en": title, "uk": title})
            began = time.perf_counter()
            with patch("events.actions.calendar.vevent", wraps=ical.vevent) as written:
                refresh_for(event_ids=[event.pk], at=datetime.now(UTC))
            pieces.add(written.call_count)
            changed = time.perf_counter()
            content, _seconds = _got(service.port, f"{FEED}?{query}", GZIP)
            asking.append(time.perf_counter() - changed)
            writing.append(changed - began)
            if title.encode() not in gzip.decompress(content):
                message = "The feed does not show the change."
                raise RuntimeError(message)
        whole = statistics.median(writing) + statistics.median(asking)
        slowest = max(slowest, whole)
        sys.stdout.write(
            f"  {count:6} events: written in {1000 * statistics.median(writing):.0f} ms, new feed (gzip) "
            f"{1000 * statistics.median(asking):.0f} ms later\n"
        )
    return [
        Target("one event changed: one piece a language written", pieces == {3}, f"{sorted(pieces)}"),
        Target("change to new feed under a second, 10 000 events", slowest < 1, f"{slowest:.2f} s"),
    ]


def _memory(service: Service) -> list[Target]:
    """A crowd of addresses that nobody asks for twice: most name what does not exist, a fifth names another past."""
    port = service.port
    service.send(Job(port, "/events/", 20, 2))
    before = pss_mib([service.web])
    began = time.perf_counter()
    # Six feeds of a hundred events, each asked for under thousands of addresses.
    feeds = [f"unit=hundred&lang={lang}{kind}" for lang in Language.values for kind in ("", "&kind=workshop")]
    valid = min(RANDOM_ADDRESSES // (5 * len(feeds)), MOST_DAYS_BACK)
    unknown = RANDOM_ADDRESSES - valid * len(feeds)
    parts = [range(start, min(start + CROWD, unknown)) for start in range(0, unknown, CROWD)]
    outcomes = [
        *(service.send(Job(port, f"{FEED}?topic=nothing-{{n}}", len(part), 4, start=part.start)) for part in parts),
        *(service.send(Job(port, f"{FEED}?{feed}&past={{n}}", valid, 4)) for feed in feeds),
    ]
    statuses = {status for outcome in outcomes for status in outcome.statuses}
    if statuses != {"200", "404"}:
        message = f"Random addresses were answered with {statuses}."
        raise RuntimeError(message)
    after = pss_mib([service.web])
    seconds = time.perf_counter() - began
    sys.stdout.write(
        f"\n{RANDOM_ADDRESSES} random addresses, {valid * len(feeds)} of them with a feed, in {seconds:.0f} s: "
        f"{before:.0f} → {after:.0f} MiB (PSS)\n"
    )
    measured = f"{100 * (after / before - 1):+.1f} %"
    return [Target(f"{RANDOM_ADDRESSES} random addresses leave memory within 10 %", after <= 1.1 * before, measured)]


def _by_the_library() -> None:
    """The same feed made by the library while the asker waits."""
    sessions = calendar_sessions().filter(event__unit__slug__in=("hundred", "more"))
    began = time.perf_counter()
    entries = [facts_of(session, "pl") for session in sessions]
    head = ical.CalendarHead(name="x", description="x")
    ical.calendar_file(head, "".join(map(ical.vevent, entries)))
    seconds = time.perf_counter() - began
    client = Client(headers={"host": "127.0.0.1"})
    address = f"{FEED}?{SIZES[1_000]}"
    client.get(address)
    asked = []
    for _number in itertools.repeat(None, 20):
        start = time.perf_counter()
        client.get(address)
        asked.append(time.perf_counter() - start)
    finished = statistics.median(asked)
    sys.stdout.write(
        f"\n1 000 events by the library at request time: {seconds:.2f} s ({seconds:.2f} ms each); kept, in the same "
        f"process: {1000 * finished:.2f} ms, ratio {seconds / finished:.0f}\n"
    )


def _tag(port: int, address: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=60) as answer:
        return str(answer.headers["ETag"])


def _got(port: int, address: str, headers: dict[str, str]) -> tuple[bytes, float]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{address}", headers=headers)
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content, time.perf_counter() - began
