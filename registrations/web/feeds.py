"""A person's own calendar for calendar programs: `/calendar/my/{token}.ics`."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.web.calendar_answers import calendar_answer, calendar_view, plain_answer
from events.web.calendar_bodies import Manner, finished_body
from events.web.feeds import unknown_language, wished_language
from registrations.queries.doors import Revoked, get_feed_by_token, get_registration_by_token
from registrations.queries.feeds import entries_of, personal_entries
from registrations.rendering import own_file, personal_feed_file

_PRIVATE: Final = "private, max-age=300"
# The address is the key: no search engine keeps it, and nobody is told where the reader came from.
_SECRET: Final = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


@calendar_view
def personal_feed(request: HttpRequest, token: str) -> HttpResponse:
    """All registrations of one person; 410 once the address was replaced, so that programs stop asking."""
    return _secret(_answer(request, token))


@calendar_view
def own_calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The dates of one registration as a file to open; the key is that of the registration's page."""
    try:
        registration = get_registration_by_token(token)
    except Http404:
        return _secret(plain_answer(_("There is no calendar at this address."), status=404))
    entries = entries_of([registration])[registration.pk] if registration.is_active else []
    language = request.LANGUAGE_CODE
    manner = Manner(
        cache_control=_PRIVATE, language=language, filename=f"{registration.event.slug}.ics", is_download=True
    )
    body = finished_body(own_file(entries, language), manner, last_modified=None)
    return _secret(calendar_answer(request, body))


def _secret(response: HttpResponse) -> HttpResponse:
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
        language = feed.language
    file = personal_feed_file(personal_entries(feed, at=timezone.now()), feed, language)
    manner = Manner(cache_control=_PRIVATE, language=language, filename="my-calendar.ics")
    return calendar_answer(request, finished_body(file, manner, last_modified=None))
