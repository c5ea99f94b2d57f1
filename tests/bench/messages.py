"""Planning reminders, sending mails and SMS: each rate beside the floor of the same run, with statements, CPU and memory."""

import contextlib
import json
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import requests
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from events.models import Event, ReminderRule
from notifications.actions.planning import plan_reminders
from notifications.enums import Channel, MessageState
from notifications.kinds import KINDS
from notifications.models import DeliveryAttempt, Heartbeat, Message
from registrations.models import Participant, Registration
from tests.bench.crowds import fill
from tests.bench.measure import cpu_seconds, pss_mib, verdict
from tests.bench.sender import Spent
from tests.bench.server import ROOT, postmaster
from tests.make import make_event

MAILS: Final = int(os.environ.get("MAILS", "10000"))
SMS: Final = int(os.environ.get("SMS", "2000"))
CONFIRMATIONS: Final = max(MAILS // 10, 1)
FLOOR_MAILS: Final = min(MAILS, 2_000)
COMMITS: Final = 200

PLANNING_SECONDS: Final = 1.0  # for 10 000
PLANNING_STATEMENTS: Final = 0.1
MAIL_RATIO: Final = 0.7
SMS_RATIO: Final = 0.5
GROWTH_MIB: Final = 8.0


@dataclass(frozen=True)
class Run:
    """Several workers at once: their rate by the wall clock, and what each message took."""

    sent: int
    rate: float
    service_ms: float
    database_ms: float
    sink_ms: float
    statements: float
    first_mib: float
    last_mib: float

    def __str__(self) -> str:
        return (
            f"{self.rate:.0f}/s; for each {self.statements:.2f} statements and "
            f"{self.service_ms + self.database_ms:.2f} CPU ms (service {self.service_ms:.2f}, "
            f"database {self.database_ms:.2f}; the far end {self.sink_ms:.2f})"
        )


def messages(_port: int) -> None:
    """Planning, mails with one and two workers, confirmations with QR code and calendar, SMS."""
    now = datetime.now(UTC)
    with _far_end("tests.bench.sink") as (sink, port):
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        _send_reminders(sink, port, now)
        _send_confirmations(sink, port, now)
        del os.environ["EMAIL_URL"]
    with _far_end("tests.bench.far_end") as (far_end, port):
        _send_sms(far_end, port, now)


def _send_reminders(sink: int, port: int, now: datetime) -> None:
    event = _crowd("reminded", MAILS, channel=Channel.EMAIL, at=now)
    _plan(now)
    # The first second of a process is not what ten thousand mails are like: some go ahead of the measurement.
    size = _example_size(sink, now)
    before = _raw_smtp(port, size)
    one = _work(1, sink)
    floor = (before + _raw_smtp(port, size)) / 2
    sys.stdout.write(f"\nSending {one.sent} reminders by mail, one worker: {one}\n")
    sys.stdout.write(f"  raw smtplib on one connection to the same sink, {size / 1000:.0f} kB each: {floor:.0f}/s\n")
    sys.stdout.write(f"  {verdict('rate ÷ raw smtplib, one worker', one.rate / floor, MAIL_RATIO, at_least=True)}\n")
    growth = one.last_mib - one.first_mib
    sys.stdout.write(
        f"  {verdict(f'growth of memory ({one.first_mib:.0f} MiB early)', growth, GROWTH_MIB, unit=' MiB')}\n"
    )
    _again(event)
    two = _work(2, sink)
    sys.stdout.write(f"Two workers: {two}\n")
    sys.stdout.write(f"  {verdict('rate ÷ that of one worker', two.rate / one.rate, 1.0, at_least=True)}\n")


def _send_confirmations(sink: int, port: int, now: datetime) -> None:
    event = _crowd("confirmed", CONFIRMATIONS, channel=None, at=now)
    _put_down(event, "confirmed", Channel.EMAIL, now)
    run = _work(1, sink)
    size = _size_of(event)
    floor = _raw_smtp(port, size)
    sys.stdout.write(f"\nSending {run.sent} confirmations with QR code and calendar, one worker: {run}\n")
    sys.stdout.write(f"  raw smtplib, {size / 1000:.0f} kB each: {floor:.0f}/s, ratio {run.rate / floor:.2f}\n")


def _send_sms(far_end: int, port: int, now: datetime) -> None:
    os.environ |= {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "bench",
        "TWILIO_MESSAGING_SERVICE_SID": "MG" + "1" * 32,
        "TWILIO_API_URL": f"http://127.0.0.1:{port}",
    }
    event = _crowd("texted", SMS, channel=None, at=now)
    # Not a reminder, because those wait for the day and a benchmark does not.
    _put_down(event, "promoted", Channel.SMS, now)
    before = _bare_client(port)
    run = _work(1, far_end)
    bare = (before + _bare_client(port)) / 2
    sys.stdout.write(f"\nSending {run.sent} SMS, one worker: {run}\n")
    commits = _durable_commits()
    # Nothing is sent to a provider before it is on the disk that it will be, and what came of it goes there too.
    floor = 1 / (1 / bare + 2 / commits)
    sys.stdout.write(
        f"  requests.Session to the same far end: {bare:.0f}/s; commits that wait for the disk: {commits:.0f}/s; "
        f"one such request and two such commits: {floor:.0f}/s\n"
    )
    sys.stdout.write(f"  ratio to the bare client {run.rate / bare:.2f}\n")
    sys.stdout.write(f"  {verdict('rate ÷ request and commits', run.rate / floor, SMS_RATIO, at_least=True)}\n")


# What is sent


def _crowd(slug: str, count: int, *, channel: Channel | None, at: datetime) -> Event:
    """People who are coming, with names, languages and numbers of their own, and what reminds them."""
    event = make_event(slug, starts_at=at + timedelta(hours=2), capacity=None, at=at - timedelta(days=20))
    if channel is not None:
        ReminderRule.objects.create(event=event, channel=channel, minutes_before=180)
    fill(event, count, at=at - timedelta(days=3))
    people = Participant.objects.filter(registration__event=event)
    people.update(first_name=Concat(Value("Osoba "), "registration_id"), phone="+48501502503")
    for number, language in enumerate(("en", "uk")):
        ids = Registration.objects.filter(event=event).values_list("pk", flat=True).order_by("pk")[number::5]
        Registration.objects.filter(pk__in=list(ids)).update(language=language)
    return event


def _plan(now: datetime) -> None:
    began, cpu = time.perf_counter(), cpu_seconds([postmaster()]) + time.process_time()
    with CaptureQueriesContext(connection) as statements:
        planned = plan_reminders(at=now)
    seconds = time.perf_counter() - began
    cpu = cpu_seconds([postmaster()]) + time.process_time() - cpu
    each = 1000 * cpu / max(planned, 1)
    sys.stdout.write(f"\nPlanning {planned} reminders: {seconds:.2f} s, {each:.2f} CPU ms each\n")
    limit = PLANNING_SECONDS * max(MAILS, 10_000) / 10_000
    sys.stdout.write(f"  {verdict('planning', seconds, limit, unit=' s')}\n")
    share = len(statements) / max(planned, 1)
    sys.stdout.write(f"  {verdict('statements for each', share, PLANNING_STATEMENTS)}\n")


def _put_down(event: Event, kind: str, channel: Channel, now: datetime) -> None:
    """Messages of a kind to everybody, due now."""
    Message.objects.bulk_create(
        Message(
            dedupe_key=f"bench:{kind}:{registration.pk}:{channel}",
            kind=kind,
            channel=channel,
            priority=KINDS[kind].priority,
            registration=registration,
            event=event,
            language=registration.language,
            created_at=now,
            due_at=now,
            useful_until=now + timedelta(hours=2),
            next_attempt_at=now,
        )
        for registration in Registration.objects.filter(event=event)
    )


def _again(event: Event) -> None:
    """As if nothing had been sent yet."""
    DeliveryAttempt.objects.filter(message__event=event).delete()
    Message.objects.filter(event=event).update(
        state=MessageState.PLANNED, claims=0, sent_at=None, to="", subject="", body="", html=""
    )
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {Message._meta.db_table}")


def _example_size(sink: int, now: datetime) -> int:
    """The size of such a mail: some people of another meeting get theirs ahead of the measurement."""
    event = _crowd("example", 200, channel=Channel.EMAIL, at=now)
    Message.objects.filter(state=MessageState.PLANNED).update(next_attempt_at=now + timedelta(hours=1))
    plan_reminders(at=now)
    _work(1, sink)
    Message.objects.filter(state=MessageState.PLANNED).update(next_attempt_at=now)
    return _size_of(event)


def _size_of(event: Event) -> int:
    sent = Message.objects.filter(event=event, state=MessageState.SENT).first()
    if sent is None:
        message = "Nothing was sent."
        raise RuntimeError(message)
    return len(f"{sent.body}{sent.html}{2 * sent.calendar}".encode())


# Who sends it


def _work(workers: int, far_end: int) -> Run:
    """Send what is due with so many processes at once."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sender"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(workers)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        roots = [postmaster()], [far_end]
        before = [cpu_seconds(one) for one in roots]
        began = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        memory = _watched(processes)
        wall = time.perf_counter() - began
        database, sink = (cpu_seconds(one) - was for one, was in zip(roots, before, strict=True))
        spent = [_told(process) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    sent = max(sum(one.sent for one in spent), 1)
    # The slowest says how long it took; the watching adds up to a fifth of a second.
    seconds = min(wall, max(one.seconds for one in spent))
    return Run(
        sent=sent,
        rate=sent / seconds,
        service_ms=1000 * sum(one.cpu for one in spent) / sent,
        database_ms=1000 * database / sent,
        sink_ms=1000 * sink / sent,
        statements=sum(one.statements for one in spent) / sent,
        first_mib=memory[len(memory) // 5],
        last_mib=memory[-1],
    )


def _watched(processes: Sequence[subprocess.Popen[str]]) -> list[float]:
    """Memory of the first worker, every fifth of a second until all have ended."""
    found = []
    while any(process.poll() is None for process in processes):
        if memory := pss_mib([processes[0].pid]):
            found.append(memory)
        time.sleep(0.2)
    return found or [0.0]


def _told(process: subprocess.Popen[str]) -> Spent:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        message = "A worker has failed."
        raise RuntimeError(message)
    return Spent(**json.loads(line))


# Floors


@contextlib.contextmanager
def _far_end(module: str) -> Iterator[tuple[int, int]]:
    """A far end as a process of its own: its id and its port."""
    process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if process.stdout is None or process.stdin is None:
        message = "The far end has no pipes."
        raise RuntimeError(message)
    try:
        yield process.pid, int(process.stdout.readline())
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _raw_smtp(port: int, size: int) -> float:
    """Mails a second with nothing but the library, one after the other over one connection."""
    text = "Subject: floor\r\n\r\n" + ("x" * 70 + "\r\n") * (1 + size // 72)
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(FLOOR_MAILS):
            client.sendmail("wiec@example.org", [f"person{number}@example.org"], text)
    return FLOOR_MAILS / (time.perf_counter() - began)


def _bare_client(port: int) -> float:
    """Requests a second with nothing but the library, one after the other over one connection."""
    address = f"http://127.0.0.1:{port}/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"
    fields = {"To": "+48501502503", "Body": "x" * 150, "MessagingServiceSid": "MG" + "1" * 32}
    began = time.perf_counter()
    with requests.Session() as session:
        for _ in range(SMS):
            session.post(address, data=fields, auth=("AC", "bench"), timeout=10).raise_for_status()
    return SMS / (time.perf_counter() - began)


def _durable_commits() -> float:
    """Commits a second of a connection that waits for the disk each time."""
    Heartbeat.objects.update_or_create(name="bench", defaults={"finished_at": datetime.now(UTC)})
    statement = "UPDATE notifications_heartbeat SET finished_at = now() WHERE name = 'bench'"
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for _ in range(COMMITS):
            cursor.execute(statement)
    return COMMITS / (time.perf_counter() - began)
