"""Seats over the API: fewer than are taken only by choice; seats of a group for everybody."""

import pytest
import time_machine

from events.enums import EventChangeKind, Role
from events.models import EventChange
from registrations.enums import RegistrationState
from tests.make import Program, make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor():
    return Program(make_user(role=Role.EDITOR))


def test_fewer_seats_than_are_taken_are_accepted_by_choice_and_nobody_loses_one(editor):
    event = make_event("debata", capacity=5)
    people = [make_registration(event) for _person in range(3)]
    body = {"registration": {"capacity": 1}}

    refused = editor.patch(URL, body)
    preview = editor.post(f"{URL}preview/", {"registration": {"capacity": 1, "allow_overbooking": True}}).json()
    assert (refused.status_code, refused.json()["code"], event.pools.get().capacity) == (409, "over_capacity", 5)
    assert (refused.json()["taken"], refused.json()["capacity"]) == (3, 1)
    accepted = editor.patch(URL, {"registration": {"capacity": 1, "allow_overbooking": True}})

    after = {"capacity": 1, "overbooked": 2}
    assert [row["after"] for row in preview["differences"]] == [after]
    assert (accepted.status_code, accepted.json()["registration"]["capacity"]) == (200, 1)
    assert "allow_overbooking" not in accepted.json()["registration"]
    pool = event.pools.get()
    assert (pool.capacity, pool.taken, pool.overbooked) == (1, 3, 2)
    assert EventChange.objects.get(kind=EventChangeKind.CAPACITY_CHANGED).after == after
    for person in people:
        person.refresh_from_db()
    assert {person.state for person in people} == {RegistrationState.CONFIRMED}


def test_the_same_choice_holds_for_groups_and_dates(editor):
    event = make_event("debata", capacity=9, categories=[("business", 4)])
    session = event.sessions.get()
    event.pools.create(session=session, capacity=4)
    for _person in range(3):
        make_registration(event, category="business")
    ids = {(pool["session"], pool["category"]): pool["id"] for pool in editor.get(f"{URL}pools/").json()}

    for key in [(None, "business"), (session.pk, None)]:
        address = f"{URL}pools/{ids[key]}/"
        assert editor.patch(address, {"capacity": 2}).json()["code"] == "over_capacity"
        answer = editor.patch(address, {"capacity": 2, "allow_overbooking": True}).json()
        assert (answer["capacity"], answer["taken"], answer["overbooked"], answer["free"]) == (2, 3, 1, 0)

    assert [row.after for row in EventChange.objects.filter(kind="capacity_changed").order_by("id")] == [
        {"capacity": 2, "overbooked": 1, "category": "business"},
        {"capacity": 2, "overbooked": 1},
    ]


def test_a_new_event_has_nothing_to_overbook(editor):
    body = {
        "unit": "strategia",
        "kind": "workshop",
        "title": {"pl": "Warsztat"},
        "sessions": [{"starts_at": "2027-02-07T17:00", "ends_at": "2027-02-07T19:00"}],
        "registration": {"allow_overbooking": True},
    }
    make_event("debata")

    assert list(editor.post("/api/v1/manage/events/", body).json()["errors"]) == ["registration.allow_overbooking"]


def test_free_seats_of_a_group_are_opened_and_whoever_waits_moves_up(editor):
    event = make_event("debata", capacity=10, categories=[("business", 5), ("ngo", 1)])
    make_registration(event, category="ngo")
    waiting = make_registration(event, category="ngo", state=RegistrationState.WAITLISTED)
    event.pools.filter(category=None).update(waiting=0)
    ngo = event.pools.get(category__code="ngo")
    ngo.waiting = 1
    ngo.save()
    waiting.waiting_pool = ngo
    waiting.save()

    too_many = editor.post(f"{URL}pools/release/", {"category": "business", "seats": 6, "reason": "Nie przyszli"})
    silent = editor.post(f"{URL}pools/release/", {"category": "business", "seats": 2})
    done = editor.post(f"{URL}pools/release/", {"category": "business", "seats": 2, "reason": "Nie przyszli"})

    assert (too_many.status_code, too_many.json()["code"]) == (409, "over_capacity")
    assert list(silent.json()["errors"]) == ["reason"]
    whole, business, _ngo = done.json()
    assert (done.status_code, whole["released"], business["capacity"]) == (200, 2, 3)
    waiting.refresh_from_db()
    assert waiting.state == RegistrationState.CONFIRMED


def test_a_group_that_is_not_of_this_event_has_no_seats(editor):
    make_event("debata", categories=[("business", None)])

    answers = [
        editor.post(f"{URL}pools/release/", {"category": category, "seats": 1, "reason": "x"})
        for category in ("business", "lost")
    ]

    assert [(answer.status_code, list(answer.json()["errors"])) for answer in answers] == [(400, ["category"])] * 2
