"""The public calendar for calendar programs: `/calendar/events.ics` and `/events/{slug}.ics`."""

import re
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.enums import Language
from events.errors import TooManyFilterValues, UnknownFilterValue
from events.permissions import get_visible_event
from events.queries.feeds import (
    DAYS_BACK,
    MOST_DAYS_BACK,
    FeedVersion,
    FeedWish,
    event_entries,
    feed_version,
    local_day,
    public_entries,
    window_start,
)
from events.queries.filters import FILTERS, filter_labels, no_such_filter
from events.rendering import event_feed_file, public_feed_file
from events.web.calendar_answers import calendar_answer, calendar_view, plain_answer
from events.web.calendar_bodies import CalendarBody, Freshness, KeptBodies, Manner, finished_body

PUBLIC: Final = "public, max-age=900, stale-while-revalidate=3600"
# Under this name an answered request's environment says which kept file it was.
KEPT_AS: Final = "wiec.calendar"
kept_bodies: Final = KeptBodies(settings.CALENDAR_CACHE_BYTES)

PARAMETERS: Final = (*FILTERS, "lang", "past")
_DAYS: Final = re.compile(r"[0-9]{1,4}")


@calendar_view
def public_feed(request: HttpRequest) -> HttpResponse:
    """All listed events that the filters leave, from 30 days back to a year ahead."""
    language = wished_language(request)
    if language is None:
        return unknown_language()
    with translation.override(language):
        unknown = sorted(set(request.GET).difference(PARAMETERS))
        if unknown:
            return plain_answer(no_such_filter(unknown[0], PARAMETERS), status=404)
        past = _wished_past(request)
        if past is None:
            sentence = _("Give “past” as a number of days from 0 to %(most)s.") % {"most": MOST_DAYS_BACK}
            return plain_answer(sentence, status=400)
        try:
            given = {name: request.GET.getlist(name) for name in FILTERS}
            wish = FeedWish.of(given, language=language, past=past)
            body = _kept(request, wish, lambda version, at: _public_body(wish, version, at=at))
        except TooManyFilterValues as refusal:
            return plain_answer(refusal.message, status=400)
        except UnknownFilterValue as refusal:
            return plain_answer(refusal.message, status=404)
    return calendar_answer(request, body)


@calendar_view
def event_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """All sessions of one visible event, to open or to subscribe to."""
    language = wished_language(request)
    if language is None:
        return unknown_language()
    try:
        body = _kept(request, (slug, language), lambda version, _at: _event_body(slug, language, version))
    except Http404:
        with translation.override(language):
            return plain_answer(_("There is no such event."), status=404)
    return calendar_answer(request, body)


def still_true(key: Hashable, *, at: datetime) -> CalendarBody | None:
    """The file that is kept under a key, unless anything has changed since; for one small statement."""
    return kept_bodies.fresh(key, _freshness(key, feed_version(), at=at)) if kept_bodies.find(key) else None


def wished_language(request: HttpRequest) -> str | None:
    """The language of the address, Polish where it names none; None for one that we do not speak."""
    language = request.GET.get("lang") or Language.PL.value
    return language if language in Language.values else None


def unknown_language() -> HttpResponse:
    """The refusal of a feed in a language that we do not speak."""
    return plain_answer(_("The calendar is available in these languages: pl, en, uk."), status=404)


def _wished_past(request: HttpRequest) -> int | None:
    text = request.GET.get("past") or str(DAYS_BACK)
    days = int(text) if _DAYS.fullmatch(text) else MOST_DAYS_BACK + 1
    return days if days <= MOST_DAYS_BACK else None


def _kept(request: HttpRequest, key: Hashable, build: Callable[[FeedVersion, datetime], CalendarBody]) -> CalendarBody:
    """The kept file of this request, built now if it has to be."""
    at = timezone.now()
    version = feed_version()
    body = kept_bodies.get(key, _freshness(key, version, at=at), lambda: build(version, at))
    request.META[KEPT_AS] = key
    return body


def _freshness(key: Hashable, version: FeedVersion, *, at: datetime) -> Freshness:
    """What a file has to be as new as; only those with a window depend on the day."""
    return version.number, str(local_day(at)) if isinstance(key, FeedWish) else ""


def _public_body(wish: FeedWish, version: FeedVersion, *, at: datetime) -> CalendarBody:
    labels = filter_labels(wish, wish.language)
    return finished_body(
        public_feed_file(public_entries(wish, at=at), wish, labels),
        Manner(cache_control=PUBLIC, language=wish.language, filename="events.ics"),
        # The window rolls at midnight without any row having changed.
        last_modified=max(version.changed_at or window_start(at), window_start(at)),
        freshness=_freshness(wish, version, at=at),
    )


def _event_body(slug: str, language: str, version: FeedVersion) -> CalendarBody:
    event = get_visible_event(slug)
    return finished_body(
        event_feed_file(event_entries(event, language), event, language),
        Manner(cache_control=PUBLIC, language=language, filename=f"{slug}.ics", is_download=True),
        last_modified=version.changed_at,
        freshness=(version.number, ""),
    )
