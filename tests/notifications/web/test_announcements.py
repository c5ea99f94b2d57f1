"""The page for writing to participants: looked at first, then sent, and nothing typed is lost."""

import pytest
import time_machine
from django.test import Client

from notifications.models import Announcement
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW, make_session

pytestmark = pytest.mark.django_db

URL = "/en/manage/events/debata/announcements/new/"
TYPED = {"subject_pl": "Wejście", "body_pl": "Od <podwórza>.", "states": ["confirmed"]}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user())
    return client


def typed(desk: Client, **more: object) -> dict[str, object]:
    nonce = desk.get(URL).context["form"]["nonce"].value()
    return {**TYPED, "nonce": str(nonce), **more}


def test_it_is_shown_before_it_is_sent_and_sent_when_it_is_confirmed(desk: Client):
    event = make_event("debata")
    make_registration(event)
    make_session(event, starts_at=NOW.replace(day=28))
    data = typed(desk, preview="yes")

    looked = desk.post(URL, data)
    page = looked.content.decode()

    assert "1 person gets this." in page
    assert "Od &lt;podwórza&gt;." in page
    assert ' sandbox title="' in page
    assert "'unsafe-inline'" in looked["Content-Security-Policy"]
    assert not Announcement.objects.exists()
    del data["preview"]
    for _ in range(2):
        sent = desk.post(URL, {**data, "confirmed": "yes"}, follow=True)
        assert "The announcement goes out within a minute." in sent.content.decode()
    assert Announcement.objects.get().body == {"pl": "Od <podwórza>."}


def test_going_back_keeps_what_was_typed(desk: Client):
    make_registration(make_event("debata"))

    page = desk.post(URL, typed(desk, back="yes")).content.decode()

    assert "Od &lt;podwórza&gt;." in page
    assert not Announcement.objects.exists()


def test_a_form_that_was_sent_is_not_sent_with_other_words_under_the_same_number(desk: Client):
    make_registration(make_event("debata"))
    data = typed(desk, confirmed="yes")
    desk.post(URL, data)

    refused = desk.post(URL, {**data, "body_pl": "Od ulicy."})

    assert "This form was sent already" in refused.content.decode()
    assert Announcement.objects.get().body == {"pl": "Od <podwórza>."}
    fresh = refused.context["form"]["nonce"].value()
    assert f'value="{fresh}"' in refused.content.decode()
    desk.post(URL, {**data, "body_pl": "Od ulicy.", "nonce": fresh})
    assert Announcement.objects.count() == 2


def test_what_is_missing_is_said_at_its_field_and_what_cannot_be_on_top(desk: Client):
    make_event("debata")

    empty = desk.post(URL, typed(desk, body_pl="", preview="yes")).content.decode()
    nobody = desk.post(URL, typed(desk, preview="yes")).content.decode()

    assert "Write this in Polish." in empty
    assert "Nobody fits this choice" in nobody
