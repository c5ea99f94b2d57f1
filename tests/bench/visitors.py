"""Visitors who register on the pages and open the link in their mail, and the mail server that the mail comes to.

Run as a process of its own (`python -m tests.bench.visitors`): it says the port of its mail server, then reads one visit
a line as JSON on standard input and answers each with a line, until the input ends.
"""

import asyncio
import email
import email.policy
import json
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Final
from urllib.parse import urlencode

from tests.bench import sink

_FIELD: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LINK: Final = re.compile(r"/r/[^/\s\"]+/")
_PATIENCE: Final = 60
_MAILS: Final = 2


@dataclass(frozen=True)
class Visits:
    """So many people, some at once, who register for an event; `sees_all`: they look at every page on the way."""

    port: int
    slug: str
    count: int
    at_once: int
    start: int
    sees_all: bool


@dataclass(frozen=True)
class Visited:
    """Seconds from opening the form to the last mail, of each person, and in all; mails that came, and their bytes."""

    latencies: list[float]
    seconds: float
    mails: int
    bytes: int


@dataclass
class _Mailbox:
    """What came for one person, in the order of arrival."""

    mails: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)


class _Mailboxes:
    """Everybody's mailbox, filled by the mail server."""

    def __init__(self) -> None:
        self._boxes: dict[str, _Mailbox] = {}
        self.taken = self.bytes = 0

    def take(self, raw: bytes) -> None:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        body = mail.get_body(("plain",))
        self.taken += 1
        self.bytes += len(raw)
        self.of(str(mail["To"])).mails.put_nowait("" if body is None else body.get_content())

    def of(self, address: str) -> _Mailbox:
        return self._boxes.setdefault(address, _Mailbox())


class _Browser:
    """One keep-alive connection with its cookies."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self._wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, form: dict[str, str] | None = None, *, expect: int) -> str:
        """The text of the answer; another status than expected ends the visit."""
        if self._wire is None:
            self._wire = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._wire
        content = urlencode(form or {}).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", f"Content-Length: {len(content)}"]
        lines += [f"Cookie: {'; '.join(f'{name}={value}' for name, value in self._cookies.items())}"]
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Origin: http://127.0.0.1:{self._port}"]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + content)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = 0
        for name, _colon, value in (line.partition(": ") for line in head[1:] if line):
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "set-cookie":
                key, _sign, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        text = (await reader.readexactly(length)).decode()
        if int(head[0].split()[1]) != expect:
            message = f"{method} {path.partition('/r/')[0]} was answered with {head[0]}."
            raise RuntimeError(message)
        return text

    def close(self) -> None:
        if self._wire is not None:
            self._wire[1].close()


async def _visit(visits: Visits, number: int, mailboxes: _Mailboxes) -> None:
    browser = _Browser(visits.port)
    address = f"visitor{number}@example.org"
    mailbox = mailboxes.of(address)
    form = f"/events/{visits.slug}/register/"
    page = await browser.ask("GET", form, expect=200)
    token = _FIELD.search(page)
    said = {"first_name": "Example", "last_name": "Visitor", "email": address}
    await browser.ask("POST", form, {**said, "csrfmiddlewaretoken": token[1] if token else ""}, expect=302)
    if visits.sees_all:
        await browser.ask("GET", f"{form}sent/", expect=200)
    link = _LINK.search(await asyncio.wait_for(mailbox.mails.get(), _PATIENCE))
    door = link[0] if link else "/"
    if visits.sees_all:
        await browser.ask("GET", door, expect=200)
    await browser.ask("POST", f"{door}confirm/", expect=302)
    if visits.sees_all:
        await browser.ask("GET", door, expect=200)
    await asyncio.wait_for(mailbox.mails.get(), _PATIENCE)
    browser.close()


async def _all(visits: Visits, mailboxes: _Mailboxes) -> Visited:
    numbers = iter(range(visits.start, visits.start + visits.count))
    latencies: list[float] = []
    mailboxes.taken = mailboxes.bytes = 0

    async def one_after_another() -> None:
        for number in numbers:
            began = time.perf_counter()
            await _visit(visits, number, mailboxes)
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(visits.at_once)))
    return Visited(latencies, time.perf_counter() - began, mailboxes.taken, mailboxes.bytes)


async def serve() -> None:
    """Take visits until standard input ends."""
    mailboxes = _Mailboxes()
    server = await sink.start(mailboxes.take)
    sys.stdout.write(f"{sink.port_of(server)}\n")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        visited = await _all(Visits(**json.loads(line)), mailboxes)
        sys.stdout.write(f"{json.dumps(asdict(visited))}\n")
        sys.stdout.flush()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
