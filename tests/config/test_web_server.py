"""What the web server itself answers, byte for byte, before and around the application."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

HOST = b"Host: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\nConnection: close\r\n"
FILE = "/static/css/docs.css"
NO_DATABASE = "postgresql://nobody@/nothing?host=/nowhere"


class WebServer:
    """`manage.py serve` without a database, on a port of its own, its log in a file."""

    def __init__(self, log: Path) -> None:
        self.log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        variables = {"DATABASE_URL": NO_DATABASE, "DEBUG": "1", "PORT": str(self.port), "WEB_WORKERS": "1"}
        with log.open("wb") as stream:
            self.process = psutil.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env={"PATH": os.defpath, **variables},
                stdout=subprocess.DEVNULL,
                stderr=stream,
            )
        deadline = time.monotonic() + 30
        while b"Started worker" not in log.read_bytes():
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def answers(self, request: bytes, *more: bytes) -> list[tuple[int, bytes, bytes]]:
        """Every answer on one connection that the last request closes: status, head in small letters, body."""
        with self.connect() as connection:
            connection.sendall(request)
            for part in more:
                time.sleep(0.2)
                connection.sendall(part)
            received = b""
            while chunk := connection.recv(65_536):
                received += chunk
        found = []
        for answer in re.split(rb"(?=HTTP/1\.1 \d{3} )", received)[1:]:
            head, _, body = answer.partition(b"\r\n\r\n")
            found.append((int(head[9:12]), head.lower(), body))
        return found

    def accesses(self) -> list[str]:
        lines = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [re.sub(r"\d+ms", "ms", line["event"]) for line in lines if line["logger"] == "granian.access"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    server = WebServer(tmp_path_factory.mktemp("web") / "log")
    yield server
    server.process.terminate()
    assert server.process.wait(timeout=10) == 0


def get(address: str, *, method: str = "GET", headers: bytes = b"Connection: close\r\n") -> bytes:
    return f"{method} {address} HTTP/1.1\r\n".encode() + HOST + headers + b"\r\n"


def test_a_connection_serves_one_request_after_another(server: WebServer) -> None:
    answers = server.answers(get("/healthz", headers=b""), get("/nothing/", headers=b""), get("/healthz"))

    assert [status for status, _, _ in answers] == [200, 404, 200]


def test_head_is_the_answer_without_its_body(server: WebServer) -> None:
    [(_, _, whole)] = server.answers(get(FILE))
    [(status, head, body)] = server.answers(get(FILE, method="HEAD"))

    assert (status, body) == (200, b"")
    assert f"content-length: {len(whole)}".encode() in head


def test_not_modified_has_no_body_and_keeps_the_connection(server: WebServer) -> None:
    [(_, head, _)] = server.answers(get(FILE))
    found = re.search(rb"last-modified: (.+?)\r", head)
    assert found
    since = b"If-Modified-Since: " + found[1] + b"\r\n"

    answers = server.answers(get(FILE, headers=since), get("/healthz"))

    assert [status for status, _, _ in answers] == [304, 200]
    assert answers[0][2] == b""


@pytest.mark.parametrize(
    "request_bytes",
    [
        get("/se%00en/"),
        get("/nothing/?q=%00"),
        get("/nothing/?q=%ff"),
        b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Host: other.example\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"A B: c\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    ],
)
def test_what_cannot_be_read_is_a_bad_request(server: WebServer, request_bytes: bytes) -> None:
    assert [status for status, _, _ in server.answers(request_bytes)] == [400]


def test_too_much_is_refused_before_it_is_sent(server: WebServer) -> None:
    waiting = b"Content-Type: application/json\r\nContent-Length: 10000000\r\nExpect: 100-continue\r\n"

    answers = server.answers(get("/api/v1/events/", method="POST", headers=waiting))

    assert [status for status, _, _ in answers] == [413]


def test_who_asks_first_is_told_to_go_on(server: WebServer) -> None:
    lead = get("/accounts/login/", method="POST", headers=FORM + b"Expect: 100-continue\r\n")

    answers = server.answers(lead, b"name=x")

    assert [status for status, _, _ in answers] == [100, 403]


def test_a_database_that_is_away_is_a_503(server: WebServer) -> None:
    [(status, head, _)] = server.answers(get("/events/"))

    assert status == 503
    assert b"retry-after: 5" in head


def test_the_log_holds_neither_link_nor_query_nor_address(server: WebServer) -> None:
    server.answers(get("/r/Zk3-tQ_9vB2xW8yL5mN7/x?q=ann@example.org"))
    server.answers(get("/ann%40example.org"))

    deadline = time.monotonic() + 10
    while (said := server.accesses())[-2:] != ["GET /r/…/x 404 ms", "GET [e-mail] 404 ms"]:
        assert time.monotonic() < deadline, said  # A line is written after its answer.
        time.sleep(0.05)


def test_a_request_in_hand_is_answered_before_it_stops(tmp_path: Path) -> None:
    server = WebServer(tmp_path / "log")
    at_rest, half_way = server.connect(), server.connect()
    at_rest.sendall(get("/healthz", headers=b""))
    assert at_rest.recv(12) == b"HTTP/1.1 200"
    half_way.sendall(get("/accounts/login/", method="POST", headers=FORM))
    time.sleep(0.3)

    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    half_way.sendall(b"name=x")

    assert half_way.recv(12) == b"HTTP/1.1 403"
    assert server.process.wait(timeout=10) == 0
    at_rest.close()
    half_way.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_no_worker_outlives_the_first_process(tmp_path: Path) -> None:
    server = WebServer(tmp_path / "log")
    workers = server.process.children()
    at_rest = server.connect()

    server.process.kill()
    server.process.wait(timeout=10)

    assert len(workers) == 1
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    at_rest.close()
