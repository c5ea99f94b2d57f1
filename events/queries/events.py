"""Lists of events: what the public finds, and what a unit's organisers see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from events.enums import PUBLIC_STATUSES, EventStatus, Language
from events.errors import UnknownFilterValue
from events.models import Event, SeatPool, Session, User
from events.permissions import listed_events, managed_events
from events.queries.filters import events_matching, filter_labels
from events.queries.search import with_words

__all__ = [
    "EventFilter",
    "UnknownFilterValue",
    "listed_public_events",
    "past_public_events",
    "unit_events",
    "upcoming_public_events",
]


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """What a list is narrowed by: OR within one name, AND across names; empty leaves everything.

    `q`: words that are all found in titles, summary, topics or place. `open`: whether a seat can be had now.
    """

    kind: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    process: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    venue: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    q: str = ""
    starts_after: datetime | None = None
    starts_before: datetime | None = None
    open: bool | None = None


EVERYTHING: Final = EventFilter()


def upcoming_public_events(*, at: datetime, filters: EventFilter = EVERYTHING) -> QuerySet[Event]:
    """Listed events that have not ended yet, cancelled ones included; the next one first."""
    return _narrowed(listed_events(), filters, at=at).filter(ends_at__gt=at).order_by("starts_at", "id")


def past_public_events(*, at: datetime, filters: EventFilter = EVERYTHING) -> QuerySet[Event]:
    """Listed events that have ended; the latest one first."""
    return _narrowed(listed_events(), filters, at=at).filter(ends_at__lte=at).order_by("-starts_at", "-id")


def listed_public_events(filters: EventFilter = EVERYTHING, *, at: datetime) -> QuerySet[Event]:
    """All listed events, past and coming, in time order."""
    return _narrowed(listed_events(), filters, at=at).order_by("starts_at", "id")


def unit_events(user: User, *, filters: EventFilter = EVERYTHING, at: datetime) -> QuerySet[Event]:
    """The events that this person may see in their units: undated drafts first, then the latest."""
    events = _narrowed(managed_events(user), filters, at=at, statuses=tuple(EventStatus))
    return events.order_by(F("starts_at").desc(nulls_first=True), "-id")


def _narrowed(
    events: QuerySet[Event],
    filters: EventFilter,
    *,
    at: datetime,
    statuses: tuple[EventStatus, ...] = PUBLIC_STATUSES,
) -> QuerySet[Event]:
    if not set(filters.status).issubset(statuses):
        raise UnknownFilterValue
    # A value that names nothing is refused: an empty list would look as if nothing happened there.
    filter_labels(filters, Language.PL)
    events = events.filter(events_matching(filters), with_words(filters.q))
    if filters.status:
        events = events.filter(status__in=filters.status)
    if filters.starts_after is not None:
        events = events.filter(starts_at__gte=filters.starts_after)
    if filters.starts_before is not None:
        events = events.filter(starts_at__lt=filters.starts_before)
    if filters.open is not None:
        is_open = Q(pk__in=Event.objects.filter(_open(at)).values("pk"))
        events = events.filter(is_open if filters.open else ~is_open)
    return events.select_related("unit", "kind", "venue__district", "process", "stage", "policy").prefetch_related(
        "sessions", "pools", "topics"
    )


def _open(at: datetime) -> Q:
    """The same as `registration_window(…).state == OPEN`, asked of many events at once."""
    to_come = Session.objects.filter(event=OuterRef("pk"), is_cancelled=False, starts_at__gt=at)
    full = SeatPool.objects.filter(
        Q(taken__gte=F("capacity")) | Q(waiting__gt=0),
        event=OuterRef("pk"),
        session=None,
        category=None,
        capacity__isnull=False,
    )
    return (
        Q(status=EventStatus.PUBLISHED, planned_only=False, policy__required=True)
        & (Q(policy__opens_at=None) | Q(policy__opens_at__lte=at))
        & (Q(policy__closes_at__gt=at) | (Q(policy__closes_at=None) & Exists(to_come)))
        & ~Exists(full)
    )
