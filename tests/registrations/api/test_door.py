"""Checking in and counting over the API."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import Role, Visibility
from events.models import Event
from registrations.actions.parties import cancel_member
from registrations.enums import RegistrationState
from registrations.models import CheckIn, HeadcountEntry, Registration
from registrations.tokens import make_token
from tests.make import Program, make_door_pass, make_event, make_registration, make_unit, make_user
from tests.make.events import NOW
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/check-ins/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def door():
    return Program(make_user("door@example.org", role=Role.DOOR))


def test_a_code_admits_once_and_says_who_it_was(door):
    registration = make_registration(make_event("debata"))
    tap = {"code": registration.ticket_code, "nonce": "a", "at": "2027-01-12T09:59:58+01:00", "device": "Telefon 1"}

    first = door.post(URL, tap)
    same = door.post(URL, tap)
    other = door.post(URL, {**tap, "nonce": "b"})

    assert first.status_code == 200, first.text
    assert first.json() == {
        "nonce": "a",
        "result": "admitted",
        "event": "debata",
        "event_title": "Trial meeting",
        "at": "2027-01-12T09:59:58+01:00",
        "by": "door@example.org",
        "registration": {
            "reference": registration.reference,
            "first_name": "Anna",
            "last_name": "Nowak",
            "category": None,
            "seats": 1,
            "contact_comes": True,
            "attendance": "present",
            "no_photo": False,
            "party": [],
        },
        "member": None,
        "position": None,
        "event_facts": {"is_streamed": False, "is_recorded": False},
    }
    assert same.json() == first.json()
    assert other.json() == {**first.json(), "nonce": "b", "result": "already_present"}
    row = CheckIn.objects.get(kind="admit")
    assert (row.device, row.source, row.device_at) == ("Telefon 1", "qr", NOW - timedelta(seconds=2))


def test_a_device_that_was_offline_sends_all_at_once_and_each_tap_stands_alone(door):
    event = make_event("debata", capacity=1)
    inside = make_registration(event)
    waiting = make_registration(event, state=RegistrationState.WAITLISTED)
    gone = make_registration(event, state=RegistrationState.CANCELLED_BY_PARTICIPANT)
    elsewhere = make_registration(make_event("inna"))
    taps = [
        {"reference": inside.reference, "nonce": "1"},
        {"reference": waiting.reference, "nonce": "2"},
        {"reference": gone.reference, "nonce": "3"},
        {"code": elsewhere.ticket_code, "nonce": "4"},
        {"code": "NOBODY22", "nonce": "5"},
        {"code": inside.ticket_code, "nonce": "1"},
    ]

    response = door.post(URL, taps)

    assert response.status_code == 200, response.text
    assert [(answer["nonce"], answer["result"], answer["event"]) for answer in response.json()] == [
        ("1", "admitted", "debata"),
        ("2", "waitlisted", "debata"),
        ("3", "cancelled", "debata"),
        ("4", "wrong_event", "inna"),
        ("5", "unknown", "debata"),
        ("1", "admitted", "debata"),
    ]
    assert "Nowak" not in str(response.json()[3])


def test_a_hidden_event_of_another_unit_is_not_named(door):
    make_event("debata")
    hidden = make_registration(make_event("tajne", unit=make_unit("inny"), visibility=Visibility.RESTRICTED))

    answer = door.post(URL, {"code": hidden.ticket_code, "nonce": "1"})

    assert answer.json()["result"] == "wrong_event"
    assert answer.json()["event"] is None


def test_a_number_that_was_used_for_somebody_else_keeps_nobody_else_out(door):
    event = make_event("debata")
    first, second, third = (make_registration(event) for _ in range(3))
    taps = [{"reference": row.reference, "nonce": nonce} for row, nonce in ((first, "1"), (second, "1"), (third, "3"))]

    alone = [door.post(URL, tap) for tap in taps[:2]]
    together = door.post(URL, taps)

    assert [answer.status_code for answer in alone] == [200, 400]
    assert list(alone[1].json()["errors"]) == ["nonce"]
    assert [(answer["result"], answer.get("code")) for answer in together.json()] == [
        ("admitted", None),
        ("refused", "invalid"),
        ("admitted", None),
    ]


@pytest.mark.parametrize(
    ("tap", "field"),
    [
        ({"nonce": "1"}, "code"),
        ({"nonce": "1", "code": "A", "reference": "B"}, "code"),
        ({"code": "A"}, "nonce"),
        ({"code": "A", "nonce": "n" * 65}, "nonce"),
        ({"code": "A", "nonce": "1", "at": "yesterday"}, "at"),
        ({"code": "A", "nonce": "1", "source": "smell"}, "source"),
        ({"code": "A", "nonce": "1", "colour": "red"}, "colour"),
        ([{"code": "A", "nonce": "1"}, {"code": "A"}], "1.nonce"),
        ([], None),
        ("A", ""),
    ],
)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_tap_that_cannot_be_read_is_named(tap, field, language):
    make_event("debata")
    door = Program(make_user(role=Role.DOOR), language=language)

    response = door.post(URL, tap)

    if field is None:
        assert (response.status_code, response.json()) == (200, [])
    else:
        assert (response.status_code, list(response.json()["errors"])) == (400, [field]), response.text


def test_a_device_clock_without_offset_is_the_citys(door):
    registration = make_registration(make_event("debata"))

    door.post(URL, {"code": registration.ticket_code, "nonce": "1", "at": "2027-01-12T09:59"})

    assert CheckIn.objects.get().device_at == NOW - timedelta(minutes=1)


def test_an_admission_is_taken_back_by_another_row(door):
    registration = make_registration(make_event("debata"))
    door.post(URL, {"code": registration.ticket_code, "nonce": "1"})

    answers = [door.post(f"{URL}1/void/", {"reason": "Pomyłka"}) for _ in range(2)]

    assert [(answer.status_code, answer.json()["result"]) for answer in answers] == [(200, "voided")] * 2
    registration.refresh_from_db()
    assert registration.attendance == "not_recorded"
    assert [row.kind for row in CheckIn.objects.all()] == ["admit", "void"]
    assert door.post(f"{URL}unknown/void/").status_code == 404


def test_heads_are_counted_once_for_each_tap(door):
    make_event("debata")
    url = "/api/v1/manage/events/debata/headcounts/"

    said = [
        door.post(url, tap).json()
        for tap in (
            {"delta": 5, "nonce": "1"},
            {"delta": 5, "nonce": "1"},
            {"delta": -2, "nonce": "2", "category": None},
        )
    ]

    assert [answer["headcount"] for answer in said] == [5, 5, 3]
    assert HeadcountEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("tap", "field"),
    [
        ({"delta": 0, "nonce": "1"}, "delta"),
        ({"delta": -1, "nonce": "1"}, "delta"),
        ({"delta": 10**12, "nonce": "1"}, "delta"),
        ({"delta": 1}, "nonce"),
        ({"delta": 1, "nonce": "1", "category": "martians"}, "category"),
    ],
)
def test_a_count_that_cannot_be_is_named(door, tap, field):
    make_event("debata")

    response = door.post("/api/v1/manage/events/debata/headcounts/", tap)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_each_of_a_party_is_checked_in_by_their_own_code_or_by_the_number_of_the_registration(door):
    event = make_group_event("debata")
    party, (ewa, jan) = party_of(event, EWA, JAN)
    cancel_member(jan, by=None, at=NOW)

    answers = door.post(
        URL,
        [
            {"code": ewa.ticket_code, "nonce": "1"},
            {"reference": party.reference, "member": ewa.pk, "nonce": "2"},
            {"code": jan.ticket_code, "nonce": "3"},
            {"reference": party.reference, "nonce": "4"},
        ],
    ).json()

    assert [answer["result"] for answer in answers] == ["admitted", "already_present", "cancelled", "admitted"]
    assert [answer["member"] and answer["member"]["id"] for answer in answers] == [ewa.pk, ewa.pk, jan.pk, None]
    assert answers[0]["member"] == {"id": ewa.pk, "first_name": "Ewa", "last_name": "Lis", "attendance": "present"}
    assert answers[3]["registration"]["party"] == [answers[0]["member"]]
    assert "ewa@" not in str(answers)


def test_a_code_names_one_person_already(door):
    make_event("debata")

    answer = door.post(URL, {"code": "NOBODY22", "member": 1, "nonce": "1"})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["member"])


@pytest.mark.parametrize("by", ["token", "session", "pass"])
@pytest.mark.parametrize("kind", ["first", "again", "once more"])
def test_a_check_in_costs_at_most_eight_statements(by, kind):
    event = make_event("debata")
    user = make_user(role=Role.DOOR)
    client = Program(user) if by == "token" else Program()
    if by == "session":
        client.force_login(user)
    elif by == "pass":
        given = make_door_pass(event)
        client.post(f"/en/door/{make_token('door', row_id=given.pk, generation=given.generation)}/")

    def scan(registration, nonce):
        answer = client.post(URL, {"code": registration.ticket_code, "nonce": nonce, "at": NOW, "sent_at": NOW})
        assert answer.status_code == 200, answer.text

    # The statements are put together once.
    scan(make_registration(event), "warm")
    registration = make_registration(event)
    if kind != "first":
        scan(registration, "1")
    with CaptureQueriesContext(connection) as statements:
        scan(registration, "2" if kind == "again" else "1")

    assert len(statements) <= 8, [query["sql"][:90] for query in statements.captured_queries]


def test_somebody_who_waits_hears_their_place_and_what_the_door_has_to_say(door):
    event = make_event("debata", capacity=0)
    Event.objects.filter(pk=event.pk).update(is_streamed=True)
    rows = [make_registration(event, state=RegistrationState.WAITLISTED) for _ in range(2)]
    Registration.objects.filter(pk=rows[1].pk).update(no_photo=True)

    answer = door.post(URL, {"code": rows[1].ticket_code, "nonce": "1"}).json()

    assert (answer["result"], answer["position"]) == ("waitlisted", 2)
    assert answer["registration"]["no_photo"] is True
    assert answer["event_facts"] == {"is_streamed": True, "is_recorded": False}


def test_a_batch_is_put_right_by_how_far_the_clock_of_the_device_is_off(door):
    registration = make_registration(make_event("debata"))
    tap = {"code": registration.ticket_code, "device": "Telefon 1", "sent_at": "2027-01-12T10:20:00+01:00"}

    (answer,) = door.post(URL, [{**tap, "nonce": "1", "at": "2027-01-12T10:15:00+01:00"}]).json()

    assert answer["at"] == "2027-01-12T09:55:00+01:00"
    assert door.post(URL, {**tap, "nonce": "2", "sent_at": "soon"}).json()["errors"].keys() == {"sent_at"}
