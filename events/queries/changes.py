"""What happened to an event."""

from django.db.models import QuerySet

from events.models import Event, EventChange


def event_history(event: Event) -> QuerySet[EventChange]:
    """Every change of an event with who made it, the latest first."""
    return event.changes.select_related("by", "session").order_by("-id")
