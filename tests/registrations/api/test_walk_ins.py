"""Walk-ins and heads counted over the API."""

import pytest
import time_machine

from events.enums import Role
from registrations.actions.standing_by import note_here
from registrations.enums import RegistrationState
from registrations.models import Registration
from tests.make import Program, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import event_today

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/walk-ins/"
COUNTS = "/api/v1/manage/events/debata/headcounts/"
OLA = {"first_name": "Ola", "nonce": "1"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def door():
    return Program(make_user("door@example.org", role=Role.DOOR))


def test_somebody_is_registered_and_admitted_and_the_same_tap_is_the_same_person(door):
    event_today("debata", categories=[("resident", None)])
    person = {
        **OLA,
        "last_name": "Lis",
        "email": "ola@example.org",
        "category": "resident",
        "seats": 2,
        "language": "uk",
    }

    first, again = door.post(URL, person), door.post(URL, person)

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json()
    row = Registration.objects.get()
    said = first.json()
    assert (said["nonce"], said["result"], said["forced"]) == ("1", "admitted", False)
    person_said = {name: said["registration"][name] for name in ("reference", "seats", "attendance", "category")}
    assert person_said == {"reference": row.reference, "seats": 2, "attendance": "present", "category": "resident"}
    assert [one["attendance"] for one in said["registration"]["party"]] == ["present"]
    assert row.language == "uk"


def test_a_refusal_says_who_comes_first_and_only_an_organiser_forces(door):
    event = event_today("debata", capacity=0)
    waiting = make_registration(event, state=RegistrationState.WAITLISTED)
    note_here(waiting, by=make_user(), at=NOW)
    owner = Program(make_user("owner@example.org", role=Role.OWNER))
    forced = {**OLA, "force": True, "reason": "Radny"}

    full = door.post(URL, OLA)
    assert (full.status_code, full.json()["code"]) == (409, "event_full")
    assert full.json()["waiting_here"] == [waiting.reference]
    assert door.post(URL, forced).status_code == 404
    assert owner.post(URL, {**OLA, "force": True}).json()["code"] == "reason_missing"
    assert owner.post(URL, forced).json()["forced"] is True


@pytest.mark.parametrize(
    ("person", "field"),
    [
        ({"nonce": "1"}, "first_name"),
        ({"first_name": "Ola"}, "nonce"),
        ({**OLA, "seats": 0}, "seats"),
        ({**OLA, "email": "ola"}, "email"),
        ({**OLA, "language": "de"}, "language"),
        ({**OLA, "consents": {}}, "consents"),
    ],
)
def test_what_cannot_be_is_named(door, person, field):
    event_today("debata")

    response = door.post(URL, person)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_the_sums_are_read_by_group(door):
    event_today("debata", categories=[("business", None)])
    door.post(COUNTS, {"delta": 5, "nonce": "1"})
    door.post(COUNTS, {"delta": 2, "nonce": "2", "category": "business"})

    assert door.get(COUNTS).json() == {
        "headcount": 7,
        "categories": [{"category": None, "headcount": 5}, {"category": "business", "headcount": 2}],
    }
