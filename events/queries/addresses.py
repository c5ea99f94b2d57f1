"""Which events and processes have a public address, for search engines."""

from events.models import ParticipationProcess
from events.permissions import listed_events


def listed_slugs() -> list[str]:
    """The slugs of listed events, newest first; unlisted events stay out of every list."""
    return list(listed_events().order_by("-starts_at", "-id").values_list("slug", flat=True)[:15_000])


def process_slugs() -> list[str]:
    """The slugs of all processes."""
    return list(ParticipationProcess.objects.order_by("slug").values_list("slug", flat=True))
