"""What tests of parties do again and again: an event that takes them, a party that registered."""

from dataclasses import replace
from typing import Any

from events.models import Event, RegistrationPolicy
from registrations.actions.signing_up import Applicant, Guest
from registrations.models import PartyMember, Registration
from tests.make import make_applicant, make_event
from tests.make.events import NOW
from tests.registrations.acts import entered

EWA, JAN = Guest("Ewa", "Lis", "ewa@example.org"), Guest("Jan", "Zając")


def make_group_event(slug: str | None = None, *, group_max: int = 5, **given: Any) -> Event:
    """An event to which one person may bring others; what its policy says besides by name."""
    columns = ("approval", "approval_holds_seat", "assistants_take_seats")
    policy = {name: given.pop(name) for name in columns if name in given}
    event = make_event(slug, **given)
    RegistrationPolicy.objects.filter(event=event).update(group_max=group_max, **policy)
    return Event.objects.get(pk=event.pk)


def with_party(*guests: Guest, email: str | None = None, **given: Any) -> Applicant:
    """Somebody who wants to register with others."""
    return replace(make_applicant(email, **given), party=guests)


def party_of(event: Event, *guests: Guest, at=NOW, **given: Any) -> tuple[Registration, list[PartyMember]]:
    """A party that has registered: the registration, and who comes along."""
    registration = entered(event, with_party(*guests, **given), at=at)
    return registration, list(registration.members.order_by("id"))
