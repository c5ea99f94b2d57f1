"""How many people a message would reach, before anybody sends it."""

from django.db.models import Q

from events.models import Event
from registrations.enums import ACTIVE_STATES
from registrations.models import Registration


def people_told_of_cancellation(event: Event) -> int:
    """How many registrations have an address or a number that a cancellation goes to."""
    reachable = ~Q(participant__email="") | ~Q(participant__phone="")
    return Registration.objects.filter(reachable, event=event, state__in=ACTIVE_STATES).count()
