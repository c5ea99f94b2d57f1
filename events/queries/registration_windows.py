"""Whether one can sign up for an event now: computed from status, times and pools, never stored."""

import enum
from dataclasses import dataclass
from datetime import datetime

from events.enums import EventStatus
from events.models import Event, RegistrationPolicy, SeatPool


class WindowState(enum.StrEnum):
    """What somebody who wants to register meets; the words of the API's `registration.state`."""

    NOT_NEEDED = "not_needed"
    NOT_OPEN_YET = "not_open_yet"
    OPEN = "open"
    WAITLIST = "waitlist"
    FULL = "full"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class RegistrationWindow:
    """The state with the moments and the event's own pool behind it."""

    state: WindowState
    opens_at: datetime | None
    closes_at: datetime | None
    pool: SeatPool | None
    # Whether some group has no seat left; the event's own pool does not tell.
    lacks_a_group: bool = False

    @property
    def accepts(self) -> bool:
        """Whether the form is shown: a seat or a place in the queue may be had."""
        return self.state in {WindowState.OPEN, WindowState.WAITLIST}


def registration_window(event: Event, *, at: datetime) -> RegistrationWindow:
    """The window of an event; asks for policy, sessions and pools only where they are not prefetched."""
    policy = getattr(event, "policy", None)
    pools = [pool for pool in event.pools.all() if pool.session_id is None]
    pool = next((pool for pool in pools if pool.category_id is None), None)
    lacks_a_group = any(pool.free == 0 for pool in pools if pool.category_id is not None)
    closes_at = registration_closes_at(event)

    def window(state: WindowState) -> RegistrationWindow:
        return RegistrationWindow(state, policy.opens_at if policy else None, closes_at, pool, lacks_a_group)

    if event.status == EventStatus.CANCELLED:
        return window(WindowState.CANCELLED)
    is_over = event.status != EventStatus.PUBLISHED or event.planned_only or closes_at is None or at >= closes_at
    if policy is None or not policy.required:
        return window(WindowState.CLOSED if is_over else WindowState.NOT_NEEDED)
    if is_over:
        return window(WindowState.CLOSED)
    if policy.opens_at is not None and at < policy.opens_at:
        return window(WindowState.NOT_OPEN_YET)
    if pool is None or pool.free is None or (pool.free > 0 and pool.waiting == 0):
        return window(WindowState.OPEN)
    has_room = policy.waitlist_limit is None or pool.waiting < policy.waitlist_limit
    return window(WindowState.WAITLIST if policy.waitlist and has_room else WindowState.FULL)


def registration_closes_at(event: Event) -> datetime | None:
    """When registration ends: as the organiser says, else when the last session starts; None without sessions."""
    policy: RegistrationPolicy | None = getattr(event, "policy", None)
    if policy is not None and policy.closes_at is not None:
        return policy.closes_at
    starts = [session.starts_at for session in event.sessions.all() if not session.is_cancelled]
    return max(starts, default=None)
