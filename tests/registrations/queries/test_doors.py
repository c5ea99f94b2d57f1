"""Doors to registrations: what is not there, or not yours, is a 404."""

import pytest
from django.http import Http404

from registrations.enums import CheckInSource
from registrations.models import CheckIn, Registration
from registrations.queries.doors import get_check_in, get_event_registration, get_registration_by_token
from registrations.tokens import make_token
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_a_link_opens_its_registration_with_all_that_a_page_shows(django_assert_num_queries):
    registration = make_registration(make_event())

    with django_assert_num_queries(1):
        found = get_registration_by_token(registration.manage_token)
        assert (found.participant.full_name, found.event.policy.required) == ("Anna Nowak", True)
        assert (found.event.unit.slug, found.event.venue, found.category) == ("strategia", None, None)

    assert found == registration


def test_every_other_key_is_not_found():
    registration = make_registration(make_event())
    token = registration.manage_token
    of_calendar = make_token("calendar", row_id=registration.pk, generation=1)
    of_nobody = make_token("manage", row_id=registration.pk + 1, generation=1)

    for wrong in ("", "ż", token[:-2], token + "A", token.swapcase(), of_calendar, of_nobody):
        with pytest.raises(Http404):
            get_registration_by_token(wrong)


def test_a_raised_generation_closes_the_old_link():
    registration = make_registration(make_event())
    token = registration.manage_token
    Registration.objects.filter(pk=registration.pk).update(link_generation=2)

    with pytest.raises(Http404):
        get_registration_by_token(token)


def test_a_reference_is_found_in_its_own_event_only():
    event, other = make_event(), make_event()
    registration = make_registration(event)

    assert get_event_registration(event, registration.reference.lower()) == registration
    with pytest.raises(Http404):
        get_event_registration(other, registration.reference)


def test_an_admission_is_found_at_its_own_event_only():
    event, other = make_event(), make_event()
    row = CheckIn.objects.create(
        registration=make_registration(event), source=CheckInSource.QR, nonce="n1", by=make_user(), at=NOW
    )

    assert get_check_in(event, "n1") == row
    with pytest.raises(Http404):
        get_check_in(other, "n1")
