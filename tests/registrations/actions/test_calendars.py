"""A person's own calendar address."""

import pytest
from django.http import Http404

from registrations.actions.calendars import personal_feed, revoke_feed
from registrations.enums import RegistrationState
from registrations.errors import NotActive
from registrations.models import CalendarFeed, Registration
from registrations.queries.doors import Revoked, get_feed_by_token
from tests.make import make_event, make_registration
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_a_person_has_one_calendar_for_all_registrations():
    first, second = (make_registration(make_event(), email="ann@example.org") for _event in range(2))

    assert personal_feed(first, at=NOW) == personal_feed(second, at=NOW)
    assert CalendarFeed.objects.get().created_at == NOW


def test_without_an_address_there_is_no_person():
    erased = make_registration(make_event(), state=RegistrationState.CANCELLED_BY_PARTICIPANT)
    Registration.objects.filter(pk=erased.pk).update(email_key=None)
    erased.refresh_from_db()

    with pytest.raises(NotActive):
        personal_feed(erased, at=NOW)


def test_a_replaced_address_says_so_and_one_that_never_was_is_not_found():
    feed = personal_feed(make_registration(make_event()), at=NOW)
    old = feed.token

    replaced = revoke_feed(feed, at=NOW)
    twice = revoke_feed(feed, at=NOW)

    assert (replaced.generation, twice.generation) == (2, 2)
    assert get_feed_by_token(replaced.token) == feed
    assert get_feed_by_token(old) == Revoked()
    for wrong in ("", "x", "ł", "A" * 35, replaced.token[:-2] + "AA", replaced.token + "A"):
        with pytest.raises(Http404):
            get_feed_by_token(wrong)
