"""What people answer to the organiser's questions: read by each question's kind; nothing else is kept."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from events.enums import QuestionKind
from events.errors import FieldErrors
from events.models import Question
from registrations.models import Answer, Registration

# By the question's id as text, the way it stands in a body; null or empty: no answer.
Answers = Mapping[str, object]
Value = str | bool | int | float | list[str]

LONGEST_ANSWER: Final = 2_000
# Whole numbers up to here are the same in every program that reads JSON.
LARGEST_NUMBER: Final = 999_999_999_999_999
# Control characters and halves of letters; the database takes neither, and nobody sees them.
_UNSEEN: Final = frozenset({"Cc", "Cs"})


def read_answers(questions: Sequence[Question], given: Answers, *, is_whole: bool = True) -> dict[int, Value | None]:
    """The answers by question, null for an empty one; what does not fit is refused at `answers.{id}`.

    `is_whole` false: what is not named stays as it is, so only what is named has to be answered.
    """
    faults: Faults = {}
    asked = {str(question.pk): question for question in questions}
    for key in given:
        if key not in asked:
            faults[f"answers.{key}"] = [_("This question is not asked here.")]
    read: dict[int, Value | None] = {}
    for key, question in asked.items():
        if not is_whole and key not in given:
            continue
        try:
            value = _read(question, given.get(key))
        except ValidationError as error:
            faults[f"answers.{key}"] = list(error.messages)
            continue
        if value is None and question.is_required:
            faults[f"answers.{key}"] = [_("Please answer this question.")]
        read[question.pk] = value
    if faults:
        raise FieldErrors(faults)
    return read


def answer_rows(registration: Registration, read: Mapping[int, Value | None]) -> list[Answer]:
    """A row for each answer that says something."""
    return [
        Answer(registration=registration, question_id=question_id, value=value)
        for question_id, value in read.items()
        if value is not None
    ]


def change_answers(registration: Registration, read: Mapping[int, Value | None]) -> None:
    """Put answers in the place of earlier ones, and take those back that are empty now."""
    emptied = [question_id for question_id, value in read.items() if value is None]
    if emptied:
        registration.answers.filter(question__in=emptied).delete()
    Answer.objects.bulk_create(
        answer_rows(registration, read),
        update_conflicts=True,
        unique_fields=["registration", "question"],
        update_fields=["value"],
    )


def _read(question: Question, value: object) -> Value | None:
    if value is None or value == "":
        return None
    return _READERS[QuestionKind(question.kind)](question, value)


def _text(_question: Question, value: object) -> Value | None:
    if not isinstance(value, str):
        raise ValidationError(_("Answer with a text."))
    return read_text(value, longest=LONGEST_ANSWER) or None


def read_text(value: str, *, longest: int) -> str:
    """A text of several lines without what nobody sees, or a refusal."""
    text = "\n".join(value.splitlines()).strip()
    if len(text) > longest:
        raise ValidationError(_("This text is longer than %(limit)s characters.") % {"limit": longest})
    if any(unicodedata.category(letter) in _UNSEEN and letter not in "\n\t" for letter in text):
        raise ValidationError(_("Characters that cannot be seen are not allowed here."))
    return text


def _choice(question: Question, value: object) -> Value:
    if value not in _values(question):
        raise ValidationError(_("Choose one of the answers that are offered."))
    return str(value)


def _multiple(question: Question, value: object) -> Value | None:
    offered = _values(question)
    if not isinstance(value, list) or any(one not in offered for one in value):
        raise ValidationError(_("Choose from the answers that are offered."))
    return [one for one in offered if one in value] or None


def _number(_question: Question, value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValidationError(_("Answer with a number."))
    if not abs(value) <= LARGEST_NUMBER:  # Also what is not a number at all, as JSON of some programs has it.
        raise ValidationError(_("This number is too large."))
    return int(value) if value == int(value) else value


def _yes_no(_question: Question, value: object) -> Value:
    if not isinstance(value, bool):
        raise ValidationError(_("Answer with yes or no."))
    return value


def _values(question: Question) -> list[str]:
    choices: list[dict[str, Any]] = question.choices
    return [choice["value"] for choice in choices]


_READERS: Final[Mapping[QuestionKind, Callable[[Question, object], Value | None]]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.CHOICE: _choice,
    QuestionKind.MULTIPLE: _multiple,
    QuestionKind.NUMBER: _number,
    QuestionKind.YES_NO: _yes_no,
}
