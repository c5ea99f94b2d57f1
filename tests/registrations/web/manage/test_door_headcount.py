"""The counter: taps of several phones, by group, each taken back by its opposite."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.enums import Role
from registrations.models import HeadcountEntry
from tests.make import make_door_pass, make_event, make_user
from tests.make.events import NOW
from tests.registrations.web.test_door_pass import with_pass

pytestmark = pytest.mark.django_db

PAGE = "/en/manage/events/meeting/door/headcount/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(make_user("door@example.org", role=Role.DOOR))
    return client


def test_groups_are_counted_apart_and_everybody_sees_who_counted(client):
    event = make_event("meeting", required=False, categories=[("business", None)])
    at_door = with_pass(make_door_pass(event))

    client.post(PAGE, {"delta": "5", "nonce": "1"})
    at_door.post(PAGE, {"delta": "1", "nonce": "2", "category": "business"})
    page = client.get(PAGE)

    assert page.context["figures"].headcount == 6
    assert [(group.category is not None, group.people) for group, _nonce in page.context["groups"]] == [
        (False, 5),
        (True, 1),
    ]
    words = page.content.decode()
    assert "Wejście A" in words
    assert "door@example.org" in words
    assert "6 people in the room, staff included. No limit is stated." in words
    assert "Take my last tap back: +5" in words


def test_each_button_has_a_number_of_its_own_and_no_second_tap_is_lost(client):
    make_event("meeting", required=False)
    page = client.get(PAGE)
    ((_group, buttons),) = page.context["groups"]

    for step, nonce in buttons[-2:]:
        client.post(PAGE, {"delta": step, "nonce": nonce})

    assert len({nonce for _step, nonce in buttons}) == len(buttons)
    assert HeadcountEntry.objects.count() == 2
    assert "js/door/taps.js" in page.content.decode()


def test_ones_last_tap_is_taken_back_once(client):
    make_event("meeting", required=False)
    client.post(PAGE, {"delta": "5", "nonce": "1"})
    tap = client.get(PAGE).context["own"]

    client.post(f"{PAGE}undo/", {"tap": tap.pk})
    answer = client.post(f"{PAGE}undo/", {"tap": tap.pk}, follow=True)

    assert list(HeadcountEntry.objects.values_list("delta", flat=True)) == [5, -5]
    assert answer.context["own"] is None


def test_what_cannot_be_taken_back_or_read_is_said_and_counts_nobody(client):
    event = make_event("meeting", required=False)
    client.post(PAGE, {"delta": "1", "nonce": "1"})
    tap = client.get(PAGE).context["own"]
    with_pass(make_door_pass(event)).post(PAGE, {"delta": "-1", "nonce": "2"})

    said = [
        client.post(f"{PAGE}undo/", {"tap": tap.pk}, follow=True),
        client.post(PAGE, {"delta": "-1", "nonce": "3"}, follow=True),
        client.post(PAGE, {"delta": "400", "nonce": "4"}, follow=True),
        client.post(PAGE, {"delta": "1", "nonce": "5", "category": "martians"}, follow=True),
    ]

    assert [[message.level_tag for message in page.context["messages"]] for page in said] == [["error"]] * 4
    assert HeadcountEntry.objects.count() == 2


def test_nobody_takes_back_what_somebody_else_counted(client):
    event = make_event("meeting", required=False)
    with_pass(make_door_pass(event)).post(PAGE, {"delta": "1", "nonce": "1"})

    answer = client.post(f"{PAGE}undo/", {"tap": HeadcountEntry.objects.get().pk})

    assert (answer.status_code, HeadcountEntry.objects.count()) == (404, 1)


def test_the_page_asks_the_same_number_of_queries_for_one_and_for_three(client):
    make_event("meeting", required=False)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    client.post(PAGE, {"delta": "1", "nonce": "1"})
    count()
    before = count()
    for nonce in ("2", "3"):
        client.post(PAGE, {"delta": "1", "nonce": nonce})

    assert count() == before
