"""Real far ends for tests: mail servers and an SMS provider on the loopback address, with faults to order."""

import json
import logging
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# Every connection made and lost, in the middle of what a failing test has to say.
logging.getLogger("mail.log").setLevel(logging.WARNING)

SPEC = json.loads((Path(__file__).parent.parent / "data" / "twilio_message_spec.json").read_text())
ACCOUNT = "AC" + "0" * 32
SERVICE = "MG" + "1" * 32
TOKEN = "a-token-of-tests"
LATE_SECONDS = 1.2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# A mail server that behaves


@dataclass
class MailSink:
    """Takes mails, and refuses what it was told to refuse: recipient → answer."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    refuse_recipient: dict[str, str] = field(default_factory=dict)
    refuse_content: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        del server
        self.sessions.add(id(session))
        if answer := self.refuse_recipient.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        if answer := self.refuse_content.get(envelope.rcpt_tos[0]):
            return answer
        content = envelope.original_content or b""
        self.raw.append(content)
        mail = BytesParser(policy=SMTP_POLICY).parsebytes(content)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        self.senders.append(envelope.mail_from or "")
        return "250 OK queued as 1"


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    sink = MailSink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


# A mail server that breaks, line by line


@dataclass
class BrokenMailServer:
    """Speaks SMTP by hand; `script` maps a phase (greeting, MAIL, RCPT, DATA, dot) to faults, used up one by one.

    A fault is an answer to give instead, "drop" to hang up, "hang" to say nothing for longer than anybody waits, or
    "drip" to begin an answer again and again and never to end it.
    """

    port: int
    script: dict[str, list[str]] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    connections: int = 0
    after_dot: Callable[[], None] | None = None

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            client.settimeout(30)
            try:
                self._last = ""
                if not self._answer(client, "greeting", "220 test"):
                    return
                for line in lines:
                    verb = line.split()[0].upper().decode() if line.strip() else ""
                    if verb == "QUIT":
                        client.sendall(b"221 bye\r\n")
                        return
                    if not self._answer(client, verb, "354 go" if verb == "DATA" else "250 OK"):
                        return
                    if self._last == "354 go and drop":
                        # Reset rather than close, so that whoever writes notices.
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        return
                    if verb == "DATA" and self._last == "354 go" and not self._content(client, lines):
                        return
            except OSError:
                return

    def _content(self, client: socket.socket, lines: object) -> bool:
        content = b""
        for line in lines:  # type: ignore[attr-defined]
            if line == b".\r\n":
                break
            content += line
        else:
            return False
        if self.after_dot:
            self.after_dot()
        is_lost = self.script.get("dot", [""])[:1] == ["drop before taking"]
        if not is_lost and (self.script.get("dot", [""]) or [""])[0][:1] not in {"4", "5"}:
            self.taken.append(content)
        return self._answer(client, "dot", "250 taken")

    def _answer(self, client: socket.socket, phase: str, usual: str) -> bool:
        faults = self.script.get(phase, [])
        self._last = faults.pop(0) if faults else usual
        if self._last.startswith("drop"):
            return False
        if self._last == "hang":
            time.sleep(20)
            return False
        if self._last == "drip":
            for _ in range(40):
                client.sendall(b"250-still thinking\r\n")
                time.sleep(0.1)
            return False
        client.sendall(self._last.encode() + b"\r\n")
        return not self._last.startswith("421")


@contextmanager
def broken_mail_server(**script: list[str]) -> Iterator[BrokenMailServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = BrokenMailServer(listener.getsockname()[1], script)
        thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


# An SMS provider


@dataclass
class SmsProvider:
    """Twilio's messages resource, as far as its public description goes; every request is held against that.

    `faults`, used up one by one: a (status, code) to answer with, with the seconds to come again after as third; "hang",
    "drop" (before it is taken), "take and drop", "take and hang", "take and 500", "take late", "nonsense".
    """

    port: int
    faults: list[object] = field(default_factory=list)
    list_faults: list[object] = field(default_factory=list)
    messages: list[dict[str, str]] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lists: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fault_for(self, fields: dict[str, str]) -> object:
        """What goes wrong with this request."""
        return self.faults.pop(0) if self.faults else None

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(message["to"], message["body"]) for message in self.messages]

    def check(self, fields: dict[str, str]) -> None:
        """Whether a request could be sent to the real one."""
        self.wrong += wrong_in(fields)

    def take(self, fields: dict[str, str]) -> dict[str, str | None]:
        sid = f"SM{len(self.messages):032x}"
        created = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        message = {
            "sid": sid,
            "to": fields["To"],
            "body": fields["Body"],
            "status": "accepted",
            "date_created": created,
        }
        self.messages.append(message)
        return {**message, "account_sid": ACCOUNT, "error_code": None, "num_segments": "0"}


# What the description says in words, not in its schema.
_IN_WORDS: dict[str, dict[str, object]] = {
    "Body": {"minLength": 1, "maxLength": 1600},
    "ValidityPeriod": {"minimum": 1, "maximum": 36_000},
}
_FORMS = {
    "integer": r"-?\d+",
    "number": r"-?\d+(\.\d+)?",
    "boolean": "true|false",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "uri": r"https?://[^\s/?#]+[^\s]*",
}
_E164 = r"\+[1-9]\d{6,14}"
_SENDER_NAME = r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}"


def wrong_in(fields: dict[str, str]) -> list[str]:
    """What the provider's public description of creating a message says against a request."""
    wrong = [problem for name, value in fields.items() for problem in _wrong_value(name, value)]
    wrong += [f"{name} is missing" for name in SPEC["create"]["required"] if name not in fields]
    if not {"MessagingServiceSid", "From"} & set(fields):
        wrong.append("no sender")
    if not {"Body", "MediaUrl", "ContentSid"} & set(fields):
        wrong.append("no content")
    return wrong


