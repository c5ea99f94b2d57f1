"""The least a Django view can do; what the service costs is told as a ratio to these."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

# Filled by the feed's own bytes before the first request, so that both answers weigh the same.
_bodies: Final[dict[str, bytes]] = {}


def ok(_request: HttpRequest) -> HttpResponse:
    """Answer with two bytes."""
    return HttpResponse(b"ok", content_type="text/plain")


@csrf_exempt
def update_and_insert(_request: HttpRequest) -> HttpResponse:
    """One UPDATE of a contended row and one INSERT, in one transaction: the floor of a sign-up."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE bench_counter SET taken = taken + 1 WHERE id = 1")
        cursor.execute("INSERT INTO bench_row (note) VALUES ('floor')")
    return HttpResponse(b"{}", status=201, content_type="application/json")


def feed_bytes(request: HttpRequest) -> HttpResponse:
    """The public feed's own bytes from memory."""
    if not _bodies:
        from django.test import Client  # noqa: PLC0415 - only this floor needs it

        _bodies["feed"] = b"".join(Client(headers={"host": request.get_host()}).get("/calendar/events.ics"))
    return HttpResponse(_bodies["feed"], content_type="text/calendar; charset=utf-8")


def kept_bytes(request: HttpRequest) -> HttpResponse:
    """The bytes of a file from memory, plain or gzip as asked: what a calendar's answer weighs, and nothing else."""
    name = request.GET["file"]
    if name not in _bodies:
        _bodies[name] = (Path(settings.STATIC_ROOT) / name).read_bytes()
    headers = {"Content-Encoding": "gzip"} if name.endswith(".gz") else {}
    return HttpResponse(_bodies[name], content_type="text/calendar; charset=utf-8", headers=headers)


patterns: list[URLPattern] = [
    path("bench/ok", ok),
    path("bench/update-and-insert", update_and_insert),
    path("bench/feed", feed_bytes),
    # Below this path there is no middleware (`tests.bench.serve`).
    path("bench/bare/ok", ok),
    path("bench/bare/bytes", kept_bytes),
]
