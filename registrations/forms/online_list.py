"""The list of who was in an online meeting, as its platform writes it: found by what the columns are called.

Zoom, Teams and Webex write different things above and below the table and call the columns differently; only a name and
an address are taken from it, and nothing is kept.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from events.errors import FieldErrors
from events.queries.search import fold
from registrations.forms.table_files import MOST_BYTES, cells_of, table_of_file
from registrations.models import Registration
from registrations.queries.online_attendance import OnlineRow

MOST_ROWS: Final = 5_000
# What the heading calls the columns, in words without diacritics; a column is taken for the first that fits.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "email": ("email", "e-mail", "mail", "poczta", "пошта", "електронна адреса"),
    "name": ("full name", "participant", "attendee", "name", "imie", "nazwa", "uczestnik", "ім'я", "учасник"),
    "presence": (
        *("join", "leave", "duration", "in-meeting", "time in", "dolacz", "opuszcz", "wyjsci", "czas", "godzina"),
        *("приєдна", "вихід", "виходу", "тривалість", "час"),
    ),
}
# Other columns whose names have one of those words in them.
_NOT_A_NAME: Final = ("id", "upn", "count", "liczba", "кількість")
_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ`")


def _plain(text: str) -> str:
    return fold(text).translate(_APOSTROPHES)


_FOLDED: Final = {column: tuple(_plain(name) for name in names) for column, names in _NAMES.items()}


def read_online_list(data: bytes) -> list[OnlineRow]:
    """Who is in the list, each once by address, or by name where there is none."""
    rows = cells_of(table_of_file(data))
    for number, cells in enumerate(rows):
        columns = _columns(cells)
        if columns:
            found = _people(rows[number + 1 :], columns)
            if found:
                return found
    raise FieldErrors(
        {
            "file": [
                _("There is no list of participants in it: a row with the names of columns (name, e-mail, join time).")
            ]
        }
    )


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Where name and address stand, if this is the heading of a list of participants; else nothing."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        words = _plain(cell)
        if set(words.replace("(", " ").replace(")", " ").split()) & set(_NOT_A_NAME):
            continue
        column = next((one for one, names in _FOLDED.items() if any(name in words for name in names)), None)
        if column is not None:
            found.setdefault(column, place)
    return found if "presence" in found and {"name", "email"} & set(found) else {}


def _people(rows: Sequence[Sequence[str]], columns: Mapping[str, int]) -> list[OnlineRow]:
    """Down to the first empty row: below it the platform tells of something else."""
    found: dict[str, OnlineRow] = {}
    for cells in rows:
        if not cells:
            break
        said = {column: cells[place] if place < len(cells) else "" for column, place in columns.items()}
        name, email = " ".join(said.get("name", "").split())[:200], said.get("email", "")[:254]
        if name or email:
            found.setdefault(email.casefold() or fold(name), OnlineRow(name, email))
        if len(found) > MOST_ROWS:
            raise FieldErrors({"file": [_("There are more than 5000 people in it.")]})
    return list(found.values())


class OnlineListForm(forms.Form):
    """The platform's file."""

    file = forms.FileField(
        label=_("File of the online meeting"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text=_("The list of participants as Zoom, Teams or Webex gives it out: CSV or XLSX, of at most 2 MB."),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        """Labels stand above their fields, without a colon."""
        super().__init__(data, files, label_suffix="")

    def rows(self) -> list[OnlineRow]:
        """Who is in it; one byte too many is enough to be refused for its size."""
        return read_online_list(self.cleaned_data["file"].read(MOST_BYTES + 1))


def ticked_people(
    values: Sequence[str], by_reference: Mapping[str, Registration]
) -> list[tuple[Registration, int | None]]:
    """Who was ticked: a reference, and after a dot the number of a member; what names nobody is left out."""
    people = []
    for value in values[:MOST_ROWS]:
        reference, _dot, member = value.partition(".")
        registration = by_reference.get(reference)
        if registration is not None and (not member or member.isdecimal()):
            people.append((registration, int(member) if member else None))
    return people
