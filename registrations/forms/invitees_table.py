"""A table of people to be invited, pasted or out of a file: what its first row calls the columns, and what stands in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from events.enums import Language
from events.errors import FieldErrors
from events.models import Event, ParticipantCategory, User
from events.queries.search import fold
from registrations.actions.invitations import MOST_INVITEES, Invitee, invite, try_inviting
from registrations.forms.table_files import cells_of
from registrations.models import Invitation

# What the first row calls the columns, in the languages of the pages; without diacritics, apostrophes and hyphens.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "first_name": ("first_name", "first name", "given name", "imię", "ім'я"),
    "last_name": ("last_name", "last name", "surname", "family name", "nazwisko", "прізвище"),
    "email": (
        *("email", "e-mail", "mail", "e-mail address", "adres e-mail", "poczta"),
        *("пошта", "електронна пошта", "електронна адреса", "ел. пошта"),
    ),
    "organisation": (
        *("organisation", "organization", "company", "institution", "organizacja", "firma", "instytucja", "podmiot"),
        *("організація", "установа", "компанія"),
    ),
    "category": ("category", "group", "kategoria", "grupa", "категорія", "група"),
    "language": ("language", "język", "мова"),
    "seats": ("seats", "places", "people", "miejsca", "liczba miejsc", "liczba osób", "місця", "кількість місць"),
    "uses_reserved": ("uses_reserved", "reserved seat", "miejsce zarezerwowane", "зарезервоване місце"),
    "skips_approval": ("skips_approval", "without approval", "bez zatwierdzania", "без схвалення"),
    # Mailed to the person: so a column of remarks, which are made among colleagues, is not taken for it.
    "note": ("note", "message", "wiadomość", "повідомлення"),
}
_LANGUAGES: Final[Mapping[Language, Sequence[str]]] = {
    Language.PL: ("pl", "polski", "polish", "польська"),
    Language.EN: ("en", "angielski", "english", "англійська"),
    Language.UK: ("uk", "ua", "ukraiński", "ukrainian", "українська"),
}
_YES: Final = ("yes", "y", "tak", "t", "так", "true", "1", "x")
_NO: Final = ("no", "n", "nie", "ні", "false", "0")
_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ`-‐–")
LONGEST_TABLE: Final = 600_000


def _plain(text: str) -> str:
    return " ".join(fold(text).translate(_APOSTROPHES).replace("_", " ").split())


_COLUMNS: Final = {_plain(name): column for column, names in _NAMES.items() for name in names}
_LANGUAGE_OF: Final = {_plain(name): language for language, names in _LANGUAGES.items() for name in names}
_TRUTH: Final = {_plain(word): truth for words, truth in ((_YES, True), (_NO, False)) for word in words}


@dataclass
class InviteesTable:
    """The rows of a table as they were read; `faults` as `rows.{number}.{column}`, the number being that of the row."""

    invitees: list[Invitee] = field(default_factory=list)
    faults: Faults = field(default_factory=dict)

    def invite(self, event: Event, *, dry_run: bool, send: bool, by: User, at: datetime) -> list[Invitation]:
        """Invite everybody in it or nobody; what is wrong with any row is said of all rows at once."""
        try:
            act = try_inviting if dry_run or self.faults else invite
            invited = act(event, self.invitees, send=send, by=by, at=at)
        except FieldErrors as refusal:
            raise FieldErrors({**refusal.errors, **self.faults}) from refusal
        if self.faults:
            raise FieldErrors(self.faults)
        return invited


def read_invitees(text: str) -> InviteesTable:
    """Read a table whose first row names the columns; a table of which no row can be read is refused at `table`."""
    rows = [(number, cells) for number, cells in enumerate(cells_of(text), start=1) if cells]
    if not rows:
        raise FieldErrors({"table": [_("The table is empty.")]})
    (_first, heading), *lines = rows
    columns = _columns(heading)
    if not 1 <= len(lines) <= MOST_INVITEES:
        raise FieldErrors({"table": [_("Below the names of the columns, a table has from 1 to 2000 rows.")]})
    categories = _known_categories()
    table = InviteesTable()
    for number, cells in lines:
        faults: dict[str, str | Promise] = {}
        if len(cells) > len(columns):
            faults["cells"] = _("This row has more cells than the first one.")
        said = dict(zip(columns, cells, strict=False))
        table.invitees.append(_invitee(number, said, categories, faults))
        table.faults |= {f"rows.{number}.{column}": [sentence] for column, sentence in faults.items()}
    return table


def _columns(names: Sequence[str]) -> list[str]:
    columns = [_COLUMNS.get(_plain(name), "") for name in names]
    unknown = [name for name, column in zip(names, columns, strict=True) if not column]
    if unknown:
        sentence = _("There is no column called “%(names)s”.")
        raise FieldErrors({"table": [sentence % {"names": "”, “".join(unknown)}]})
    if len(set(columns)) < len(columns) or "email" not in columns:
        raise FieldErrors(
            {
                "table": [
                    _(
                        "The first row names the columns, each once: e-mail; and first name, last name, organisation, "
                        "group, language, seats, message."
                    )
                ]
            }
        )
    return columns


def _known_categories() -> dict[str, str]:
    """The groups by what people call them."""
    return {
        _plain(name): category.code
        for category in ParticipantCategory.objects.order_by("id")
        for name in (category.code, *category.name.values())
    }


def _invitee(
    number: int, said: Mapping[str, str], categories: Mapping[str, str], faults: dict[str, str | Promise]
) -> Invitee:
    """The row as its action takes it; what cannot be read is as usual there, and named."""
    read: dict[str, Any] = {name: said.get(name, "") for name in ("email", "first_name", "last_name")}
    read |= {name: said.get(name, "") for name in ("organisation", "note")}

    def take(column: str, look_up: Callable[[str], object], unknown: str | Promise) -> None:
        words = said.get(column, "")
        if not words:
            return
        value = look_up(words)
        if value is None:
            faults[column] = unknown
        else:
            read[column] = value

    take("category", lambda words: categories.get(_plain(words)), _("There is no group with this name."))
    take("language", lambda words: _LANGUAGE_OF.get(_plain(words)), _("Say pl, en or uk."))
    take("seats", lambda words: int(words) if _is_number(words) else None, _("Write a number like 1."))
    for column in ("uses_reserved", "skips_approval"):
        take(column, lambda words: _TRUTH.get(_plain(words)), _("Say yes or no."))
    return Invitee(row_number=number, **read)


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdecimal() and len(words) <= 4  # noqa: PLR2004 - more people than in any hall
