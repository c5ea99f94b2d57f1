"""Kills a running service again and again while messages go out through far ends that fail, and says what arrived.

`make bench faults` runs it in full, the suite in small. It uses what anybody may use: rows in the outbox, a nudge,
`manage.py run`, signals, and what the far ends saw; so it says the same of any way of sending. Waits are shortened
by `hasty_settings`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random  # noqa: TID251 - seeded, and the seed is printed
from typing import Any, Final, TypeVar

import psutil
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.enums import Channel, Job, MessageState, StateReason
from notifications.models import Heartbeat, Message
from notifications.receivers import nudge
from tests.make import make_event, make_registration
from tests.notifications.far_ends import ACCOUNT, SERVICE, TOKEN, free_port, sms_provider
from tests.notifications.faulty_ends import (
    MAIL_FAULTS,
    REFUSED,
    REPORTS,
    SMS_FAULTS,
    SMS_REFUSED,
    FaultyMailServer,
    FaultySmsProvider,
    deal,
    faulty_mail_server,
    reporting,
)
from tests.notifications.make_messages import make_message

T = TypeVar("T")

TARGETS: Final = ("idle worker", "busy worker", "monitor", "pusher", "sentinel", "parent", "group")
# After a kill a tick has to finish within this: a hung queue is seen after 6 s, and started again in 2.
BACK_SECONDS: Final = 60.0
STILL_SECONDS: Final = 60.0  # longer than any lease, retry or report in a hasty run
# How many mails a killed process may have handed over without a row that says so: the one in its hands.
UNWRITTEN: Final = 1

_S = MessageState


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much of what; the same seed gives the same plan, though not the same moments."""

    mails: int = 1600
    texts: int = 400
    kills: int = 100
    seed: int = 1
    share: float = 0.3  # of messages that something happens to
    targets: tuple[str, ...] = TARGETS


@dataclass(frozen=True)
class Sent:
    """A message as it was made."""

    channel: Channel
    kind: str
    to: str
    fault: str
    reports: str = ""


@dataclass
class Outcome:
    """What came of it; without `faults` everything is as it has to be."""

    states: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    accepted: int = 0
    twice_after_dot: int = 0  # our server took them and did not say so
    twice_after_kill: int = 0  # the one who sent them died before it could write it down
    repeats_at_most: int = 1
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        def listed(counts: Counter[str]) -> str:
            return ", ".join(f"{count} × {what}" for what, count in sorted(counts.items())) or "nothing"

        return [
            f"Killed {self.killed.total()} times in {self.seconds:.0f} s: {listed(self.killed)}.",
            f"The supervisor: {listed(self.said)}.",
            f"Far ends failed: {listed(self.happened)}.",
            f"Reports of SMS were answered: {listed(self.answers)}.",
            f"Messages ended: {listed(self.states)}.",
            f"Mails taken: {self.copies}, SMS accepted: {self.accepted}.",
            f"Mails repeated after a lost answer: {self.twice_after_dot}, after a kill: {self.twice_after_kill}.",
            f"Each had its Message-ID, none came more than {self.repeats_at_most} times.",
            *self.faults[:20],
            "Nothing was lost, nothing repeated." if not self.faults else f"WRONG in {len(self.faults)} places.",
        ]


