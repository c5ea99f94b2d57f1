"""What citizens see of events: the list, the calendar sheet and the page of one event."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.errors import UnknownFilterValue
from events.exports.schema_org import as_script, event_data
from events.forms.filters import read_wish
from events.models import Event, unit_contact
from events.permissions import get_visible_event
from events.queries.event_pages import event_page_facts
from events.queries.events import listed_public_events, past_public_events, upcoming_public_events
from events.queries.facets import facets
from events.queries.feeds import DAYS_BACK, PAST_LIST_DAYS, feed_links, links_to
from events.queries.months import month_sheet
from events.queries.programmes import event_programme
from events.web.paging import page_of

EVENTS_PER_PAGE = 20


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """Show what is coming (or has been), narrowed by filters and words, as a list or a month's sheet."""
    wish, now = read_wish(request.GET), timezone.now()
    filters = wish.filters()
    context: dict[str, object] = {
        "wish": wish,
        "facets": facets(),
        "now": now,
        "feed": feed_links(filters, request.LANGUAGE_CODE, past=PAST_LIST_DAYS if wish.is_past else DAYS_BACK),
    }
    try:
        if wish.month is not None:
            context["sheet"] = month_sheet(listed_public_events(filters, at=now), wish.month, at=now)
        else:
            wanted = past_public_events if wish.is_past else upcoming_public_events
            context["page"] = page_of(wanted(at=now, filters=filters), request.GET, size=EVENTS_PER_PAGE)
    except UnknownFilterValue:
        return render(request, "events/list.html", {**context, "is_unknown": True}, status=400)
    return render(request, "events/list.html", context)


@require_safe
def event_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one event: what, when, where, for whom, and how to take part."""
    event, now = get_visible_event(slug), timezone.now()
    facts, programme = event_page_facts(event, at=now), event_programme(event)
    page_url = f"{settings.BASE_URL}{request.path}"
    feed = f"{settings.BASE_URL}{reverse('feed-event', args=[slug])}?lang={request.LANGUAGE_CODE}"
    data = event_data(
        event,
        facts.sessions,
        url=page_url,
        window=facts.window,
        changes=facts.changes,
        people=programme.everybody,
    )
    return render(
        request,
        "events/event.html",
        {
            "event": event,
            "facts": facts,
            "programme": programme,
            "window": facts.window,
            "now": now,
            "page_url": page_url,
            "feed": links_to(feed, name=str(event)),
            "map_url": _map_url(event),
            "contact_email": unit_contact(event),
            "contact_phone": event.contact_phone or event.unit.contact_phone,
            "structured_data": as_script(data),
        },
    )


def _map_url(event: Event) -> str:
    if event.venue is None or event.venue.latitude is None:
        return ""
    place = f"{event.venue.latitude}/{event.venue.longitude}"
    return f"https://www.openstreetmap.org/?mlat={event.venue.latitude}&mlon={event.venue.longitude}#map=17/{place}"
