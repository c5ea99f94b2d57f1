"""The home page: what this is, what comes next, and the search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.queries.events import EventFilter, upcoming_public_events
from events.queries.feeds import feed_links

EVENTS_SHOWN = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the next events and the ways in."""
    now = timezone.now()
    events = upcoming_public_events(at=now)[:EVENTS_SHOWN]
    return render(
        request,
        "pages/home.html",
        {"events": events, "now": now, "feed": feed_links(EventFilter(), request.LANGUAGE_CODE)},
    )
