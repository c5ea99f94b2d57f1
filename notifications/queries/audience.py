"""How many people a message would reach, before anybody sends it."""

from django.db.models import Q

from events.models import Event
from registrations.enums import ACTIVE_STATES, MemberState, RegistrationState
from registrations.models import PartyMember, Registration


def people_told(event: Event) -> int:
    """How many people a cancellation or a change of the whole event goes to, by mail or by SMS."""
    reachable = ~Q(participant__email="") | ~Q(participant__phone="")
    registered = Registration.objects.filter(reachable, event=event, state__in=ACTIVE_STATES)
    along = PartyMember.objects.filter(
        registration__event=event, registration__state=RegistrationState.CONFIRMED, state=MemberState.COMING
    )
    return registered.count() + along.exclude(email="").count()
