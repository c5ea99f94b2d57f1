"""Looking before saving, over the API."""

from datetime import timedelta

import pytest
import time_machine

from events.enums import EventStatus, Role, Visibility
from events.models import Audience, Event, EventChange, Session
from registrations.enums import RegistrationState
from tests.make import Program, make_event, make_registration, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/"
LATER = {"starts_at": "2027-03-02T17:00:00+01:00", "ends_at": "2027-03-02T19:00:00+01:00"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event():
    event = make_event("debata", venue=make_venue("ratusz"))
    make_registration(event, state=RegistrationState.CONFIRMED, email="anna@example.org")
    return event


@pytest.fixture
def editor(event):
    return Program(make_user(role=Role.EDITOR))


def stored():
    return list(Event.objects.values()), list(Session.objects.values()), list(EventChange.objects.values())


@pytest.mark.parametrize(
    ("body", "kinds", "mails"),
    [
        ({"sessions": [LATER]}, ["rescheduled", "rescheduled"], True),
        ({"sessions": [LATER], "notify": False}, ["rescheduled", "rescheduled"], False),
        ({"title": {"pl": "Nowy tytuł"}}, ["edited"], False),
        ({"move": "cancel"}, ["cancelled"], True),
        ({"move": "cancel", "notify": False}, ["cancelled"], False),
        ({"move": "postpone"}, ["postponed"], True),
    ],
)
def test_a_preview_says_what_would_change_and_who_would_be_told_and_saves_nothing(editor, body, kinds, mails):
    before = stored()

    response = editor.post(f"{URL}preview/", body)

    assert response.status_code == 200, response.text
    said = response.json()
    assert [difference["kind"] for difference in said["differences"]] == kinds
    assert set(said) == {"differences", "told", "conflicts"}
    assert set(said["told"]) == {"email", "sms"}
    assert bool(said["told"]["email"]) == mails
    assert stored() == before


def test_a_new_date_is_previewed_like_any_other_move(editor, event):
    editor.post(f"{URL}postpone/", {"notify": False})
    before = stored()

    response = editor.post(f"{URL}preview/", {"move": "new_date", "sessions": [LATER]})
    nothing = editor.post(f"{URL}preview/", {"move": "new_date"})

    assert response.status_code == 200, response.text
    assert "new_date" in [difference["kind"] for difference in response.json()["differences"]]
    assert (nothing.status_code, list(nothing.json()["errors"])) == (400, ["sessions"])
    assert stored() == before


def test_a_head_previews_the_moves_that_a_head_may_make(event):
    head = Program(make_user(role=Role.HEAD))

    moves = [head.post(f"{URL}preview/", {"move": move}).status_code for move in ("cancel", "postpone")]
    edit = head.post(f"{URL}preview/", {"title": {"pl": "Nowy"}}).status_code

    assert (moves, edit) == ([200, 200], 404)


def test_what_a_change_would_refuse_a_preview_refuses(editor, event):
    before = stored()

    wrong = editor.post(f"{URL}preview/", {"title": {"pl": " "}})
    unknown = editor.post(f"{URL}preview/", {"move": "publish"})
    stale = editor.post(f"{URL}preview/", {"title": {"pl": "Nowy"}}, headers={"If-Match": '"9"'})
    stale_move = editor.post(f"{URL}preview/", {"move": "cancel"}, headers={"If-Match": '"9"'})
    undated = editor.post(f"{URL}preview/", {"move": "new_date", "sessions": [LATER]})

    assert (stale_move.status_code, stale_move.json()["code"]) == (409, "edit_conflict")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["title"])
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["move"])
    assert (stale.status_code, stale.json()["code"]) == (409, "edit_conflict")
    assert (undated.status_code, undated.json()["code"]) == (409, "move_not_allowed")
    assert stored() == before


def test_what_was_read_can_be_previewed_whole(editor):
    read = editor.get(URL).json()

    response = editor.post(f"{URL}preview/", {**read, "title": {"pl": "Nowy"}})

    assert [difference["after"] for difference in response.json()["differences"]] == [{"title": {"pl": "Nowy"}}]


def test_conflicts_name_what_one_may_know(editor, event):
    residents = Audience.objects.create(slug="mieszkancy-proba", name={"pl": "Mieszkańcy"})
    evening = NOW + timedelta(days=30, hours=8)
    own = make_event("wieczor", starts_at=evening)
    for other in [
        own,
        make_event("obok", title="Obok", starts_at=evening, unit=make_unit("zieleni")),
        make_event(
            "tajne", title="Tajne", starts_at=evening, unit=make_unit("zieleni"), visibility=Visibility.RESTRICTED
        ),
        make_event("szkic", title="Szkic", starts_at=evening, status=EventStatus.DRAFT),
    ]:
        other.audiences.add(residents)

    response = editor.get("/api/v1/manage/events/wieczor/conflicts/")

    assert response.status_code == 200, response.text
    assert [(said["event"], said["kind"], said["severity"]) for said in response.json()] == [
        ("obok", "audience", "hint"),
        (None, "audience", "hint"),
        ("szkic", "audience", "hint"),
    ]
    assert "Tajne" not in response.text
    assert "tajne" not in response.text


@pytest.mark.parametrize(("method", "address"), [("post", "preview/"), ("get", "conflicts/")])
def test_an_event_of_another_unit_is_not_there(event, method, address):
    stranger = Program(make_user(unit=make_unit("zieleni")))

    assert getattr(stranger, method)(f"{URL}{address}").status_code == 404
