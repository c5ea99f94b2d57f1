"""What organisers do over the API."""

import copy
from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import EventStatus, Role
from events.models import Audience, Event, EventChange, Organization, Room, User, Venue
from tests.make import Program, make_event, make_notice, make_process, make_topic, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

# The body of CONTRACT, whole.
BODY: dict[str, Any] = {
    "unit": "strategia",
    "kind": "open_district_meeting",
    "slug": None,
    "title": {"pl": "Otwarte spotkanie", "en": "Open meeting"},
    "summary": {"pl": ""},
    "description": {"pl": ""},
    "mode": "in_person",
    "venue": None,
    "join_url": None,
    "visibility": "public",
    "process": None,
    "stage": None,
    "topics": [],
    "sessions": [
        {
            "starts_at": "2027-02-07T17:00:00+01:00",
            "ends_at": "2027-02-07T19:00:00+01:00",
            "title": None,
            "room": None,
            "capacity": None,
        }
    ],
    "registration": {
        "required": True,
        "opens_at": None,
        "closes_at": None,
        "capacity": 50,
        "categories": [{"category": "business", "capacity": 16}],
        "confirm_email": True,
        "hold_minutes": 60,
        "waitlist": True,
        "waitlist_limit": None,
        "waitlist_policy": "strict",
        "offer_hours": 24,
        "group_max": 1,
        "approval": False,
    },
    "reminders": [
        {"channel": "email", "before": {"days": 1, "at": "17:00"}},
        {"channel": "sms", "before": {"minutes": 180}},
    ],
}
SHORT = {name: BODY[name] for name in ("unit", "kind", "title", "sessions")}
URL = "/api/v1/manage/events/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def editor():
    return Program(make_user(role=Role.EDITOR))


# What the contract's body leaves out.
USUAL: Final = {
    "reserved": 0,
    "approval_holds_seat": False,
    "assistants_take_seats": False,
    "wheelchair_places": 2,
    "ask_days_before": None,
    "ask_reply_hours": 48,
    "ask_no_answer": "keep",
}


def test_the_body_of_the_contract_is_read_back_as_it_was_sent(editor):
    response = editor.post(URL, BODY)

    assert response.status_code == 201, response.text
    said = response.json()
    (session,) = said["sessions"]
    del session["id"]
    (sent,) = BODY["sessions"]
    assert {name: said[name] for name in BODY} == {
        **BODY,
        "slug": "otwarte-spotkanie",
        "sessions": [{**sent, "all_day": False, "agenda": []}],
        "registration": {**BODY["registration"], **USUAL},
    }
    assert (said["status"], said["version"], response["ETag"]) == ("draft", 1, '"1"')
    assert editor.get(f"{URL}{said['slug']}/").json()["sessions"][0]["starts_at"] == sent["starts_at"]


def test_every_field_is_read_back_in_the_shape_in_which_it_is_sent(editor):
    Organization.objects.create(slug="fundacja", name="Fundacja")
    Audience.objects.create(slug="proba", name={"pl": "Próba"})
    colleague = make_user("kolega@example.org")
    role: dict[str, Any] = {
        "kind": "chair",
        "name": "Jan",
        "organization": "fundacja",
        "user": None,
        "email": "j@example.org",
    }
    role = {**role, "phone": "+48600100200", "public": True}
    point = {"title": {"pl": "Otwarcie"}, "description": {"pl": "Kto"}, "roles": [role]}
    point |= {"starts_at": "2027-02-07T17:00:00+01:00", "ends_at": "2027-02-07T17:15:00+01:00"}
    question = {"kind": "number", "text": {"pl": "Ile?"}, "help": {"pl": ""}, "choices": [], "required": True}
    news = {
        "audiences": ["proba"],
        "organizations": ["fundacja"],
        "languages": ["pl", "uk"],
        "streamed": True,
        "recorded": True,
        "people_limit": 80,
        "staff_count": 4,
        "age_rule": "guardian_statement",
        "age_limit": 16,
        "join_opens_minutes": 15,
        "roles": [{**role, "kind": "interpreter", "user": colleague.email, "public": False}],
    }
    asked = {**question, "purpose": {"pl": "Krzesła"}, "retention_days": 30}
    body = {**BODY, **news, "questions": [asked], "sessions": [{**BODY["sessions"][0], "agenda": [point]}]}

    response = editor.post(URL, body)

    assert response.status_code == 201, response.text
    said = response.json()
    assert {name: said[name] for name in news} == news
    assert said["sessions"][0]["agenda"] == [point]
    assert [{**one, "id": None} for one in said["questions"]] == [{**asked, "id": None}]
    again = editor.patch(f"{URL}{said['slug']}/", said)
    assert again.json() == {**said, "version": 2}
    seen = Program(make_user(role=Role.ACCESSIBILITY)).get(f"{URL}{said['slug']}/")
    assert seen.status_code == 200
    for secret in ("j@example.org", "48600100200", "kolega@example.org"):
        assert secret not in seen.text


