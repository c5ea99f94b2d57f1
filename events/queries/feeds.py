"""What calendar feeds show: which entries, in which version, under which canonical address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.contrib.postgres.aggregates import StringAgg
from django.db import connection
from django.db.models import F, Func, IntegerField, Max, Prefetch, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from events.enums import Language
from events.models import CalendarEntry, CalendarVersion, Event, Session, Topic
from events.permissions import listed_events, visible_events
from events.queries.filters import FILTERS, SharedFilters, canonical_values, events_matching

DAYS_BACK: Final = 30
MOST_DAYS_BACK: Final = 3650
# A list of what has been leads to a feed that goes back so far.
PAST_LIST_DAYS: Final = 365
DAYS_AHEAD: Final = 365
# Reported for Google: it reads no more of a calendar.
MOST_OCTETS: Final = 1_000_000
_VERSION: Final = f"SELECT version, changed_at FROM {CalendarVersion._meta.db_table}"  # noqa: S608, SLF001 - a name of ours


class OctetLength(Func):
    """How many bytes a text takes; PostgreSQL knows without reading it."""

    function = "OCTET_LENGTH"
    output_field = IntegerField()


@dataclass(frozen=True, kw_only=True)
class FeedWish:
    """Which part of the public calendar, in which language: the canonical form of a feed's address."""

    kind: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    process: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    venue: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    language: str = Language.PL.value
    past: int = DAYS_BACK

    @classmethod
    def of(cls, given: Mapping[str, Sequence[str]], *, language: str, past: int = DAYS_BACK) -> "FeedWish":
        """The wish behind an address, however its values were ordered; raises when they are too many."""
        return cls(**canonical_values(given), language=language, past=past)


@dataclass(frozen=True)
class FeedVersion:
    """How often the public calendar has changed, and when last; null while it never has."""

    number: int
    changed_at: datetime | None


@dataclass(frozen=True)
class FeedContent:
    """The entries of a feed as they stand in a file."""

    entries: str
    newest: datetime | None


@dataclass(frozen=True)
class LargeFeed:
    """A default feed that has grown too large."""

    language: str
    octets: int


@dataclass(frozen=True)
class FeedLinks:
    """One feed as calendar programs want it given: to subscribe, to copy, and the page where Google takes a copy."""

    webcal: str
    https: str
    google: str
    outlook: str


def calendar_sessions() -> QuerySet[Session]:
    """Sessions with everything their calendar entries show, by id."""
    topics = Prefetch("event__topics", queryset=Topic.objects.order_by("position", "slug"))
    shown = Session.objects.select_related("event__unit", "event__kind", "event__venue", "room")
    return shown.prefetch_related(topics).order_by("pk")


def feed_version() -> FeedVersion:
    """The one small row that says whether anything has changed.

    Read before the entries: what is kept under a version may then be newer than it, never older.
    """
    # Asked all day by everybody who subscribes: building the statement anew would cost more than asking it.
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        row = cursor.fetchone()
    return FeedVersion(*row) if row else FeedVersion(0, None)


def public_entries(wish: FeedWish, *, at: datetime) -> FeedContent:
    """The entries of listed events that a wish leaves, in the order of their start."""
    events = listed_events().filter(events_matching(wish))
    return _content(_in_window(wish, at=at).filter(language=wish.language, session__event__in=events))


def large_feeds(*, at: datetime) -> list[LargeFeed]:
    """The default feeds, one a language, that some program will not read to the end; the largest first."""
    sizes = (
        _in_window(FeedWish(), at=at)
        .filter(session__event__in=listed_events())
        .order_by()
        .values_list("language")
        .annotate(octets=Sum(OctetLength("content")))
        .filter(octets__gt=MOST_OCTETS)
        .order_by("-octets", "language")
    )
    return [LargeFeed(language, octets) for language, octets in sizes]


def event_entries(event: Event, language: str) -> FeedContent:
    """The entries of all sessions of an event that a stranger may see, whenever they are."""
    is_visible = visible_events().filter(pk=event.pk)
    return _content(CalendarEntry.objects.filter(language=language, session__event__in=is_visible))


def local_day(at: datetime) -> date:
    """The day in the city: windows roll at its midnight."""
    return timezone.localdate(at, timezone.get_default_timezone())


def window_start(at: datetime) -> datetime:
    """The moment at which today's window began to be today's."""
    return _midnight(local_day(at))


def feed_address(wish: FeedWish) -> str:
    """The one absolute address of a wish: values in order, defaults left out."""
    pairs = [(name, value) for name in FILTERS for value in getattr(wish, name)]
    pairs += [("lang", wish.language)] if wish.language != Language.PL else []
    pairs += [("past", str(wish.past))] if wish.past != DAYS_BACK else []
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{settings.BASE_URL}{reverse('feed-public')}{query}"


def feed_links(filters: SharedFilters, language: str, *, past: int = DAYS_BACK) -> FeedLinks:
    """How to subscribe to the feed that reproduces a list with these filters."""
    wish = FeedWish.of({name: getattr(filters, name) for name in FILTERS}, language=language, past=past)
    return links_to(feed_address(wish), name="")


def links_to(address: str, *, name: str) -> FeedLinks:
    """The same address for Apple and most programs, for copying, for Google and for Outlook on the web."""
    named = {"url": address, "name": name} if name else {"url": address}
    return FeedLinks(
        webcal=f"webcal://{address.partition('://')[2]}",
        https=address,
        # Google's own page for it; a link that brings the address along is undocumented and fails at times.
        google="https://calendar.google.com/calendar/r/settings/addbyurl",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb?{urlencode(named)}",
    )


def _in_window(wish: FeedWish, *, at: datetime) -> QuerySet[CalendarEntry]:
    day = local_day(at)
    return CalendarEntry.objects.filter(
        session__ends_at__gt=_midnight(day - timedelta(days=wish.past)),
        session__starts_at__lt=_midnight(day + timedelta(days=DAYS_AHEAD + 1)),
    )


def _content(entries: QuerySet[CalendarEntry]) -> FeedContent:
    """Join the entries where they are: one statement, so never the half of a change."""
    by_start = (F("session__starts_at"), F("session__uid"))
    found = entries.aggregate(
        text=StringAgg("content", delimiter="", order_by=by_start),
        newest=Max("session__last_modified"),
    )
    return FeedContent(found["text"] or "", found["newest"])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())
