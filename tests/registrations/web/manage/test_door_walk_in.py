"""The page for people who come without a registration, and for the reserve list at the door."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.enums import Role
from events.models import AccessLog, Event
from registrations.enums import Attendance, RegistrationState
from registrations.models import CheckIn, Registration
from registrations.queries import waiting_here
from tests.make import make_door_pass, make_notice, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import event_today
from tests.registrations.web.test_door_pass import with_pass

pytestmark = pytest.mark.django_db

DOOR = "/en/manage/events/meeting/door/"
PAGE = f"{DOOR}walk-in/"
S = RegistrationState


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    return signed_in("door@example.org", Role.DOOR)


def signed_in(email, role):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(make_user(email, role=role))
    return client


def sent(**changes):
    return {"first_name": "Ola", "last_name": "", "seats": "1", "language": "pl", "nonce": "n1", **changes}


def test_somebody_is_registered_and_inside_and_the_form_is_ready_for_the_next(client):
    make_notice()
    event_today("meeting")

    page = client.get(PAGE)
    done = client.post(PAGE, sent(seats="2"))
    again = client.post(PAGE, sent(seats="2"))

    words = page.content.decode()
    assert 'href="/en/privacy/"' in words
    assert "version 1" in words
    assert "consent" not in words
    assert not {"force", "reason"} & set(page.context["form"].fields)
    row = Registration.objects.get()
    assert "Ola and those who come along, 2 people, are registered and inside." in done.content.decode()
    assert row.reference in again.content.decode()
    assert done.context["form"]["nonce"].value() not in {None, "n1"}
    assert done.context["form"]["first_name"].value() is None


def test_a_full_event_is_said_and_the_reserve_list_is_there_to_be_marked(client):
    event = event_today("meeting", capacity=1)
    make_registration(event)
    waiting = make_registration(event, state=S.WAITLISTED, last_name="Zając")

    full = client.post(PAGE, sent())
    marked = client.post(f"{PAGE}here/", {"reference": waiting.reference}, follow=True)

    assert (full.status_code, full.context["form"]["first_name"].value()) == (409, "Ola")
    assert "There are no seats left." in full.content.decode()
    assert "Anna Zając" in full.content.decode()
    assert "There is no free seat for anybody who waits here." in marked.content.decode()
    assert "Waits at the door" in marked.content.decode()

    event.pools.update(capacity=2)
    called = client.post(f"{PAGE}here/", {"reference": waiting.reference}, follow=True)
    assert "Anna Zając has a seat now and counts as inside: let them in." in called.content.decode()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attendance) == (S.CONFIRMED, Attendance.PRESENT)
    looks = AccessLog.objects.values_list("about", "people")
    assert set(looks) == {("door", 1)}


def test_who_has_left_the_door_is_marked_so(client):
    event = event_today("meeting", capacity=0)
    waiting = make_registration(event, state=S.WAITLISTED)
    client.post(f"{PAGE}here/", {"reference": waiting.reference}, follow=True)

    client.post(f"{PAGE}gone/", {"reference": waiting.reference})

    assert list(CheckIn.objects.values_list("kind", flat=True)) == ["repeat", "void"]
    Registration.objects.filter(pk=waiting.pk).update(state=S.EXPIRED, waiting_pool=None)
    refused = client.post(f"{PAGE}here/", {"reference": waiting.reference}, follow=True)
    assert [message.level_tag for message in refused.context["messages"]] == ["error"]


def test_only_who_may_override_is_asked_about_force(client):
    event = event_today("meeting", capacity=0)
    owner = signed_in("owner@example.org", Role.OWNER)
    forced = sent(force="on", reason="Radny")

    statuses = [one.post(PAGE, forced).status_code for one in (client, with_pass(make_door_pass(event)))]
    unsaid = owner.post(PAGE, sent(force="on"))
    done = owner.post(PAGE, forced)

    assert statuses == [409, 409]
    assert "Say why" in unsaid.content.decode()
    assert "Let in over the number of seats" in done.content.decode()
    assert list(event.pools.values_list("taken", "overbooked")) == [(1, 1)]


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client):
    event_today("meeting", categories=[("business", None)])

    wrong = client.post(PAGE, sent(phone="12", category=""))
    unclear = client.post(PAGE, sent(first_name="www.example.org/x", category="business"))

    assert {"phone", "category"} == set(wrong.context["form"].errors)
    assert (unclear.status_code, list(unclear.context["form"].errors)) == (409, ["first_name"])
    assert not Registration.objects.exists()


def test_a_pass_registers_people_and_the_door_shows_the_room(client):
    event = event_today("meeting")
    Event.objects.filter(pk=event.pk).update(people_limit=2, staff_count=1)
    at_door = with_pass(make_door_pass(event))

    at_door.post(PAGE, sent())

    door, full = at_door.get(DOOR).content.decode(), at_door.post(PAGE, sent(nonce="n2"))
    assert "2 of at most 2 in the room, staff included." in door
    assert '<meter min="0" max="2" value="2"' in door
    assert f'href="{PAGE}"' in door
    assert "Nobody else may come in." in door
    assert "The room holds as many people as it may." in full.content.decode()


def test_the_page_asks_the_same_number_of_queries_for_one_and_for_three(client):
    event = event_today("meeting", capacity=0)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    make_registration(event, state=S.WAITLISTED)
    count()
    before = count()
    for _ in range(2):
        make_registration(event, state=S.WAITLISTED)

    assert count() == before


def test_a_pass_sees_of_the_reserve_list_who_is_here_and_finds_others_by_name(client):
    event = event_today("meeting", capacity=0)
    _zajac, lis = (make_registration(event, state=S.WAITLISTED, last_name=name) for name in ("Zając", "Lis"))
    at_door = with_pass(make_door_pass(event))

    def names(client, **words):
        return [one.registration.participant.last_name for one in client.get(PAGE, words).context["waiting"]]

    assert (names(client), names(at_door), names(at_door, q="z")) == (["Zając", "Lis"], [], [])
    assert "Find by name who is here." in at_door.get(PAGE).content.decode()
    assert "Nobody by this name" in at_door.get(PAGE, {"q": "Nowak"}).content.decode()
    assert names(at_door, q="zajac") == ["Zając"]
    at_door.post(f"{PAGE}here/", {"reference": lis.reference})
    assert (names(at_door), names(at_door, q="zajac"), names(client)) == (["Lis"], ["Lis", "Zając"], ["Lis", "Zając"])


def test_who_is_here_stands_on_the_page_however_long_the_list(client, monkeypatch):
    monkeypatch.setattr(waiting_here, "_SHOWN_AT_MOST", 1)
    event = event_today("meeting", capacity=0)
    _first, last = (make_registration(event, state=S.WAITLISTED) for _ in range(2))

    client.post(f"{PAGE}here/", {"reference": last.reference})

    assert [one.registration for one in client.get(PAGE).context["waiting"]] == [last]
