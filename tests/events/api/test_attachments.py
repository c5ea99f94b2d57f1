"""Files of an event over the API."""

import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import EventStatus, Role
from events.models import Attachment
from tests.make import Program, make_event, make_unit, make_user
from tests.make.events import NOW
from tests.make.files import PDF

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/attachments/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor():
    make_event("debata", status=EventStatus.DRAFT)
    return Program(make_user(role=Role.EDITOR))


def send(program, *, name="program.pdf", data=PDF, **more):
    return program.post(URL, {"file": SimpleUploadedFile(name, data), **more}, format="multipart")


def test_a_file_is_added_listed_fetched_and_taken_away(editor):
    added = send(editor, title=json.dumps({"pl": "Program", "en": "Programme"}))

    assert added.status_code == 201, added.text
    said = added.json()
    assert (said["title"], said["file_name"], said["content_type"], said["size"]) == (
        {"pl": "Program", "en": "Programme"},
        "program.pdf",
        "application/pdf",
        len(PDF),
    )
    assert editor.get(URL).json() == [said]
    assert editor.delete(f"{URL}{said['id']}/").status_code == 204
    assert editor.get(URL).json() == []
    assert editor.delete(f"{URL}{said['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("title", "kept"),
    [({}, {"pl": "program.pdf"}), ({"title": "Program"}, {"pl": "Program"}), ({"title": "2030"}, {"pl": "2030"})],
)
def test_a_title_may_be_words_alone_or_the_name(editor, title, kept):
    assert send(editor, **title).json()["title"] == kept


@pytest.mark.parametrize(
    ("name", "data", "title", "field"),
    [
        ("program.pdf", b"MZ nothing of the kind", "Program", "file"),
        ("program.pdf", b"", "Program", "file"),
        ("program.pdf", PDF + b"x" * 10_000_001, "Program", "file"),
        ("program.exe", PDF, "Program", "file"),
        ("program.pdf", PDF, "x" * 301, "title"),
        ("program.pdf", PDF, '{"en": "Programme"}', "title"),
        ("program.pdf", PDF, '{"pl": "\\u0000"}', "title"),
        ("program.pdf", PDF, "[" * 100_000, "title"),
        ("program.pdf", PDF, '{"pl": "\\ud800"}', "title"),
    ],
)
def test_what_cannot_be_kept_is_refused(editor, name, data, title, field):
    response = send(editor, name=name, data=data, title=title)

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json"), response.text
    assert list(response.json()["errors"]) == [field]
    assert not Attachment.objects.exists()


def test_a_field_that_nobody_reads_is_refused(editor):
    response = send(editor, titel="Program")

    assert (response.status_code, list(response.json()["errors"])) == (400, ["titel"])
    assert not Attachment.objects.exists()


def test_files_of_an_event_that_somebody_else_has_changed_are_an_edit_conflict(editor):
    there = send(editor).json()
    upload = {"file": SimpleUploadedFile("b.pdf", PDF + b"b")}

    answers = [
        editor.post(URL, upload, format="multipart", HTTP_IF_MATCH='"999"'),
        editor.delete(f"{URL}{there['id']}/", HTTP_IF_MATCH='"999"'),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "edit_conflict")] * 2
    assert editor.get(URL).json() == [there]
    tag = editor.get(URL)["ETag"]
    assert editor.delete(f"{URL}{there['id']}/", HTTP_IF_MATCH=tag).status_code == 204


def test_a_form_without_a_file_and_a_body_that_is_no_form_are_refused(editor):
    assert list(editor.post(URL, {"title": "Program"}, format="multipart").json()["errors"]) == ["file"]
    assert editor.post(URL, {"title": "Program"}).status_code == 415


def test_files_of_another_unit_are_not_there(editor):
    said = send(editor).json()
    stranger = Program(make_user(unit=make_unit("zieleni")))

    assert stranger.get(URL).status_code == 404
    assert send(stranger).status_code == 404
    assert stranger.delete(f"{URL}{said['id']}/").status_code == 404
    assert Attachment.objects.count() == 1


def test_three_files_take_no_more_statements_than_one(editor):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(URL).status_code == 200
        return len(captured)

    send(editor)
    one = statements()
    send(editor, data=PDF + b"2")
    send(editor, data=PDF + b"3")

    assert statements() == one
