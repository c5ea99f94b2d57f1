"""Messages that somebody has to look after."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from events.models import Event
from events.permissions import May, Person, managed_events, units_where
from notifications.models import Message
from notifications.queries.log import UNSEEN

_MOST: Final = 50


@dataclass(frozen=True)
class Trouble:
    """An event with the number of messages that did not arrive; `can_be_settled`: by whoever looks."""

    event: Event
    count: int
    can_be_settled: bool


def undelivered_messages(user: Person) -> list[Trouble]:
    """One's events with messages that failed for good and nobody has seen, the one with the most first."""
    failed = (
        # Where something goes out in its place, that one counts.
        Message.objects.filter(UNSEEN, replacements=None, event__in=managed_events(user, May.SEE_MESSAGES))
        .values("event")
        .annotate(count=Count("id"))
        .order_by("-count", "event")[:_MOST]
    )
    counts = {row["event"]: row["count"] for row in failed}
    if not counts:
        return []
    events = Event.objects.in_bulk(counts)
    may_settle = set(units_where(user, May.MANAGE_PEOPLE).values_list("pk", flat=True))
    return [Trouble(events[pk], count, events[pk].unit_id in may_settle) for pk, count in counts.items()]
