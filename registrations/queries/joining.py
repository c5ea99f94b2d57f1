"""When the link for taking part online is shown to somebody, and from when it will be. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from events.enums import EventMode, EventStatus
from events.models import Event, Session
from registrations.enums import RegistrationState

_TAKES_PLACE: Final = frozenset({EventStatus.PUBLISHED, EventStatus.HELD})


@dataclass(frozen=True)
class Joining:
    """The link for taking part online: `url` is empty until `opens_at`."""

    url: str
    opens_at: datetime


def joining(event: Event, sessions: Iterable[Session], *, state: str, at: datetime) -> Joining | None:
    """What somebody who comes to these sessions sees of the link at a moment; None: nothing, now or later.

    It is for people whose seat is confirmed, from some minutes before a session begins until that session ends.
    """
    is_online = event.mode in {EventMode.ONLINE, EventMode.HYBRID} and event.join_url
    if not is_online or state != RegistrationState.CONFIRMED or event.status not in _TAKES_PLACE:
        return None
    before = timedelta(minutes=event.join_opens_minutes)
    ahead = [session.starts_at - before for session in sessions if session.ends_at > at and not session.is_cancelled]
    if not ahead:
        return None
    opens_at = min(ahead)
    return Joining(event.join_url if opens_at <= at else "", opens_at)
