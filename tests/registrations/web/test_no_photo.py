"""Who does not want to be photographed says so once, and everybody who works at the meeting sees it."""

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.models import Event
from registrations.actions.parties import substitute_contact
from registrations.actions.signing_up import Guest
from registrations.models import Registration
from tests.make import Program, make_event, make_notice, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import fresh

pytestmark = pytest.mark.django_db

PERSON = {"first_name": "Anna", "last_name": "Łoś", "email": "anna@example.org"}
MARK = '<span class="badge warning">No photo</span>'


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def event():
    make_notice()
    return make_event("meeting")


def test_a_person_says_so_when_registering_and_the_organiser_sees_it(client, event):
    client.post("/en/events/meeting/register/", {**PERSON, "no_photo": "on"})
    registration = Registration.objects.get()
    assert registration.no_photo

    staff = Client()
    staff.force_login(make_user())
    manage = "/en/manage/events/meeting"
    pages = (f"{manage}/registrations/", f"{manage}/registrations/{registration.reference}/", f"{manage}/attendance/")
    assert [MARK in staff.get(page).content.decode() for page in pages] == [True, True, True]


def test_a_person_changes_it_on_the_own_page(client, event):
    registration = make_registration(event)
    own = f"/en/r/{registration.manage_token}/"
    person = {"first_name": "Anna", "last_name": "Nowak", "language": "pl"}

    assert "Please do not photograph me" not in client.get(own).content.decode()
    client.post(f"{own}person/", {**person, "no_photo": "on"})
    assert fresh(registration).no_photo
    assert "Please do not photograph me" in client.get(own).content.decode()
    client.post(f"{own}person/", person)
    assert not fresh(registration).no_photo


def test_programs_of_people_and_of_staff_say_it_too(event):
    signed_up = Program().post("/api/v1/events/meeting/registrations/", {**PERSON, "no_photo": True})
    assert signed_up.status_code in {201, 202}
    registration = Registration.objects.get()
    assert registration.no_photo

    own = Program().patch(f"/api/v1/registrations/{registration.manage_token}/", {"no_photo": False})
    assert own.json()["no_photo"] is False
    page = f"/api/v1/manage/events/meeting/registrations/{registration.reference}/"
    assert Program(make_user()).patch(page, {"no_photo": True}).json()["no_photo"] is True
    assert fresh(registration).no_photo


def test_whoever_comes_instead_has_not_said_it(event):
    registration = make_registration(event)
    Registration.objects.filter(pk=registration.pk).update(no_photo=True)

    substitute_contact(fresh(registration), guest=Guest("Ewa", "Lis", "ewa@example.org"), by=make_user(), at=NOW)

    assert not fresh(registration).no_photo


def test_that_a_meeting_is_streamed_stands_at_the_head_of_the_door(event):
    staff = Client()
    staff.force_login(make_user())
    door = "/en/manage/events/meeting/door/"

    assert "Streamed live" not in staff.get(door).content.decode()
    Event.objects.update(is_streamed=True)
    assert "Streamed live" in staff.get(door).content.decode()