def test_what_is_left_out_is_usual_for_the_kind(editor):
    response = editor.post(URL, SHORT)

    assert response.status_code == 201, response.text
    said = response.json()
    assert (said["mode"], said["visibility"], said["topics"]) == ("in_person", "public", [])
    assert said["registration"]["capacity"] is None
    assert said["reminders"]


def test_links_to_other_things_are_by_their_names(editor):
    venue = make_venue("ratusz")
    room = Room.objects.create(venue=venue, name="Sala 1", capacity=80)
    make_topic("zielen")
    process = make_process("lublin")
    process.stages.create(
        number=4,
        roman="IV",
        title={"pl": "Etap"},
        period_text="2021",
        start_year=2021,
        start_quarter=2,
        end_year=2021,
        end_quarter=2,
    )
    body = {
        **BODY,
        "slug": "debata",
        "venue": "ratusz",
        "topics": ["zielen"],
        "process": "lublin",
        "stage": 4,
        "accessibility": {"pjm": "yes"},
        "sessions": [{**BODY["sessions"][0], "room": room.pk}],
    }

    response = editor.post(URL, body)

    assert response.status_code == 201, response.text
    said = response.json()
    names = ("slug", "venue", "topics", "process", "stage", "accessibility")
    assert {name: said[name] for name in names} == {name: body[name] for name in names}
    assert said["sessions"][0]["room"] == room.pk


def test_a_time_without_offset_is_the_citys_clock(editor):
    body = {**SHORT, "sessions": [{"starts_at": "2027-07-07T17:00", "ends_at": "2027-07-07T19:00:00"}]}

    said = editor.post(URL, body).json()

    assert said["sessions"][0]["starts_at"] == "2027-07-07T17:00:00+02:00"


def broken(path, value):
    body = copy.deepcopy(BODY)
    place = body
    *way, last = path
    for step in way:
        place = place[step]
    place[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["colour"], "red", "colour"),
        (["kind"], "party", "kind"),
        (["kind"], None, "kind"),
        (["title"], {"en": "Open meeting"}, "title"),
        (["title"], {"pl": " "}, "title"),
        (["title"], {"pl": "x", "de": "y"}, "title"),
        (["title"], "Otwarte spotkanie", "title"),
        (["title"], {"pl": "x" * 301}, "title"),
        (["mode"], "by_boat", "mode"),
        (["venue"], "nowhere", "venue"),
        (["topics"], ["nothing"], "topics"),
        (["stage"], 4, "stage"),
        (["stage"], 10**30, "stage"),
        (["join_url"], "javascript:alert(1)", "join_url"),
        (["accessibility"], {"pool": "yes"}, "accessibility.pool"),
        (["accessibility"], {"pjm": "maybe"}, "accessibility.pjm"),
        (["sessions"], {}, "sessions"),
        (["sessions", 0, "starts_at"], "2027-02-07", "sessions.0.starts_at"),
        (["sessions", 0, "starts_at"], "soon", "sessions.0.starts_at"),
        (["sessions", 0, "starts_at"], 17, "sessions.0.starts_at"),
        (["sessions", 0, "starts_at"], "0001-01-01T00:00+14:00", "sessions.0.starts_at"),
        (["sessions", 0, "starts_at"], "2027-03-28T02:30", "sessions.0.starts_at"),
        (["sessions", 0, "ends_at"], "2027-02-07T16:00:00+01:00", "sessions.0.ends_at"),
        (["sessions", 0, "colour"], "red", "sessions.0.colour"),
        (["sessions", 0, "room"], 10**30, "sessions.0.room"),
        (["sessions", 0, "capacity"], -1, "sessions.0.capacity"),
        (["registration", "capacity"], 10**20, "registration.capacity"),
        (["registration", "capacity"], True, "registration.capacity"),
        (["registration", "colour"], "red", "registration.colour"),
        (["registration", "hold_minutes"], 0, "registration.hold_minutes"),
        (["registration", "categories"], [{"category": "martians"}], "registration.categories.0.category"),
        (["reminders"], [{"channel": "pigeon", "before": {"minutes": 5}}], "reminders.0.channel"),
        (["reminders"], [{"channel": "sms", "before": {"days": 1, "minutes": 5}}], "reminders.0.before"),
    ],
)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_what_cannot_be_read_is_named_at_its_place(path, value, field, language):
    program = Program(make_user(role=Role.EDITOR), language=language)

    response = program.post(URL, broken(path, value))

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json"), response.text
    assert list(response.json()["errors"]) == [field]
    assert not Event.objects.exists()


