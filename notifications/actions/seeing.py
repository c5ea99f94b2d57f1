"""Taking note of messages that did not arrive: until somebody has, they stand in a list."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from events.models import Event, User
from notifications.models import Message
from notifications.queries.log import UNSEEN


def mark_seen(event: Event, *, only: Collection[UUID] | None = None, by: User, at: datetime) -> int:
    """Write down that somebody has seen these failed messages of an event, or all of them; how many were new."""
    failed = Message.objects.filter(UNSEEN, event=event)
    if only is not None:
        failed = failed.filter(pk__in=only)
    return failed.update(seen_at=at, seen_by=by)
