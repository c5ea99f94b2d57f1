"""The order of every queue: those who wait last behind all others, then by when they came, then by number."""

from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import OuterRef, Q

from registrations.models import Registration

QUEUE_ORDER: Final = ("waits_last", "queued_at", "pk")


class Place(NamedTuple):
    """Where somebody stands in this order."""

    waits_last: bool | OuterRef
    queued_at: datetime | OuterRef
    pk: int | OuterRef


def place_in_order(registration: Registration) -> Place:
    """Where a registration stands."""
    return Place(registration.waits_last, registration.queued_at, registration.pk)


def place_outside() -> Place:
    """Where the registration stands that the query around asks about."""
    return Place(*(OuterRef(column) for column in QUEUE_ORDER))


def before(place: Place) -> Q:
    """Who stands in front of this place."""
    earlier = Q(queued_at__lt=place.queued_at) | Q(queued_at=place.queued_at, pk__lt=place.pk)
    return Q(waits_last__lt=place.waits_last) | (Q(waits_last=place.waits_last) & earlier)


def behind(place: Place) -> Q:
    """Who stands behind this place."""
    later = Q(queued_at__gt=place.queued_at) | Q(queued_at=place.queued_at, pk__gt=place.pk)
    return Q(waits_last__gt=place.waits_last) | (Q(waits_last=place.waits_last) & later)