def test_everything_that_is_missing_is_named_at_once(editor):
    response = editor.post(URL, {})

    assert list(response.json()["errors"]) == ["kind", "title", "sessions", "unit"]


@pytest.mark.parametrize("unit", ["zieleni", "nothing"])
def test_another_unit_is_as_little_there_as_none(editor, unit):
    make_unit("zieleni")

    assert editor.post(URL, {**SHORT, "unit": unit}).status_code == 404


def test_a_change_changes_only_what_it_names(editor):
    before = editor.post(URL, BODY).json()

    response = editor.patch(f"{URL}{before['slug']}/", {"title": {"pl": "Nowy tytuł"}})

    assert response.status_code == 200, response.text
    assert response.json() == {**before, "title": {"pl": "Nowy tytuł"}, "version": 2}


def test_part_of_the_rules_can_be_changed_alone(editor):
    before = editor.post(URL, BODY).json()

    response = editor.patch(f"{URL}{before['slug']}/", {"registration": {"capacity": 60, "offer_hours": None}})

    assert response.json()["registration"] == {**before["registration"], "capacity": 60, "offer_hours": None}


def test_what_was_read_can_be_sent_back_whole(editor):
    before = editor.post(URL, BODY).json()

    response = editor.patch(f"{URL}{before['slug']}/", {**before, "title": {"pl": "Nowy tytuł"}})

    assert response.status_code == 200, response.text
    assert response.json() == {**before, "title": {"pl": "Nowy tytuł"}, "version": 2}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": "published"}, "status"),
        ({"unit": "zieleni"}, "unit"),
        ({"slug": "another"}, "slug"),
        ({"sessions": [{"ends_at": "2027-02-07T19:00"}]}, "sessions.0.starts_at"),
        ({"registration": {"categories": [{"capacity": 3}]}}, "registration.categories.0.category"),
        ({"reminders": [{"channel": "sms"}]}, "reminders.0.before"),
    ],
)
def test_a_change_that_cannot_be_made_is_named(editor, change, field):
    slug = editor.post(URL, BODY).json()["slug"]

    response = editor.patch(f"{URL}{slug}/", change)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("language", ["pl", "en"])
def test_two_who_edit_at_once_notice_each_other(language):
    program = Program(make_user(role=Role.EDITOR), language=language)
    created = program.post(URL, BODY)
    url = f"{URL}{created.json()['slug']}/"
    headers = {"If-Match": created["ETag"]}
    assert program.patch(url, {"title": {"pl": "Pierwsza"}}, headers=headers).status_code == 200

    response = program.patch(url, {"title": {"pl": "Druga"}}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (409, "edit_conflict")
    assert Event.objects.get().title == {"pl": "Pierwsza"}


@pytest.mark.parametrize(
    ("etag", "status"), [("*", 200), ('W/"1"', 200), ('"99999999999999999999"', 409), ("old", 409)]
)
def test_any_etag_is_read(editor, etag, status):
    slug = editor.post(URL, BODY).json()["slug"]

    response = editor.patch(f"{URL}{slug}/", {"summary": {"pl": "Krótko"}}, headers={"If-Match": etag})

    assert response.status_code == status


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sessions": [{"starts_at": "2027-02-08T17:00", "ends_at": "2027-02-08T19:00"}]}, True),
        ({"sessions": [{"starts_at": "2027-02-08T17:00", "ends_at": "2027-02-08T19:00"}], "notify": False}, False),
        ({"title": {"pl": "Nowy"}}, False),
        ({"title": {"pl": "Nowy"}, "notify": True}, True),
    ],
)
def test_people_are_told_of_what_matters_unless_said_otherwise(editor, change, told):
    event = make_event("debata", venue=make_venue("ratusz"))
    if "sessions" in change:
        change = {**change, "sessions": [{**change["sessions"][0], "id": event.sessions.get().pk}]}

    response = editor.patch(f"{URL}debata/", change)

    assert response.status_code == 200, response.text
    assert [row.notify for row in EventChange.objects.all()] == [told]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_everything_that_keeps_an_event_from_being_announced_is_named_at_once(language):
    program = Program(make_user(role=Role.EDITOR), language=language)
    slug = program.post(URL, BODY).json()["slug"]

    response = program.post(f"{URL}{slug}/publish/", {})

    assert (response.status_code, response.json()["code"]) == (409, "not_publishable")
    gaps = {gap["code"]: gap["overridable"] for gap in response.json()["gaps"]}
    assert gaps["information_notice"] is False
    assert gaps["venue"] is gaps["accessibility"] is gaps["contact"] is True
    assert all(gap["message"] for gap in response.json()["gaps"])