class Service:
    """`manage.py run` with far ends that fail: web server and queue under their supervisor."""

    def __init__(self, database_url: str, mail: FaultyMailServer, provider: FaultySmsProvider) -> None:
        port = free_port()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.notifications.hasty_settings",
            "DATABASE_URL": database_url,
            "DEBUG": "1",
            "PORT": str(port),
            "BASE_URL": f"http://127.0.0.1:{port}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_MESSAGING_SERVICE_SID": SERVICE,
            "TWILIO_API_URL": provider.url,
            "QUIET_HOURS": "00:00-00:00",
        }
        self.said: Counter[str] = Counter()
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._is_up = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        deadline = time.monotonic() + 60
        while not self._is_up.wait(0.1):
            if not self.is_up or time.monotonic() > deadline:
                self.stop()
                message = "The service did not start."
                raise RuntimeError(message)

    def _read(self) -> None:
        for line in self._process.stdout or ():
            if "Ctrl-C stops all of it." in line:
                self._is_up.set()
            elif self._is_up.is_set() and line.strip():
                self.said[line.strip()] += 1

    @property
    def is_up(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """As a person would, and then whatever is left."""
        everything = psutil.Process(self._process.pid).children(recursive=True) if self.is_up else []
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for process in everything:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._reader.join(timeout=5)
        if self._process.stdout:
            self._process.stdout.close()

    def kill(self, target: str) -> bool:
        """Kill one process of the queue, or all of them at once; False: there is none such now."""
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            roles = self._roles()
            if target == "group" and "parent" in roles:
                os.killpg(roles["parent"][0].pid, signal.SIGKILL)
                return True
            if found := roles.get(target):
                found[0].kill()
                return True
        return False

    def _roles(self) -> dict[str, list[psutil.Process]]:
        """The processes of the queue by what they do: what they call themselves says it."""
        parents = [one for one in psutil.Process(self._process.pid).children() if "qcluster" in _title(one)]
        sentinels = [child for parent in parents for child in parent.children()]
        roles: dict[str, list[psutil.Process]] = {"parent": parents, "sentinel": sentinels}
        words = {"idle": "idle worker", "processing": "busy worker", "monitor": "monitor", "pusher": "pusher"}
        for child in (child for sentinel in sentinels for child in sentinel.children()):
            title = f"{_title(child)} "
            for word, role in words.items():
                if f" {word} " in title:
                    roles.setdefault(role, []).append(child)
        return {role: found for role, found in roles.items() if found}


def _title(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


class Chaos:
    """One run."""

    def __init__(self, plan: Plan, service: Service, mail: FaultyMailServer, provider: FaultySmsProvider) -> None:
        self.plan = plan
        self.chance = Random(plan.seed)
        self.service = service
        self.mail = mail
        self.provider = provider
        self.made: dict[str, Sent] = {}
        self.outcome = Outcome()
        self._channels = [Channel.EMAIL] * plan.mails + [Channel.SMS] * plan.texts
        self.chance.shuffle(self._channels)
        now = timezone.now()
        self.event = make_event(
            f"chaos-{uuid.uuid4().hex[:8]}",
            starts_at=now + timedelta(days=20),
            capacity=None,
            at=now - timedelta(days=1),
        )

    def go(self) -> Outcome:
        began = time.monotonic()
        share = -(-len(self._channels) // (self.plan.kills + 1))
        targets = [self.plan.targets[number % len(self.plan.targets)] for number in range(self.plan.kills)]
        self.chance.shuffle(targets)
        self.make(share)
        for target in targets:
            self.make(share)
            self._kill(target)
        self.make(len(self._channels))
        self.settle()
        self.wait_until(lambda: self.provider.is_silent, 10)
        self.outcome.seconds = time.monotonic() - began
        return judge(self)

    def make(self, number: int) -> None:
        """Due messages to people of their own, and the plan of what happens to each."""
        with transaction.atomic():
            for _ in range(min(number, len(self._channels))):
                self._make_one(self._channels.pop())
        patiently(nudge)

    def _make_one(self, channel: Channel) -> None:
        language = self.chance.choice(["pl", "en", "uk"])
        number = len(self.made)
        now = timezone.now()
        phone = f"+48501{number:06d}" if channel == Channel.SMS else ""
        address = f"chaos{number}@example.org"
        registration = make_registration(
            self.event,
            email=address,
            phone=phone,
            sms_reminders=bool(phone),
            language=language,
            at=now - timedelta(hours=1),
        )
        kind = self.chance.choice(["confirmed", "promoted", "reminder"])
        message = make_message(registration, kind, channel=channel, at=now)
        if channel == Channel.EMAIL:
            fault = deal(MAIL_FAULTS, self.chance, share=self.plan.share)
            self.mail.plan[address] = list(MAIL_FAULTS[fault]) if fault else []
            self.made[str(message.pk)] = Sent(channel, kind, address, fault)
        else:
            fault = deal(SMS_FAULTS, self.chance, share=self.plan.share)
            self.provider.plan[phone] = list(SMS_FAULTS[fault]) if fault else []
            self.provider.reports[phone] = self.chance.choice(sorted(REPORTS))
            self.made[str(message.pk)] = Sent(channel, kind, phone, fault, self.provider.reports[phone])

    def _kill(self, target: str) -> None:
        """One kill at a moment of chance, and wait until the queue has come back."""
        time.sleep(self.chance.uniform(0, 0.6))
        # Nobody is idle while much is due; without a nudge somebody will be soon.
        deadline = time.monotonic() + (10 if target == "idle worker" else 3)
        while not self.service.kill(target):
            if time.monotonic() > deadline:
                target = "group"
            if target == "busy worker":
                patiently(nudge)
            time.sleep(0.005)
        self.outcome.killed[target] += 1
        moment = patiently(database_now)
        if not self.wait_until(lambda: _ticked_after(moment), BACK_SECONDS):
            self.outcome.faults.append(f"After {target} was killed no tick finished within {BACK_SECONDS:.0f} s.")

    def wait_until(self, what: Callable[[], bool], seconds: float) -> bool:
        """Wait as the world does: things go on happening, so the tick is nudged."""
        deadline = time.monotonic() + seconds
        while not patiently(what):
            if time.monotonic() > deadline:
                return False
            patiently(nudge)
            time.sleep(0.1)
        return True

    def settle(self) -> None:
        """Wait until everything has ended, for as long as something moves: how long it takes is the machine's affair."""
        waiting = patiently(self._waiting)
        while waiting:
            if not self.wait_until(partial(self._has_fewer_than, waiting), STILL_SECONDS):
                self.outcome.faults.append(f"{waiting} messages wait and nothing moves any more.")
                return
            waiting = patiently(self._waiting)

    def _has_fewer_than(self, number: int) -> bool:
        return self._waiting() < number

    def _waiting(self) -> int:
        waits = Q(state__in=[_S.PLANNED, _S.SENDING]) | Q(state=_S.UNKNOWN, lease_until__isnull=False)
        return Message.objects.filter(waits, event=self.event).count()


def patiently(ask: Callable[[], T]) -> T:
    """Ask a database that may be away for a while."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def database_now() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _ticked_after(moment: Any) -> bool:
    return Heartbeat.objects.filter(name=Job.TICK, finished_at__gt=moment).exists()


# The verdict


def judge(chaos: Chaos) -> Outcome:
    """Hold the rows against what the far ends saw."""
    outcome = chaos.outcome
    copies = Counter(copy.message for copy in chaos.mail.copies)
    rows = {str(row.pk): row for row in Message.objects.filter(event=chaos.event)}
    for pk, row in rows.items():
        outcome.states[f"{row.channel} {row.state}"] += 1
        arrived = copies[pk] if row.channel == Channel.EMAIL else chaos.provider.accepted[pk]
        if problem := _problem(row, chaos.made.get(pk), arrived):
            outcome.faults.append(f"{row.kind}/{row.channel} {pk} {row.state} “{row.state_reason}”: {problem}.")
    outcome.faults += [f"{pk} is gone." for pk in chaos.made if pk not in rows]
    outcome.faults += [f"A mail has the unknown id {message}." for message in copies if message not in rows]
    outcome.faults += [
        f"SMS {pk} was accepted {count} times." for pk, count in chaos.provider.accepted.items() if count > 1
    ]
    outcome.faults += [f"The SMS provider would refuse: {wrong}." for wrong in chaos.provider.wrong]
    if forged := chaos.provider.answers["403"]:
        outcome.faults.append(f"{forged} reports with a right signature were refused.")
    _judge_repeats(chaos, outcome)
    outcome.copies, outcome.accepted = copies.total(), chaos.provider.accepted.total()
    outcome.happened = chaos.mail.happened + chaos.provider.happened
    outcome.answers, outcome.said = chaos.provider.answers, chaos.service.said
    return outcome


def _problem(row: Message, made: Sent | None, arrived: int) -> str:
    """What is wrong with how a message ended, or "" ."""
    is_refused = made is not None and made.fault in REFUSED | SMS_REFUSED
    problem = ""
    if row.state in {_S.SENT, _S.DELIVERED}:
        if not arrived:
            problem = "nobody got it"
    elif row.state == _S.FAILED:
        was_lost = made is not None and made.reports == "lost on the way"
        if not row.state_reason:
            problem = "it does not say why"
        elif not (is_refused or was_lost or row.state_reason == StateReason.TRIED_ENOUGH):
            problem = f"it had no reason to fail ({made.fault or 'nothing happened to it' if made else 'not of ours'})"
    elif row.state == _S.SUPPRESSED:
        if not is_refused:
            problem = "nobody has stopped it"
    elif row.state == _S.UNKNOWN:
        if row.channel != Channel.EMAIL or row.state_reason != StateReason.NOT_REPEATED:
            problem = "it may not stay unknown"
    else:
        problem = "it is lost"
    return problem


def _judge_repeats(chaos: Chaos, outcome: Outcome) -> None:
    """A mail may come twice only where nobody could have written down that it had gone."""
    by_message: dict[str, list[Any]] = {}
    for copy in chaos.mail.copies:
        by_message.setdefault(copy.message, []).append(copy)
    for message, copies in by_message.items():
        outcome.repeats_at_most = max(outcome.repeats_at_most, len(copies))
        if len({copy.recipient for copy in copies}) > 1:
            outcome.faults.append(f"{message} went to several people.")
        for copy in copies[:-1]:
            if copy.is_unclear:
                outcome.twice_after_dot += 1
            elif copy.connection.ended_by == "client" and copy.later_on_connection < UNWRITTEN:
                outcome.twice_after_kill += 1
            else:
                outcome.faults.append(f"Mail {message} was taken, answered for and taken again.")
    if outcome.twice_after_kill > outcome.killed.total() * UNWRITTEN * settings.ENVIRONMENT.queue_workers:
        outcome.faults.append(f"{outcome.twice_after_kill} mails came twice after {outcome.killed.total()} kills.")


@contextlib.contextmanager
def chaos(database_url: str, plan: Plan) -> Iterator[Chaos]:
    """Far ends, the service over them, and a run that is ready to go."""
    with faulty_mail_server() as mail, sms_provider(FaultySmsProvider) as provider, reporting(provider):
        service = Service(database_url, mail, provider)
        try:
            yield Chaos(plan, service, mail, provider)
        finally:
            service.stop()
