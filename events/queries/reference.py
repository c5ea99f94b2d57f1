"""What events are made of: the lists that people choose from."""

from django.db.models import QuerySet

from events.models import District, EventKind, OrganizationalUnit, ParticipantCategory, Topic, Venue


def event_kinds() -> QuerySet[EventKind]:
    """All kinds, as the city orders them."""
    return EventKind.objects.order_by("position", "code")


def participant_categories() -> QuerySet[ParticipantCategory]:
    """All categories, as the city orders them."""
    return ParticipantCategory.objects.order_by("position", "code")


def topics() -> QuerySet[Topic]:
    """All topics with their processes, in the processes' order."""
    return Topic.objects.select_related("process").order_by("process__slug", "position", "slug")


def districts() -> QuerySet[District]:
    """All districts, by name."""
    return District.objects.order_by("name", "id")


def venues() -> QuerySet[Venue]:
    """All places with their districts and rooms, by slug."""
    return Venue.objects.select_related("district").prefetch_related("rooms").order_by("slug")


def units() -> QuerySet[OrganizationalUnit]:
    """All units, by slug."""
    return OrganizationalUnit.objects.order_by("slug")