def test_an_owner_may_pass_over_what_may_be_passed_over():
    make_notice()
    owner = Program(make_user(role=Role.OWNER))
    slug = owner.post(URL, BODY).json()["slug"]

    response = owner.post(f"{URL}{slug}/publish/", {"override_reason": "Miejsce podamy w styczniu."})

    assert (response.status_code, response.json()["status"]) == (200, "published")
    assert Program().get(f"/api/v1/events/{slug}/").status_code == 200


def test_an_event_is_called_off_with_a_reason(editor):
    make_event("debata")

    assert list(editor.post(f"{URL}debata/cancel/", {}).json()["errors"]) == ["reason"]
    response = editor.post(f"{URL}debata/cancel/", {"reason": "Awaria"})
    again = editor.post(f"{URL}debata/cancel/", {"reason": "Awaria"})

    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.json()["code"]) == (409, "move_not_allowed")
    assert [(row.kind, row.notify) for row in EventChange.objects.all()] == [("cancelled", True)]


def test_a_copy_is_a_draft_of_its_own(editor):
    make_event("debata")

    response = editor.post(f"{URL}debata/copy/")

    assert (response.status_code, response.json()["status"]) == (201, "draft")
    assert response.json()["slug"] != "debata"


def test_a_copy_begins_when_that_is_said(editor):
    make_event("debata")

    copy = editor.post(f"{URL}debata/copy/", {"first_start": "2027-03-02T18:00"})

    assert copy.status_code == 201, copy.text
    assert [session["starts_at"] for session in copy.json()["sessions"]] == ["2027-03-02T18:00:00+01:00"]


@pytest.mark.parametrize("way", ["copy", "template"])
def test_what_is_copied_is_not_told_what_nobody_reads(editor, way):
    make_event("debata")

    response = editor.post(f"{URL}debata/{way}/", {"title": {"pl": "Nowy"}})

    assert (response.status_code, list(response.json()["errors"])) == (400, ["title"])
    assert Event.objects.count() == 1


def test_a_colleague_who_has_left_stays_where_they_are_named_and_is_named_nowhere_else(editor):
    make_event("debata", status=EventStatus.DRAFT)
    colleague = make_user("kolega@example.org", role=Role.EDITOR)
    role = {"kind": "staff", "name": "Kolega", "user": colleague.email}
    assert editor.patch(f"{URL}debata/", {"roles": [role]}).status_code == 200
    make_event("inne", status=EventStatus.DRAFT)
    User.objects.filter(pk=colleague.pk).update(is_active=False)

    whole = editor.get(f"{URL}debata/").json()
    sent_back = editor.patch(f"{URL}debata/", {**whole, "title": {"pl": "Nowy"}})
    session = Event.objects.get(slug="inne").sessions.get().pk
    named = [
        editor.patch(f"{URL}inne/", {"roles": [role]}),
        editor.post(f"{URL}inne/agenda/", {"session": session, "title": {"pl": "Otwarcie"}, "roles": [role]}),
        editor.post(URL, {**BODY, "roles": [role]}),
    ]

    assert sent_back.status_code == 200, sent_back.text
    assert sent_back.json()["roles"][0]["user"] == colleague.email
    assert [(answer.status_code, list(answer.json()["errors"])) for answer in named] == [(400, ["roles.0.user"])] * 3


