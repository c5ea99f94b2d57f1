"""What people need to take part: each person's own, and an event's for those who arrange them."""

from django.db.models import QuerySet

from events.models import Event
from registrations.enums import ACTIVE_STATES, NeedState
from registrations.models import AccommodationRequest, Registration


def needs_of(registration: Registration) -> list[AccommodationRequest]:
    """What somebody asks for now, in the order in which it was asked."""
    return list(registration.needs.exclude(state=NeedState.WITHDRAWN).order_by("id"))


def event_needs(event: Event) -> QuerySet[AccommodationRequest]:
    """The needs at an event of everybody whose registration is active, first asked first; no name is read with them.

    What was withdrawn stays in the list: whoever has arranged it has to know.
    """
    return (
        AccommodationRequest.objects.filter(registration__event=event, registration__state__in=ACTIVE_STATES)
        .select_related("registration")
        .order_by("created_at", "id")
    )
