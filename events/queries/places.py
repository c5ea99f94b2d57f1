"""The places of the city."""

from django.db.models import Count, QuerySet
from django.db.models.fields.json import KT

from events.models import Venue


def venues_by_name() -> QuerySet[Venue]:
    """Every place with the number of its events, by its Polish name."""
    return Venue.objects.select_related("district").annotate(event_count=Count("events")).order_by(KT("name__pl"), "id")
