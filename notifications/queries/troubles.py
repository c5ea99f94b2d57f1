"""Messages that somebody has to look after."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from events.models import Event
from events.permissions import May, Person, managed_events
from notifications.enums import MessageState
from notifications.models import Message

# Older trouble has been dealt with, or nobody can do anything about it any more.
_LOOKS_BACK: Final = timedelta(days=14)
_MOST: Final = 50


@dataclass(frozen=True)
class Trouble:
    """An event with the number of messages that did not arrive."""

    event: Event
    count: int


def undelivered_messages(user: Person, *, at: datetime) -> list[Trouble]:
    """One's events with messages that failed for good lately, the one with the most first."""
    failed = (
        Message.objects.filter(
            state=MessageState.FAILED,
            # Where something goes out in its place, that one counts.
            replacements=None,
            created_at__gt=at - _LOOKS_BACK,
            event__in=managed_events(user, May.SEE_MESSAGES),
        )
        .values("event")
        .annotate(count=Count("id"))
        .order_by("-count", "event")[:_MOST]
    )
    counts = {row["event"]: row["count"] for row in failed}
    events = Event.objects.in_bulk(counts)
    return [Trouble(events[pk], count) for pk, count in counts.items()]
