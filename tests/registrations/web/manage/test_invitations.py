"""Staff pages of invitations."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from events.enums import AccessKind, EventStatus, Role
from events.models import AccessLog, Event
from registrations.forms.table_files import MOST_BYTES, table_of_file
from registrations.models import Invitation, Registration
from tests.make import make_event, make_invitation, make_registration, make_user
from tests.make.events import NOW
from tests.make.workbooks import make_workbook

pytestmark = pytest.mark.django_db

LIST = "/en/manage/events/meeting/invitations/"
ANN = {"email": "ann@example.org", "first_name": "Ann", "last_name": "Nowak", "language": "pl", "seats": "2"}
TABLE = "E-mail;Nazwisko\nann@example.org;Lis\nbob@example.org;Wilk\n"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def event():
    return make_event("meeting", categories=[("business", 5)])


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user("ola@example.org"))
    return client


def test_the_list_says_what_came_of_each_and_shows_no_link(client, event):
    invitation = make_invitation(event, last_name="Lis", organisation="Izba")
    registered = make_invitation(event, last_name="Wilk")
    registration = make_registration(event)
    Registration.objects.filter(pk=registration.pk).update(invitation=registered)

    page = client.get(LIST).content.decode()

    for shown in ("Ewa Lis", "Izba", "Not sent yet", "Registered", registration.reference):
        assert shown in page
    assert invitation.token not in page
    assert [row.last_name for row, _ in client.get(f"{LIST}?state=invited&q=lis").context["rows"]] == ["Lis"]
    assert [row.last_name for row, _ in client.get(f"{LIST}?state=nonsense").context["rows"]] == ["Lis", "Wilk"]
    assert AccessLog.objects.filter(kind=AccessKind.REGISTRATIONS, about="invitations", people=2).count() == 2


def test_an_empty_list_says_so_and_whoever_only_looks_has_no_buttons(client, event):
    head = Client()
    head.force_login(make_user("head@example.org", role=Role.HEAD))

    assert "Nobody is invited by name yet." in client.get(LIST).content.decode()
    assert "Nobody fits what you are looking for." in client.get(f"{LIST}?q=xyz").content.decode()
    assert "Invite somebody" not in head.get(LIST).content.decode()


def test_one_person_is_invited_and_written_to(client, event):
    refused = client.post(f"{LIST}new/", {**ANN, "email": "nobody", "category": ""})
    assert "Enter a valid e-mail address." in refused.content.decode()
    done = client.post(f"{LIST}new/", {**ANN, "category": "business", "send": "on"})

    assert done["Location"] == LIST
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.seats, invitation.send_requested_at) == ("ann@example.org", 2, NOW)
    assert invitation.category is not None
    # What the form did not ask stays as usual.
    assert (invitation.skips_approval, invitation.uses_reserved) == (True, False)


def test_the_form_asks_for_what_makes_a_difference_here_only(client, event):
    asked = list(client.get(f"{LIST}new/").context["form"].fields)
    assert asked == [
        "email", "first_name", "last_name", "organisation", "category", "language", "seats", "note", "send",
    ]  # fmt: skip
    plain = make_event("plain", status=EventStatus.DRAFT, capacity=10)
    plain.pools.update(reserved=3)
    plain.policy.approval = True
    plain.policy.save()

    asked = list(client.get("/en/manage/events/plain/invitations/new/").context["form"].fields)

    assert asked == [
        "email", "first_name", "last_name", "organisation", "language", "seats", "uses_reserved", "skips_approval", "note",
    ]  # fmt: skip


def test_the_form_says_that_the_person_reads_the_note(client, event):
    page = client.get(f"{LIST}new/").content.decode()

    assert "A word to the invited person" in page
    assert "The person reads it in the invitation." in page
    assert "colleagues" not in page


def test_an_invitation_is_changed_and_a_new_address_says_what_to_do(client, event):
    invitation = make_invitation(event, email="ann@example.org")
    address = f"{LIST}{invitation.pk}/"

    assert client.get(address).context["form"]["email"].value() == "ann@example.org"
    same = client.post(address, {**ANN, "category": ""}, follow=True)
    other = client.post(address, {**ANN, "email": "anna@example.org", "category": ""}, follow=True)
    client.post(f"{address}revoke/")
    refused = client.post(address, {**ANN, "category": ""})

    assert "The old link is dead" not in same.content.decode()
    assert "The old link is dead: send the new one." in other.content.decode()
    assert "This invitation is no longer valid." in refused.content.decode()
    invitation.refresh_from_db()
    assert (invitation.email, invitation.seats, invitation.revoked_at) == ("anna@example.org", 2, NOW)


def test_each_look_at_an_invitation_is_written_down(client, event):
    address = f"{LIST}{make_invitation(event).pk}/"

    client.get(address)
    client.post(address, {**ANN, "email": "nobody", "category": ""})

    rows = AccessLog.objects.order_by("id").values_list("kind", "event", "about", "people")
    assert list(rows) == [(AccessKind.REGISTRATIONS, event.pk, "invitations", 1)] * 2


def test_letters_go_to_all_who_had_none_or_to_one_again(client, event):
    told = make_invitation(event, send_requested_at=NOW, planned_at=NOW)
    make_invitation(event)

    def sent(**data) -> str:
        page = client.post(f"{LIST}send/", data, follow=True)
        return str(next(iter(page.context["messages"])))

    assert sent() == "1 invitation goes out."
    assert sent() == "There is nobody to write to."
    assert sent(only=str(told.pk)) == "1 invitation goes out."
    assert client.post(f"{LIST}send/", {"only": "999999"}).status_code == 404
    # What is no number is nobody, and not everybody.
    for nonsense in ("9" * 5000, "9" * 19, "all", "-1", "0"):
        assert client.post(f"{LIST}send/", {"only": nonsense}).status_code == 404
    Event.objects.update(status=EventStatus.POSTPONED)
    assert sent() == "Invitations are sent once the event is announced, and not after it."


def test_a_table_is_shown_before_anybody_is_invited(client, event):
    shown = client.post(f"{LIST}import/", {"table": TABLE})
    assert [row.last_name for row in shown.context["rows"]] == ["Lis", "Wilk"]
    assert "Invite 2 people" in shown.content.decode()
    assert not Invitation.objects.exists()
    done = client.post(f"{LIST}import/", {"table": TABLE, "confirmed": "yes", "send": "on"})

    assert done["Location"] == LIST
    assert Invitation.objects.filter(send_requested_at=NOW).count() == 2


def test_of_a_file_that_is_too_large_no_more_is_read_than_tells_so(client, event, monkeypatch):
    read = []

    def looked_at(data):
        read.append(len(data))
        return table_of_file(data)

    monkeypatch.setattr("registrations.web.manage.invitations.table_of_file", looked_at)
    file = SimpleUploadedFile("goscie.csv", b"x" * (MOST_BYTES + 1000))

    page = client.post(f"{LIST}import/", {"file": file}).content.decode()

    assert "The file is larger than 2 MB." in page
    assert read == [MOST_BYTES + 1]


def test_a_file_becomes_a_table_that_can_be_put_right(client, event):
    file = SimpleUploadedFile("goscie.xlsx", make_workbook([["E-mail", "Nazwisko"], ["ann@example.org", "Żółć"]]))

    # Also with the button that carries it out: what is in the file has to be seen first.
    shown = client.post(f"{LIST}import/", {"file": file, "table": "", "confirmed": "yes"})

    assert shown.context["form"]["table"].value() == "E-mail\tNazwisko\nann@example.org\tŻółć\n"
    assert [row.last_name for row in shown.context["rows"]] == ["Żółć"]
    assert not Invitation.objects.exists()


def test_what_is_wrong_is_said_by_row_and_column_and_nobody_is_invited(client, event):
    wrong = "E-mail;Nazwisko;Miejsca\nann@example.org;Lis;dwa\nnobody;Wilk;1\n"

    page = client.post(f"{LIST}import/", {"table": wrong, "confirmed": "yes"}).content.decode()

    assert "Row 2, seats: Write a number like 1." in page
    assert "Row 3, e-mail: Enter a valid e-mail address." in page
    assert "nobody;Wilk;1" in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"table": " "}, "Choose a file, or paste a table."),
        ({"table": "Wiek\n7"}, "There is no column called “Wiek”."),
        ({"file": SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0")}, "Save it as XLSX without a password"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(client, event, data, sentence):
    assert sentence in client.post(f"{LIST}import/", data).content.decode()


def test_letters_of_a_table_wait_for_the_announcement(client, event):
    Event.objects.update(status=EventStatus.DRAFT)

    page = client.post(f"{LIST}import/", {"table": TABLE, "confirmed": "yes", "send": "on"}).content.decode()

    assert "Invitations are sent once the event is announced" in page
    assert not Invitation.objects.exists()
