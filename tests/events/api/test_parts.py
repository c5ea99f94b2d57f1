"""The parts of an event over the API: each change is an edit of the event."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import EventStatus, Role
from events.models import Event, EventChange, ReminderRule, Session
from tests.make import Program, make_event, make_session, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/"
DATE = {"starts_at": "2027-03-02T17:00:00+01:00", "ends_at": "2027-03-02T19:00:00+01:00"}
DAY_BEFORE = {"channel": "email", "before": {"days": 1, "at": "17:00"}}
HOURS_BEFORE = {"channel": "sms", "before": {"minutes": 180}}
QUESTION = {
    "kind": "choice",
    "text": {"pl": "Która grupa?"},
    "help": {"pl": "Jedna odpowiedź."},
    "choices": [{"value": "a", "label": {"pl": "Zieleń"}}, {"value": "b", "label": {"pl": "Transport"}}],
    "required": True,
    "purpose": {"pl": "Podział na grupy"},
    "retention_days": 30,
}
SPEAKER = {
    "kind": "speaker",
    "name": "Anna Nowak",
    "organization": None,
    "user": None,
    "email": "anna@example.org",
    "phone": "",
    "public": True,
}
POINT: dict[str, Any] = {
    "title": {"pl": "Otwarcie"},
    "description": {"pl": ""},
    "starts_at": None,
    "ends_at": None,
    "roles": [SPEAKER],
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event():
    return make_event("debata", status=EventStatus.DRAFT, venue=make_venue("ratusz"))


@pytest.fixture
def editor(event):
    return Program(make_user(role=Role.EDITOR))


def bodies(event):
    session = event.sessions.all()[0]
    return {
        "sessions": DATE,
        "agenda": {**POINT, "session": session.pk},
        "questions": QUESTION,
        "reminders": DAY_BEFORE,
    }


PARTS = ["sessions", "agenda", "questions", "reminders"]


@pytest.mark.parametrize("part", PARTS)
def test_an_item_is_added_read_changed_and_taken_out(event, editor, part):
    body = bodies(event)[part]
    before = editor.get(f"{URL}{part}/").json()

    added = editor.post(f"{URL}{part}/", body)

    assert added.status_code == 201, added.text
    item = added.json()
    assert body.items() <= item.items()
    assert editor.get(f"{URL}{part}/").json() == [*before, item]
    changes: dict[str, dict[str, Any]] = {
        "sessions": {"capacity": 20},
        "agenda": {"title": {"pl": "Powitanie"}},
        "questions": {"required": False},
        "reminders": {"before": {"minutes": 60}},
    }
    change = changes[part]
    changed = editor.patch(f"{URL}{part}/{item['id']}/", change, headers={"If-Match": added["ETag"]})
    assert (changed.status_code, changed.json()) == (200, {**item, **change}), changed.text
    gone = editor.delete(f"{URL}{part}/{item['id']}/", headers={"If-Match": changed["ETag"]})
    assert gone.status_code == 204
    listed = editor.get(f"{URL}{part}/")
    assert (listed.json(), listed["ETag"]) == (before, gone["ETag"])


def test_a_reminder_says_for_whom_it_is_and_turns_round(event, editor):
    body = {"channel": "email", "audience": "waitlisted", "before": {"minutes": 90}}
    added = editor.post(f"{URL}reminders/", body)
    assert (added.status_code, added.json()) == (201, {**body, "id": added.json()["id"]}), added.text

    address = f"{URL}reminders/{added.json()['id']}/"
    turned = {"audience": "confirmed", "before": None, "after": {"minutes": 60}}
    changed = editor.patch(address, turned, headers={"If-Match": added["ETag"]})

    assert changed.status_code == 200, changed.text
    assert changed.json() == {
        "id": added.json()["id"],
        "channel": "email",
        "after": {"minutes": 60},
    }
    rule = ReminderRule.objects.filter(minutes_after=60).get()
    assert (rule.audience, rule.minutes_before) == ("confirmed", None)


@pytest.mark.parametrize("part", PARTS)
def test_a_list_that_was_read_can_be_sent_back_whole(event, editor, part):
    editor.post(f"{URL}{part}/", bodies(event)[part])
    before = editor.get(f"{URL}{part}/")

    response = editor.put(f"{URL}{part}/", before.json(), headers={"If-Match": before["ETag"]})

    assert (response.status_code, response.json()) == (200, before.json()), response.text


@pytest.mark.parametrize("part", PARTS)
def test_two_who_edit_at_once_notice_each_other(event, editor, part):
    item = editor.post(f"{URL}{part}/", bodies(event)[part]).json()
    before = editor.get(f"{URL}{part}/").json()
    headers = {"If-Match": '"1"'}

    answers = [
        editor.post(f"{URL}{part}/", bodies(event)[part], headers=headers),
        editor.put(f"{URL}{part}/", [], headers=headers),
        editor.patch(f"{URL}{part}/{item['id']}/", {}, headers=headers),
        editor.delete(f"{URL}{part}/{item['id']}/", headers=headers),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "edit_conflict")}
    assert editor.get(f"{URL}{part}/").json() == before


@pytest.mark.parametrize("part", [*PARTS, "pools"])
def test_an_item_that_is_not_there_is_404(editor, part):
    assert editor.patch(f"{URL}{part}/999999999999999999999/", {}).status_code == 404
    if part != "pools":
        assert editor.delete(f"{URL}{part}/999/").status_code == 404


@pytest.mark.parametrize("part", [*PARTS, "pools"])
def test_an_event_of_another_unit_is_not_there(event, part):
    stranger = Program(make_user(unit=make_unit("zieleni")))
    body = {**bodies(event), "pools": {"capacity": 1}}[part]

    assert stranger.get(f"{URL}{part}/").status_code == 404
    assert stranger.patch(f"{URL}{part}/1/", body).status_code == 404
    if part != "pools":
        assert stranger.post(f"{URL}{part}/", body).status_code == 404
        assert stranger.put(f"{URL}{part}/", [body]).status_code == 404
        assert stranger.delete(f"{URL}{part}/1/").status_code == 404
    assert not EventChange.objects.exists()


@pytest.mark.parametrize(
    ("method", "address", "body", "field"),
    [
        ("post", "sessions/", {**DATE, "ends_at": "2027-03-02T16:00"}, "ends_at"),
        ("post", "sessions/", {"starts_at": "2027-03-02T16:00"}, "ends_at"),
        ("post", "sessions/", {**DATE, "colour": "red"}, "colour"),
        ("post", "sessions/", {**DATE, "room": 999}, "room"),
        ("put", "sessions/", [{**DATE, "ends_at": "2027-03-02T16:00"}], "0.ends_at"),
        ("put", "sessions/", [DATE, {"starts_at": "soon"}], "1.starts_at"),
        ("put", "sessions/", {}, ""),
        ("post", "reminders/", {"channel": "email", "before": {"days": 1}}, "before"),
        ("post", "reminders/", {"channel": "email", "before": {"minutes": 0}}, "reminders"),
        ("post", "reminders/", {"channel": "email"}, "before"),
        ("post", "reminders/", {**DAY_BEFORE, "after": {"minutes": 5}}, "before"),
        ("post", "reminders/", {"channel": "email", "after": {}}, "after.minutes"),
        ("post", "reminders/", {"channel": "email", "after": {"minutes": 43201}}, "reminders"),
        ("post", "reminders/", {"channel": "email", "after": {"minutes": 5}, "audience": "speakers"}, "reminders"),
        ("post", "reminders/", {**HOURS_BEFORE, "audience": "speakers"}, "reminders"),
        ("post", "reminders/", {**HOURS_BEFORE, "audience": "all"}, "audience"),
        ("post", "questions/", {**QUESTION, "purpose": {"pl": " "}}, "purpose"),
        ("post", "questions/", {**QUESTION, "retention_days": 0}, "retention_days"),
        ("post", "agenda/", POINT, "session"),
    ],
)
def test_what_cannot_be_is_named_from_where_the_asker_stands(event, editor, method, address, body, field):
    before = list(Event.objects.values()), list(Session.objects.values()), list(ReminderRule.objects.values())

    response = getattr(editor, method)(f"{URL}{address}", body)

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json"), response.text
    assert field in response.json()["errors"], response.text
    assert (
        list(Event.objects.values()),
        list(Session.objects.values()),
        list(ReminderRule.objects.values()),
    ) == before


def test_a_change_that_is_no_object_is_unreadable(event, editor):
    response = editor.patch(f"{URL}sessions/{event.sessions.get().pk}/", [DATE])

    assert (response.status_code, response.json()["code"]) == (400, "unreadable")


def test_a_point_of_a_session_of_another_event_is_not_there(editor):
    other = make_event("inne")

    response = editor.post(f"{URL}agenda/", {**POINT, "session": other.sessions.get().pk})

    assert response.status_code == 404


def test_seats_are_read_and_changed(editor):
    event = make_event("warsztat", categories=[("business", 16), ("ngo", 5)])
    make_session(event, starts_at=NOW, capacity=10)
    url = "/api/v1/manage/events/warsztat/pools/"
    pools = editor.get(url)
    whole, business, ngo, session = pools.json()

    assert [pool["category"] for pool in pools.json()] == [None, "business", "ngo", None]
    assert whole == {
        "id": whole["id"], "session": None, "category": None,
        "capacity": 50, "taken": 0, "free": 50, "waiting": 0, "overbooked": 0, "reserved": 0, "released": 0,
    }  # fmt: skip
    for pool, capacity in [(whole, 60), (business, 20), (session, 12), (ngo, None)]:
        response = editor.patch(f"{url}{pool['id']}/", {"capacity": capacity})
        assert response.status_code == 200, response.text
        assert response.json() == {**pool, "capacity": capacity, "free": capacity}
    assert [pool["capacity"] for pool in editor.get(url).json()] == [60, 20, None, 12]
    stale = editor.patch(f"{url}{whole['id']}/", {"capacity": 1}, headers={"If-Match": pools["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "edit_conflict")


def test_seats_that_are_taken_stay():
    event = make_event("debata")
    event.pools.update(taken=3)
    url = f"{URL}pools/{event.pools.get().pk}/"
    editor = Program(make_user(role=Role.EDITOR))

    assert list(editor.patch(url, {"capacity": -1}).json()["errors"]) == ["capacity"]
    response = editor.patch(url, {"capacity": 2})

    assert (response.status_code, response.json()["code"]) == (409, "over_capacity")
    assert event.pools.get().capacity == 50


def test_the_first_in_the_queue_of_writers_wins_also_without_if_match(event, editor, monkeypatch):
    """Somebody saves between the moment a list is read and the moment it is written."""
    body = bodies(event)["sessions"]
    from events.api import parts  # noqa: PLC0415

    plain = parts.ListPart.edited

    def meanwhile(self: Any, said: Any, items: Any) -> Any:
        Event.objects.update(version=7)
        return plain(self, said, items)

    monkeypatch.setattr(parts.ListPart, "edited", meanwhile)

    response = editor.post(f"{URL}sessions/", body)

    assert (response.status_code, response.json()["code"]) == (409, "edit_conflict")
    assert Session.objects.count() == 1


@pytest.mark.parametrize("part", [*PARTS, "pools"])
def test_three_items_take_no_more_statements_than_one(event, editor, part):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(f"{URL}{part}/").status_code == 200
        return len(captured)

    def add(number: int) -> None:
        session = make_session(event, starts_at=NOW, capacity=number)
        event.reminders.create(channel="sms", minutes_before=number)
        event.questions.create(kind="text", text={"pl": "?"}, purpose={"pl": "!"})
        item = session.agenda.create(title={"pl": "Punkt"})
        event.roles.create(agenda_item=item, kind="chair", name="Jan", identity=f"jan{number}", user=make_user())

    add(1)
    one = statements()
    add(2)
    add(3)

    assert statements() == one
