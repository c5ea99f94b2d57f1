"""More wheelchairs than there are places for: nobody is refused, the coordinator is alerted."""

from datetime import datetime

from events.actions.history import record
from events.enums import EventChangeKind
from events.models import Event, RegistrationPolicy, User
from registrations.queries.needs import wheelchairs_needed


def alert_of_wheelchairs(event: Event, *, by: User | None, at: datetime) -> None:
    """Write the change that alerts the coordinator, if there are too many now; it names numbers and nobody.

    The event's queue is locked, so of two people who ask at once the second one counts the first.
    """
    policy = RegistrationPolicy.objects.filter(event=event.pk)
    places = policy.values_list("wheelchair_places", flat=True).first()
    needed = wheelchairs_needed(event.pk)
    if places is not None and needed > places:
        numbers = {"wheelchairs_needed": needed, "wheelchair_places": places}
        record(event, EventChangeKind.NEED_ALERT, by=by, at=at, after=numbers, notify=True)
