"""What is printed: only what paper needs, in Polish order, on whole sheets of A4."""

import re

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.models import AccessLog
from registrations.enums import RegistrationState
from registrations.models import Participant, Registration
from tests.make import make_event, make_member, make_notice, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

PRINT = "/en/manage/events/meeting/print/"
NAMES = ["Śliwa", "Szulc", "Mak", "Łoś", "Lis"]


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def event():
    event = make_event("meeting", title="Spotkanie")
    make_notice()
    for name in NAMES:
        make_registration(event, last_name=name, phone="+48600100200", email=f"{len(name)}{name[1:]}@example.org")
    return event


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user())
    return client


def rows(page):
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr[^>]*>(<td.*?)</tr>", page)]


def test_the_list_for_signatures_has_names_in_polish_order_empty_rows_and_no_way_to_reach_anybody(client, event):
    party = make_registration(event, last_name="Ćma", seats=2)
    Participant.objects.filter(registration=party).update(organisation="Rada Dzielnicy")
    make_member(party, first_name="Ewa", last_name="Żak")
    make_registration(event, last_name="Czeka", state=RegistrationState.WAITLISTED)

    page = client.get(f"{PRINT}attendance/").content.decode()

    printed = [row for row in rows(page) if len(row) == 5]
    assert [row[:4] for row in printed[:7]] == [
        ["1", "Ćma", "Anna", "Rada Dzielnicy"],
        ["2", "Lis", "Anna", ""],
        ["3", "Łoś", "Anna", ""],
        ["4", "Mak", "Anna", ""],
        ["5", "Szulc", "Anna", ""],
        ["6", "Śliwa", "Anna", ""],
        ["7", "Żak", "Ewa", "Rada Dzielnicy"],
    ]
    assert printed[7:] == [[str(number), "", "", "", ""] for number in range(8, 18)]
    assert "@example.org" not in page
    assert "600" not in page
    assert "Notice" in page
    log = AccessLog.objects.get()
    assert (log.kind, log.about, log.people) == ("export", "signatures", 7)


def test_badges_say_who_somebody_is_and_that_nobody_photographs_them(client, event):
    Registration.objects.filter(participant__last_name="Łoś").update(no_photo=True)
    make_registration(event, last_name="Zając", category="business")

    page = client.get(f"{PRINT}badges/").content.decode()

    badges = page.split('<li class="badge">')[1:]
    assert len(badges) == 6
    assert [("No photo" in badge) for badge in badges] == [False, True, False, False, False, False]
    assert "Business" in badges[5]
    assert page.count('<ul class="sheet">') == 1
    assert AccessLog.objects.get().about == "badges"


def test_ten_badges_are_on_a_sheet_and_whoever_was_erased_has_none(client, event):
    Participant.objects.filter(last_name="Mak").update(first_name="", last_name="")
    for _ in range(7):
        make_registration(event)

    page = client.get(f"{PRINT}badges/").content.decode()

    assert [part.count('<li class="badge">') for part in page.split('<ul class="sheet">')[1:]] == [10, 1]


def test_the_list_for_the_door_has_everybody_who_may_come_with_the_beginning_of_their_code(client, event):
    party = make_registration(event, last_name="Ćma", seats=2, state=RegistrationState.WAITLISTED)
    member = make_member(party, first_name="Ewa", last_name="Żak")
    make_registration(event, last_name="Nie", state=RegistrationState.CANCELLED_BY_PARTICIPANT)

    page = client.get(f"{PRINT}door/").content.decode()

    printed = [row[1:] for row in rows(page) if len(row) == 5]
    assert printed[0] == ["Ćma Anna", "2", "On the reserve list", f"{party.ticket_code[:4]}…"]
    assert printed[-1] == ["Żak Ewa", "", "On the reserve list", f"{member.ticket_code[:4]}…"]
    assert [row[0] for row in printed[1:-1]] == ["Lis Anna", "Łoś Anna", "Mak Anna", "Szulc Anna", "Śliwa Anna"]
    assert party.ticket_code not in page
