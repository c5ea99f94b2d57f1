"""Series of events, as staff work with them."""

from django.db.models import Count, F, QuerySet

from events.models import Event, EventSeries
from events.permissions import May, Person, units_where


def series_list(user: Person) -> QuerySet[EventSeries]:
    """The series of one's units with the number of their events, the newest first."""
    series = EventSeries.objects.filter(unit__in=units_where(user, May.SEE)).select_related("unit")
    return series.annotate(event_count=Count("events")).order_by("-created_at", "-id")


def series_events(series: EventSeries) -> QuerySet[Event]:
    """The events of a series in time order; those without a date are last."""
    events = series.events.select_related("unit", "kind", "venue", "policy").prefetch_related("sessions", "pools")
    return events.order_by(F("starts_at").asc(nulls_last=True), "id")
