"""Far ends that fail by recipient, and remember what they took: a mail server, and an SMS provider that reports back."""

import heapq
import itertools
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - seeded, and the seed is printed
from typing import Final
from urllib.parse import parse_qs, urlsplit

import requests
from twilio.request_validator import RequestValidator

from tests.notifications.far_ends import TOKEN, SmsProvider

HANG_SECONDS: Final = 3.0  # longer than anybody waits in a hasty run
_ADDRESS: Final = re.compile(rb"<([^>]*)>")
_MESSAGE_ID: Final = re.compile(rb"(?im)^Message-ID:\s*<([^@>]+)@")


# Mail

# What may happen to a mail, and how often: the last answer is always the usual one, but for 550.
MAIL_FAULTS: Final[dict[str, list[str]]] = {
    "421 at the recipient": ["RCPT 421 try later"],
    "450 at the recipient": ["RCPT 450 busy", "RCPT 450 busy"],
    "451 behind the dot": ["dot 451 busy"],
    "550 at the recipient": ["RCPT 550 5.1.1 nobody"] * 9,
    "554 behind the dot": ["dot 554 not this"] * 9,
    "dropped before the content": ["DATA drop"],
    "dropped in the content": ["content drop"],
    "dropped behind the dot": ["dot drop"],
    "hangs before the content": ["RCPT hang"],
    "hangs behind the dot": ["dot hang"],
}
# These took the mail, and the client cannot know.
UNCLEAR: Final = frozenset({"dropped behind the dot", "hangs behind the dot"})
REFUSED: Final = frozenset({"550 at the recipient", "554 behind the dot"})


@dataclass
class Connection:
    """How a connection went, as far as it matters to what was taken over it."""

    taken: int = 0
    ended_by: str = "client"  # "quit", "server", or the client went away without a word


@dataclass
class Copy:
    """A mail that was taken."""

    message: str
    recipient: str
    connection: Connection
    number: int  # on its connection
    is_unclear: bool = False  # we said nothing after taking it

    @property
    def later_on_connection(self) -> int:
        return self.connection.taken - self.number


@dataclass
class FaultyMailServer:
    """Takes each mail unless its recipient's plan says otherwise; `seconds` a mail, so that kills find work going on."""

    port: int
    seconds: float = 0.02
    plan: dict[str, list[str]] = field(default_factory=dict)
    copies: list[Copy] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        # Whoever is killed in the middle leaves a broken pipe, which is what the run is for.
        with suppress(OSError), client, client.makefile("rb") as lines:
            client.settimeout(30)
            client.sendall(b"220 test\r\n")
            connection, recipient = Connection(), ""
            for line in lines:
                verb = line.split()[0].upper().decode() if line.strip() else ""
                if verb == "QUIT":
                    connection.ended_by = "quit"
                    client.sendall(b"221 bye\r\n")
                    return
                if verb == "RCPT":
                    match = _ADDRESS.search(line)
                    recipient = match.group(1).decode() if match else ""
                usual = "354 go" if verb == "DATA" else "250 OK"
                answer = self._answer(client, connection, verb, recipient, usual)
                if answer is None:
                    return
                if verb == "DATA" and not self._content(client, lines, connection, recipient):
                    return

    def _content(self, client: socket.socket, lines: Iterator[bytes], connection: Connection, recipient: str) -> bool:
        if self._fault("content", recipient):
            next(lines, b"")
            self._reset(client, connection)
            return False
        content = []
        for line in lines:
            if line == b".\r\n":
                break
            content.append(line)
        else:
            return False
        time.sleep(self.seconds)
        fault = self._fault("dot", recipient)
        if fault[:1] not in {"4", "5"}:
            found = _MESSAGE_ID.search(b"".join(content))
            with self.lock:
                connection.taken += 1
                message = found.group(1).decode() if found else "none"
                self.copies.append(Copy(message, recipient, connection, connection.taken, is_unclear=bool(fault)))
        return self._say(client, connection, fault or "250 taken") is not None

    def _answer(
        self, client: socket.socket, connection: Connection, phase: str, recipient: str, usual: str
    ) -> str | None:
        return self._say(client, connection, self._fault(phase, recipient) or usual)

    def _fault(self, phase: str, recipient: str) -> str:
        with self.lock:
            planned = self.plan.get(recipient, [])
            if not planned or not planned[0].startswith(f"{phase} "):
                return ""
            fault = planned.pop(0)
            self.happened[fault] += 1
            return fault.removeprefix(f"{phase} ")

    def _say(self, client: socket.socket, connection: Connection, answer: str) -> str | None:
        """What was said; None when the connection is over."""
        if answer == "drop":
            self._reset(client, connection)
            return None
        if answer == "hang":
            connection.ended_by = "server"
            time.sleep(HANG_SECONDS)
            return None
        if answer.startswith("421"):
            connection.ended_by = "server"
        client.sendall(answer.encode() + b"\r\n")
        return None if answer.startswith("421") else answer

    def _reset(self, client: socket.socket, connection: Connection) -> None:
        connection.ended_by = "server"
        # Reset rather than close, so that whoever writes notices.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def faulty_mail_server() -> Iterator[FaultyMailServer]:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        server = FaultyMailServer(listener.getsockname()[1])
        thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


