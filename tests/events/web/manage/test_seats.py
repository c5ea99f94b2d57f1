"""Staff pages of seats: fewer than are taken, and seats of a group for everybody."""

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from registrations.enums import RegistrationState
from registrations.models import Registration
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.make.sheets import sheet_data

pytestmark = pytest.mark.django_db

EDIT = "/en/manage/events/meeting/edit/"
RELEASE = "/en/manage/events/meeting/release/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user())
    return client


def sheet_of(client, **changes: str) -> dict[str, object]:
    """Everything that the sheet shows, as a browser would send it back."""
    return sheet_data(client.get(EDIT).context["sheet"], **changes)


def test_fewer_seats_than_are_taken_are_a_choice_that_is_shown_before_it_is_done(client):
    event = make_event("meeting", capacity=5)
    for _person in range(3):
        make_registration(event)
    sheet = sheet_of(client, capacity="1")

    refused = client.post(EDIT, sheet)
    text = refused.content.decode()
    assert "3 seats are taken. Tick here to accept it as overbooked by 2" in text
    assert 'name="allow_overbooking"' in text
    shown = client.post(EDIT, {**sheet, "allow_overbooking": "on"})
    assert "Accepted as overbooked by 2." in shown.content.decode()
    assert event.pools.get().capacity == 5
    done = client.post(EDIT, {**sheet, "allow_overbooking": "on", "confirmed": "yes"})

    pool = event.pools.get()
    assert (done.status_code, pool.capacity, pool.overbooked) == (302, 1, 2)
    assert set(Registration.objects.values_list("state", flat=True)) == {RegistrationState.CONFIRMED}
    assert 'name="allow_overbooking"' not in client.get(EDIT).content.decode()


def test_seats_are_kept_for_invited_people(client):
    event = make_event("meeting", capacity=5)
    sheet = sheet_of(client)

    too_many = client.post(EDIT, {**sheet, "reserved": "6"}).content.decode()
    done = client.post(EDIT, {**sheet, "reserved": "2"})

    assert "Keep no more seats for invited people than there are." in too_many
    assert (done.status_code, event.pools.get().reserved) == (302, 2)
    assert "Seats kept for invited people: 0 → 2." in client.get("/en/manage/events/meeting/").content.decode()


def test_seats_of_a_group_are_opened_and_who_gets_one_is_counted_before(client):
    event = make_event("meeting", capacity=10, categories=[("business", 5), ("ngo", 1)])
    make_registration(event, category="ngo")
    waiting = make_registration(event, category="ngo", state=RegistrationState.WAITLISTED)
    ngo = event.pools.get(category__code="ngo")
    event.pools.filter(category=None).update(waiting=0)
    event.pools.filter(pk=ngo.pk).update(waiting=1)
    Registration.objects.filter(pk=waiting.pk).update(waiting_pool=ngo)
    said = {"category": "business", "seats": "2", "reason": "Nie przyszli"}

    page = client.get(RELEASE)
    refused = client.post(RELEASE, {**said, "seats": "6"}).content.decode()
    preview = client.post(RELEASE, said).content.decode()
    assert "5 free seats" in page.content.decode()
    assert "Not so many seats of this group are free." in refused
    assert "2 seats are open to everybody." in preview
    assert "Messages by e-mail: 1, by SMS: 0." in preview
    waiting.refresh_from_db()
    assert waiting.state == RegistrationState.WAITLISTED
    back = client.post(RELEASE, {**said, "back": "yes"})
    done = client.post(RELEASE, {**said, "confirmed": "yes"})

    assert (back.status_code, done["Location"]) == (200, "/en/manage/events/meeting/")
    waiting.refresh_from_db()
    assert waiting.state == RegistrationState.CONFIRMED
    assert "2 seats are open to everybody." in client.get("/en/manage/events/meeting/").content.decode()


def test_where_no_group_has_seats_nothing_can_be_opened(client):
    make_event("meeting")

    assert "No group of this event has seats of its own." in client.get(RELEASE).content.decode()
    assert client.post(RELEASE, {"category": "business", "seats": "1", "reason": "x"}).status_code == 200
