"""Writing down who looked at personal data."""

from datetime import datetime

from events.enums import AccessKind
from events.models import AccessLog, Event, User


def note_access(
    user: User, kind: AccessKind, *, event: Event | None = None, about: str = "", people: int = 0, at: datetime
) -> None:
    """Write one row for one look or export; nothing changes it afterwards.

    `about`: the reference of the registration where it was one; `people`: how many persons' data it was.
    """
    AccessLog.objects.create(
        user=user,
        event=event,
        event_slug=event.slug if event is not None else "",
        kind=kind,
        about=about,
        people=people,
        at=at,
    )
