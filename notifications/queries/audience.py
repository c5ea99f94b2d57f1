"""How many people a message would reach, before anybody sends it."""

from collections.abc import Collection

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


def people_by_sms(event: Event, *, states: Collection[str], is_for_all: bool, with_consent: bool) -> int:
    """How many people in these states a message would reach by SMS: all with a number, or who gave no e-mail address."""
    people = Registration.objects.filter(event=event, state__in=states).exclude(participant__phone="")
    if with_consent:
        people = people.filter(sms_reminders=True)
    elif not is_for_all:
        people = people.filter(participant__email="")
    return people.filter(participant__isnull=False).count()
