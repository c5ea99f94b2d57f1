"""Looking at personal data is written down: who, what, whose, when."""

from datetime import datetime

from events.enums import AccessKind
from events.models import AccessLog, Event, User


def note_access(
    user: User, kind: AccessKind, *, event: Event | None = None, about: str = "", people: int = 0, at: datetime
) -> None:
    """Write one row; `about`: the reference of the registration where it is one, `people`: how many persons' data."""
    AccessLog.objects.create(
        user=user,
        event=event,
        event_slug=event.slug if event else "",
        kind=kind,
        about=about,
        people=people,
        at=at,
    )
