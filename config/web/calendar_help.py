"""How to have the calendar on one's phone or computer."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.forms.filters import read_wish
from events.queries.facets import facets
from events.queries.feeds import feed_links

# Google takes no longer ones.
LONGEST_ADDRESS: Final = 256


@require_safe
def calendar_help(request: HttpRequest) -> HttpResponse:
    """Explain subscribing and make the address of the chosen part of the calendar."""
    wish = read_wish(request.GET)
    feed = feed_links(wish.filters(), request.LANGUAGE_CODE)
    return render(
        request,
        "pages/calendar_help.html",
        {
            "wish": wish,
            "facets": facets(),
            "feed": feed,
            "is_too_long": len(feed.https) > LONGEST_ADDRESS,
        },
    )
