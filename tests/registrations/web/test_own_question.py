"""Whether one still comes, on one's own page and over the API: asked, answered, too late."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from events.enums import NoAnswer
from events.models import RegistrationPolicy
from registrations.actions.asking import ask_due, settle_unanswered
from registrations.actions.moves import expire_due
from registrations.enums import AttendanceIntent, RegistrationState
from registrations.models import Registration
from tests.make import Program, make_event, make_registration
from tests.make.events import NOW
from tests.registrations.acts import entered, fresh

pytestmark = pytest.mark.django_db

ASKED = NOW + timedelta(days=11)
LIMIT = ASKED + timedelta(hours=48)


def door(registration: Registration, rest: str = "") -> str:
    return f"/en/r/{registration.manage_token}/{rest}"


def api(registration: Registration, rest: str = "") -> str:
    return f"/api/v1/registrations/{registration.manage_token}/{rest}"


def make_asked(*, release: bool = True) -> Registration:
    event = make_event()
    no_answer = NoAnswer.RELEASE if release else NoAnswer.KEEP
    RegistrationPolicy.objects.filter(event=event).update(ask_days_before=3, ask_no_answer=no_answer)
    registration = make_registration(event, language="en")
    ask_due(at=ASKED)
    return registration


@pytest.mark.parametrize(
    ("release", "sentence"),
    [(True, "If you do not, your seat goes to somebody else."), (False, "If you do not, you keep your seat.")],
)
def test_the_page_says_until_when_and_what_follows(client: Client, release: bool, sentence: str):
    registration = make_asked(release=release)

    with time_machine.travel(ASKED, tick=False):
        asked = client.get(door(registration)).content.decode()
        answer = client.post(door(registration, "coming/"))
        answered = client.get(door(registration)).content.decode()

    assert "<h2>Do you still come?</h2>" in asked
    assert "There is a new date" not in asked
    assert "Monday, 25 January 2027, 10:00" in asked
    assert sentence in asked
    assert f'action="{door(registration, "coming/")}"' in asked
    assert asked.count(f'href="{door(registration, "cancel/")}"') == 2
    assert answer.status_code == 302
    assert "You said that you are coming. Thank you." in answered
    assert "Do you still come?" not in answered


def test_a_no_on_the_page_is_a_cancellation(client: Client):
    registration = make_asked()

    with time_machine.travel(ASKED, tick=False):
        client.post(door(registration, "cancel/"))

    assert fresh(registration).state == RegistrationState.CANCELLED_BY_PARTICIPANT


def test_the_page_says_why_the_seat_has_gone(client: Client):
    registration = make_asked()
    settle_unanswered(at=LIMIT)

    with time_machine.travel(LIMIT, tick=False):
        html = client.get(door(registration)).content.decode()
        refused = client.post(door(registration, "coming/"))

    assert "We had no answer whether you come, so your seat has gone to others" in html
    assert "We asked whether you still come, and your answer did not come in time." in html
    assert "The organiser has cancelled" not in html
    assert refused.status_code == 409


def test_the_limit_is_in_the_api_until_there_is_an_answer():
    registration, program = make_asked(), Program()

    with time_machine.travel(ASKED, tick=False):
        asked = program.get(api(registration)).json()
        answered = program.post(api(registration, "coming/")).json()

    assert (asked["attendance_intent"], asked["intent_due_at"]) == ("asked", "2027-01-25T10:00:00+01:00")
    assert (answered["attendance_intent"], answered["intent_due_at"]) == ("coming", None)


def test_who_is_asked_about_a_new_date_has_no_limit(client: Client):
    registration = make_registration(make_event())
    Registration.objects.update(attendance_intent=AttendanceIntent.ASKED)

    with time_machine.travel(NOW, tick=False):
        html = client.get(door(registration)).content.decode()

    assert "There is a new date. Do you still come?" in html
    assert "Please answer until" not in html


@pytest.mark.parametrize(("taken", "heading"), [(False, "You have a seat"), (True, "You are on the reserve list")])
def test_a_hold_that_is_confirmed_late_says_which_of_the_two_it_became(client: Client, taken: bool, heading: str):
    event = make_event(confirm_email=True, capacity=1)
    registration = entered(event)
    expire_due(at=NOW + timedelta(hours=2))
    if taken:
        make_registration(event)

    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        before = client.get(door(registration)).content.decode()
        client.post(door(registration, "confirm/"))
        html = client.get(door(registration)).content.decode()

    assert "The time to confirm has run out" in before
    assert f"<h2>{heading}</h2>" in html
    assert ("You are number 1 in the queue." in html) == taken
