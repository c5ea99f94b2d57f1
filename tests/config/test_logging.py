"""No log line holds a person's address, number or link."""

import io
import json
import logging
import logging.config
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from granian.log import log_request_builder

from config.logging import LOGGING_SETTINGS, without_personal_data
from config.web_server import ACCESS_LOG_FORMAT

TOKEN = "Zk3-tQ_9vB2xW8yL5mN7"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What our own handler writes, in place of standard error."""
    stream = io.StringIO()
    logging.config.dictConfig(_logging_to(stream))
    yield stream
    logging.config.dictConfig(LOGGING_SETTINGS)


def _logging_to(stream: io.StringIO) -> dict[str, Any]:
    handler = {**LOGGING_SETTINGS["handlers"]["stderr"], "stream": stream}
    return {**LOGGING_SETTINGS, "handlers": {"stderr": handler}}


def _lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("mail to ann.nowak+wiec@example.org refused", "mail to [e-mail] refused"),
        ("<Anna@Example.ORG>", "<[e-mail]>"),
        ("żółw@przykład.example", "[e-mail]"),
        ("call +48 123 456 789 now", "call [phone] now"),
        ("to +48123456789", "to [phone]"),
        ("to 601-234-567, please", "to [phone], please"),
        ("to 601234567", "to [phone]"),
        (f"GET /r/{TOKEN}/ 200", "GET /r/…/ 200"),
        (f"GET /uk/r/{TOKEN}/?lang=pl", "GET /uk/r/…/?lang=pl"),
        (f"GET /calendar/my/{TOKEN}.ics 304", "GET /calendar/my/… 304"),
        (f"POST /api/v1/registrations/{TOKEN}/confirm/ 200", "POST /api/v1/registrations/…/confirm/ 200"),
        (f"GET /en/my/{TOKEN}/export.json 200", "GET /en/my/…/export.json 200"),
        ("GET /my/ 200", "GET /my/ 200"),
        (f"POST /api/v1/consents/{TOKEN}/ 200", "POST /api/v1/consents/…/ 200"),
        (f"POST /en/invited/{TOKEN}/ 302", "POST /en/invited/…/ 302"),
        ("POST /en/door/AAAAAAAAAAHzQ2o0b9-x_WcRq0e5m1nBvTY/ 302", "POST /en/door/…/ 302"),
        ("GET /manage/events/debata/door/passes/ 200", "GET /manage/events/debata/door/passes/ 200"),
        ("GET /t/ABCD-1234", "GET /t/…"),
        ("/accounts/password/reset/key/1-abc-def/", "/accounts/password/reset/key/…/"),
        ('File "/srv/wiec/registrations/urls.py", line 3', 'File "/srv/wiec/registrations/urls.py", line 3'),
        ("/api/v1/events/debata/registrations/", "/api/v1/events/debata/registrations/"),
        ("GET /events/spotkanie-2026-11-22/ 200 1234567 12ms", "GET /events/spotkanie-2026-11-22/ 200 1234567 12ms"),
        ("2026-11-22T20:21:45.639990Z", "2026-11-22T20:21:45.639990Z"),
    ],
)
def test_personal_data_is_taken_out_and_the_rest_stays(said: str, written: str) -> None:
    assert without_personal_data(said) == written


def test_every_way_of_logging_is_scrubbed(written: io.StringIO) -> None:
    structlog.get_logger("wiec").warning("refused", address="ann@example.org", people=[{"phone": "+48123456789"}])
    logging.getLogger("django.request").error("Failed: %s", "ann@example.org")
    try:
        int("ann@example.org")
    except ValueError:
        logging.getLogger("django-q").exception("Task failed")

    lines = _lines(written)
    assert [line["event"] for line in lines] == ["refused", "Failed: [e-mail]", "Task failed"]
    assert lines[0]["people"] == [{"phone": "[phone]"}]
    assert "ann@example.org" not in json.dumps(lines)
    assert "Traceback" in lines[2]["exception"]


def test_the_access_log_is_scrubbed_and_holds_neither_query_nor_address(written: io.StringIO) -> None:
    request = {
        "method": "GET",
        "path": f"/r/{TOKEN}/",
        "qs": "q=ann@example.org",
        "addr_remote": "192.0.2.7",
        "protocol": "HTTP/1.1",
        "scheme": "http",
    }

    log_request_builder(ACCESS_LOG_FORMAT)(time.time(), time.perf_counter(), request, 200)

    assert [(line["event"], line["logger"]) for line in _lines(written)] == [("GET /r/…/ 200 0ms", "granian.access")]
