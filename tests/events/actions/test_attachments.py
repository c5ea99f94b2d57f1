"""Files of events: added by what they are, taken away, put in order; a refusal leaves nothing behind."""

import hashlib
import uuid

import pytest
from django.utils import translation

from events.actions import attachments
from events.actions.attachments import (
    MOST_FILES,
    NoSuchFile,
    add_attachment,
    order_attachments,
    remove_attachment,
)
from events.errors import DomainError, FieldErrors
from events.models import Attachment, AttachmentContent, Event, EventChange
from events.queries.attachments import attachments_of, content_of
from tests.make import files, make_attachment, make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def add(event: Event, *, file_name: str = "program.pdf", data: bytes = files.PDF, title: str = "Program") -> Attachment:
    return add_attachment(event, title={"pl": title}, file_name=file_name, data=data, by=None, at=NOW)


def refusal(event: Event, **given) -> list[str]:
    """The sentences of a refusal that left nothing behind."""
    before = Attachment.objects.count(), EventChange.objects.count()
    with pytest.raises(FieldErrors) as caught:
        add(event, **given)
    assert (Attachment.objects.count(), EventChange.objects.count()) == before
    assert AttachmentContent.objects.count() == Attachment.objects.count()
    return [f"{name}: {sentence}" for name, sentences in caught.value.errors.items() for sentence in sentences]


def names(event: Event) -> list[str]:
    return [each.file_name for each in attachments_of(event)]


def test_a_file_is_kept_with_what_is_known_of_it(django_assert_num_queries):
    event, user = make_event(), make_user()

    with django_assert_num_queries(10):
        kept = add_attachment(
            event, title={"pl": "Program", "en": "Agenda"}, file_name="Program.PDF", data=files.PDF, by=user, at=NOW
        )

    kept.refresh_from_db()
    assert (kept.event, kept.position, kept.title) == (event, 0, {"pl": "Program", "en": "Agenda"})
    assert (kept.file_name, kept.content_type, kept.size) == ("Program.pdf", "application/pdf", len(files.PDF))
    assert (kept.sha256, kept.added_by, kept.added_at) == (hashlib.sha256(files.PDF).hexdigest(), user, NOW)
    assert content_of(kept) == files.PDF
    change = EventChange.objects.get()
    assert (change.kind, change.before, change.after, change.by, change.notify) == (
        "edited",
        {"attachments": []},
        {"attachments": ["Program.pdf"]},
        user,
        False,
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Moje dokumenty\\program.pdf", "program.pdf"),
        ("../../etc/program.pdf", "program.pdf"),
        ("pro\u202egram\x00 \t  dnia.pdf", "program dnia.pdf"),
        ("Za\u0307ołądź.pdf", "Zȧołądź.pdf"),
        ("x" * 200 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_name_is_one_that_every_computer_can_save(given, kept):
    assert add(make_event(), file_name=given).file_name == kept


def test_files_stand_after_each_other():
    event = make_event()
    first = add(event, file_name="b.pdf")
    add(event, file_name="a.txt", data=b"tekst")
    remove_attachment(event, first.pk, by=None, at=NOW)

    add(event, file_name="c.png", data=files.PNG)

    assert names(event) == ["a.txt", "c.png"]
    assert [each.position for each in attachments_of(event)] == [1, 2]


@pytest.mark.parametrize(
    ("file_name", "data", "sentence"),
    [
        ("pusty.pdf", b"", "The file is empty."),
        ("strona.html", b"<html></html>", "cannot be kept here"),
        ("rysunek.svg", b"<svg/>", "cannot be kept here"),
        ("program.exe", b"MZ\x90\x00", "cannot be kept here"),
        ("program.pdf", b"MZ\x90\x00", "cannot be kept here"),
        ("bez-konca", files.PDF, "cannot be kept here"),
        ("makra.docx", files.office("wordprocessingml.document", ("word/vbaProject.bin", "x")), "cannot be kept here"),
        ("program.pdf", files.DOCX, "ends in “.pdf”, but it is a file that ends in “.docx”"),
        ("notatka.pdf", b"zwykly tekst", "ends in “.pdf”, but it is a file that ends in “.txt”"),
    ],
)
def test_a_file_that_is_not_what_it_may_be_is_refused(file_name, data, sentence):
    (refused,) = refusal(make_event(), file_name=file_name, data=data)

    assert refused.startswith("file: ")
    assert sentence in refused


def test_too_large_a_file_is_refused(monkeypatch):
    monkeypatch.setattr(attachments, "MOST_BYTES", len(files.PDF) - 1)

    assert "larger than" in refusal(make_event())[0]


def test_a_file_needs_a_polish_title():
    assert refusal(make_event(), title=" ") == ["title: Give the title in Polish."]


def test_a_title_in_an_unknown_language_is_refused():
    with pytest.raises(FieldErrors) as caught:
        add_attachment(make_event(), title={"pl": "A", "de": "B"}, file_name="a.pdf", data=files.PDF, by=None, at=NOW)

    assert list(caught.value.errors) == ["title"]


def test_the_same_file_stands_once():
    event = make_event()
    add(event)

    assert refusal(event, file_name="inny.pdf") == ["file: This file is here already."]
    assert add(make_event()).size == len(files.PDF)


def test_an_event_has_only_so_many_files():
    event = make_event()
    for number in range(MOST_FILES):
        make_attachment(event, data=f"{number}".encode())

    assert refusal(event) == ["file: An event has at most 20 files. Take one away first."]


def test_a_file_is_taken_away_with_its_bytes(django_assert_num_queries):
    event = make_event()
    going = make_attachment(event, file_name="a.txt", data=b"a")
    make_attachment(event, file_name="b.txt", data=b"b")

    with django_assert_num_queries(11):
        remove_attachment(event, going.pk, by=None, at=NOW)

    assert names(event) == ["b.txt"]
    assert AttachmentContent.objects.count() == 1
    change = EventChange.objects.get()
    assert (change.before, change.after) == ({"attachments": ["a.txt", "b.txt"]}, {"attachments": ["b.txt"]})


def test_a_file_of_another_event_is_not_taken_away():
    event, other = make_event(), make_event()
    foreign = make_attachment(other)

    for number in (foreign.pk, uuid.uuid4()):
        with pytest.raises(NoSuchFile):
            remove_attachment(event, number, by=None, at=NOW)

    assert Attachment.objects.get() == foreign
    assert not EventChange.objects.exists()


def test_files_are_put_in_order(django_assert_num_queries):
    event = make_event()
    kept = [make_attachment(event, file_name=f"{name}.txt", data=name.encode()) for name in "abc"]
    order = [kept[2].pk, kept[0].pk, kept[1].pk]

    with django_assert_num_queries(9):
        order_attachments(event, order, by=None, at=NOW)
    order_attachments(event, order, by=None, at=NOW)

    assert names(event) == ["c.txt", "a.txt", "b.txt"]
    assert EventChange.objects.get().after == {"attachments": ["c.txt", "a.txt", "b.txt"]}


def test_an_order_that_leaves_out_a_file_is_refused():
    event = make_event()
    kept = [make_attachment(event, data=name.encode()) for name in "ab"]

    for order in ([kept[0].pk], [kept[0].pk, kept[0].pk], [kept[0].pk, uuid.uuid4()]):
        with pytest.raises(DomainError):
            order_attachments(event, order, by=None, at=NOW)

    assert not EventChange.objects.exists()
