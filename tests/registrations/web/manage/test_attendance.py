"""The page after the meeting: figures, people, closing, excuses; for those who may, and noted."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.enums import Role
from events.models import AccessLog, EventChange
from registrations.enums import Attendance, RegistrationState
from registrations.models import Registration
from tests.make import make_event, make_member, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import fresh

pytestmark = pytest.mark.django_db

PAGE = "/en/manage/events/meeting/attendance/"
AFTER = NOW + timedelta(days=15)


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(AFTER, tick=False), translation.override("en"):
        yield


@pytest.fixture
def event():
    return make_event("meeting", categories=[("business", 10)])


def signed_in(role):
    client = Client()
    client.force_login(make_user(f"{role}@example.org", role=role))
    return client


@pytest.fixture
def client():
    return signed_in(Role.OWNER)


def test_the_page_shows_figures_groups_and_people_and_notes_the_look(client, event):
    registration = make_registration(event, last_name="Łoś", category="business", seats=2)
    make_member(registration, first_name="Iga", last_name="Mak")
    make_registration(event, last_name="Cisza", state=RegistrationState.WAITLISTED)

    page = client.get(PAGE).content.decode()

    assert page.index("Anna Łoś") < page.index("Iga Mak")
    assert "Cisza" not in page
    assert '<th scope="row">With a seat<svg' in page
    assert "Close attendance" in page
    log = AccessLog.objects.get()
    assert (log.kind, log.about, log.people, log.event) == ("registrations", "attendance", 2, event)


def test_the_page_asks_as_much_for_many_as_for_one(client, event, django_assert_max_num_queries):
    make_registration(event)
    with django_assert_max_num_queries(40) as few:
        client.get(PAGE)
    for _ in range(4):
        make_member(make_registration(event, seats=2))

    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)


def test_closing_and_opening_again(client, event):
    registration = make_registration(event)

    answer = client.post(f"{PAGE}close/", follow=True)

    assert "Attendance is closed. 1 person did not come." in answer.content.decode()
    assert "Attendance was closed on" in answer.content.decode()
    assert fresh(registration).attendance == Attendance.NO_SHOW
    changes = client.get("/en/manage/events/meeting/").content.decode()
    assert "1 person did not come." in changes
    assert "Attendance is closed already." in client.post(f"{PAGE}close/", follow=True).content.decode()

    client.post(f"{PAGE}reopen/")

    assert fresh(registration).attendance == Attendance.NOT_RECORDED
    assert "Attendance is not closed." in client.post(f"{PAGE}reopen/", follow=True).content.decode()


def test_somebody_is_excused_with_a_reason_and_was_there_after_all(client, event):
    registration = make_registration(event, first_name="Anna", last_name="Łoś")
    person = {"reference": registration.reference}

    page = client.post(f"{PAGE}person/", {**person, "act": "excuse", "reason": "Wyjazd"}, follow=True)
    assert "It is written down: Anna Łoś." in page.content.decode()
    assert "Wyjazd" in page.content.decode()
    assert fresh(registration).attendance == Attendance.EXCUSED
    client.post(f"{PAGE}person/", {**person, "act": "not_excused"})
    assert fresh(registration).attendance == Attendance.NOT_RECORDED
    client.post(f"{PAGE}person/", {**person, "act": "present"})
    assert fresh(registration).attendance == Attendance.PRESENT


def test_what_cannot_be_done_is_said_and_changes_nothing(client, event):
    registration = make_registration(event)
    gone = make_registration(event, state=RegistrationState.CANCELLED_BY_PARTICIPANT)

    def said(registration, **more):
        answer = client.post(f"{PAGE}person/", {"reference": registration.reference, **more}, follow=True)
        return answer.content.decode()

    assert "Say why, in at most 300 letters." in said(registration, act="excuse")
    assert "Say why, in at most 300 letters." in said(registration, act="excuse", reason="x" * 301)
    assert "This registration is no longer active." in said(gone, act="present")
    assert set(Registration.objects.values_list("attendance", flat=True)) == {"not_recorded"}


def test_a_member_of_a_party_is_meant_alone(client, event):
    registration = make_registration(event, seats=2)
    member = make_member(registration)
    person = {"reference": registration.reference, "member": member.pk}

    client.post(f"{PAGE}person/", {**person, "act": "present"})

    member.refresh_from_db()
    assert (member.attendance, fresh(registration).attendance) == (Attendance.PRESENT, Attendance.NOT_RECORDED)


def test_before_the_end_nothing_is_closed_and_a_page_that_is_not_there_is_404(client, event):
    with time_machine.travel(NOW, tick=False):
        page = client.get(PAGE).content.decode()
        assert "Close attendance" not in page
        assert "Attendance is closed after the meeting." in page
        client.post(f"{PAGE}close/")
    assert not EventChange.objects.exists()
    assert client.get(PAGE, {"page": "7"}).status_code == 404


def test_who_only_looks_finds_no_buttons(event):
    make_registration(event)

    page = signed_in(Role.AUDITOR).get(PAGE, {"attendance": "not_recorded"}).content.decode()

    assert "Anna Nowak" in page
    assert "<button" not in page.split('id="people"')[1].split("</form>", 1)[1]
    assert "There is nobody here." in signed_in(Role.HEAD).get(PAGE, {"attendance": "present"}).content.decode()
