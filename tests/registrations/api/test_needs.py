"""What people need at an event, over the API, for those who arrange it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import Role
from registrations.enums import NeedState, RegistrationState
from tests.make import Program, make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/needs/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def arranger():
    return Program(make_user(role=Role.ACCESSIBILITY))


def test_needs_are_listed_by_number_and_nobody_is_named(arranger):
    event = make_event("debata")
    registration = make_registration(event, last_name="Nowak", email="anna@example.org", phone="+48600100200")
    registration.needs.create(kind="wheelchair", note="Szerokie drzwi", created_at=NOW + timedelta(hours=1))
    registration.needs.create(kind="pjm", created_at=NOW)
    elsewhere = make_registration(make_event("inna"))
    elsewhere.needs.create(kind="skogn", created_at=NOW)

    response = arranger.get(URL)

    assert response.json()["results"] == [
        {
            "kind": "pjm",
            "note": "",
            "state": "requested",
            "reference": registration.reference,
            "registration_state": "confirmed",
            "asked_at": "2027-01-12T10:00:00+01:00",
        },
        {
            "kind": "wheelchair",
            "note": "Szerokie drzwi",
            "state": "requested",
            "reference": registration.reference,
            "registration_state": "confirmed",
            "asked_at": "2027-01-12T11:00:00+01:00",
        },
    ]
    assert not any(word in response.text for word in ("Nowak", "example.org", "600100200"))


def test_who_does_not_come_needs_nothing_and_what_was_taken_back_is_still_told(arranger):
    event = make_event("debata")
    for number, state in enumerate(RegistrationState):
        registration = make_registration(event, state=state)
        registration.needs.create(kind="pjm", created_at=NOW + timedelta(minutes=number))
    make_registration(event).needs.create(kind="skogn", state=NeedState.WITHDRAWN, created_at=NOW - timedelta(days=1))

    rows = arranger.get(URL).json()["results"]

    assert [(row["kind"], row["state"]) for row in rows[:1]] == [("skogn", "withdrawn")]
    assert [row["registration_state"] for row in rows[1:]] == [
        "awaiting_approval", "held", "confirmed", "waitlisted", "offered",
    ]  # fmt: skip


def test_three_needs_take_no_more_statements_than_one(arranger):
    event = make_event("debata")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert arranger.get(URL).status_code == 200
        return len(captured)

    make_registration(event).needs.create(kind="pjm", created_at=NOW)
    statements()
    one = statements()
    for kind in ("sjm", "skogn"):
        make_registration(event).needs.create(kind=kind, created_at=NOW)

    assert statements() == one
