"""A person's own calendar for calendar programs: `/calendar/my/{token}.ics`."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.enums import Language
from events.web.calendar_answers import calendar_answer, calendar_view, plain_answer
from events.web.calendar_bodies import Manner, finished_body
from events.web.feeds import unknown_language, wished_language
from registrations.queries.doors import Revoked, get_feed_by_token
from registrations.queries.feeds import feed_language, personal_entries
from registrations.rendering import personal_feed_file

_PRIVATE: Final = "private, max-age=300"
# The address is the key: no search engine keeps it, and nobody is told where the reader came from.
_SECRET: Final = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


@calendar_view
def personal_feed(request: HttpRequest, token: str) -> HttpResponse:
    """All registrations of one person; 410 once the address was replaced, so that programs stop asking."""
    response = _answer(request, token)
    for name, value in _SECRET.items():
        response[name] = value
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    language = wished_language(request)
    if language is None:
        return unknown_language()
    with translation.override(language):
        try:
            feed = get_feed_by_token(token)
        except Http404:
            return plain_answer(_("There is no calendar at this address."), status=404)
        if isinstance(feed, Revoked):
            return plain_answer(_("This calendar address has been replaced by a new one."), status=410)
    if "lang" not in request.GET:
        language = feed_language(feed) or Language.PL.value
    file = personal_feed_file(personal_entries(feed, at=timezone.now()), language)
    manner = Manner(cache_control=_PRIVATE, language=language, filename="my-calendar.ics")
    return calendar_answer(request, finished_body(file, manner, last_modified=None))
