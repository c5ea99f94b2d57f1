"""Questions to people: each with a purpose and an end of keeping, retired once answered, and PESEL for no form."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from events.actions.definitions import EventEdit, definition_of
from events.actions.editing import create_event, edit_event
from events.enums import QuestionKind, Role
from events.errors import FieldErrors
from events.models import Event, EventChange, Question, User
from events.signals import questions_going
from tests.make import make_unit, make_user
from tests.make.definitions import a_definition, a_question
from tests.make.events import NOW
from tests.snapshots import snapshot

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)
YES, NO = ("yes", {"pl": "Tak"}), ("no", {"pl": "Nie"})


def an_event(*questions: Any, by: User | None = None) -> Event:
    return create_event(a_definition(questions=questions), by=by, at=NOW)


def texts_of(event: Event) -> list[str]:
    return [question.text["pl"] for question in definition_of(event).questions]


@contextmanager
def answered(*ids: int) -> Iterator[list[frozenset[int]]]:
    """Somebody above has answers to these questions; hands out what they were asked."""
    asked: list[frozenset[int]] = []

    def answer(question_ids: frozenset[int], **_: object) -> frozenset[int]:
        asked.append(question_ids)
        return question_ids & frozenset(ids)

    questions_going.connect(answer)
    try:
        yield asked
    finally:
        questions_going.disconnect(answer)


def test_questions_are_kept_in_order_and_read_back():
    questions = (
        a_question(help_text={"pl": "Jednym słowem"}, is_required=True, retention_days=30),
        a_question("Wegetariańskie?", kind=QuestionKind.CHOICE, choices=(YES, NO)),
    )

    event = an_event(*questions)

    first, second = definition_of(event).questions
    assert (first.text, first.help_text, first.is_required) == (questions[0].text, questions[0].help_text, True)
    assert (first.retention_days, second.retention_days) == (30, 180)
    assert (second.kind, second.choices) == (QuestionKind.CHOICE, (YES, NO))
    assert not Question.objects.filter(asks_pesel=True).exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": {"pl": " "}}, "text"),
        ({"purpose": {"pl": ""}}, "purpose"),
        ({"help_text": {"de": "Kurz"}}, "help_text"),
        ({"kind": "essay"}, "kind"),
        ({"retention_days": 0}, "retention_days"),
        ({"retention_days": 1831}, "retention_days"),
        ({"choices": (YES, NO)}, "choices"),
        ({"kind": QuestionKind.CHOICE}, "choices"),
        ({"kind": QuestionKind.CHOICE, "choices": (YES,)}, "choices"),
        ({"kind": QuestionKind.MULTIPLE, "choices": (YES, YES)}, "choices"),
        ({"kind": QuestionKind.MULTIPLE, "choices": (YES, (" ", {"pl": "Nie"}))}, "choices"),
        ({"kind": QuestionKind.MULTIPLE, "choices": (YES, ("x" * 81, {"pl": "Nie"}))}, "choices"),
        ({"kind": QuestionKind.MULTIPLE, "choices": (YES, ("no", {"en": "No"}))}, "choices"),
        ({"kind": QuestionKind.MULTIPLE, "choices": (YES, ("no", {"pl": " "}))}, "choices"),
    ],
)
def test_a_question_that_does_not_fit_is_refused_and_leaves_nothing_behind(given, field):
    with pytest.raises(FieldErrors) as refusal:
        an_event(a_question(), a_question(**given))

    assert list(refusal.value.errors) == [f"questions.1.{field}"]
    assert not Event.objects.exists()


def test_nobody_answers_a_hundred_questions():
    with pytest.raises(FieldErrors) as refusal:
        an_event(*(a_question(str(number)) for number in range(51)))

    assert list(refusal.value.errors) == ["questions"]


def test_questions_are_changed_added_and_taken_out(django_assert_num_queries):
    event = an_event(a_question("Skąd?"), a_question("Ile?"), a_question("Po co?"))
    where, how_many, _why = definition_of(event).questions
    edit = EventEdit(questions=(a_question("Ile osób?", id=how_many.id), where, a_question("Nowe?")))

    with answered() as asked, django_assert_num_queries(32):
        edit_event(event, edit, by=make_user(), at=LATER)

    assert texts_of(event) == ["Ile osób?", "Skąd?", "Nowe?"]
    assert (len(asked), Question.objects.count()) == (1, 3)
    change = EventChange.objects.exclude(kind="created").get()
    assert (change.before, change.after) == (
        {"questions": ["Skąd?", "Ile?", "Po co?"]},
        {"questions": ["Ile osób?", "Skąd?", "Nowe?"]},
    )


def test_the_same_questions_are_no_change():
    event = an_event(a_question())

    edit_event(event, EventEdit(questions=definition_of(event).questions), by=make_user(), at=LATER)

    assert [change.kind for change in event.changes.all()] == ["created"]


def test_a_question_that_people_have_answered_is_retired():
    event = an_event(a_question("Skąd?"), a_question("Ile?"))
    where, how_many = definition_of(event).questions
    assert where.id is not None

    with answered(where.id):
        edit_event(event, EventEdit(questions=()), by=make_user(), at=LATER)

    assert texts_of(event) == []
    assert list(Question.objects.values_list("id", "is_retired")) == [(where.id, True)]
    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(questions=(where,)), by=make_user(), at=LATER)
    assert list(refusal.value.errors) == ["questions"]
    assert how_many.id != where.id


def test_a_question_of_another_kind_is_another_question():
    event = an_event(a_question("Ile?"))
    [question] = definition_of(event).questions
    assert question.id is not None
    number = a_question("Ile?", kind=QuestionKind.NUMBER, id=question.id)

    with answered(question.id):
        edit_event(event, EventEdit(questions=(number,)), by=make_user(), at=LATER)

    assert [(row.kind, row.is_retired) for row in Question.objects.order_by("id")] == [
        ("text", True),
        ("number", False),
    ]


@pytest.mark.parametrize("twice", [True, False])
def test_a_question_of_another_event_or_named_twice_is_refused(twice):
    event, other = an_event(a_question()), an_event(a_question())
    [question] = definition_of(event if twice else other).questions

    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(questions=(question,) * (1 + twice)), by=make_user(), at=LATER)

    assert list(refusal.value.errors) == ["questions"]


# PESEL


@pytest.mark.parametrize(
    "given",
    [
        {"text": {"pl": "Podaj PESEL"}},
        {"text": {"pl": "Numer", "en": "Your Pesel number"}},
        {"text": {"pl": "Номер", "uk": "Номер ПЕСЕЛЬ"}},
        {"help_text": {"pl": "Potrzebujemy peselu"}},
        {"purpose": {"pl": "Weryfikacja nr_pesel"}},
        {"text": {"pl": "P.E.S.E.L."}},
        {"text": {"pl": "P E S E L"}},
        {"text": {"pl": "PE\N{SOFT HYPHEN}SEL"}},
        {"text": {"pl": "Imię i nazwisko/PESEL"}},
        {"text": {"pl": "Nr-PESEL"}},
        {"kind": QuestionKind.CHOICE, "choices": (YES, ("pesel", {"pl": "Mam PESEL"}))},
    ],
)
@pytest.mark.parametrize("role", [None, Role.OWNER, Role.HEAD])
def test_only_an_administrator_may_ask_for_a_pesel_number(given, role):
    by = make_user(role=role) if role else None

    with pytest.raises(FieldErrors) as refusal:
        an_event(a_question(), a_question(**given), by=by)

    assert list(refusal.value.errors) == ["questions.1.text"]
    assert not Event.objects.exists()


def test_other_words_are_not_taken_for_it():
    event = an_event(a_question("Scape seller, PE Sellers, kapeselusz?"), by=make_user())

    assert not event.questions.get().asks_pesel


def test_an_administrator_asks_in_their_unit_only():
    elsewhere = make_user(unit=make_unit("inna", name="Inna"), role=Role.ADMIN)
    event = an_event(a_question("PESEL"), by=make_user(role=Role.ADMIN))

    assert event.questions.get().asks_pesel
    with pytest.raises(FieldErrors):
        an_event(a_question("PESEL"), by=elsewhere)


def test_what_an_administrator_has_allowed_may_be_mended_by_others_and_no_more_be_added():
    event = an_event(a_question("PESEL"), by=make_user(role=Role.ADMIN))
    [asked] = definition_of(event).questions
    editor = make_user(role=Role.EDITOR)

    edit_event(event, EventEdit(questions=(a_question("Numer PESEL", id=asked.id),)), by=editor, at=LATER)

    assert texts_of(event) == ["Numer PESEL"]
    before = snapshot()
    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(questions=(asked, a_question("PESEL dziecka"))), by=editor, at=LATER)
    assert list(refusal.value.errors) == ["questions.1.text"]
    assert snapshot() == before


def test_a_harmless_question_does_not_become_one_for_pesel():
    event = an_event(a_question("Numer"))
    [asked] = definition_of(event).questions

    with pytest.raises(FieldErrors):
        edit_event(event, EventEdit(questions=(a_question("PESEL", id=asked.id),)), by=make_user(), at=LATER)

    assert texts_of(event) == ["Numer"]
