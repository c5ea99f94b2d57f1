"""Everything that the public page of one event shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from events.enums import EventChangeKind, EventMode
from events.models import Event, SeatPool, Session, Topic
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
    """An event with its sessions in time order and its seats."""

    event: Event
    sessions: list[Session]
    topics: list[Topic]
    window: RegistrationWindow
    category_pools: list[SeatPool]
    session_pools: dict[int, SeatPool]
    changes: frozenset[str]
    # Where somebody who read the page before would go in vain; None unless the event has moved online.
    former_place: FormerPlace | None = None

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
    prefetch_related_objects([event], "sessions__room", "topics", "pools__category")
    pools = list(event.pools.all())
    announced = event.published_at
    rows = event.changes.filter(kind__in=NOTABLE_CHANGES).order_by("id")
    if announced is not None:
        rows = rows.filter(at__gt=announced)
    changes = list(rows.values_list("kind", "before"))
    return EventPageFacts(
        event=event,
        sessions=list(event.sessions.all()),
        topics=list(event.topics.all()),
        window=registration_window(event, at=at),
        category_pools=sorted(
            (pool for pool in pools if pool.category is not None and pool.session_id is None),
            key=lambda pool: (pool.category.position, pool.pk) if pool.category is not None else (0, pool.pk),
        ),
        session_pools={
            pool.session_id: pool for pool in pools if pool.session_id is not None and pool.category_id is None
        },
        changes=frozenset(kind for kind, _before in changes),
        former_place=former_place(event, changes),
    )
