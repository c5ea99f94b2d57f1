"""The sheet of an event's questions to people who register."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events.actions.definitions import EventDefinition, EventEdit, QuestionDefinition
from events.actions.questions import CHOICE_LENGTH, LONGEST_RETENTION_DAYS, MOST_QUESTIONS
from events.enums import Language, QuestionKind
from events.errors import DomainError
from events.forms.manage import is_written
from events.forms.rows import Initial, RowForm, RowFormSet, Rows, VersionForm, kept, raw, row_formset, show_in_rows
from events.forms.texts import TranslatedFormField, written
from events.models import Event, Translated
from events.queries.search import fold

_USUAL_DAYS: Final = 180


class QuestionForm(RowForm):
    """One question; `choices` are labels, one a line, and keep the values under which people have chosen them."""

    chosen_beforehand: ClassVar = frozenset({"kind", "retention_days"})

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = TranslatedFormField(label=_("Question"), max_length=500)
    kind = forms.ChoiceField(label=_("What people answer"), choices=QuestionKind.choices)
    choices = TranslatedFormField(
        label=_("Answers to choose from"),
        rows=4,
        max_length=10_000,
        required=False,
        help_text=_("One on each line, in the same order in every language. Only where people choose."),
    )
    is_required = forms.BooleanField(label=_("Everybody has to answer"), required=False)
    purpose = TranslatedFormField(
        label=_("What it is asked for"),
        max_length=500,
        help_text=_("People read this beside the question. What nobody needs must not be asked."),
    )
    retention_days = forms.IntegerField(
        label=_("Days for which the answers are kept after the event"),
        min_value=1,
        max_value=LONGEST_RETENTION_DAYS,
        initial=_USUAL_DAYS,
    )
    help_text = TranslatedFormField(label=_("A hint under the question"), max_length=500, required=False)

    def __init__(self, *args: Any, known: Mapping[int, QuestionDefinition], **kwargs: Any) -> None:
        """`known`: the questions as they are, by id."""
        super().__init__(*args, **kwargs)
        self._known = known

    @property
    def has_choices(self) -> bool:
        """Whether there is anything to choose from."""
        return is_written(self, "choices")

    @property
    def has_more(self) -> bool:
        """Whether there is a hint."""
        return is_written(self, "help_text")

    def clean_choices(self) -> Translated:
        """Ask for as many lines in each language as there are in Polish."""
        choices: Translated = self.cleaned_data["choices"]
        lines = {len(_lines(text)) for text in choices.values()}
        if len(lines) > 1:
            raise forms.ValidationError(_("Write as many lines in each language as in Polish, or none."))
        return choices

    def definition(self) -> QuestionDefinition:
        """What the person typed."""
        typed = self.cleaned_data
        return QuestionDefinition(
            id=typed["id"],
            kind=QuestionKind(typed["kind"]),
            text=typed["text"],
            help_text=written(typed["help_text"]),
            choices=self._choices(),
            is_required=typed["is_required"],
            purpose=typed["purpose"],
            retention_days=typed["retention_days"],
        )

    def _choices(self) -> tuple[tuple[str, Translated], ...]:
        texts = {code: _lines(text) for code, text in self.cleaned_data["choices"].items()}
        labels = [
            {code: lines[number] for code, lines in texts.items()} for number in range(len(texts[Language.PL.value]))
        ]
        known = self._known.get(self.cleaned_data["id"])
        return tuple(zip(_values(labels, known.choices if known else ()), labels, strict=True))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _values(labels: list[Translated], before: tuple[tuple[str, Translated], ...]) -> list[str]:
    """The value of each answer: the one that its label had, or its place where a label was only mended, else a new one."""
    by_label = {label["pl"]: value for value, label in before}
    values: list[str] = [by_label.pop(label["pl"], "") for label in labels]
    if len(labels) == len(before):
        left = set(by_label.values())
        values = [value or (was if was in left else "") for value, (was, _label) in zip(values, before, strict=True)]
    taken = {value for value in values if value} | {value for value, _label in before}
    for number, label in enumerate(labels):
        if not values[number]:
            values[number] = _new_value(label["pl"], taken)
            taken.add(values[number])
    return values


def _new_value(label: str, taken: set[str]) -> str:
    base = slugify(fold(label))[: CHOICE_LENGTH - 4].strip("-") or "answer"
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(value for value in numbered if value not in taken)


QuestionFormSet = row_formset(QuestionForm, most=MOST_QUESTIONS, can_delete=True)


@dataclass
class QuestionSheet:
    """The questions of an event as one form."""

    head: VersionForm
    questions: RowFormSet[QuestionForm]

    def is_valid(self) -> bool:
        """Check every row, so that everything wrong is said at once."""
        return all([self.head.is_valid(), self.questions.is_valid()])

    def wrong_forms(self) -> list[forms.Form]:
        """The forms in which something is wrong, from top to bottom."""
        if not self.head.is_bound:
            return []
        return [form for form in (self.head, *self.questions.forms) if form.errors]

    def show_refusal(self, refusal: DomainError) -> None:
        """Say what the domain refused at the question that it is about."""
        rows = {f"questions.{number}": form for number, form in enumerate(self._written())}
        show_in_rows(self.head, refusal, rows, {})

    def edit(self) -> EventEdit:
        """The questions whole: what is not there any more is not asked any more."""
        return EventEdit(questions=tuple(form.definition() for form in self._written()))

    @property
    def version(self) -> int:
        """The version that the person saw."""
        return self.head.seen_version

    def _written(self) -> list[QuestionForm]:
        return [form for form in kept(self.questions) if form.has_changed()]


@dataclass(frozen=True)
class QuestionMaker:
    """Makes the sheet of an event's questions from what the event says now."""

    event: Event
    definition: EventDefinition

    def filled(self) -> QuestionSheet:
        """The sheet as the event is, with an empty row where nothing is asked yet."""
        rows = [_question_initial(question) for question in self.definition.questions]
        return self._sheet({"version": self.event.version}, rows or [{}])

    def typed(self, data: QueryDict) -> QuestionSheet:
        """The sheet as somebody sent it, to be checked."""
        questions = QuestionFormSet(data, prefix="questions", form_kwargs={"known": self._known})
        return QuestionSheet(head=VersionForm(data), questions=questions)

    def with_another(self, data: QueryDict, _part: str) -> QuestionSheet:
        """The sheet as somebody sent it, unchecked, with one more question."""
        sent = self.typed(data)
        return self._sheet(raw(sent.head), [*(raw(form) for form in sent.questions), {}])

    def _sheet(self, head: Initial, rows: Rows) -> QuestionSheet:
        return QuestionSheet(
            head=VersionForm(initial=head),
            questions=QuestionFormSet(rows=rows, prefix="questions", form_kwargs={"known": self._known}),
        )

    @cached_property
    def _known(self) -> Mapping[int, QuestionDefinition]:
        return {question.id: question for question in self.definition.questions if question.id is not None}


def _question_initial(question: QuestionDefinition) -> Initial:
    languages = {code for _value, label in question.choices for code in label}
    return {
        "id": question.id,
        "kind": question.kind.value,
        "text": question.text,
        "help_text": question.help_text,
        "choices": {
            code: "\n".join(label.get(code) or label["pl"] for _value, label in question.choices) for code in languages
        },
        "is_required": question.is_required,
        "purpose": question.purpose,
        "retention_days": question.retention_days,
    }
