"""Staff page of an event's files."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from events.actions.attachments import MOST_FILES
from events.models import Attachment, EventChange
from tests.make import files, make_attachment, make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

PAGE = "/en/manage/events/spotkanie/files/"
CHANGE = f"{PAGE}change/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def owner():
    return make_user("ola@example.org")


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def event():
    return make_event("spotkanie")


def a_file(name="program.pdf", data=files.PDF):
    return SimpleUploadedFile(name, data, content_type="text/html")


def test_a_file_is_added_and_stands_on_the_page(client, event, owner):
    response = client.post(PAGE, {"title_pl": "Program", "title_en": "Agenda", "file": a_file()}, follow=True)

    kept = Attachment.objects.get()
    assert response.redirect_chain == [(PAGE, 302)]
    assert (kept.event, kept.title, kept.content_type) == (event, {"pl": "Program", "en": "Agenda"}, "application/pdf")
    assert (kept.added_by, EventChange.objects.get().by) == (owner, owner)
    page = response.content.decode()
    assert f'href="/attachments/{kept.pk}/program.pdf"' in page
    assert "Agenda" in page


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({}, "file", "Choose a file."),
        ({"file": ("a.pdf", b"")}, "file", "The file is empty."),
        ({"file": ("a.html", b"<html>")}, "file", "Files of this kind cannot be kept here."),
        ({"file": ("a.pdf", files.PDF), "title_pl": ""}, "title", "Write this in Polish."),
        ({"file": ("a.pdf", files.PDF + b" " * 10_000_000)}, "file", "The file is larger than 10 MB."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(client, event, sent, field, sentence):
    given = {name: a_file(*value) if name == "file" else value for name, value in sent.items()}

    response = client.post(PAGE, {"title_pl": "Program", **given})

    (said,) = response.context["form"].errors[field]
    assert said.startswith(sentence)
    assert list(response.context["form"].errors) == [field]
    assert 'value="Program"' in response.content.decode() or field == "title"
    assert not Attachment.objects.exists()


def test_no_more_than_so_many_files(client, event):
    for number in range(MOST_FILES):
        make_attachment(event, data=f"{number}".encode())

    assert 'type="file"' not in client.get(PAGE).content.decode()
    client.post(PAGE, {"title_pl": "Jeszcze jeden", "file": a_file()})
    assert event.attachments.count() == MOST_FILES


def test_a_file_is_moved_up_and_taken_away(client, event):
    kept = [make_attachment(event, file_name=f"{name}.txt", data=name.encode()) for name in "abc"]

    for number in (kept[2].pk, kept[0].pk, kept[2].pk):
        assert client.post(CHANGE, {"up": number})["Location"] == PAGE
    assert list(event.attachments.values_list("file_name", flat=True)) == ["c.txt", "a.txt", "b.txt"]

    client.post(CHANGE, {"remove": kept[0].pk})
    assert list(event.attachments.values_list("file_name", flat=True)) == ["c.txt", "b.txt"]


def test_what_is_no_file_of_the_event_changes_nothing(client, event):
    kept, foreign = make_attachment(event), make_attachment(make_event())

    response = client.post(CHANGE, {"remove": foreign.pk}, follow=True)
    assert "This file is not here any more." in response.content.decode()
    client.post(CHANGE, {"up": foreign.pk})
    client.post(CHANGE, {})
    assert client.post(CHANGE, {"remove": "nothing"}).status_code == 404
    assert list(event.attachments.all()) == [kept]
    assert not EventChange.objects.exists()


def test_three_files_take_as_many_queries_as_one(client, event, django_assert_num_queries):
    make_attachment(event, data=b"1")
    client.get(PAGE)
    with django_assert_num_queries(6) as captured:
        client.get(PAGE)
    make_attachment(event, data=b"2")
    make_attachment(event, data=b"3")
    with django_assert_num_queries(len(captured)):
        client.get(PAGE)
