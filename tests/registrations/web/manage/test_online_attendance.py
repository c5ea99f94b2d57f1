"""The list of an online meeting: read as its platform writes it, shown, and carried over once."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from events.errors import FieldErrors
from events.models import AccessLog
from registrations.actions.attendance import void_check_in
from registrations.enums import Attendance, RegistrationState
from registrations.forms.online_list import read_online_list
from registrations.models import CheckIn, Registration
from registrations.queries.online_attendance import OnlineRow, online_matches
from tests.make import Program, make_event, make_member, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import fresh

pytestmark = pytest.mark.django_db

PAGE = "/en/manage/events/meeting/attendance/online/"
API = "/api/v1/manage/events/meeting/attendance/online/"

TEAMS = (
    "1. Podsumowanie\nTytuł spotkania\tSpotkanie\nUczestnicy\t3\n\n2. Uczestnicy\n"
    "Imię i nazwisko\tPierwsze dołączenie\tOstatnie opuszczenie\tCzas trwania spotkania\tAdres e-mail\t"
    "Identyfikator uczestnika (UPN)\tRola\n"
    "Anna Nowak\t26.01.2027 17:00\t26.01.2027 18:40\t1g 40m\tANNA@example.org\tanna@contoso.example\tUczestnik\n"
    "Żółć Ewa (gość)\t26.01.2027 17:02\t26.01.2027 18:40\t1g 38m\n"
    "Ktoś Inny\t26.01.2027 17:05\t26.01.2027 17:06\t1m\tkto@example.org\n\n"
    "3. Działania\nImię i nazwisko\tGodzina dołączenia\nAnna Nowak\t17:00\n"
).encode("utf-16")
ZOOM = (
    b"Meeting ID,Topic,Start Time\n123 456,Meeting,01/26/2027\n\n"
    b"Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
    b"Anna Nowak,anna@example.org,17:00,17:20,20,No\n"
    b"Anna Nowak,Anna@Example.org,17:25,18:40,75,No\n"
    b"Ewa,,17:00,18:00,60,Yes\n"
)
UKRAINIAN = "Ім’я;Електронна пошта;Час приєднання\nАнна;anna@example.org;17:00\n".encode()


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def event():
    return make_event("meeting")


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user())
    return client


def file_of(data):
    return SimpleUploadedFile("lista.csv", data)


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (TEAMS, [("Anna Nowak", "ANNA@example.org"), ("Żółć Ewa (gość)", ""), ("Ktoś Inny", "kto@example.org")]),
        (ZOOM, [("Anna Nowak", "anna@example.org"), ("Ewa", "")]),
        (b"\xef\xbb\xbfName,Attendee Email,Join Time\nAnn,a@example.org,17:00\n", [("Ann", "a@example.org")]),
        (UKRAINIAN, [("Анна", "anna@example.org")]),
    ],
    ids=["teams", "zoom", "webex", "ukrainian"],
)
def test_lists_are_read_as_their_platforms_write_them(data, rows):
    assert read_online_list(data) == [OnlineRow(*row) for row in rows]


@pytest.mark.parametrize("data", [b"", b"Name,Phone\nAnn,1\n", b"Name,Email,Join Time\n\n", b"\x00\x01"])
def test_a_file_without_a_list_is_refused_at_the_file(data):
    with pytest.raises(FieldErrors) as refusal:
        read_online_list(data)

    assert list(refusal.value.errors) == ["file"]


def test_a_list_of_too_many_is_refused(monkeypatch):
    monkeypatch.setattr("registrations.forms.online_list.MOST_ROWS", 1)

    with pytest.raises(FieldErrors, match="invalid"):
        read_online_list(ZOOM)


def test_the_list_is_shown_first_and_only_the_ticked_are_written_down_once(client, event):
    anna = make_registration(event, email="anna@example.org")
    ewa = make_registration(event, first_name="Ewa", last_name="Żółć")
    waits = make_registration(event, email="kto@example.org", state=RegistrationState.WAITLISTED)

    shown = client.post(PAGE, {"file": file_of(TEAMS)})

    page = shown.content.decode()
    assert [match.person.registration for match in shown.context["found"].matched] == [anna]
    assert f'value="{anna.reference}" checked>' in page
    assert f'value="{ewa.reference}"> Ewa Żółć' in page
    assert "in the list as “Żółć Ewa (gość)”" in page
    assert "1 person without a registration" in page
    assert not CheckIn.objects.exists()
    assert AccessLog.objects.get().people == 2

    ticked = {"confirmed": "yes", "person": [anna.reference, ewa.reference, "NOBODY22", f"{anna.reference}.x"]}
    first = client.post(PAGE, ticked, follow=True).content.decode()
    again = client.post(PAGE, ticked, follow=True).content.decode()

    assert "2 people are now written down as present." in first
    assert "0 people are now written down as present." in again
    assert [(row.registration, row.kind, row.source) for row in CheckIn.objects.all()] == [
        (anna, "admit", "online_import"),
        (ewa, "admit", "online_import"),
    ]
    assert fresh(waits).attendance == Attendance.NOT_RECORDED


def test_whoever_was_taken_back_by_hand_stays_so_when_the_list_comes_again(client, event):
    owner, anna = make_user(), make_registration(event, email="anna@example.org")
    client.post(PAGE, {"confirmed": "yes", "person": anna.reference})
    void_check_in(CheckIn.objects.get(), reason="Tylko zalogowana", by=owner, at=NOW)

    client.post(PAGE, {"confirmed": "yes", "person": anna.reference})

    assert fresh(anna).attendance == Attendance.NOT_RECORDED
    assert CheckIn.objects.count() == 2


def test_nobody_of_another_event_can_be_ticked(client, event):
    stranger = make_registration(make_event())

    client.post(PAGE, {"confirmed": "yes", "person": stranger.reference})

    assert fresh(stranger).attendance == Attendance.NOT_RECORDED


def test_a_file_that_cannot_be_read_is_said_so(client, event):
    page = client.post(PAGE, {"file": file_of(b"Wiek\n7\n")}).content.decode()

    assert "There is no list of participants in it" in page
    assert "<title>Error:" in page.replace("\n", "").replace("  ", "")


def test_a_program_sees_matches_and_writes_down_whoever_is_found_by_address(event):
    program = Program(make_user())
    party = make_registration(event, email="jan@example.org", first_name="Jan", seats=2)
    member = make_member(party, first_name="Anna", last_name="Nowak", email="anna@example.org")
    make_registration(event, first_name="Ewa", last_name="Żółć")

    tried = program.post(API, {"file": file_of(TEAMS)}, format="multipart").json()
    assert not CheckIn.objects.exists()
    done = program.post(API, {"file": file_of(TEAMS), "dry_run": "false"}, format="multipart").json()
    again = program.post(API, {"file": file_of(TEAMS), "dry_run": "false"}, format="multipart").json()

    assert (tried["dry_run"], tried["admitted"], done["admitted"], again["admitted"]) == (True, 0, 1, 0)
    assert [(one["email"], one["person"]["member"]) for one in done["matched"]] == [("ANNA@example.org", member.pk)]
    assert [one["person"]["last_name"] for one in done["proposed"]] == ["Żółć"]
    assert done["unmatched"] == [{"name": "Ktoś Inny", "email": "kto@example.org"}]
    member.refresh_from_db()
    assert member.attendance == Attendance.PRESENT
    assert Registration.objects.filter(attendance=Attendance.PRESENT).count() == 0


def test_two_people_with_one_address_are_told_apart_by_name_or_proposed(event):
    party = make_registration(event, first_name="Anna", last_name="Nowak", email="dom@example.org", seats=2)
    jan = make_member(party, first_name="Jan", last_name="Nowak", email="dom@example.org")
    by_name, unclear = OnlineRow("Jan Nowak", "dom@example.org"), OnlineRow("iPhone", "dom@example.org")

    named = online_matches(event, [by_name])
    both = online_matches(event, [unclear])
    one_left = online_matches(event, [unclear, by_name])
    nobody_left = online_matches(event, [unclear, by_name, OnlineRow("Anna Nowak", "dom@example.org")])

    assert [match.person.member for match in named.matched] == [jan]
    assert (both.matched, [match.person.member for match in both.proposed]) == ([], [None, jan])
    assert [match.person.member for match in one_left.proposed] == [None]
    assert (nobody_left.proposed, nobody_left.unmatched) == ([], [unclear])
