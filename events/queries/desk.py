"""The events of one's units as staff work with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import F, Q, QuerySet

from events.enums import EventStatus
from events.models import Event, SeatPool, User
from events.permissions import May, Person, managed_events
from events.queries.events import EventFilter, unit_events
from events.queries.seats import SeatFigure


@dataclass(frozen=True)
class DeskWish:
    """What staff look for: filters, and on which side of now."""

    when: Literal["coming", "past", "all"]
    filters: EventFilter


def desk_events(user: User, wish: DeskWish, *, at: datetime) -> QuerySet[Event]:
    """One's events with their seats: drafts without a date, then the next one; what is over from the latest on."""
    events = unit_events(user, filters=wish.filters, at=at).filter(is_template=False)
    if wish.when == "coming":
        events = events.filter(Q(ends_at__gt=at) | Q(ends_at__isnull=True))
    elif wish.when == "past":
        events = events.filter(ends_at__lte=at)
    first = F("starts_at").asc(nulls_first=True) if wish.when == "coming" else F("starts_at").desc(nulls_last=True)
    return events.order_by(first, "id")


def events_to_review(user: Person) -> QuerySet[Event]:
    """What waits for this person's word before it is announced; the one that begins first is first."""
    events = managed_events(user, May.PUBLISH).filter(status=EventStatus.IN_REVIEW)
    events = events.select_related("unit", "kind", "venue", "policy").prefetch_related("sessions", "pools")
    return events.order_by(F("starts_at").asc(nulls_last=True), "id")


def door_events(user: Person, *, since: datetime, until: datetime) -> QuerySet[Event]:
    """The announced events at whose door this person may stand in this time, in the order of their start."""
    events = managed_events(user, May.CHECK_IN).filter(
        status__in=(EventStatus.PUBLISHED, EventStatus.HELD), starts_at__lt=until, ends_at__gt=since
    )
    events = events.select_related("unit", "kind", "venue", "policy").prefetch_related("sessions", "pools")
    return events.order_by("starts_at", "id")


@dataclass(frozen=True)
class Glance:
    """An event's own seats, and how many wait in any of its queues."""

    event: SeatFigure
    waiting: int


def seats_at_a_glance(event: Event) -> Glance:
    """What a list says of an event's seats; asks nothing where its pools are at hand."""
    pools = list(event.pools.all())
    own = next((pool for pool in pools if pool.session_id is None and pool.category_id is None), SeatPool())
    return Glance(
        event=SeatFigure(own.capacity, own.taken, own.free, own.waiting), waiting=sum(pool.waiting for pool in pools)
    )
