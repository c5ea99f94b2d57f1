"""A new date may leave time for what was asked for late."""

from registrations.enums import ACTIVE_STATES, UNSETTLED_NEEDS
from registrations.models import AccommodationRequest
from registrations.queries.certain_days import certain_day


def refresh_lateness(event_id: int) -> None:
    """Take the mark from what was asked for in time for the dates as they are now.

    A date that is moved nearer marks nothing as late: its people asked in time.
    """
    late = AccommodationRequest.objects.filter(
        registration__event=event_id,
        registration__state__in=ACTIVE_STATES,
        state__in=UNSETTLED_NEEDS,
        is_late=True,
    )
    needs = list(
        late.select_related("registration__event")
        .prefetch_related("registration__sessions", "registration__event__sessions")
        .order_by("id")
    )
    in_time = []
    for need in needs:
        event = need.registration.event
        chosen = need.registration.sessions.all() or event.sessions.all()
        first = certain_day(event, chosen, at=need.created_at)
        if first is not None and not first.is_over:
            in_time.append(need.pk)
    if in_time:
        AccommodationRequest.objects.filter(pk__in=in_time).update(is_late=False)
