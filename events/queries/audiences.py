"""For whom events are meant, as staff choose from it."""

from django.db.models import QuerySet

from events.models import Audience, Organization


def organizations() -> QuerySet[Organization]:
    """All organizations, by name."""
    return Organization.objects.order_by("name", "slug")


def audiences() -> QuerySet[Audience]:
    """All audiences with their organizations, as the city orders them."""
    return Audience.objects.prefetch_related("organizations").order_by("position", "slug")
