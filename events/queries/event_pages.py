"""Everything that the public page of one event shows, in a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from events.enums import EventChangeKind, EventMode
from events.models import Event, SeatPool, Session, Topic
from events.models.kept import kept, put_at_hand
from events.queries.former_places import FormerPlace, former_place
from events.queries.registration_windows import RegistrationWindow, registration_window

# What somebody who read the page before has to be told.
NOTABLE_CHANGES = (
    EventChangeKind.RESCHEDULED,
    EventChangeKind.RELOCATED,
    EventChangeKind.MODE_CHANGED,
    EventChangeKind.NEW_DATE,
)


@dataclass(frozen=True)
class EventPageFacts:
    """An event with its sessions in time order and its seats; what only the whole page tells is read when it is asked for."""

    event: Event
    sessions: list[Session]
    window: RegistrationWindow
    category_pools: list[SeatPool]
    session_pools: dict[int, SeatPool]

    @cached_property
    def topics(self) -> list[Topic]:
        """What it is about."""
        return list(self.event.topics.all())

    @property
    def changes(self) -> frozenset[str]:
        """What has happened to it since it was announced."""
        return frozenset(kind for kind, _before in self._happened)

    @cached_property
    def _happened(self) -> list[tuple[str, Mapping[str, Any]]]:
        rows = self.event.changes.filter(kind__in=NOTABLE_CHANGES).order_by("id")
        if self.event.published_at is not None:
            rows = rows.filter(at__gt=self.event.published_at)
        return list(rows.values_list("kind", "before"))

    @cached_property
    def former_place(self) -> FormerPlace | None:
        """Where somebody who read the page before would go in vain; None unless the event has moved online."""
        return former_place(self.event, self._happened)

    @property
    def is_rescheduled(self) -> bool:
        """Whether the time was changed after the event had been announced."""
        return bool(self.changes & {EventChangeKind.RESCHEDULED, EventChangeKind.NEW_DATE})

    @property
    def is_moved_online(self) -> bool:
        """Whether the event was announced as a meeting in a place and is now online only."""
        return self.event.mode == EventMode.ONLINE and EventChangeKind.MODE_CHANGED in self.changes

    @property
    def is_relocated(self) -> bool:
        """Whether the place or the way of taking part was changed after the event had been announced."""
        return bool(self.changes & {EventChangeKind.RELOCATED, EventChangeKind.MODE_CHANGED})


def event_page_facts(event: Event, *, at: datetime) -> EventPageFacts:
    """The facts of an event that a door function let through."""
    sessions, pools = _sessions(event.pk), _pools(event.pk)
    put_at_hand(event, "sessions", sessions)
    put_at_hand(event, "pools", pools)
    return EventPageFacts(
        event=event,
        sessions=sessions,
        window=registration_window(event, at=at),
        category_pools=sorted(
            (pool for pool in pools if pool.category is not None and pool.session_id is None),
            key=lambda pool: (pool.category.position, pool.pk) if pool.category is not None else (0, pool.pk),
        ),
        session_pools={
            pool.session_id: pool for pool in pools if pool.session_id is not None and pool.category_id is None
        },
    )


@kept
def _sessions(event_id: Any) -> QuerySet[Session]:
    return Session.objects.filter(event=event_id).select_related("room")


@kept
def _pools(event_id: Any) -> QuerySet[SeatPool]:
    return SeatPool.objects.filter(event=event_id).select_related("category")
