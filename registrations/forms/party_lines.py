"""Who comes along, one person a line: a field for as many people as anybody brings, which needs no script."""

import re
from collections.abc import Mapping
from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registrations.actions.signing_up import Guest

_LONGEST_PARTY: Final = 20_000
_BETWEEN: Final = re.compile(r"[,;\t]")


def party_field() -> forms.CharField:
    """The field, empty when nobody comes along."""
    return forms.CharField(
        label=_("Who comes along"),
        max_length=_LONGEST_PARTY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One person a line: first name and last name; after a comma an e-mail address, if any."),
    )


def guests_of(text: str) -> tuple[Guest, ...]:
    """The people in it; the last word of a name is the last name.

    >>> guests_of("Jan Maria Lis, jan@example.org")
    (Guest(first_name='Jan Maria', last_name='Lis', email='jan@example.org'),)
    """
    return tuple(_guest(line) for line in text.splitlines() if line.strip())


def _guest(line: str) -> Guest:
    name, *others = [part.strip() for part in _BETWEEN.split(line)]
    first_name, _blank, last_name = name.rpartition(" ")
    return Guest(first_name.strip(), last_name, " ".join(others))


def take_party_faults(form: forms.Form, errors: Mapping[str, list[str | Promise]]) -> dict[str, list[str | Promise]]:
    """Show what is wrong with each person at the field, with their number; returns what is about something else."""
    others: dict[str, list[str | Promise]] = {}
    for name, sentences in errors.items():
        part, _dot, rest = name.partition(".")
        if part == "party" and rest and "party" in form.fields:
            number = int(rest.partition(".")[0]) + 1
            for sentence in sentences:
                form.add_error("party", _("Person %(number)s: %(sentence)s") % {"number": number, "sentence": sentence})
        else:
            others[name] = sentences
    return others
