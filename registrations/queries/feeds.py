"""What a person's own calendar shows: the sessions of their registrations, restricted events included."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max

from events.enums import PUBLIC_STATUSES
from events.models import Session
from events.queries.feeds import calendar_sessions
from registrations.enums import ACTIVE_STATES, RegistrationState
from registrations.models import CalendarFeed, Registration, RegistrationChange

# Long enough to look up where one was.
_DAYS_BACK: Final = timedelta(days=365)
_WITHDRAWN: Final = (RegistrationState.CANCELLED_BY_PARTICIPANT, RegistrationState.CANCELLED_BY_ORGANIZER)


@dataclass(frozen=True)
class PersonalEntry:
    """One session that somebody has registered for, and where the registration stands since when.

    `withdrawals`: how often a registration of this person for this event has been called off. Each of them sent a
    CANCEL with a higher SEQUENCE, and nothing that comes after may fall below it.
    """

    session: Session
    state: RegistrationState
    changed_at: datetime
    withdrawals: int


def personal_entries(feed: CalendarFeed, *, at: datetime) -> list[PersonalEntry]:
    """The sessions of a person's active registrations, in the order of their start."""
    registrations = Registration.objects.filter(
        email_key=feed.email_key,
        state__in=ACTIVE_STATES,
        event__status__in=PUBLIC_STATUSES,
        event__ends_at__gt=at - _DAYS_BACK,
    )
    found = entries_of(registrations.order_by("pk"))
    return sorted(
        (entry for entries in found.values() for entry in entries),
        key=lambda entry: (entry.session.starts_at, entry.session.uid),
    )


def entries_of(registrations: Iterable[Registration]) -> dict[int, list[PersonalEntry]]:
    """The sessions of each registration, whatever its state, in the order of their start; few statements for many."""
    chosen = list(registrations)
    sessions = _sessions_by_event(chosen)
    picked = _picked_sessions(chosen)
    changed_at = dict(
        RegistrationChange.objects.filter(registration__in=chosen)
        .order_by()
        .values_list("registration")
        .annotate(last=Max("at"))
    )
    withdrawals = _withdrawals(chosen)
    return {
        registration.pk: [
            PersonalEntry(
                session,
                RegistrationState(registration.state),
                changed_at.get(registration.pk, registration.created_at),
                withdrawals.get((registration.event_id, registration.email_key), 0),
            )
            for session in sessions[registration.event_id]
            # Nothing picked: all of them.
            if not picked[registration.pk] or session.pk in picked[registration.pk]
        ]
        for registration in chosen
    }


def _sessions_by_event(registrations: Sequence[Registration]) -> dict[int, list[Session]]:
    found: dict[int, list[Session]] = defaultdict(list)
    events = {registration.event_id for registration in registrations}
    for session in calendar_sessions().filter(event__in=events).order_by("starts_at", "uid"):
        found[session.event_id].append(session)
    return found


def _picked_sessions(registrations: Sequence[Registration]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = Registration.sessions.through.objects.filter(registration__in=registrations)
    for registration_id, session_id in rows.values_list("registration_id", "session_id"):
        found[registration_id].add(session_id)
    return found


def _withdrawals(registrations: Sequence[Registration]) -> dict[tuple[int, str | None], int]:
    ended = Registration.objects.filter(
        event__in={registration.event_id for registration in registrations},
        email_key__in={registration.email_key for registration in registrations if registration.email_key},
        state__in=_WITHDRAWN,
    )
    counted = ended.order_by().values_list("event_id", "email_key").annotate(times=Count("pk"))
    return {(event_id, email_key): times for event_id, email_key, times in counted}