def _wrong_value(name: str, value: str) -> Iterator[str]:
    known = SPEC["create"]["params"]
    if name not in known:
        yield f"{name} is not a parameter"
        return
    rule = {**known[name], **_IN_WORDS.get(name, {})}
    if "enum" in rule and value not in rule["enum"]:
        yield f"{name}={value!r} is none of {rule['enum']}"
    if not rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", len(value)):
        yield f"{name} has {len(value)} characters"
    if "pattern" in rule and not re.fullmatch(rule["pattern"], value):
        yield f"{name}={value!r} is not {rule['pattern']}"
    forms = [form for form in (_FORMS.get(rule["type"]), _FORMS.get(rule.get("format", ""))) if form]
    if rule.get("format") == "phone-number":
        forms.append(_E164 if name == "To" else f"{_E164}|{_SENDER_NAME}")
    for form in forms:
        if not re.fullmatch(form, value):
            yield f"{name}={value!r} is not {form}"
    if {"minimum", "maximum"} & set(rule) and value.isdigit() and not rule["minimum"] <= int(value) <= rule["maximum"]:
        yield f"{name}={value} is not between {rule['minimum']} and {rule['maximum']}"


Provider = TypeVar("Provider", bound=SmsProvider)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: SmsProvider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(parse_qsl(body, keep_blank_values=True))
        path = SPEC["paths"]["collection"].replace("{AccountSid}", ACCOUNT)
        if self.path != path or not self.headers.get("Authorization", "").startswith("Basic "):
            self.provider.wrong.append(self.path)
        self.provider.check(fields)
        self.provider.requests.append(fields)
        fault = self.provider.fault_for(fields)
        if isinstance(fault, tuple):
            status, code, *retry_after = fault
            headers = {"Retry-After": str(*retry_after)} if retry_after else {}
            self._answer(status, {"code": code, "message": "test", "status": status}, headers)
        elif fault == "take late":
            # Nobody waits for the answer any more, and then it is taken after all.
            time.sleep(LATE_SECONDS)
            self.provider.take(fields)
            self.close_connection = True
        elif fault == "nonsense":
            self.provider.take(fields)
            self._raw(201, b"<html>not JSON</html>")
        elif isinstance(fault, str) and fault.startswith("take"):
            self.provider.take(fields)
            self._fail(fault)
        elif isinstance(fault, str):
            self._fail(fault)
        else:
            self._answer(201, self.provider.take(fields))

    def do_GET(self) -> None:
        self.provider.lists += 1
        fault = self.provider.list_faults.pop(0) if self.provider.list_faults else None
        if isinstance(fault, tuple):
            self._answer(fault[0], {"code": fault[1], "message": "test", "status": fault[0]})
            return
        query = parse_qs(urlsplit(self.path).query)
        found = [message for message in reversed(list(self.provider.messages)) if [message["to"]] == query.get("To")]
        page = {"messages": found, "page": 0, "page_size": 20, "next_page_uri": None, "uri": self.path}
        self._answer(200, page)

    def _fail(self, fault: str) -> None:
        if fault.endswith("500"):
            self._answer(500, {"code": 20500, "message": "test", "status": 500})
        elif fault.endswith("hang"):
            time.sleep(3)
        self.close_connection = True

    def _answer(self, status: int, content: object, headers: dict[str, str] | None = None) -> None:
        self._raw(status, json.dumps(content).encode(), headers)

    def _raw(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 50

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away: killing them is what some tests do."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def sms_provider(make: Callable[[int], Provider] = SmsProvider) -> Iterator[Provider]:  # type: ignore[assignment]
    server = _Server(("127.0.0.1", 0), _Handler)
    provider = make(server.server_address[1])
    server.RequestHandlerClass = type("Handler", (_Handler,), {"provider": provider})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
