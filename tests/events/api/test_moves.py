"""The moves of an event over the API."""

from datetime import timedelta

import pytest
import time_machine

from events.enums import EventStatus, Role
from events.models import Event, EventChange
from tests.make import Program, make_event, make_notice, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/"
LATER = {"starts_at": "2027-03-02T17:00:00+01:00", "ends_at": "2027-03-02T19:00:00+01:00"}
MOVES = {
    "submit": {},
    "send-back": {"reason": "Brak miejsca"},
    "publish": {},
    "postpone": {"reason": "Awaria"},
    "new-date": {"sessions": [LATER]},
    "cancel": {"reason": "Awaria"},
    "hold": {},
    "close": {},
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def owner():
    return Program(make_user(role=Role.OWNER))


def history():
    return list(EventChange.objects.order_by("id").values_list("kind", "reason", "notify"))


def test_a_draft_is_sent_for_review_sent_back_and_approved(owner):
    make_notice()
    make_event("debata", status=EventStatus.DRAFT, venue=make_venue("ratusz"))

    states = [
        owner.post(f"{URL}{move}/", body).json()["status"]
        for move, body in [
            ("submit", {"reason": "Gotowe"}),
            ("send-back", {"reason": "Brak kontaktu"}),
            ("submit", {}),
            ("publish", {"override_reason": "Kontakt podamy jutro."}),
        ]
    ]

    assert states == ["in_review", "draft", "in_review", "published"]
    assert [(kind, reason) for kind, reason, _told in history()] == [
        ("submitted", "Gotowe"),
        ("sent_back", "Brak kontaktu"),
        ("submitted", ""),
        ("published", "Kontakt podamy jutro."),
    ]


def test_what_is_put_off_gets_a_new_date(owner):
    make_event("debata", venue=make_venue("ratusz"))

    postponed = owner.post(f"{URL}postpone/", {"reason": "Awaria", "notify": False})
    dated = owner.post(f"{URL}new-date/", {"sessions": [LATER]}, headers={"If-Match": postponed["ETag"]})

    assert (postponed.status_code, postponed.json()["status"]) == (200, "postponed")
    assert (dated.status_code, dated.json()["status"]) == (200, "published"), dated.text
    assert [session["starts_at"] for session in dated.json()["sessions"]] == [LATER["starts_at"]]
    assert history() == [("postponed", "Awaria", False), ("new_date", "", True)]


def test_what_took_place_is_held_and_closed(owner):
    make_event("debata", starts_at=NOW - timedelta(hours=3))

    states = [owner.post(f"{URL}{move}/").json()["status"] for move in ("hold", "close")]

    assert states == ["held", "closed"]


@pytest.mark.parametrize("move", MOVES)
def test_a_move_of_what_somebody_else_has_changed_is_an_edit_conflict(owner, move):
    make_event("debata", status=EventStatus.DRAFT)
    before = list(Event.objects.values())

    response = owner.post(f"{URL}{move}/", MOVES[move], headers={"If-Match": '"7"'})

    assert (response.status_code, response.json()["code"]) == (409, "edit_conflict"), response.text
    assert list(Event.objects.values()) == before
    assert history() == []


@pytest.mark.parametrize("move", MOVES)
def test_an_event_of_another_unit_is_not_there(move):
    make_event("debata")
    stranger = Program(make_user(unit=make_unit("zieleni")))

    assert stranger.post(f"{URL}{move}/", MOVES[move]).status_code == 404
    assert history() == []


@pytest.mark.parametrize(
    ("move", "body", "field"),
    [
        ("send-back", {}, "reason"),
        ("cancel", {"reason": " "}, "reason"),
        ("new-date", {}, "sessions"),
        ("new-date", {"sessions": [{"starts_at": "2027-03-02T17:00"}]}, "sessions.0.ends_at"),
        ("hold", {"reason": "x"}, "reason"),
        ("submit", {"notify": True}, "notify"),
    ],
)
def test_a_move_that_cannot_be_read_is_named(owner, move, body, field):
    make_event("debata")

    response = owner.post(f"{URL}{move}/", body)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(
    ("status", "move", "code"),
    [
        (EventStatus.PUBLISHED, "submit", "move_not_allowed"),
        (EventStatus.PUBLISHED, "send-back", "move_not_allowed"),
        (EventStatus.PUBLISHED, "hold", "not_begun"),
        (EventStatus.PUBLISHED, "close", "not_over"),
        (EventStatus.PUBLISHED, "new-date", "move_not_allowed"),
        (EventStatus.DRAFT, "postpone", "move_not_allowed"),
        (EventStatus.CANCELLED, "cancel", "move_not_allowed"),
    ],
)
def test_a_move_that_a_state_does_not_have_is_refused_by_its_code(owner, status, move, code):
    make_event("debata", status=status)

    response = owner.post(f"{URL}{move}/", MOVES[move])

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert history() == []
