"""The least a Django view can do; what the service costs is told as a ratio to these."""

from typing import Final

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


patterns: list[URLPattern] = [
    path("bench/ok", ok),
    path("bench/update-and-insert", update_and_insert),
    path("bench/feed", feed_bytes),
]
