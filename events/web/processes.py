"""What citizens see of participation processes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.queries.events import EventFilter, upcoming_public_events
from events.queries.feeds import feed_links
from events.queries.processes import process_page as process_facts
from events.queries.processes import public_processes

EVENTS_SHOWN = 5


@require_safe
def process_list(request: HttpRequest) -> HttpResponse:
    """Show every process."""
    return render(request, "events/processes.html", {"processes": public_processes()})


@require_safe
def process_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a process: its course, its figures with their qualifiers, and what comes next in it."""
    facts, now = process_facts(slug), timezone.now()
    in_process = EventFilter(process=(slug,))
    coming = upcoming_public_events(at=now, filters=in_process)[:EVENTS_SHOWN]
    context = {
        "process": facts.process,
        "facts": facts,
        "events": coming,
        "now": now,
        "feed": feed_links(in_process, request.LANGUAGE_CODE),
    }
    return render(request, "events/process.html", context)
