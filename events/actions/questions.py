"""What people are asked when they register: read, checked, changed and retired."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.actions.definitions import UNSET, Maybe, QuestionDefinition
from events.actions.faults import Faults, model_faults, text_faults
from events.actions.history import Difference
from events.enums import EventChangeKind, QuestionKind
from events.errors import FieldErrors
from events.models import Event, Question, User
from events.models.texts import no_text, validate_translated
from events.permissions import May, units_where
from events.queries.search import fold
from events.signals import questions_going

_COLUMNS: Final = (
    "position",
    "text",
    "help_text",
    "choices",
    "is_required",
    "purpose",
    "retention_days",
    "asks_pesel",
)
_WITH_CHOICES: Final = frozenset({QuestionKind.CHOICE, QuestionKind.MULTIPLE})
MOST_QUESTIONS: Final = 50
MOST_CHOICES: Final = 100
CHOICE_LENGTH: Final = 80
# Five years: longer than any meeting needs answers.
LONGEST_RETENTION_DAYS: Final = 5 * 366
# The number by which the state knows everybody; in Cyrillic as Ukrainians write it.
_PESEL: Final = re.compile(r"\b(pesel|песел|p(\W{1,2})e\2s\2e\2l)")


def question_rows(event: Event, questions: Sequence[QuestionDefinition]) -> list[Question]:
    """The questions as rows; faults of all of them are refused together."""
    if len(questions) > MOST_QUESTIONS:
        raise FieldErrors({"questions": [_("That is more than people will answer.")]})
    errors: Faults = {}
    rows = [_row(event, definition, position) for position, definition in enumerate(questions)]
    for position, row in enumerate(rows):
        here = f"questions.{position}."
        errors |= text_faults(row, ("text", "purpose"), ("help_text",), prefix=here)
        errors |= model_faults(row, only=("kind", "retention_days"), prefix=here)
        if row.retention_days > LONGEST_RETENTION_DAYS:
            errors[f"{here}retention_days"] = [_("Answers are kept for five years at most.")]
        if not _choices_fit(row):
            errors[f"{here}choices"] = [
                _(
                    "Name at least two answers to choose from, each once, where people choose; and none where they write."
                )
            ]
    if errors:
        raise FieldErrors(errors)
    return rows


def _row(event: Event, definition: QuestionDefinition, position: int) -> Question:
    row = Question(
        event=event,
        position=position,
        kind=definition.kind,
        text=definition.text,
        help_text=definition.help_text or no_text(),
        choices=[{"value": value, "label": label} for value, label in definition.choices],
        is_required=definition.is_required,
        purpose=definition.purpose,
        retention_days=definition.retention_days,
    )
    row.asks_pesel = _asks_pesel(row)
    return row


def _choices_fit(row: Question) -> bool:
    choices: list[dict[str, object]] = row.choices
    if row.kind not in _WITH_CHOICES:
        return not choices
    values = {str(choice["value"]).strip() for choice in choices}
    return (
        1 < len(values) == len(choices) <= MOST_CHOICES
        and all(0 < len(value) <= CHOICE_LENGTH for value in values)
        and all(_is_text(choice["label"]) for choice in choices)
    )


def _is_text(label: object) -> bool:
    try:
        validate_translated(label)
    except ValidationError:
        return False
    return isinstance(label, dict) and bool(str(label["pl"]).strip())


def _asks_pesel(row: Question) -> bool:
    texts = [row.text, row.help_text, row.purpose, *(choice["label"] for choice in row.choices)]
    words = fold(" ".join(str(word) for text in texts for word in text.values())).replace("_", " ")
    # "P E S E L", "name/PESEL" and "nr_pesel" ask for it as well, and so does a word with a sign inside that nobody sees.
    return any(_PESEL.search(form) for form in (words, re.sub(r"[^\w\s]", "", words)))


def require_allowed(rows: Sequence[Question], *, by: User | None) -> None:
    """Refuse the questions that only an administrator of their unit may ask."""
    asking = [row for row in rows if row.asks_pesel]
    if asking and not _administers(by, {row.event.unit_id for row in asking}):
        sentence = _("Only an administrator may let a form ask for a PESEL number.")
        raise FieldErrors({f"questions.{row.position}.text": [sentence] for row in asking})


def _administers(by: User | None, units: Collection[int]) -> bool:
    return by is not None and units_where(by, May.ADMINISTER).filter(pk__in=units).count() == len(units)


# Changing what is saved


def edit_questions(
    event: Event, questions: Maybe[tuple[QuestionDefinition, ...]], *, by: User | None
) -> Iterator[Difference]:
    """Let these be the questions: one with an `id` is changed, one without is new, what is missing goes.

    A question that people have answered is retired. So is one that becomes a question of another kind: its answers would
    not fit it any more.
    """
    if questions is UNSET:
        return
    present = {row.pk: row for row in event.questions.filter(is_retired=False)}
    ids = [definition.id for definition in questions if definition.id is not None]
    if len(set(ids)) < len(ids) or not present.keys() >= set(ids):
        raise FieldErrors({"questions": [_("This question does not belong to the event any more.")]})
    wanted = question_rows(event, questions)
    changed: list[Question] = []
    new: list[Question] = []
    gone = set(present)
    for row, definition in zip(wanted, questions, strict=True):
        before = present.get(definition.id or 0)
        if before is None or before.kind != row.kind:
            new.append(row)
            continue
        row.pk = before.pk
        gone.remove(before.pk)
        if _facts(row) != _facts(before):
            changed.append(row)
    if not (changed or new or gone):
        return
    # What an administrator has allowed once may be moved and mended by others.
    require_allowed([*new, *(row for row in changed if not present[row.pk].asks_pesel)], by=by)
    _take_out(gone)
    Question.objects.bulk_update(changed, _COLUMNS)
    Question.objects.bulk_create(new)
    before_texts, after_texts = ([row.text["pl"] for row in rows] for rows in (present.values(), wanted))
    yield Difference(EventChangeKind.EDITED, {"questions": before_texts}, {"questions": after_texts})


def _take_out(gone: Collection[int]) -> None:
    if not gone:
        return
    answers = questions_going.send(sender=Event, question_ids=frozenset(gone))
    answered = {question_id for _receiver, ids in answers for question_id in ids or ()}
    Question.objects.filter(pk__in=answered).update(is_retired=True)
    Question.objects.filter(pk__in=set(gone) - answered).delete()


def _facts(row: Question) -> Mapping[str, object]:
    return {name: getattr(row, name) for name in _COLUMNS}
