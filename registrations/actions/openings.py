"""Whether somebody may come in now, as a refusal; the page's picture of it is `registration_window`."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from events.enums import EventStatus
from events.models import Event, SeatPool
from events.queries.registration_windows import registration_closes_at
from registrations.errors import EventCancelled, EventFull, NotOpenYet, PoolFull, RegistrationClosed
from registrations.queries.door_days import midnight_of


def require_open(event: Event, *, at: datetime) -> None:
    """Refuse outside of the time in which one can register: from the second of opening to the second of closing."""
    require_not_cancelled(event)
    policy = getattr(event, "policy", None)
    if policy is None or not policy.required or event.status != EventStatus.PUBLISHED or event.planned_only:
        raise RegistrationClosed
    if policy.opens_at is not None and at < policy.opens_at:
        opens_at = policy.opens_at.astimezone(ZoneInfo(event.time_zone))
        raise NotOpenYet(details={"opens_at": opens_at.isoformat()})
    closes_at = registration_closes_at(event)
    if closes_at is None or at >= closes_at:
        raise RegistrationClosed


def require_not_cancelled(event: Event) -> None:
    """Refuse when the event does not take place."""
    if event.status == EventStatus.CANCELLED:
        raise EventCancelled


def require_day(event: Event, *, at: datetime) -> None:
    """Refuse at the door before the day of the first session, by the clock of the place."""
    opens_at = event.starts_at and midnight_of(event.starts_at, ZoneInfo(event.time_zone))
    if opens_at is not None and at < opens_at:
        details = {"opens_at": opens_at.isoformat()}
        raise NotOpenYet(_("The door of this meeting opens on its first day."), details=details)


def require_queue(event: Event, pool: SeatPool, seats: int) -> None:
    """Refuse when nobody can wait for a seat of this pool, or its reserve list is full."""
    limit = event.policy.waitlist_limit
    if event.policy.waitlist and (limit is None or pool.waiting + seats <= limit):
        return
    raise full(pool)


def full(pool: SeatPool, *, details: Mapping[str, object] | None = None) -> EventFull | PoolFull:
    """The refusal that says what has no seats left: the event, or what was chosen of it."""
    is_whole = pool.session_id is None and pool.category_id is None
    return EventFull(details=details) if is_whole else PoolFull(details=details)
