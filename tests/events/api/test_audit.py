"""Who did what, who belongs where, and which rooms are taken."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import Role, Visibility
from events.models import Room, RoomBooking, UnitMembership
from tests.make import Program, make_event, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

AUDIT = "/api/v1/manage/audit/"
STAFF = "/api/v1/manage/staff/"
ROOMS = "/api/v1/manage/rooms/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner():
    return make_user("wlasciciel@example.org", role=Role.OWNER)


def statements(program, address):
    with CaptureQueriesContext(connection) as captured:
        assert program.get(address).status_code == 200
    return len(captured)


# Who did what


@pytest.fixture
def events(owner):
    own, other = make_event("debata"), make_event("warsztat")
    foreign = make_event("obce", unit=make_unit("zieleni"))
    own.changes.create(kind="created", at=NOW - timedelta(days=3), by=owner)
    own.changes.create(kind="edited", at=NOW - timedelta(days=2), by=make_user("drugi@example.org"))
    other.changes.create(kind="published", at=NOW - timedelta(days=1), by=owner, reason="Pilne")
    foreign.changes.create(kind="created", at=NOW, by=owner)
    return own, other, foreign


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [("warsztat", "published"), ("debata", "edited"), ("debata", "created")]),
        ("?event=debata", [("debata", "edited"), ("debata", "created")]),
        ("?event=obce", []),
        ("?user=Drugi@example.org", [("debata", "edited")]),
        ("?kind=created&kind=published", [("warsztat", "published"), ("debata", "created")]),
        ("?after=2027-01-10T10:00:00%2B01:00", [("warsztat", "published"), ("debata", "edited")]),
        ("?before=2027-01-10T10:00:00%2B01:00", [("debata", "created")]),
        ("?after=2027-01-11&page_size=1", [("warsztat", "published")]),
    ],
)
def test_the_audit_holds_what_happened_in_ones_units(owner, events, query, found):
    response = Program(owner).get(f"{AUDIT}{query}")

    assert response.status_code == 200, response.text
    assert [(change["event"], change["kind"]) for change in response.json()["results"]] == found


@pytest.mark.parametrize("query", ["kind=nothing", "user=nobody", "colour=red", "after=soon", "event=a+b"])
def test_a_filter_that_cannot_be_meant_is_named(owner, query):
    response = Program(owner).get(f"{AUDIT}?{query}")

    assert (response.status_code, list(response.json()["errors"])) == (400, [query.partition("=")[0]]), response.text


def test_three_changes_take_no_more_statements_than_one(owner):
    program = Program(owner)

    def add(number):
        make_event(f"e{number}").changes.create(kind="edited", at=NOW, by=make_user())

    add(1)
    one = statements(program, AUDIT)
    add(2)
    add(3)

    assert statements(program, AUDIT) == one


# Staff


def test_owners_see_who_belongs_to_their_units(owner):
    editor = make_user("redaktor@example.org", role=Role.EDITOR)
    UnitMembership.objects.create(user=editor, unit=make_unit(), role=Role.DOOR)
    UnitMembership.objects.create(user=editor, unit=make_unit("zieleni"), role=Role.OWNER)
    make_user("obcy@example.org", unit=make_unit("zieleni"))

    said = Program(owner).get(STAFF).json()["results"]

    assert [(person["email"], person["memberships"]) for person in said] == [
        (
            "redaktor@example.org",
            [{"unit": "strategia", "role": "door"}, {"unit": "strategia", "role": "editor"}],
        ),
        ("wlasciciel@example.org", [{"unit": "strategia", "role": "owner"}]),
    ]


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OWNER, Role.ADMIN}])
def test_others_do_not_see_who_belongs_to_a_unit(role):
    assert Program(make_user(role=role)).get(STAFF).status_code == 404


def test_three_colleagues_take_no_more_statements_than_one(owner):
    program = Program(owner)
    one = statements(program, STAFF)
    make_user()
    make_user()

    assert statements(program, STAFF) == one


# Rooms


def book(event, room, *, days):
    session = event.sessions.get()
    begins_at = NOW + timedelta(days=days)
    return RoomBooking.objects.create(
        session=session, room=room, begins_at=begins_at, ends_at=begins_at + timedelta(hours=2)
    )


def test_rooms_say_when_they_are_taken_and_by_whom_one_may_know(owner):
    room = Room.objects.create(venue=make_venue("ratusz"), name="Sala", capacity=80, setup_minutes=30)
    foreign = make_unit("zieleni")
    book(make_event("debata", visibility=Visibility.RESTRICTED), room, days=1)
    book(make_event("jawne", unit=foreign), room, days=2)
    book(make_event("tajne", unit=foreign, visibility=Visibility.RESTRICTED), room, days=3)
    book(make_event("pozniej"), room, days=60)

    response = Program(owner).get(ROOMS)

    (said,) = response.json()["results"]
    bookings = [(booking["event"], booking["unit"]) for booking in said.pop("bookings")]
    assert said == {"id": room.pk, "name": "Sala", "capacity": 80, "setup_minutes": 30, "venue": "ratusz"}
    assert bookings == [("debata", "strategia"), ("jawne", "zieleni"), (None, "zieleni")]
    assert "tajne" not in response.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("after=2027-01-13T12:00:00%2B01:00", 0),
        ("after=2027-01-13T11:59:00%2B01:00&before=2027-01-14", 1),
        ("before=2027-01-13T10:00:00%2B01:00", 0),
    ],
)
def test_an_end_is_the_next_ones_begin(owner, query, found):
    book(make_event("debata"), Room.objects.create(venue=make_venue("ratusz"), name="Sala"), days=1)

    (said,) = Program(owner).get(f"{ROOMS}?{query}").json()["results"]

    assert len(said["bookings"]) == found


@pytest.mark.parametrize("query", ["before=2026-01-01", "before=2029-01-01", "before=x", "room=1"])
def test_a_period_that_cannot_be_meant_is_named(owner, query):
    response = Program(owner).get(f"{ROOMS}?{query}")

    assert (response.status_code, list(response.json()["errors"])) == (400, [query.partition("=")[0]])


def test_three_rooms_take_no_more_statements_than_one(owner):
    program = Program(owner)

    def add(number):
        room = Room.objects.create(venue=make_venue(f"v{number}"), name="Sala")
        book(make_event(f"e{number}"), room, days=number)

    add(1)
    one = statements(program, ROOMS)
    add(2)
    add(3)

    assert statements(program, ROOMS) == one