def test_a_colleague_of_another_unit_is_answered_like_nobody(editor):
    make_event("debata", status=EventStatus.DRAFT)
    make_user("obca@example.org", unit=make_unit("obca"))

    said = [
        editor.patch(f"{URL}debata/", {"roles": [{"kind": "staff", "name": "Ktoś", "user": address}]}).json()["errors"]
        for address in ("obca@example.org", "nikt@example.org")
    ]

    assert [list(errors) for errors in said] == [["roles.0.user"]] * 2
    assert len({sentence.replace("obca@", "nikt@") for errors in said for sentence in errors["roles.0.user"]}) == 1


def test_the_history_says_who_did_what(editor):
    slug = editor.post(URL, BODY).json()["slug"]
    editor.patch(f"{URL}{slug}/", {"title": {"pl": "Nowy"}})

    said = editor.get(f"{URL}{slug}/changes/").json()["results"]

    assert [change["kind"] for change in said] == ["edited", "created"]
    assert said[0]["after"] == {"title": {"pl": "Nowy"}}
    assert said[0]["by"].endswith("@example.org")


def test_the_list_holds_ones_own_events_in_every_state(editor):
    make_event("own", status=EventStatus.DRAFT, starts_at=NOW + timedelta(days=1))
    make_event("later", starts_at=NOW + timedelta(days=2))
    make_event("foreign", unit=make_unit("zieleni"))

    said = editor.get(URL).json()
    drafts = editor.get(f"{URL}?status=draft").json()

    assert [event["slug"] for event in said["results"]] == ["later", "own"]
    assert [event["slug"] for event in drafts["results"]] == ["own"]
    assert editor.get(f"{URL}?kind=nothing").status_code == 400


@pytest.mark.parametrize("address", ["", "e1/changes/", "../venues/"])
def test_three_rows_take_no_more_statements_than_one(editor, address):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(f"/api/v1/manage/events/{address}".replace("events/../", "")).status_code == 200
        return len(captured)

    def add(number: int) -> None:
        venue = make_venue(f"v{number}")
        venue.rooms.create(name="Sala")
        event = make_event(f"e{number}", venue=venue)
        Event.objects.get(slug="e1").changes.create(kind="edited", at=NOW, by=make_user())
        assert event.pk

    add(1)
    one = statements()
    add(2)
    add(3)

    assert statements() == one


PLACE: dict[str, Any] = {
    "slug": "dom-kultury",
    "name": {"pl": "Dom Kultury", "en": "House of Culture"},
    "address": "ul. Przykładowa 1, Lublin",
    "district": None,
    "latitude": 51.2465,
    "longitude": 22.5684,
    "accessibility": {"step_free": "yes", "induction_loop": "unknown"},
}


def test_a_place_is_made_and_changed(editor):
    response = editor.post("/api/v1/manage/venues/", {**PLACE, "rooms": [{"name": "Sala 1", "capacity": 40}]})

    assert response.status_code == 201, response.text
    said = response.json()
    assert {name: said[name] for name in PLACE if name != "accessibility"} == {
        name: value for name, value in PLACE.items() if name != "accessibility"
    }
    assert PLACE["accessibility"].items() <= said["accessibility"].items()
    assert [(room["name"], room["capacity"]) for room in said["rooms"]] == [("Sala 1", 40)]

    changed = editor.patch("/api/v1/manage/venues/dom-kultury/", {"accessibility": {"pjm": "on_request"}})

    assert changed.status_code == 200, changed.text
    assert changed.json()["accessibility"]["pjm"] == "on_request"
    assert changed.json()["name"] == PLACE["name"]
    assert Program().get("/api/v1/venues/").json()["results"][0]["slug"] == "dom-kultury"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"latitude": 91}, "latitude"),
        ({"latitude": None}, "latitude"),
        ({"latitude": "NaN"}, "latitude"),
        ({"slug": "z polskimi znakami ą"}, "slug"),
        ({"address": ""}, "address"),
        ({"accessibility": {"pool": "yes"}}, "accessibility.pool"),
        ({"rooms": [{"capacity": 1}]}, "rooms.0.name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_place_that_cannot_be_is_named(editor, wrong, field):
    response = editor.post("/api/v1/manage/venues/", {**PLACE, **wrong})

    assert (response.status_code, list(response.json()["errors"])) == (400, [field]), response.text
    assert not Venue.objects.exists()


def test_a_door_keeps_no_places():
    door = Program(make_user(role=Role.DOOR))

    assert door.get("/api/v1/manage/venues/").status_code == 404
    assert door.post("/api/v1/manage/venues/", PLACE).status_code == 404
