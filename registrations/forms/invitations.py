"""What staff type about invitations: one person, a table of people, a search."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.actions.rules import GROUP_MAX
from events.enums import EventStatus, Language
from events.models import Event, ParticipantCategory
from registrations.actions.invitations import LONGEST_INVITATION_NOTE, Invitee
from registrations.enums import InvitationState
from registrations.forms.invitees_table import LONGEST_TABLE
from registrations.forms.manage import LARGEST_ID

_ALL: Final = ("", pgettext_lazy("filter", "All"))
_COLUMNS: Final[Mapping[str, str | Promise]] = {
    "email": _("e-mail"),
    "first_name": _("first name"),
    "last_name": _("last name"),
    "organisation": _("organisation"),
    "category": _("group"),
    "language": _("language"),
    "seats": _("seats"),
    "skips_approval": _("without approval"),
    "uses_reserved": _("reserved seat"),
    "note": _("message"),
    "cells": _("cells"),
}
# More sentences about one table help nobody.
_MOST_SENTENCES: Final = 50


class InvitationFilterForm(forms.Form):
    """Words and a state; whatever does not fit is left out of the search rather than refused."""

    q = forms.CharField(
        label=_("Name, organisation or address"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(label=_("State"), choices=(_ALL, *InvitationState.choices), required=False)

    @property
    def words(self) -> str:
        """What is searched for."""
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))

    @property
    def chosen_state(self) -> InvitationState | None:
        """The state that the list is narrowed to."""
        self.is_valid()
        state = self.cleaned_data.get("state")
        return InvitationState(state) if state else None


class InvitationForm(forms.Form):
    """Somebody who is invited."""

    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"inputmode": "email", "autocomplete": "off"}),
        help_text=_("The personal link goes there, and nobody else gets to see it."),
    )
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    organisation = forms.CharField(label=_("Organisation or company"), max_length=200, required=False)
    category = forms.ChoiceField(label=_("Group"), required=False)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=Language.choices, initial=Language.PL)
    seats = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=GROUP_MAX,
        initial=1,
        help_text=_("How many people may come on this invitation, the invited one included."),
    )
    uses_reserved = forms.BooleanField(
        label=_("May have one of the seats that are kept for invited people"), required=False, initial=True
    )
    skips_approval = forms.BooleanField(label=_("Comes in without an approval"), required=False, initial=True)
    note = forms.CharField(
        label=_("A word to the invited person"),
        max_length=LONGEST_INVITATION_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The person reads it in the invitation."),
    )
    send = forms.BooleanField(label=_("Send the invitation now"), required=False)

    def __init__(self, data: Any = None, *, event: Event, initial: dict[str, Any] | None = None) -> None:
        """Ask only for what makes a difference at this event; `initial`: an invitation that is changed."""
        super().__init__(data, initial=initial, label_suffix="")
        listed = ParticipantCategory.objects.filter(pools__event=event).distinct().order_by("position", "code")
        choices = [(category.code, str(category)) for category in listed]
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [("", pgettext_lazy("group", "The person chooses")), *choices]
        own = event.pools.filter(session=None, category=None).first()
        dropped = {
            "category": not choices,
            "uses_reserved": own is None or not own.reserved,
            "skips_approval": not event.policy.approval,
            "send": initial is not None or event.status != EventStatus.PUBLISHED,
        }
        for name, is_dropped in dropped.items():
            if is_dropped:
                del self.fields[name]

    def said(self) -> dict[str, Any]:
        """The columns as the action takes them."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "send"}
        return {**said, "category": said.get("category") or None} if "category" in said else said

    def invitee(self) -> Invitee:
        """The person as the action takes them."""
        return Invitee(**self.said())


class SendForm(forms.Form):
    """To whom letters go: nobody named means everybody who has had none."""

    only = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


class ImportForm(forms.Form):
    """A file with a table, or the table itself; it is checked and shown before anybody is invited."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        help_text=_("CSV or XLSX, of at most 2 MB and 2000 rows."),
    )
    table = forms.CharField(
        label=_("Table"),
        max_length=LONGEST_TABLE,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "wrap": "off"}),
        help_text=_("What stands in the file appears here, so that you can put it right. You can also paste a table."),
    )
    send = forms.BooleanField(label=_("Send the invitations now"), required=False)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        """Labels stand above their fields, without a colon."""
        super().__init__(data, files, label_suffix="")

    def clean(self) -> dict[str, Any]:
        """There is something to read."""
        data = super().clean() or self.cleaned_data
        if not data.get("file") and not str(data.get("table") or "").strip() and not self.errors:
            self.add_error("file", _("Choose a file, or paste a table."))
        return data

    def take(self, errors: Mapping[str, Sequence[str | Promise]]) -> None:
        """Show what was found wrong, each sentence with its row and column."""
        sentences = [(name, sentence) for name, said in errors.items() for sentence in said]
        for name, sentence in sentences[:_MOST_SENTENCES]:
            part, _dot, rest = name.partition(".")
            row, _dot, column = rest.partition(".")
            if part == "rows" and column:
                where = {"row": row, "column": _COLUMNS.get(column, column), "sentence": sentence}
                self.add_error("table", _("Row %(row)s, %(column)s: %(sentence)s") % where)
            else:
                self.add_error(name if name in self.fields else "table", str(sentence))
