"""The page of what people need: for those who arrange it, with numbers instead of names."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.enums import Role
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

PAGE = "/en/manage/events/meeting/needs/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user(role=Role.ACCESSIBILITY))
    return client


def test_needs_are_listed_by_number_and_nobody_is_named(client):
    event = make_event("meeting")
    registration = make_registration(event, last_name="Kowalska", email="anna@example.org")
    registration.needs.create(kind="wheelchair", note="Szerokie drzwi", created_at=NOW)

    response = client.get(PAGE)

    page = response.content.decode()
    for shown in ("Place for a wheelchair", "Szerokie drzwi", "Asked for", registration.reference):
        assert shown in page
    assert "Kowalska" not in page
    assert "anna@example.org" not in page
    assert "no-store" in response["Cache-Control"]


def test_an_event_at_which_nobody_needs_anything_says_so(client):
    make_event("meeting")

    assert "Nobody has asked for anything yet." in client.get(PAGE).content.decode()


def test_three_needs_take_no_more_statements_than_one(client):
    event = make_event("meeting")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    make_registration(event).needs.create(kind="pjm", created_at=NOW)
    statements()
    one = statements()
    for kind in ("sjm", "skogn"):
        make_registration(event).needs.create(kind=kind, created_at=NOW)

    assert statements() == one
