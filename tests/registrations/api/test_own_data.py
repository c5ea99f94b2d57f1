"""A person's own data over the API: erased once, closed once, taken back once."""

import pytest
import time_machine

from events.models import Event
from registrations.actions.consents import give_consents
from registrations.enums import ConsentPurpose
from registrations.enums import RegistrationState as S
from registrations.models import Consent
from tests.make import Program, make_event, make_registration
from tests.make.events import NOW
from tests.registrations.acts import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    with time_machine.travel(NOW, tick=False):
        yield Program()


def door(registration, rest=""):
    return f"/api/v1/registrations/{registration.manage_token}/{rest}"


def test_erasing_gives_the_seat_back_and_shuts_the_door(program):
    registration = make_registration(make_event())

    done, again = (program.post(door(registration, "erase/")) for _twice in range(2))

    assert (done.status_code, again.status_code) == (200, 404)
    assert done.json() == {"message": "Your data are erased. This link opens nothing any more."}
    assert (fresh(registration).state, fresh(registration).erased_at) == (S.CANCELLED_BY_PARTICIPANT, NOW)


def test_what_has_to_be_kept_is_refused_by_its_code(program):
    registration = make_registration(make_event())
    Event.objects.update(legal_hold="Sprawa", contact_email="prawny@example.org")

    response = program.post(door(registration, "erase/"))

    assert (response.status_code, response.json()["code"]) == (409, "legal_hold")
    assert "prawny@example.org" in response.json()["detail"]
    assert program.get(door(registration)).status_code == 200


def test_closing_links_shuts_this_one_and_gives_no_new_one_away(program):
    registration = make_registration(make_event())

    response = program.post(door(registration, "close-links/"))

    assert response.json() == {"message": "The old links are closed. We have sent you a new one."}
    assert program.get(door(registration)).status_code == 404
    assert program.get(door(fresh(registration))).status_code == 200


def test_a_consent_is_read_and_taken_back(program):
    registration = make_registration(make_event())
    (consent,) = give_consents(registration, [ConsentPurpose.NEWS], source="web", language="pl", at=NOW)
    address = f"/api/v1/consents/{consent.withdraw_token}/"

    shown = program.get(address)
    assert (shown.json()["purpose"], shown.json()["withdrawn_at"]) == ("news", None)
    assert shown.json()["text"]["en"] == "I want e-mails about similar meetings. I can stop them at any time."
    assert Consent.objects.get().withdrawn_at is None

    first, second = (program.post(address).json() for _twice in range(2))
    assert first == second
    assert first["withdrawn_at"] == "2027-01-12T10:00:00+01:00"
