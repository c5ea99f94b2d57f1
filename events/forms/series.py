"""Repeating an event: from a rule, or from a table of dates and places; and which events of a series one means."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.actions.definitions import EventDefinition, definition_of
from events.enums import SeriesScope
from events.errors import DomainError, FieldErrors
from events.forms.manage import WallClockField
from events.forms.refusals import show_at, show_refusal
from events.models import Event
from events.recurrence import MOST_EVENTS, SeriesRule

_WEEKDAYS: Final = (
    ("0", pgettext_lazy("weekday", "Monday")),
    ("1", pgettext_lazy("weekday", "Tuesday")),
    ("2", pgettext_lazy("weekday", "Wednesday")),
    ("3", pgettext_lazy("weekday", "Thursday")),
    ("4", pgettext_lazy("weekday", "Friday")),
    ("5", pgettext_lazy("weekday", "Saturday")),
    ("6", pgettext_lazy("weekday", "Sunday")),
)
_FREQUENCIES: Final = (
    ("weekly", pgettext_lazy("how often", "Every week")),
    ("monthly", pgettext_lazy("how often", "Every month")),
    ("daily", pgettext_lazy("how often", "Every day")),
)
_WEEKS: Final = (
    ("", _("On the same day of the month")),
    ("1", _("In the first week")),
    ("2", _("In the second week")),
    ("3", _("In the third week")),
    ("4", _("In the fourth week")),
    ("-1", _("In the last week")),
)


class _SeriesForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the series"), max_length=200, help_text=_("Only staff see it, to find the events together.")
    )

    def show_refusal(self, refusal: DomainError) -> None:
        """Say what was refused at its field; a row of a table by its number."""
        if not isinstance(refusal, FieldErrors):
            show_refusal(self, refusal)
            return
        for path, sentences in refusal.errors.items():
            words = [str(sentence) for sentence in sentences]
            part, _dot, rest = path.partition(".")
            if part == "rows" and rest:
                number = rest.partition(".")[0]
                words = [str(_("Row %(row)s: %(fault)s")) % {"row": number, "fault": each} for each in words]
            show_at(self, rest if part == "rule" else "table" if part == "rows" else part, words)


class RepeatForm(_SeriesForm):
    """A rule: when the first one is, how often, and until when."""

    first = WallClockField(label=_("The first one begins"))
    frequency = forms.ChoiceField(label=_("How often"), choices=_FREQUENCIES)
    interval = forms.IntegerField(
        label=_("Every how many"),
        min_value=1,
        max_value=52,
        initial=1,
        help_text=_("2 with “every week” means every other week."),
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On these days"),
        choices=_WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Left empty, on the weekday of the first one."),
    )
    week_of_month = forms.TypedChoiceField(
        label=_("In which week of the month"), choices=_WEEKS, required=False, coerce=int, empty_value=None
    )
    count = forms.IntegerField(label=_("How many times"), min_value=1, max_value=MOST_EVENTS, required=False)
    until = forms.DateField(
        label=_("or until this day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        """Say what makes no sense about the rule, and find its dates."""
        typed = super().clean() or self.cleaned_data
        self.starts: list[datetime] = []
        if self.errors:
            return typed
        for name, sentences in self.rule().faults().items():
            show_at(self, name, [str(sentence) for sentence in sentences])
        if not self.errors:
            self.starts = self.rule().starts(typed["first"])
            if not self.starts:
                self.add_error("until", _("The series ends before it begins."))
        return typed

    def rule(self) -> SeriesRule:
        """The rule that the person typed."""
        typed = self.cleaned_data
        return SeriesRule(
            frequency=typed["frequency"],
            interval=typed["interval"],
            weekdays=tuple(int(day) for day in typed["weekdays"]) if typed["frequency"] != "daily" else (),
            week_of_month=typed["week_of_month"] if typed["frequency"] == "monthly" else None,
            count=typed["count"],
            until=typed["until"],
        )


class TableForm(_SeriesForm):
    """A pasted table: one event in each row."""

    table = forms.CharField(
        label=_("Paste a table"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 14, "wrap": "off"})
    )


class ScopeForm(forms.Form):
    """Which events of a series a change is meant for."""

    scope = forms.ChoiceField(
        label=_("This event belongs to a series. What do you mean?"),
        choices=SeriesScope.choices,
        initial=SeriesScope.THIS,
        required=False,
        widget=forms.RadioSelect,
    )

    @property
    def chosen(self) -> SeriesScope:
        """What the person means; only the event itself, where they did not say."""
        return SeriesScope(self.cleaned_data.get("scope") or SeriesScope.THIS) if self.is_valid() else SeriesScope.THIS


def pattern_of(event: Event) -> EventDefinition:
    """The event as others are made from it; what it is called in addresses, and that it is a template, stays its own."""
    definition = definition_of(event)
    questions = tuple(replace(question, id=None) for question in definition.questions)
    return replace(definition, slug=None, is_template=False, questions=questions)
