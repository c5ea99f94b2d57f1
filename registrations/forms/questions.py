"""The fields for an organiser's questions and for what people need, as sign-up and a person's own page show them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from events.enums import AgeRule, QuestionKind
from events.models import Event, Question, in_language
from events.templatetags.event_tags import say
from registrations.actions.answers import LONGEST_ANSWER, Answers
from registrations.actions.needs import LONGEST_NOTE, Need
from registrations.enums import NeedKind
from registrations.models import AccommodationRequest, Answer

_YES: Final = "yes"
_NO: Final = "no"
_NO_ANSWER: Final = ("", pgettext_lazy("answer", "No answer"))
_REQUIRED: Final = {"required": gettext_lazy("Please answer this question.")}


def question_fields(questions: Sequence[Question]) -> dict[str, forms.Field]:
    """A field for each question, with why it is asked and how long the answer is kept."""
    return {field_name(question.pk): _field(question) for question in questions}


def field_name(question_id: int) -> str:
    """What the field of a question is called in the page."""
    return f"answer_{question_id}"


def given_answers(questions: Sequence[Question], data: Mapping[str, Any]) -> Answers:
    """The answers of a form that is valid, as the action takes them."""
    return {str(question.pk): _value(question, data[field_name(question.pk)]) for question in questions}


def shown_answers(answers: Sequence[Answer]) -> dict[str, Any]:
    """What stands in the fields at first when somebody has answered before."""
    words = {True: _YES, False: _NO}
    return {
        field_name(answer.question_id): words[answer.value] if isinstance(answer.value, bool) else answer.value
        for answer in answers
    }


def need_fields() -> dict[str, forms.Field]:
    """Boxes for what can be asked for, and one note for all of them."""
    return {
        "needs": forms.MultipleChoiceField(
            label=_("What do you need to take part?"),
            choices=NeedKind.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "needs_note": forms.CharField(
            label=_("A note about what you need"),
            max_length=LONGEST_NOTE,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
    }


def given_needs(data: Mapping[str, Any], standing: Sequence[AccommodationRequest] = ()) -> list[Need]:
    """The needs of a form that is valid; a note without a box ticked is a need of another kind.

    The page has one note for all: it goes with each of them, so that whoever arranges one of them reads it. A note that
    nobody touched leaves each need its own.
    """
    note = "\n".join(data["needs_note"].splitlines())
    kinds: list[str] = data["needs"] or ([NeedKind.OTHER.value] if note else [])
    own = {need.kind: need.note for need in standing} if note == shown_note(standing) else {}
    return [Need(kind, own.get(kind, note)) for kind in kinds]


def shown_note(needs: Sequence[AccommodationRequest]) -> str:
    """The notes of all needs as one, each said once."""
    return "\n".join(dict.fromkeys(need.note for need in needs if need.note))


def age_field(event: Event) -> forms.BooleanField:
    """The box for what the event's rule about age asks people to state."""
    age = event.age_limit or 0
    label = (
        _("I am 18 or older.")
        if event.age_rule == AgeRule.ADULTS_ONLY
        else ngettext(
            "I am %(age)s or older, or my guardian agrees to my taking part.",
            "I am %(age)s or older, or my guardian agrees to my taking part.",
            age,
        )
        % {"age": age}
    )
    return forms.BooleanField(
        label=label,
        help_text=_("Only this statement is kept, not your age."),
        error_messages={"required": _("Without this statement you cannot register for this event.")},
    )


def place_of(name: str, fields: Mapping[str, forms.Field]) -> str | None:
    """The field of the page where a refusal of the action belongs; None: on top."""
    if name.startswith("answers."):
        name = field_name(int(name.removeprefix("answers.")))
    elif name.startswith("accommodation."):
        name = "needs_note" if name.endswith(".note") else "needs"
    return name if name in fields else None


def _field(question: Question) -> forms.Field:
    given: dict[str, Any] = {
        "label": say(question.text),
        "required": question.is_required,
        "help_text": _why(question),
        "error_messages": _REQUIRED,
    }
    choices = [(choice["value"], in_language(choice["label"])) for choice in question.choices]
    # A button that was pressed cannot be let go; who need not answer can choose that.
    nothing = [] if question.is_required else [_NO_ANSWER]
    match QuestionKind(question.kind):
        case QuestionKind.CHOICE:
            return forms.ChoiceField(choices=[*choices, *nothing], widget=forms.RadioSelect, **given)
        case QuestionKind.MULTIPLE:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **given)
        case QuestionKind.NUMBER:
            return forms.FloatField(localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **given)
        case QuestionKind.YES_NO:
            yes_no = [(_YES, _("Yes")), (_NO, _("No"))]
            return forms.ChoiceField(choices=[*yes_no, *nothing], widget=forms.RadioSelect, **given)
        case QuestionKind.TEXT:
            return forms.CharField(max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 3}), **given)


def _why(question: Question) -> SafeString:
    kept = ngettext(
        "The answer is kept for %(days)s day after the event.",
        "The answer is kept for %(days)s days after the event.",
        question.retention_days,
    ) % {"days": question.retention_days}
    lines = [say(question.purpose), kept]
    if in_language(question.help_text):
        lines.insert(0, say(question.help_text))
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


def _value(question: Question, said: Any) -> object:
    if question.kind == QuestionKind.YES_NO:
        return {_YES: True, _NO: False}.get(said)
    return said
