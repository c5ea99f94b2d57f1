"""What tests of parties do again and again: an event that takes them, a party that registered."""

from typing import Any

from events.models import Event
from registrations.actions.signing_up import Applicant, Guest
from registrations.models import PartyMember, Registration
from tests.make import make_applicant, make_event
from tests.make.events import NOW
from tests.registrations.acts import entered

EWA, JAN = Guest("Ewa", "Lis", "ewa@example.org"), Guest("Jan", "Zając")


def make_group_event(slug: str | None = None, *, group_max: int = 5, **given: Any) -> Event:
    """An event to which one person may bring others."""
    return make_event(slug, group_max=group_max, **given)


def with_party(*guests: Guest, email: str | None = None, **given: Any) -> Applicant:
    """Somebody who wants to register with others."""
    return make_applicant(email, party=guests, **given)


def party_of(event: Event, *guests: Guest, at=NOW, **given: Any) -> tuple[Registration, list[PartyMember]]:
    """A party that has registered: the registration, and who comes along."""
    registration = entered(event, with_party(*guests, **given), at=at)
    return registration, list(registration.members.order_by("id"))
