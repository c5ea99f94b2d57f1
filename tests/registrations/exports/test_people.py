"""The list of registrations as a file: who is in it, what is never in it, and that no cell of it is run."""

import csv
import gc
import io
import tracemalloc

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from events.actions.publishing import cancel_event
from events.enums import AccessKind, QuestionKind, Role
from events.models import AccessLog
from registrations.enums import MemberState, RegistrationState
from registrations.exports.people import COLUMNS, PeopleTable
from registrations.models import Participant, PartyMember, Registration
from tests.make import Program, make_event, make_member, make_question, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/registrations/export"
PAGE = "manage/events/debata/registrations/export"
HOSTILE = ["=1+1", "+48600100200", "-2", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", '=HYPERLINK("http://x.example")']


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def editor():
    return Program(make_user("ola@example.org", role=Role.EDITOR))


@pytest.fixture
def event():
    return make_event("debata", capacity=5, categories=[("business", 5)], sessions=2)


def csv_rows(response) -> list[dict[str, str]]:
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def xlsx_rows(response) -> list[tuple[object, ...]]:
    (sheet,) = load_workbook(io.BytesIO(response.getvalue())).worksheets
    return list(sheet.iter_rows(values_only=True))


def test_everybody_has_a_row_and_seats_are_counted_once(editor, event):
    food = make_question(event, QuestionKind.MULTIPLE, choices=["soup", "cake"])
    people = make_question(event, QuestionKind.NUMBER)
    registration = make_registration(
        event, email="anna@example.org", category="business", sessions=event.sessions.all()[:1], seats=3
    )
    Participant.objects.update(organisation="Izba")
    registration.answers.create(question=food, value=["soup", "cake"])
    registration.answers.create(question=people, value=-3)
    make_member(registration, first_name="Jan", email="jan@example.org")
    gone = make_member(registration, first_name="Ewa")
    PartyMember.objects.filter(pk=gone.pk).update(state=MemberState.CANCELLED, ended_at=NOW)

    contact, jan, ewa = csv_rows(editor.get(f"{URL}.csv"))

    assert contact == {
        "reference": registration.reference,
        "role": "contact",
        "state": "confirmed",
        "position": "",
        "first_name": "Anna",
        "last_name": "Nowak",
        "email": "anna@example.org",
        "phone": "",
        "category": "business",
        "organisation": "Izba",
        "language": "pl",
        "seats": "3",
        "comes": "true",
        "sessions": str(event.sessions.all()[0].pk),
        "source": "web",
        "attendance": "not_recorded",
        "created_at": "2027-01-12T10:00:00+01:00",
        f"answers.{food.pk}": "soup cake",
        f"answers.{people.pk}": "-3",
    }
    assert (jan["reference"], jan["role"], jan["first_name"], jan["email"]) == (
        registration.reference,
        "member",
        "Jan",
        "jan@example.org",
    )
    assert [(row["state"], row["comes"], row["seats"]) for row in (jan, ewa)] == [
        ("confirmed", "true", ""),
        ("cancelled", "false", ""),
    ]


def test_a_file_for_people_speaks_their_language_and_has_the_same_rows(event):
    yes = make_question(event, QuestionKind.YES_NO)
    registration = make_registration(event, category="business", sessions=event.sessions.all()[:1])
    registration.answers.create(question=yes, value=True)
    make_registration(event, category="business", state=RegistrationState.WAITLISTED)
    client = Client()
    client.force_login(make_user(role=Role.AUDITOR))

    heading, confirmed, waiting = xlsx_rows(client.get(f"/en/{PAGE}.xlsx"))

    assert heading[:4] == ("Registration number", "Role", "State", "Place in the queue")
    assert heading[-1] == yes.text["en"]
    assert (confirmed[1], confirmed[2], confirmed[-1]) == ("Registered", "Confirmed", "Yes")
    assert (waiting[2], waiting[3]) == ("On the reserve list", 1)
    csv_page = client.get(f"/{PAGE}.csv").getvalue().decode("utf-8-sig")
    assert csv_page.startswith("Numer zgłoszenia")
    assert len(csv_page.splitlines()) == 3


def test_needs_and_keys_are_in_no_file(editor, event):
    registration = make_registration(event, email="anna@example.org", category="business")
    registration.needs.create(kind="wheelchair", note="Szerokie drzwi", created_at=NOW)

    files = [editor.get(f"{URL}.csv").getvalue().decode(), str(xlsx_rows(editor.get(f"{URL}.xlsx?words=true")))]

    for text in files:
        assert "anna@example.org" in text
        for secret in ("wheelchair", "Szerokie", registration.manage_token, registration.ticket_code):
            assert secret not in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_cell_is_a_formula(editor, event, hostile):
    registration = make_registration(event, category="business")
    Participant.objects.filter(registration=registration).update(organisation=hostile)

    (row,) = csv_rows(editor.get(f"{URL}.csv"))
    (sheet,) = load_workbook(io.BytesIO(editor.get(f"{URL}.xlsx").getvalue())).worksheets
    cell = sheet.cell(2, COLUMNS.index("organisation") + 1)

    assert row["organisation"] == f"'{hostile}"
    # A workbook knows of every cell what it is: this one is text, and stays text when somebody edits it.
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert str(cell.value).strip() == hostile.strip()


def test_what_a_workbook_cannot_hold_is_left_out(editor, event):
    make_registration(event, category="business")
    Participant.objects.update(organisation="Izba\x0b")

    assert xlsx_rows(editor.get(f"{URL}.xlsx"))[1][COLUMNS.index("organisation")] == "Izba"


def test_an_erased_person_leaves_an_empty_row(editor, event):
    registration = make_registration(event, category="business")
    Participant.objects.filter(registration=registration).delete()

    (row,) = csv_rows(editor.get(f"{URL}.csv"))

    assert (row["reference"], row["first_name"], row["email"], row["organisation"]) == (
        registration.reference,
        "",
        "",
        "",
    )


def test_the_file_is_narrowed_like_the_list_and_places_are_those_of_the_whole_queue(editor, event):
    make_registration(event, category="business", state=RegistrationState.WAITLISTED)
    wanted = make_registration(event, last_name="Lis", category="business", state=RegistrationState.WAITLISTED)
    make_registration(event, last_name="Lis", category="business")

    (row,) = csv_rows(editor.get(f"{URL}.csv?state=waitlisted&q=lis"))

    assert (row["reference"], row["position"]) == (wanted.reference, "2")
    assert list(editor.get(f"{URL}.csv?state=lost").json()["errors"]) == ["state"]


def test_every_file_is_in_the_access_log(editor, event):
    registration = make_registration(event, category="business", seats=2)
    make_member(registration)
    make_registration(event, category="business", state=RegistrationState.WAITLISTED)

    editor.get(f"{URL}.csv").getvalue()
    editor.get(f"{URL}.xlsx?state=waitlisted").getvalue()

    rows = AccessLog.objects.order_by("id").values_list("user__email", "kind", "event_slug", "people")
    assert list(rows) == [
        ("ola@example.org", AccessKind.EXPORT, "debata", 3),
        ("ola@example.org", AccessKind.EXPORT, "debata", 1),
    ]


def test_a_head_looks_and_takes_nothing_away(event):
    make_registration(event)
    head = Program(make_user(role=Role.HEAD))

    assert head.get("/api/v1/manage/events/debata/registrations/").status_code == 200
    assert head.get(f"{URL}.csv").status_code == 404
    assert not AccessLog.objects.filter(kind=AccessKind.EXPORT).exists()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_three_rows_take_no_more_statements_than_one(editor, event, ending):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            editor.get(f"{URL}.{ending}").getvalue()
        return len(captured)

    question = make_question(event)

    def add() -> None:
        registration = make_registration(event, category="business", sessions=event.sessions.all()[:1])
        registration.answers.create(question=question, value="soup")
        make_member(registration)

    add()
    one = statements()
    add()
    add()

    assert statements() == one


def test_a_long_list_is_not_kept_in_memory(event):
    table = PeopleTable(event, {}, in_words=False, language="pl")

    def peak(people: int) -> int:
        present = Registration.objects.count()
        rows = [
            Registration(
                event=event,
                state=RegistrationState.EXPIRED,
                source="web",
                reference=f"R{number}",
                ticket_code=f"T{number}",
                created_at=NOW,
                queued_at=NOW,
            )
            for number in range(present, people)
        ]
        Participant.objects.bulk_create(
            Participant(registration=row, first_name="Anna", last_name="Nowak")
            for row in Registration.objects.bulk_create(rows)
        )
        tracemalloc.start()
        lines = 0
        for _line in table.csv_lines():
            lines += 1
            if lines % 250 == 0:
                gc.collect()  # Rows know each other, and nobody else knows when they are thrown away.
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert lines == people + 1
        return highest

    few = peak(1000)
    assert peak(4000) < 1.2 * few


def test_a_called_off_event_still_has_its_list(editor, event):
    make_registration(event, category="business")
    cancel_event(event, reason="Awaria", by=make_user(), at=NOW)

    assert len(csv_rows(editor.get(f"{URL}.csv"))) == 1
