"""Crowds: people who are registered already, written in bulk, and people who sign up over the API."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from events.models import Event, SeatPool
from registrations.actions.history import record
from registrations.enums import ChangeCause, RegistrationSource, RegistrationState
from registrations.models import Participant, Registration
from registrations.tokens import email_key, new_code
from tests.bench.client import Job

SIGN_UP: Final = {"first_name": "Example", "last_name": "Person", "email": "person{n}@example.org", "language": "pl"}


def fill(
    event: Event,
    count: int,
    state: RegistrationState = RegistrationState.CONFIRMED,
    *,
    group: str | None = None,
    start: int = 0,
    hold_expires_at: datetime | None = None,
    at: datetime,
) -> None:
    """People of a group, with seats or in its queue, in the order of their numbers."""
    pools = list(event.pools.filter(session=None, category__code=group)) if group else list(event.pools.all())
    waits = state == RegistrationState.WAITLISTED
    rows = Registration.objects.bulk_create(
        Registration(
            event=event,
            state=state,
            holds_seat=not waits,
            waiting_pool=pools[0] if waits else None,
            category=pools[0].category if group else None,
            source=RegistrationSource.API,
            email_key=email_key(f"person{number}@example.org"),
            reference=new_code(),
            ticket_code=new_code(),
            created_at=at,
            queued_at=at + timedelta(microseconds=number),
            hold_expires_at=hold_expires_at,
            confirmed_at=at if state == RegistrationState.CONFIRMED else None,
        )
        for number in range(start, start + count)
    )
    Participant.objects.bulk_create(
        Participant(registration=row, first_name="Example", last_name="Person", email=f"person{number}@example.org")
        for number, row in enumerate(rows, start)
    )
    record(rows, ChangeCause.SIGNED_UP, was="", by=None, at=at, notify=False)
    if waits:
        SeatPool.objects.filter(pk=pools[0].pk).update(waiting=F("waiting") + count)
    else:
        own = event.pools.filter(session=None, category=None)
        SeatPool.objects.filter(pk__in=[pool.pk for pool in (*pools, *own)]).update(taken=F("taken") + count)


def sign_ups(
    port: int, slug: str, count: int, connections: int, *, start: int, group: str | None = None, pace: float = 0
) -> Job:
    """People who sign up, each with a number of their own from `start` on."""
    headers = {"Content-Type": "application/json"}
    body = json.dumps({**SIGN_UP, "category": group} if group else SIGN_UP)
    path = f"/api/v1/events/{slug}/registrations/"
    return Job(port, path, count, connections, "POST", headers, body, start, pace)


def meanwhile(latencies: Sequence[float], due: Sequence[float], windows: Sequence[tuple[float, float]]) -> list[float]:
    """Milliseconds of the requests that were under way in one of these spans of time."""
    return [
        1000 * latency
        for latency, began in zip(latencies, due, strict=True)
        if any(began < end and began + latency > start for start, end in windows)
    ]
