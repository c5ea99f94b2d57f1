"""The fields for people who come along: a row for each, one more by a button, and nothing typed is lost on the way."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.actions.rules import GROUP_MAX
from events.errors import DomainError, FieldErrors
from registrations.actions.signing_up import Guest

ROWS: Final = "party_rows"
ADD: Final = "add_person"
REMOVE: Final = "remove_person"
PARTY_COLUMNS: Final = ("first_name", "last_name", "email")
_LONGEST_NAME: Final = 100
_COUNTS: Final = frozenset(str(rows) for rows in range(GROUP_MAX + 1))


def party_field(row: int, column: str) -> str:
    """What the field of somebody who comes along is called in the page."""
    return f"party_{row}_{column}"


def person_of(row: int) -> int:
    """The number by which people are told of a row: the first person is the one who registers."""
    return row + 2


def party_rows(data: Mapping[str, Any] | None) -> int:
    """How many rows the page had when it was sent; if they are too many by now, the action says so."""
    said = str(data.get(ROWS, "")) if data is not None else ""
    return int(said) if said in _COUNTS else 0


class RowNameField(forms.CharField):
    """A name that is needed as soon as something stands in its row, so that it is not called optional."""

    is_of_row = True

    def __init__(self, *, label: str) -> None:
        """Empty as long as the whole row is."""
        super().__init__(label=label, max_length=_LONGEST_NAME, required=False)


def party_fields(rows: int) -> dict[str, forms.Field]:
    """Names and address for each row; who leaves a row empty brings nobody."""
    fields: dict[str, forms.Field] = {}
    for row in range(rows):
        number = {"number": person_of(row)}
        fields[party_field(row, "first_name")] = RowNameField(label=_("Person %(number)s: first name") % number)
        fields[party_field(row, "last_name")] = RowNameField(label=_("Person %(number)s: last name") % number)
        fields[party_field(row, "email")] = forms.EmailField(
            label=_("Person %(number)s: e-mail address") % number,
            help_text=_("Their own entry code goes there. Left empty, it goes to you."),
            max_length=254,
            required=False,
            widget=forms.EmailInput(attrs={"inputmode": "email"}),
            error_messages={
                "invalid": _("This does not look like an e-mail address. It should read like name@example.org.")
            },
        )
    for field in fields.values():
        # The browser's own suggestions would be the name of the person who registers.
        field.widget.attrs["autocomplete"] = "off"
    return fields


def party_faults(data: Mapping[str, Any], rows: int) -> dict[str, str]:
    """What is missing in rows in which something stands, by field."""
    missing = {"first_name": _("Give the first name, or leave the whole row empty.")}
    missing["last_name"] = _("Give the last name, or leave the whole row empty.")
    return {
        party_field(row, column): sentence
        for row in range(rows)
        for column, sentence in missing.items()
        if _is_filled(data, row) and party_field(row, column) in data and not data[party_field(row, column)]
    }


def filled_rows(data: Mapping[str, Any], rows: int) -> list[int]:
    """The rows in which somebody stands."""
    return [row for row in range(rows) if _is_filled(data, row)]


def guests_of(data: Mapping[str, Any], rows: Iterable[int]) -> tuple[Guest, ...]:
    """The people in these rows, as the action takes them."""
    return tuple(Guest(**{column: data[party_field(row, column)] for column in PARTY_COLUMNS}) for row in rows)


def pressed(data: Mapping[str, Any]) -> bool:
    """Whether the form was sent to get another row, or one less, and not to register."""
    return ADD in data or REMOVE in data


def after_pressing(data: Any, *, most: int) -> Any:
    """What was typed, with the row more or less that somebody asked for."""
    rows = party_rows(data)
    kept = [{column: data.get(party_field(row, column), "") for column in PARTY_COLUMNS} for row in range(rows)]
    removed = str(data.get(REMOVE, ""))
    if removed in {str(row) for row in range(rows)}:
        del kept[int(removed)]
    if ADD in data and len(kept) < most:
        kept.append(dict.fromkeys(PARTY_COLUMNS, ""))
    changed = data.copy()
    for row, values in enumerate(kept):
        for column, value in values.items():
            changed[party_field(row, column)] = value
    changed[ROWS] = str(len(kept))
    return changed


def _is_filled(data: Mapping[str, Any], row: int) -> bool:
    # A field that was refused is not among what was read, but something stands in it.
    return any(data.get(party_field(row, column), "?") for column in PARTY_COLUMNS)


class SubstituteForm(forms.Form):
    """Who comes instead of somebody."""

    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=_LONGEST_NAME,
        error_messages={"required": gettext_lazy("Give the first name.")},
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=_LONGEST_NAME,
        error_messages={"required": gettext_lazy("Give the last name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"inputmode": "email"}),
        error_messages={
            "required": gettext_lazy("Give an e-mail address: the link to the registration goes there."),
            "invalid": gettext_lazy("This does not look like an e-mail address. It should read like name@example.org."),
        },
    )

    def __init__(self, data: Any = None, *, needs_address: bool = False) -> None:
        """Whoever looks after a registration has to have an address."""
        super().__init__(data, label_suffix="")
        self.fields["email"].required = needs_address
        self.fields["email"].help_text = (
            _("The link to the registration goes there.")
            if needs_address
            else _("Their own entry code goes there. Left empty, it goes to you.")
        )
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def guest(self) -> Guest:
        """The person, as the action takes them."""
        return Guest(**{column: self.cleaned_data[column] for column in PARTY_COLUMNS})

    def take(self, refusal: DomainError) -> None:
        """Show what the action found wrong, each sentence at its field; what is no field's stands on top."""
        if not isinstance(refusal, FieldErrors):
            self.add_error(None, refusal.message)
            return
        for name, sentences in refusal.errors.items():
            self.add_error(name if name in self.fields else None, [str(sentence) for sentence in sentences])
