"""Personal invitations over the API."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import AccessKind, Role
from events.models import AccessLog
from registrations.models import Invitation, Registration
from tests.make import Program, make_event, make_invitation, make_registration, make_user
from tests.make.events import NOW
from tests.make.workbooks import make_workbook

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/invitations/"
ANN = {"email": "ann@example.org", "first_name": "Ann", "last_name": "Nowak"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor():
    return Program(make_user("ola@example.org", role=Role.EDITOR))


@pytest.fixture
def event():
    return make_event("debata", categories=[("business", 5)])


def upload(editor, data: bytes, **fields):
    file = SimpleUploadedFile("goscie.csv", data)
    return editor.post(f"{URL}import/", {"file": file, **fields}, format="multipart")


def test_one_person_is_invited_and_read_back_without_the_link(editor, event):
    answer = editor.post(
        f"{URL}?send=true",
        {**ANN, "category": "business", "language": "uk", "seats": 2, "uses_reserved": True, "note": "VIP"},
    )

    assert answer.status_code == 201
    invitation = Invitation.objects.get()
    said = answer.json()
    assert said == {
        "id": invitation.pk,
        **ANN,
        "organisation": "",
        "category": "business",
        "language": "uk",
        "seats": 2,
        "skips_approval": True,
        "uses_reserved": True,
        "note": "VIP",
        "state": "sending",
        "registration": None,
        "by": str(invitation.by),
        "created_at": "2027-01-12T10:00:00+01:00",
        "send_requested_at": "2027-01-12T10:00:00+01:00",
        "revoked_at": None,
    }
    assert invitation.token not in answer.text
    assert invitation.token not in editor.get(URL).text


def test_a_list_is_invited_whole_or_not_at_all(editor, event):
    bob = {"email": "bob@example.org", "organisation": "Izba"}

    refused = editor.post(URL, [ANN, {**bob, "category": "media"}, {"email": "x", "colour": "red"}])
    again = editor.post(URL, [ANN, {**bob, "email": "Ann@example.org"}])
    assert (refused.status_code, again.status_code, Invitation.objects.count()) == (400, 400, 0)
    assert list(refused.json()["errors"]) == ["2.colour"]
    assert again.json()["errors"] == {"1.email": ["This address stands in row 0 already."]}
    done = editor.post(URL, [ANN, bob])

    assert (done.status_code, [row["state"] for row in done.json()]) == (201, ["invited", "invited"])


def test_faults_of_one_person_are_at_their_fields(editor, event):
    answer = editor.post(URL, {"email": "nobody", "seats": 1})

    assert answer.json()["errors"] == {
        "email": ["Enter a valid e-mail address."],
        "last_name": ["Say who is invited: a name or an organisation."],
    }
    assert list(editor.post(f"{URL}?sent=true", ANN).json()["errors"]) == ["sent"]


def test_the_list_says_what_came_of_them_is_filtered_and_logged(editor, event):
    invited = make_invitation(event, last_name="Lis")
    registered = make_invitation(event, last_name="Wilk")
    registration = make_registration(event)
    Registration.objects.filter(pk=registration.pk).update(invitation=registered)

    rows = editor.get(URL).json()["results"]

    assert [(row["id"], row["state"], row["registration"]) for row in rows] == [
        (invited.pk, "invited", None),
        (registered.pk, "registered", registration.reference),
    ]
    assert [row["id"] for row in editor.get(f"{URL}?state=registered&q=wilk").json()["results"]] == [registered.pk]
    assert list(editor.get(f"{URL}?state=lost").json()["errors"]) == ["state"]
    log = AccessLog.objects.order_by("id").values_list("kind", "about", "people")
    assert list(log) == [(AccessKind.REGISTRATIONS, "invitations", 2), (AccessKind.REGISTRATIONS, "invitations", 1)]


def test_three_rows_take_no_more_statements_than_one(editor, event):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(URL).status_code == 200
        return len(captured)

    def add() -> None:
        invitation = make_invitation(event, by=make_user())
        Registration.objects.filter(pk=make_registration(event).pk).update(invitation=invitation)

    add()
    one = statements()
    add()
    add()

    assert statements() == one


def test_a_table_is_tried_before_it_is_carried_out(editor, event):
    data = "E-mail;Imię;Nazwisko;Grupa\nann@example.org;Łucja;Żółć;business\n".encode("cp1250")

    tried = upload(editor, data)
    assert Invitation.objects.count() == 0
    done = upload(editor, data, dry_run="false", send="true")

    assert (tried.status_code, tried.json()["dry_run"], tried.json()["count"]) == (200, True, 1)
    (shown,) = tried.json()["invitations"]
    assert (shown["id"], shown["last_name"], shown["category"]) == (None, "Żółć", "business")
    invitation = Invitation.objects.get()
    assert (done.json()["invitations"][0]["id"], invitation.first_name) == (invitation.pk, "Łucja")
    assert invitation.send_requested_at == NOW


def test_faults_of_a_workbook_are_named_by_row_and_column(editor, event):
    book = make_workbook([["E-mail", "Miejsca", "Nazwisko"], ["ann@example.org", "dwa", "Lis"], ["x", 1, "Wilk"]])

    answer = upload(editor, book, dry_run="false")

    assert answer.status_code == 400
    assert answer.json()["errors"] == {
        "rows.2.seats": ["Write a number like 1."],
        "rows.3.email": ["Enter a valid e-mail address."],
    }
    assert not Invitation.objects.exists()
    assert list(upload(editor, b"PK\x03\x04").json()["errors"]) == ["file"]
    assert list(upload(editor, b"Wiek\n7").json()["errors"]) == ["table"]


def test_an_invitation_is_changed_sent_and_taken_back(editor, event):
    invitation = make_invitation(event, email="ann@example.org")
    token = invitation.token
    address = f"{URL}{invitation.pk}/"

    sent = editor.post(f"{URL}send/").json()
    changed = editor.patch(address, {"email": "anna@example.org", "category": "business"})
    again = editor.post(f"{URL}send/", {"only": [invitation.pk]}).json()
    revoked = [editor.post(f"{address}revoke/").json()["state"] for _time in range(2)]

    assert (sent, again, revoked) == ({"count": 1}, {"count": 1}, ["revoked", "revoked"])
    assert (changed.json()["email"], changed.json()["category"], changed.json()["state"]) == (
        "anna@example.org",
        "business",
        "invited",
    )
    invitation.refresh_from_db()
    assert invitation.token != token
    refused = editor.patch(address, {"seats": 2})
    assert (refused.status_code, refused.json()["code"]) == (409, "invitation_over")


def test_an_invitation_of_another_event_is_not_here(editor, event):
    foreign = make_invitation(make_event("inna"))

    for answer in (
        editor.patch(f"{URL}{foreign.pk}/", {"seats": 2}),
        editor.post(f"{URL}{foreign.pk}/revoke/"),
    ):
        assert answer.status_code == 404
    assert editor.post(f"{URL}send/", {"only": [foreign.pk]}).json() == {"count": 0}
