"""What events are made of over the API: organizations, audiences, kinds, topics."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import Role
from events.models import Audience, EventKind, Organization, Topic
from tests.make import Program, make_process, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/"
ORGANIZATION = {"name": "Fundacja Przykład", "contact_email": "fundacja@example.org", "contact_phone": ""}
AUDIENCE = {"slug": "rady-dzielnic-proba", "name": {"pl": "Rady dzielnic"}, "position": 7, "organizations": []}
KIND = {
    "code": "noc-pytan",
    "name": {"pl": "Noc pytań", "en": "Night of questions"},
    "position": 90,
    "registration_required": True,
    "visibility": "unlisted",
    "registration": {"confirm_email": False, "capacity": 40, "categories": [{"category": "ngo", "capacity": 5}]},
    "reminders": [
        {"channel": "email", "before": {"days": 1, "at": "17:00"}},
        {"channel": "sms", "before": {"minutes": 90}},
    ],
    "accessibility": {"pjm": "yes"},
    "languages": ["pl", "uk"],
    "notice_days": 14,
    "contact_retention_days": 100,
    "needs_retention_days": 10,
}
TOPIC = {"slug": "rzeki", "name": {"pl": "Rzeki"}, "process": "lublin", "position": 3}
ROWS = [("organizations", ORGANIZATION), ("audiences", AUDIENCE), ("kinds", KIND), ("topics", TOPIC)]
CHANGES: dict[str, dict[str, Any]] = {
    "organizations": {"contact_phone": "+48600100200"},
    "audiences": {"position": 8},
    "kinds": {"registration": {"waitlist": False}, "notice_days": 7},
    "topics": {"process": None},
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin():
    make_process("lublin")
    return Program(make_user(role=Role.ADMIN))


def stored():
    return [list(model.objects.order_by("pk").values()) for model in (Organization, Audience, EventKind, Topic)]


def name_of(said):
    return said.get("slug") or said["code"]


@pytest.mark.parametrize(("rows", "body"), ROWS)
def test_a_row_is_made_read_and_changed(admin, rows, body):
    made = admin.post(f"{URL}{rows}/", body)

    assert made.status_code == 201, made.text
    said = made.json()
    assert body.items() <= said.items()
    own = f"{URL}{rows}/{name_of(said)}/"
    assert admin.get(own).json() == said
    assert said in admin.get(f"{URL}{rows}/?page_size=200").json()["results"]
    changed = admin.patch(own, CHANGES[rows])
    assert (changed.status_code, changed.json()) == (200, {**said, **CHANGES[rows]}), changed.text
    assert admin.patch(own, changed.json()).json() == changed.json()


@pytest.mark.parametrize(("rows", "body"), ROWS)
def test_a_short_name_is_taken_once_and_stays(admin, rows, body):
    own = f"{URL}{rows}/{name_of(admin.post(f'{URL}{rows}/', body).json())}/"
    before = stored()

    again = admin.post(f"{URL}{rows}/", body)
    key = {"kinds": "code"}.get(rows, "slug")
    renamed = admin.patch(own, {key: "another"})

    assert (again.status_code, list(again.json()["errors"])) == (400, [{"organizations": "name"}.get(rows, key)])
    assert (renamed.status_code, list(renamed.json()["errors"])) == (400, [key])
    assert stored() == before


@pytest.mark.parametrize(
    ("rows", "body", "field"),
    [
        ("organizations", {}, "name"),
        ("organizations", {"name": "A", "contact_email": "nobody"}, "contact_email"),
        ("organizations", {"name": "A", "colour": "red"}, "colour"),
        ("audiences", {"name": {"pl": "A"}, "organizations": ["nothing"]}, "organizations"),
        ("audiences", {"name": {"en": "A"}}, "name"),
        ("kinds", {**KIND, "registration": {"opens_at": "2027-01-01T10:00"}}, "registration.opens_at"),
        ("kinds", {**KIND, "registration": {"hold_minutes": 0}}, "registration.hold_minutes"),
        ("kinds", {**KIND, "reminders": [{"channel": "sms"}]}, "reminders.0.before"),
        ("kinds", {**KIND, "languages": ["polski"]}, "languages.0"),
        ("kinds", {**KIND, "accessibility": {"pool": "yes"}}, "accessibility.pool"),
        ("topics", {**TOPIC, "process": "nothing"}, "process"),
    ],
)
def test_a_row_that_cannot_be_is_named(admin, rows, body, field):
    before = stored()

    response = admin.post(f"{URL}{rows}/", body)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field]), response.text
    assert stored() == before


@pytest.mark.parametrize(("rows", "body"), ROWS)
def test_a_change_that_is_no_object_is_unreadable(admin, rows, body):
    said = admin.post(f"{URL}{rows}/", body).json()

    response = admin.patch(f"{URL}{rows}/{name_of(said)}/", [])

    assert (response.status_code, response.json()["code"]) == (400, "unreadable")


@pytest.mark.parametrize(("rows", "body"), ROWS)
def test_who_edits_no_events_sees_none_of_it(admin, rows, body):
    own = f"{URL}{rows}/{name_of(admin.post(f'{URL}{rows}/', body).json())}/"
    door = Program(make_user(role=Role.DOOR))
    before = stored()

    answers = [door.get(f"{URL}{rows}/"), door.post(f"{URL}{rows}/", body), door.get(own), door.patch(own, {})]

    assert {answer.status_code for answer in answers} == {404}
    assert stored() == before


@pytest.mark.parametrize(
    ("rows", "status"), [("organizations", 201), ("audiences", 201), ("kinds", 404), ("topics", 404)]
)
def test_what_every_unit_uses_is_made_by_administrators(admin, rows, status):
    owner = Program(make_user(role=Role.OWNER, unit=make_unit("zieleni")))

    assert owner.post(f"{URL}{rows}/", dict(ROWS)[rows]).status_code == status
    assert owner.get(f"{URL}{rows}/").status_code == 200


@pytest.mark.parametrize("rows", [rows for rows, _body in ROWS])
def test_a_row_that_is_not_there_is_404(admin, rows):
    assert admin.get(f"{URL}{rows}/nothing/").status_code == 404
    assert admin.patch(f"{URL}{rows}/nothing/", {}).status_code == 404


def test_a_table_of_organizations_is_put_on_a_list(admin):
    admin.post(f"{URL}organizations/", ORGANIZATION)
    admin.post(f"{URL}audiences/", AUDIENCE)
    own = f"{URL}audiences/{AUDIENCE['slug']}/organizations/"

    put = admin.post(own, {"table": "Fundacja Przykład;;\nStowarzyszenie;s@example.org;\n"})
    wrong = admin.post(own, {"table": "Klub;no address;\n"})

    assert (put.status_code, put.json()["organizations"]) == (200, ["fundacja-przyklad", "stowarzyszenie"]), put.text
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["table"])
    assert admin.post(f"{URL}audiences/nothing/organizations/", {"table": "Klub"}).status_code == 404
    assert Organization.objects.count() == 2


@pytest.mark.parametrize("rows", [rows for rows, _body in ROWS])
def test_three_rows_take_no_more_statements_than_one(admin, rows):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(f"{URL}{rows}/?page_size=200").status_code == 200
        return len(captured)

    def add(number: int) -> None:
        audience = Audience.objects.create(slug=f"a{number}", name={"pl": "Lista"})
        audience.organizations.create(slug=f"o{number}", name=f"Fundacja {number}")
        EventKind.objects.create(code=f"k{number}", name={"pl": "Rodzaj"})
        Topic.objects.create(slug=f"t{number}", name={"pl": "Temat"}, process=make_process())

    add(1)
    one = statements()
    add(2)
    add(3)

    assert statements() == one
