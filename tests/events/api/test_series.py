"""Series, copies, templates and drafts that nobody needs, over the API."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import EventStatus, Role
from events.models import Event, EventSeries
from tests.make import Program, make_event, make_registration, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/series/"
EVENT: dict[str, Any] = {
    "name": "Spotkania w dzielnicach",
    "unit": "strategia",
    "kind": "open_district_meeting",
    "title": {"pl": "Spotkanie"},
}
DATE = {"starts_at": "2027-03-15T17:00", "ends_at": "2027-03-15T19:00"}
BY_RULE = {**EVENT, "sessions": [DATE], "rule": {"frequency": "weekly", "interval": 1, "count": 3}}
ROWS = [
    {"starts_at": "2027-03-15T17:00", "ends_at": "2027-03-15T19:00", "venue": "ratusz", "title": "Śródmieście"},
    {"starts_at": "2027-03-16T17:00", "ends_at": "2027-03-16T19:00"},
]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner():
    make_unit()
    return Program(make_user(role=Role.OWNER))


@pytest.fixture
def series(owner):
    return owner.post(URL, BY_RULE).json()


def starts(said):
    return [event["starts_at"] for event in said["events"]]


def test_a_rule_makes_drafts_on_the_clock_on_the_wall(owner):
    response = owner.post(URL, BY_RULE)

    assert response.status_code == 201, response.text
    said = response.json()
    assert (said["name"], said["unit"], said["rule"]["frequency"]) == (EVENT["name"], "strategia", "weekly")
    assert starts(said) == ["2027-03-15T17:00:00+01:00", "2027-03-22T17:00:00+01:00", "2027-03-29T17:00:00+02:00"]
    assert {event["status"] for event in said["events"]} == {"draft"}
    assert owner.get(f"{URL}{said['id']}/").json() == said
    (listed,) = owner.get(URL).json()["results"]
    assert (listed["id"], listed["events"]) == (said["id"], 3)
    own = owner.get(f"/api/v1/manage/events/{said['events'][0]['slug']}/").json()
    assert (own["series"], own["is_template"]) == (said["id"], False)


def test_rows_make_a_draft_each(owner):
    make_venue("ratusz")

    said = owner.post(URL, {**EVENT, "rows": ROWS}).json()

    assert [(event["title"], event["venue"]) for event in said["events"]] == [
        ({"pl": "Śródmieście"}, "ratusz"),
        ({"pl": "Spotkanie"}, None),
    ]
    assert said["rule"] is None


def test_a_pasted_table_makes_a_draft_of_each_row(owner):
    make_venue("ratusz")

    said = owner.post(URL, {**EVENT, "table": "data;od;do;miejsce\n15.03.2027;17:00;19:00;ratusz\n"}).json()

    assert [(event["starts_at"], event["venue"]) for event in said["events"]] == [
        ("2027-03-15T17:00:00+01:00", "ratusz")
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (EVENT, ""),
        ({**BY_RULE, "rows": ROWS[1:]}, ""),
        ({**BY_RULE, "rule": {"frequency": "yearly", "count": 3}}, "rule.frequency"),
        ({**BY_RULE, "rule": {"frequency": "weekly"}}, "rule.count"),
        ({**BY_RULE, "rule": {"frequency": "weekly", "count": 201}}, "rule.count"),
        ({**EVENT, "rule": BY_RULE["rule"]}, "sessions"),
        ({**BY_RULE, "name": ""}, "name"),
        ({**EVENT, "rows": []}, "rows"),
        ({**EVENT, "rows": [ROWS[1], {**ROWS[1], "ends_at": "2027-03-16T16:00"}]}, "rows.1.ends_at"),
        ({**EVENT, "rows": [ROWS[1], {"starts_at": "soon", "ends_at": "2027-03-16T16:00"}]}, "rows.1.starts_at"),
        ({**EVENT, "table": "nothing of the kind"}, "table"),
        ({**EVENT, "table": "data;od;do\n15.03.2027;17:00;19:00\n16.03.2027;17:00;16:00"}, "rows.3"),
    ],
)
def test_one_fault_refuses_the_whole_series(owner, body, field):
    response = owner.post(URL, body)

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json"), response.text
    assert any(name == field or name.startswith(f"{field}.") for name in response.json()["errors"]), response.text
    assert not Event.objects.exists()
    assert not EventSeries.objects.exists()


@pytest.mark.parametrize(("scope", "moved"), [("this", {1}), ("following", {1, 2}), ("all", {0, 1, 2})])
def test_a_change_goes_as_far_as_it_is_meant(owner, series, scope, moved):
    second = series["events"][1]
    own = owner.get(f"/api/v1/manage/events/{second['slug']}/")
    session = {**own.json()["sessions"][0], "starts_at": "2027-03-22T18:00", "ends_at": "2027-03-22T20:00"}

    response = owner.patch(
        f"{URL}{series['id']}/",
        {"event": second["slug"], "scope": scope, "sessions": [session]},
        headers={"If-Match": own["ETag"]},
    )

    assert response.status_code == 200, response.text
    after = starts(owner.get(f"{URL}{series['id']}/").json())
    assert {number for number in range(3) if after[number][11:13] == "18"} == moved
    assert set(response.json()["changed"]) == {series["events"][number]["slug"] for number in moved}


def test_an_old_version_is_an_edit_conflict(owner, series):
    response = owner.patch(f"{URL}{series['id']}/", {"title": {"pl": "Nowy"}}, headers={"If-Match": '"9"'})

    assert (response.status_code, response.json()["code"]) == (409, "edit_conflict")
    assert {event.title["pl"] for event in Event.objects.all()} == {"Spotkanie"}


def test_a_series_is_called_off_with_a_reason(owner, series):
    Event.objects.exclude(slug=series["events"][2]["slug"]).update(status=EventStatus.PUBLISHED)

    nothing = owner.post(f"{URL}{series['id']}/cancel/", {})
    response = owner.post(f"{URL}{series['id']}/cancel/", {"reason": "Awaria"})

    assert list(nothing.json()["errors"]) == ["reason"]
    slugs = [event["slug"] for event in series["events"]]
    assert response.json() == {"changed": slugs[:2], "left_alone": slugs[2:]}, response.text
    statuses = list(Event.objects.order_by("starts_at").values_list("status", flat=True))
    assert statuses == ["cancelled", "cancelled", "draft"]


def test_an_event_of_another_series_is_not_there(owner, series):
    make_event("debata")

    for name in ("debata", "nothing"):
        assert owner.patch(f"{URL}{series['id']}/", {"event": name}).status_code == 404
        assert owner.post(f"{URL}{series['id']}/cancel/", {"event": name, "reason": "x"}).status_code == 404
    assert owner.patch(f"{URL}{series['id']}/", {"event": 7}).status_code == 200
    assert owner.patch(f"{URL}{series['id']}/", []).status_code == 400


def test_a_series_of_another_unit_is_not_there(series):
    stranger = Program(make_user(unit=make_unit("zieleni")))

    assert stranger.get(URL).json()["results"] == []
    assert stranger.post(URL, BY_RULE).status_code == 404
    assert stranger.get(f"{URL}{series['id']}/").status_code == 404
    assert stranger.patch(f"{URL}{series['id']}/", {"title": {"pl": "x"}}).status_code == 404
    assert stranger.post(f"{URL}{series['id']}/cancel/", {"reason": "x"}).status_code == 404
    assert EventSeries.objects.count() == 1


def test_three_series_take_no_more_statements_than_one(owner):
    def statements(address: str = URL) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert owner.get(address).status_code == 200
        return len(captured)

    first = owner.post(URL, {**BY_RULE, "rule": {**BY_RULE["rule"], "count": 1}}).json()
    one, small = statements(), statements(f"{URL}{first['id']}/")
    owner.post(URL, BY_RULE)
    large = owner.post(URL, BY_RULE).json()

    assert statements() == one
    assert statements(f"{URL}{large['id']}/") == small


# Templates and drafts


def test_an_event_becomes_a_template_that_is_copied_and_never_announced(owner):
    make_event("debata")

    kept = owner.post("/api/v1/manage/events/debata/template/")

    assert (kept.status_code, kept.json()["is_template"], kept.json()["status"]) == (201, True, "draft"), kept.text
    own = f"/api/v1/manage/events/{kept.json()['slug']}/"
    listed = owner.get("/api/v1/manage/templates/").json()["results"]
    assert [event["slug"] for event in listed] == [kept.json()["slug"]]
    assert owner.post(f"{own}publish/").status_code == 409
    copy = owner.post(f"{own}copy/")
    assert (copy.status_code, copy.json()["is_template"]) == (201, False)


def test_three_templates_take_no_more_statements_than_one(owner):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert owner.get("/api/v1/manage/templates/").status_code == 200
        return len(captured)

    def add(number: int) -> None:
        make_event(f"e{number}", status=EventStatus.DRAFT, venue=make_venue())
        Event.objects.update(is_template=True)

    add(1)
    one = statements()
    add(2)
    add(3)

    assert statements() == one


def test_a_draft_is_deleted_and_an_announced_event_is_not(owner):
    make_event("szkic", status=EventStatus.DRAFT)
    make_event("debata")
    registered = make_event("zapisy", status=EventStatus.DRAFT)
    make_registration(registered)
    address = "/api/v1/manage/events/{}/"

    stale = owner.delete(address.format("szkic"), headers={"If-Match": '"9"'})
    gone = owner.delete(address.format("szkic"), headers={"If-Match": '"1"'})

    assert (stale.status_code, stale.json()["code"]) == (409, "edit_conflict")
    assert gone.status_code == 204
    for slug in ("debata", "zapisy"):
        refused = owner.delete(address.format(slug))
        assert (refused.status_code, refused.json()["code"]) == (409, "move_not_allowed")
    assert sorted(Event.objects.values_list("slug", flat=True)) == ["debata", "zapisy"]
