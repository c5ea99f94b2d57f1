"""What administrators see of retention."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from events.enums import Role
from events.models import Event
from registrations.models import RetentionRun
from tests.make import make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

ADDRESS = "/en/manage/retention/"


@pytest.fixture
def client():
    with time_machine.travel(NOW, tick=False):
        client = Client()
        client.force_login(make_user(role=Role.ADMIN))
        yield client


def test_an_empty_service_says_so(client):
    html = client.get(ADDRESS).content.decode()

    assert "Nothing has been deleted yet." in html
    assert "No event is under a legal hold." in html
    assert "No meeting that is over has anything left to delete." in html


def test_runs_what_comes_and_what_is_held_in_words(client):
    RetentionRun.objects.create(at=NOW - timedelta(days=1), counts={"needs": 3, "answers": 0, "something_new": 2})
    make_event("skonczone", starts_at=NOW - timedelta(days=10))
    make_event("dawne", starts_at=NOW - timedelta(days=40), kind="conference")
    held = make_event("sporne", starts_at=NOW - timedelta(days=20))
    Event.objects.filter(pk=held.pk).update(legal_hold="Sprawa 1/27")

    response = client.get(ADDRESS)

    html = response.content.decode()
    assert "needs deleted: 3" in html
    assert "something_new: 2" in html
    assert "answers deleted" not in html
    assert "Sprawa 1/27" in html
    coming = [(one.event.slug, one.data) for one in response.context["coming"]]
    assert coming == [("skonczone", "needs"), ("dawne", "contact"), ("skonczone", "contact")]
    assert '<a href="/en/manage/retention/"' in html
