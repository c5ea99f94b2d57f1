"""The templates that new events are made from."""

from django.db.models import QuerySet

from events.models import Event, EventKind
from events.permissions import May, Person, managed_events


def templates(user: Person, kind: EventKind | None = None) -> QuerySet[Event]:
    """The templates that this person may make events from, by kind."""
    events = managed_events(user, May.EDIT).filter(is_template=True)
    if kind is not None:
        events = events.filter(kind=kind)
    return events.select_related("unit", "kind").order_by("kind__position", "kind__code", "slug")
