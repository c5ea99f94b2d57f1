"""How to have the calendar on one's phone or computer."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events.forms.filters import read_wish
from events.queries.facets import facets


@require_safe
def calendar_help(request: HttpRequest) -> HttpResponse:
    """Explain subscribing and make the address of the chosen part of the calendar."""
    wish = read_wish(request.GET)
    query = "&".join(part for part in (wish.feed_query, f"lang={request.LANGUAGE_CODE}") if part)
    feed = f"{settings.BASE_URL}{reverse('feed-public')}?{query}"
    webcal = "webcal://" + feed.split("://", 1)[1]
    return render(
        request,
        "pages/calendar_help.html",
        {
            "wish": wish,
            "facets": facets(),
            "feed": feed,
            "webcal": webcal,
            "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
            "outlook": f"https://outlook.live.com/calendar/0/addfromweb?url={quote(feed, safe='')}",
        },
    )
