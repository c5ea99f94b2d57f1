"""What every pool should count, read from the registrations, and what these should count, read from their people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from registrations.enums import ACTIVE_STATES, MemberState, NeedKind, NeedState

# A registration passes a pool when the pool's category is its own and it counts in its group's seats (or the pool has
# none), and the pool's session is one of those it chose (or the pool has none, or it chose none and so comes to all).
_RECOUNT: Final = """
    SELECT pool.id, event.slug, session.position, category.code, pool.capacity, pool.overbooked,
        pool.taken, pool.waiting, coalesce(holds.seats, 0), coalesce(waits.seats, 0),
        pool.reserved_taken, pool.released_taken,
        CASE WHEN pool.category_id IS NULL AND pool.session_id IS NULL THEN coalesce(holds.reserved, 0) ELSE 0 END,
        CASE WHEN pool.category_id IS NULL AND pool.session_id IS NULL THEN coalesce(holds.released, 0) ELSE 0 END
    FROM events_seatpool pool
    JOIN events_event event ON event.id = pool.event_id
    LEFT JOIN events_session session ON session.id = pool.session_id
    LEFT JOIN events_participantcategory category ON category.id = pool.category_id
    LEFT JOIN LATERAL (
        SELECT sum(registration.seats) AS seats,
            sum(registration.seats) FILTER (WHERE registration.seat_source = 'reserved') AS reserved,
            sum(registration.seats) FILTER (WHERE registration.seat_source = 'released') AS released
        FROM registrations_registration registration
        WHERE registration.event_id = pool.event_id
            AND registration.holds_seat
            AND (
                pool.category_id IS NULL
                OR (registration.category_id = pool.category_id AND registration.seat_source = 'own')
            )
            AND (
                pool.session_id IS NULL
                OR NOT EXISTS (
                    SELECT FROM registrations_registration_sessions chosen
                    WHERE chosen.registration_id = registration.id
                )
                OR EXISTS (
                    SELECT FROM registrations_registration_sessions chosen
                    WHERE chosen.registration_id = registration.id AND chosen.session_id = pool.session_id
                )
            )
    ) holds ON true
    LEFT JOIN LATERAL (
        SELECT sum(registration.seats) AS seats FROM registrations_registration registration
        WHERE registration.waiting_pool_id = pool.id
    ) waits ON true
    ORDER BY event.slug, pool.id
"""


@dataclass(frozen=True)
class PoolCount:
    """A pool as it counts, and as its lists say it should."""

    pool_id: int
    event: str
    session: int | None
    category: str | None
    capacity: int | None
    overbooked: int
    taken: int
    waiting: int
    holding: int
    queued: int
    reserved_taken: int
    released_taken: int
    on_reserved: int
    on_released: int

    @property
    def is_right(self) -> bool:
        """Whether the pool counts what is there, and no more than there is room for."""
        has_room = self.capacity is None or self.holding <= self.capacity + self.overbooked
        counted = (self.taken, self.waiting, self.reserved_taken, self.released_taken)
        return counted == (self.holding, self.queued, self.on_reserved, self.on_released) and has_room


def pool_counts() -> list[PoolCount]:
    """Every pool with its counts, by event; one statement, so one moment."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT)
        return [PoolCount(*row) for row in cursor.fetchall()]


# Needs are deleted after the event and when their person is erased: then an assistant may have taken a seat or not.
_PEOPLE: Final = """
    SELECT registration.reference, event.slug, registration.seats,
        registration.contact_comes::int + coalesce(party.people, 0),
        (policy.assistants_take_seats AND assistant.comes)::int,
        policy.assistants_take_seats AND (registration.erased_at IS NOT NULL OR event.ends_at <= %(at)s) IS TRUE
    FROM registrations_registration registration
    JOIN events_event event ON event.id = registration.event_id
    JOIN events_registrationpolicy policy ON policy.event_id = event.id
    LEFT JOIN LATERAL (
        SELECT count(*) AS people FROM registrations_partymember member
        WHERE member.registration_id = registration.id AND member.state = %(coming)s
    ) party ON true
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM registrations_accommodationrequest need
            WHERE need.registration_id = registration.id AND need.kind = %(assistant)s AND need.state <> %(withdrawn)s
        ) AS comes
    ) assistant
    WHERE registration.state = ANY(%(active)s)
    ORDER BY event.slug, registration.id
"""


@dataclass(frozen=True)
class PartyCount:
    """An active registration as it counts its seats, and as its people say it should."""

    reference: str
    event: str
    seats: int
    people: int
    assistants: int
    assistant_is_forgotten: bool

    @property
    def is_right(self) -> bool:
        """Whether there is one seat for each person, and one for an assistant who takes one."""
        counted = self.seats - self.people
        return counted == self.assistants or (self.assistant_is_forgotten and counted in {0, 1})


def party_counts(*, at: datetime) -> list[PartyCount]:
    """Every active registration with its people, by event; one statement, so one moment."""
    values: dict[str, datetime | str | list[str]] = {
        "at": at,
        "coming": MemberState.COMING.value,
        "assistant": NeedKind.ASSISTANT.value,
        "withdrawn": NeedState.WITHDRAWN.value,
        "active": [state.value for state in ACTIVE_STATES],
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        return [PartyCount(*row) for row in cursor.fetchall()]
