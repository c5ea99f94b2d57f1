"""What tests of registrations do and look at again and again."""

from datetime import timedelta
from typing import Any, TypeVar

import pytest

from events.models import Event
from registrations.actions.signing_up import Applicant, SignUp, sign_up
from registrations.enums import RegistrationSource
from registrations.models import Registration, RegistrationChange
from registrations.queries.recount import pool_counts
from tests.make import make_applicant, make_event
from tests.make.events import NOW

Refusal = TypeVar("Refusal", bound=Exception)


def enter(event: Event, applicant: Applicant | None = None, *, at=NOW, **arguments: Any) -> SignUp:
    """Sign somebody up as the website does."""
    arguments = {"source": RegistrationSource.WEB, "language": "pl", "notice": None, **arguments}
    return sign_up(event, applicant or make_applicant(), at=at, **arguments)


def entered(event: Event, applicant: Applicant | None = None, *, at=NOW) -> Registration:
    """The registration of somebody who was signed up."""
    registration = enter(event, applicant, at=at).registration
    assert registration is not None
    return registration


def counts(event: Event) -> list[tuple[int, int]]:
    """What the pools of an event count as taken and as waiting, and that it is what the lists say."""
    assert [count for count in pool_counts() if not count.is_right] == []
    return list(event.pools.order_by("id").values_list("taken", "waiting"))


def changes(event: Event) -> list[tuple[str, str, str, bool]]:
    """Why registrations changed, from what, to what, and whether somebody is told."""
    rows = RegistrationChange.objects.filter(registration__event=event)
    return list(rows.values_list("cause", "from_state", "to_state", "notify"))


def fresh(registration: Registration) -> Registration:
    """The registration as it is now."""
    return Registration.objects.get(pk=registration.pk)


def refused(event: Event, refusal: type[Refusal], applicant: Applicant | None = None, *, at=NOW) -> Refusal:
    """What was refused left nothing behind."""
    before = counts(event), Registration.objects.count(), RegistrationChange.objects.count()
    with pytest.raises(refusal) as caught:
        enter(event, applicant, at=at)
    assert (counts(event), Registration.objects.count(), RegistrationChange.objects.count()) == before
    return caught.value


def event_today(slug: str | None = None, **given: Any) -> Event:
    """An event whose door is open: it begins in an hour."""
    return make_event(slug, **{"starts_at": NOW + timedelta(hours=1), **given})
