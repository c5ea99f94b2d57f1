"""What people need at an event, over the API, for those who arrange it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import Role
from events.models import AccessLog
from registrations.actions.moves import cancel_registration
from registrations.actions.needs import answer_need
from registrations.enums import NeedState, RegistrationState
from tests.make import Program, make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/needs/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def arranger():
    return Program(make_user("koordynator@example.org", role=Role.ACCESSIBILITY))


def accesses():
    rows = AccessLog.objects.order_by("id")
    return list(rows.values_list("user__email", "kind", "event_slug", "about", "people"))


def test_needs_are_listed_by_number_and_nobody_is_named(arranger):
    event = make_event("debata")
    registration = make_registration(event, last_name="Nowak", email="anna@example.org", phone="+48600100200")
    wheelchair = registration.needs.create(
        kind="wheelchair", note="Szerokie drzwi", created_at=NOW + timedelta(hours=1)
    )
    interpreter = registration.needs.create(kind="pjm", is_late=True, created_at=NOW)
    answer_need(wheelchair, to=NeedState.ACKNOWLEDGED, reason="Zobaczymy", by=make_user("ewa@urzad.example"), at=NOW)
    elsewhere = make_registration(make_event("inna"))
    elsewhere.needs.create(kind="skogn", created_at=NOW)

    response = arranger.get(URL)

    assert response.json()["results"] == [
        {
            "id": interpreter.pk,
            "kind": "pjm",
            "note": "",
            "state": "requested",
            "is_late": True,
            "certain_until": "2027-01-21",
            "reason": "",
            "alternative": "",
            "reference": registration.reference,
            "registration_state": "confirmed",
            "asked_at": "2027-01-12T10:00:00+01:00",
            "history": [],
        },
        {
            "id": wheelchair.pk,
            "kind": "wheelchair",
            "note": "Szerokie drzwi",
            "state": "acknowledged",
            "is_late": False,
            "certain_until": None,
            "reason": "Zobaczymy",
            "alternative": "",
            "reference": registration.reference,
            "registration_state": "confirmed",
            "asked_at": "2027-01-12T11:00:00+01:00",
            "history": [
                {
                    "from_state": "requested",
                    "to_state": "acknowledged",
                    "by": "ewa@urzad.example",
                    "at": "2027-01-12T10:00:00+01:00",
                    "reason": "Zobaczymy",
                },
            ],
        },
    ]
    assert not any(word in response.text for word in ("Nowak", "example.org", "600100200"))


def test_who_does_not_come_needs_nothing_and_what_was_taken_back_is_still_told(arranger):
    event = make_event("debata")
    for number, state in enumerate(RegistrationState):
        registration = make_registration(event, state=state)
        registration.needs.create(kind="pjm", created_at=NOW + timedelta(minutes=number))
    make_registration(event).needs.create(kind="skogn", state=NeedState.WITHDRAWN, created_at=NOW - timedelta(days=1))

    rows = arranger.get(URL).json()["results"]

    assert [(row["kind"], row["state"]) for row in rows[:1]] == [("skogn", "withdrawn")]
    assert [row["registration_state"] for row in rows[1:]] == [
        "awaiting_approval", "held", "confirmed", "waitlisted", "offered",
    ]  # fmt: skip


def test_three_needs_take_no_more_statements_than_one(arranger):
    event = make_event("debata")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert arranger.get(URL).status_code == 200
        return len(captured)

    make_registration(event).needs.create(kind="pjm", created_at=NOW)
    statements()
    one = statements()
    for kind in ("sjm", "skogn"):
        make_registration(event).needs.create(kind=kind, created_at=NOW)

    assert statements() == one


def test_what_was_arranged_for_somebody_who_does_not_come_is_still_told(arranger):
    event = make_event("debata")
    registration = make_registration(event)
    registration.needs.create(kind="pjm", state=NeedState.ARRANGED, created_at=NOW)
    registration.needs.create(kind="sjm", created_at=NOW)
    cancel_registration(registration, by=None, at=NOW)

    rows = arranger.get(URL).json()["results"]

    assert [(row["kind"], row["state"], row["registration_state"]) for row in rows] == [
        ("pjm", "withdrawn", "cancelled_by_participant")
    ]


def test_the_list_is_narrowed_to_a_state(arranger):
    registration = make_registration(make_event("debata"))
    registration.needs.create(kind="pjm", created_at=NOW)
    registration.needs.create(kind="sjm", state=NeedState.ARRANGED, created_at=NOW)

    assert [row["kind"] for row in arranger.get(f"{URL}?state=arranged").json()["results"]] == ["sjm"]
    for query in ("state=done", "colour=red"):
        assert arranger.get(f"{URL}?{query}").status_code == 400


# Answers


@pytest.fixture
def need():
    registration = make_registration(make_event("debata"), last_name="Nowak", email="anna@example.org")
    return registration.needs.create(kind="pjm", created_at=NOW)


def address(need):
    return f"{URL}{need.pk}/"


def test_a_need_is_answered(arranger, need):
    response = arranger.patch(address(need), {"state": "arranged", "reason": "Czeka przy wejściu"})

    said = response.json()
    assert (said["state"], said["reason"]) == ("arranged", "Czeka przy wejściu")
    assert [(row["to_state"], row["by"]) for row in said["history"]] == [
        ("acknowledged", "koordynator@example.org"),
        ("arranged", "koordynator@example.org"),
    ]
    assert arranger.get(address(need)).json() == said
    assert response["Cache-Control"] == "private, no-store"
    assert not any(word in response.text for word in ("Nowak", "anna@example.org"))


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({}, 400, ["state"]),
        ({"state": "withdrawn"}, 400, ["state"]),
        ({"state": "requested"}, 400, ["state"]),
        ({"state": "not_possible"}, 400, ["reason", "alternative"]),
        ({"state": "arranged", "alternative": "Napisy"}, 400, ["alternative"]),
        ({"state": "arranged", "reason": "x" * 2001}, 400, ["reason"]),
        ({"state": "arranged", "note": "Nowa"}, 400, ["note"]),
        ({"state": "fulfilled"}, 409, None),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_was_seen(arranger, need, body, status, fields):
    response = arranger.patch(address(need), body)

    said = response.json()
    assert (response.status_code, list(said["errors"]) if fields else said["code"]) == (
        status, fields or "need_move_not_allowed",
    )  # fmt: skip
    need.refresh_from_db()
    assert (need.state, accesses()) == (NeedState.REQUESTED, [])


def test_a_need_of_another_event_is_not_there(arranger, need):
    elsewhere = make_registration(make_event("inna")).needs.create(kind="pjm", created_at=NOW)

    for method in (arranger.get, lambda url: arranger.patch(url, {"state": "arranged"})):
        assert method(address(elsewhere)).status_code == 404
    assert accesses() == []


def test_every_look_at_needs_is_written_down_once(arranger, need):
    make_registration(need.registration.event).needs.create(kind="sjm", created_at=NOW)
    need.registration.needs.create(kind="large_print", created_at=NOW)
    reference = need.registration.reference

    arranger.get(URL)
    arranger.get(f"{URL}?state=arranged")
    arranger.get(address(need))
    arranger.patch(address(need), {"state": "acknowledged"})

    mine = ("koordynator@example.org", "needs", "debata")
    assert accesses() == [(*mine, "", 2), (*mine, "", 0), (*mine, reference, 1), (*mine, reference, 1)]


def test_who_may_not_see_needs_leaves_no_row(need):
    for role in (Role.EDITOR, Role.HEAD, Role.AUDITOR, Role.DOOR):
        program = Program(make_user(role=role))
        assert {program.get(URL).status_code, program.get(address(need)).status_code} == {404}
    assert accesses() == []


def test_who_sees_names_does_not_see_that_there_was_a_need(need):
    owner = make_user()
    answer_need(need, to=NeedState.ACKNOWLEDGED, by=owner, at=NOW)
    registrations = "/api/v1/manage/events/debata/registrations/"

    listed = Program(owner).get(registrations).json()["results"][0]
    alone = Program(owner).get(f"{registrations}{need.registration.reference}/").json()

    assert listed["history"] == alone["history"] == []