# SMS

SMS_FAULTS: Final[dict[str, list[object]]] = {
    "taken, then dropped": ["take and drop"],
    "taken, then hangs": ["take and hang"],
    "taken, but 500": ["take and 500"],
    "taken late": ["take late"],
    "not JSON": ["nonsense"],
    "dropped before it is taken": ["drop"],
    "429": [(429, 20429)],
    "400 no such number": [(400, 21211)] * 9,
    "400 stopped": [(400, 21610)] * 9,
}
SMS_REFUSED: Final = frozenset({"400 no such number", "400 stopped"})

# What is reported of an SMS: statuses, and after how many seconds each.
REPORTS: Final[dict[str, list[tuple[float, str]]]] = {
    "in order": [(0.05, "queued"), (0.1, "sent"), (0.3, "delivered")],
    "late": [(2.5, "queued"), (4.0, "sent"), (5.0, "delivered")],
    "doubled": [(0.1, "sent"), (0.12, "sent"), (0.3, "delivered"), (0.4, "delivered")],
    "reversed": [(0.05, "delivered"), (0.3, "sent"), (0.5, "queued")],
    "lost on the way": [(0.1, "sent"), (0.4, "undelivered")],
    "none": [],
}
_LANDLINE: Final = "30006"


@dataclass
class FaultySmsProvider(SmsProvider):
    """Fails by number, and reports what became of each SMS to the address that came with it."""

    plan: dict[str, list[object]] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)  # number → which of REPORTS
    accepted: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.01
    is_over: bool = False

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, int, dict[str, str], str]] = []
        self._numbers = itertools.count()

    def fault_for(self, fields: dict[str, str]) -> object:
        time.sleep(self.seconds)
        with self._lock:
            planned = self.plan.get(fields["To"], [])
            if not planned:
                return None
            fault = planned.pop(0)
            self.happened[str(fault)] += 1
            return fault

    def take(self, fields: dict[str, str]) -> dict[str, str | None]:
        with self._lock:
            taken = super().take(fields)
            (message,) = parse_qs(urlsplit(fields["StatusCallback"]).query)["message"]
            self.accepted[message] += 1
            for after, status in REPORTS[self.reports.get(fields["To"], "none")]:
                report = {"MessageSid": str(taken["sid"]), "MessageStatus": status, "To": fields["To"]}
                report |= {"ErrorCode": _LANDLINE} if status == "undelivered" else {}
                due = time.monotonic() + after
                heapq.heappush(self._waiting, (due, next(self._numbers), report, fields["StatusCallback"]))
            return taken

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing left to report."""
        with self._lock:
            return not self._waiting

    def report(self) -> None:
        """Post reports when they are due; one that nobody takes is not repeated, as with the real one."""
        validator = RequestValidator(TOKEN)
        with requests.Session() as session:
            while not self.is_over:
                with self._lock:
                    is_due = bool(self._waiting) and self._waiting[0][0] <= time.monotonic()
                    _, _, fields, url = heapq.heappop(self._waiting) if is_due else (0, 0, {}, "")
                if not is_due:
                    time.sleep(0.02)
                    continue
                headers = {"X-Twilio-Signature": validator.compute_signature(url, fields)}
                try:
                    answer = session.post(url, data=fields, headers=headers, timeout=10)
                    self.answers[str(answer.status_code)] += 1
                except requests.RequestException as error:
                    self.answers[type(error).__name__] += 1


@contextmanager
def reporting(provider: FaultySmsProvider) -> Iterator[None]:
    thread = threading.Thread(target=provider.report, daemon=True)
    thread.start()
    try:
        yield
    finally:
        provider.is_over = True
        thread.join(timeout=15)


def deal(names: dict[str, list[str]] | dict[str, list[object]], chance: Random, *, share: float) -> str:
    """A fault for one message, or "" for most."""
    return chance.choice(sorted(names)) if chance.random() < share else ""
