"""Invented people on a full event."""

import pytest

from registrations.actions.examples import fill_with_examples
from registrations.models import Registration, RegistrationChange
from tests.make import make_event
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_who_is_there_already_stays_and_nobody_is_written_to():
    event = make_event(capacity=2, confirm_email=True)

    for people in (2, 3):
        fill_with_examples(event, people=people, at=NOW)

    assert [row.state for row in Registration.objects.order_by("id")] == ["confirmed", "confirmed", "waitlisted"]
    assert not Registration.objects.filter(is_example=False).exists()
    assert not RegistrationChange.objects.filter(notify=True).exists()
