"""Who may see who looked at personal data, on the page and over the API; and that this look is written down."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actions.accesses import note_access
from events.enums import AccessKind, EventStatus, Role
from events.models import AccessLog, Event
from tests.make import Program, make_event, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

PAGE = "/en/manage/access-log/"
URL = "/api/v1/manage/audit/accesses/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def auditor():
    return make_user("audyt@example.org", role=Role.AUDITOR)


@pytest.fixture
def accesses(auditor):
    """Two at an event of the unit, one at a draft that is gone, and two of strangers."""
    arranger = make_user("anna@example.org", role=Role.ACCESSIBILITY)
    elsewhere = make_unit("zieleni")
    stranger = make_user("obcy@example.org", unit=elsewhere)
    event, foreign = make_event("debata"), make_event("obce", unit=elsewhere)
    draft = make_event("szkic", status=EventStatus.DRAFT)
    note_access(arranger, AccessKind.NEEDS, event=event, people=2, at=NOW - timedelta(days=3))
    note_access(arranger, AccessKind.REGISTRATION, event=event, about="ABCD2345", people=1, at=NOW - timedelta(days=2))
    note_access(arranger, AccessKind.EXPORT, event=draft, people=7, at=NOW - timedelta(days=1))
    note_access(stranger, AccessKind.NEEDS, event=foreign, people=5, at=NOW)
    note_access(stranger, AccessKind.ACCESS_LOG, at=NOW)
    Event.objects.filter(pk=draft.pk).delete()


def test_the_log_holds_what_was_looked_at_in_ones_units(auditor, accesses):
    response = Program(auditor).get(URL)

    rows = response.json()["results"]
    assert [{name: row[name] for name in row if name != "id"} for row in rows] == [
        {"by": "anna@example.org", "kind": "export", "event": "szkic", "about": "", "people": 7,
         "at": "2027-01-11T10:00:00+01:00"},
        {"by": "anna@example.org", "kind": "registration", "event": "debata", "about": "ABCD2345", "people": 1,
         "at": "2027-01-10T10:00:00+01:00"},
        {"by": "anna@example.org", "kind": "needs", "event": "debata", "about": "", "people": 2,
         "at": "2027-01-09T10:00:00+01:00"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?event=debata", ["registration", "needs"]),
        ("?event=obce", []),
        ("?user=Anna@example.org", ["export", "registration", "needs"]),
        ("?kind=export&kind=needs", ["export", "needs"]),
        ("?after=2027-01-10T10:00:00%2B01:00", ["export", "registration"]),
        ("?before=2027-01-10T10:00:00%2B01:00", ["needs"]),
        ("?page_size=1", ["export"]),
    ],
)
def test_the_log_is_narrowed(auditor, accesses, query, kinds):
    assert [row["kind"] for row in Program(auditor).get(f"{URL}{query}").json()["results"]] == kinds


@pytest.mark.parametrize("query", ["kind=nothing", "user=nobody", "colour=red", "after=soon", "event=a+b"])
def test_a_filter_that_cannot_be_meant_is_named_and_nothing_was_seen(auditor, query):
    response = Program(auditor).get(f"{URL}?{query}")

    assert (response.status_code, list(response.json()["errors"])) == (400, [query.partition("=")[0]])
    assert not AccessLog.objects.exists()


def test_every_look_at_the_log_is_a_row_of_it(auditor, accesses):
    before = AccessLog.objects.count()

    Program(auditor).get(URL)
    client = Client()
    client.force_login(auditor)
    client.get(PAGE)

    looks = AccessLog.objects.filter(user=auditor).order_by("id")
    assert AccessLog.objects.count() == before + 2
    # The second one saw the first one, too.
    assert list(looks.values_list("kind", "event_slug", "people")) == [("access_log", "", 1), ("access_log", "", 2)]


def test_an_administrator_of_the_system_sees_everything(accesses):
    root = make_user(role=None, superuser=True)

    assert Program(root).get(URL).json()["count"] == 5


def test_three_accesses_take_no_more_statements_than_one(auditor):
    event = make_event("debata")
    program = Program(auditor)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert program.get(f"{URL}?kind=needs").status_code == 200
        return len(captured)

    note_access(make_user("a@example.org"), AccessKind.NEEDS, event=event, at=NOW)
    statements()
    one = statements()
    for email in ("b@example.org", "c@example.org"):
        note_access(make_user(email), AccessKind.NEEDS, event=event, at=NOW)

    assert statements() == one


# The page


@pytest.fixture
def client(auditor):
    client = Client()
    client.force_login(auditor)
    return client


def test_the_page_says_the_same(client, accesses):
    response = client.get(PAGE)

    page = response.content.decode()
    for words in ("anna@example.org", "Looked at accommodation needs", "registration ABCD2345", "7 people", "szkic"):
        assert words in page
    assert "obcy@example.org" not in page
    assert "no-store" in response["Cache-Control"]


def test_the_page_is_narrowed_and_says_when_nothing_fits(client, accesses):
    assert "7 people" not in client.get(f"{PAGE}?kind=needs").content.decode()
    assert "No access fits this search." in client.get(f"{PAGE}?event=nic").content.decode()


def test_the_page_narrows_nothing_by_what_cannot_be_meant_and_says_so(client, accesses):
    page = client.get(f"{PAGE}?user=nobody").content.decode()

    assert "Enter a valid email address." in page
    assert "7 people" in page


def test_an_empty_log_says_so(client):
    assert "Nobody has looked at personal data yet." in client.get(PAGE).content.decode()
