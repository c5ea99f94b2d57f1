"""Holding the data of an event: on the page and over the API, with a reason that colleagues read."""

import pytest
import time_machine
from django.test import Client

from events.models import Event
from tests.make import Program, make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    with time_machine.travel(NOW, tick=False):
        client = Client()
        client.force_login(make_user())
        yield client


def test_a_hold_is_set_shown_and_lifted(client):
    make_event("debata")
    address = "/en/manage/events/debata/legal-hold/"

    held = client.post(address, {"reason": "Sprawa 1/27"}, follow=True).content.decode()
    again = client.get(address).content.decode()
    lifted = client.post(address, {"reason": ""}, follow=True).content.decode()

    assert "The data of this event are held" in held
    assert ">\nSprawa 1/27</textarea>" in again
    assert "The data are not held any more." in lifted
    assert Event.objects.get().legal_hold == ""


def test_a_reason_has_an_end(client):
    make_event("debata")

    response = client.post("/en/manage/events/debata/legal-hold/", {"reason": "x" * 1001})

    assert response.status_code == 200
    assert Event.objects.get().legal_hold == ""


def test_the_api_holds_and_lifts():
    make_event("debata")
    program = Program(make_user())

    held = program.post("/api/v1/manage/events/debata/legal-hold/", {"reason": "Sprawa 1/27"})
    assert held.json() == {"legal_hold": "Sprawa 1/27"}
    refused = program.post("/api/v1/manage/events/debata/legal-hold/", {})
    assert (refused.status_code, Event.objects.get().legal_hold) == (400, "Sprawa 1/27")
    lifted = program.post("/api/v1/manage/events/debata/legal-hold/", {"reason": ""})

    assert lifted.json() == {"legal_hold": ""}
    assert Event.objects.get().legal_hold == ""
