"""A pasted table of dates and places, as rows of a series; a spreadsheet's cells, or lines with semicolons or commas."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.actions.series import SeriesRow
from events.actions.wall_clock import NoSuchTime, as_instant
from events.errors import FieldErrors
from events.models import District, Room, Venue
from events.queries.search import fold
from events.recurrence import MOST_EVENTS

# What the first row calls the columns, in the languages of the pages; without diacritics.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "date": ("date", "data", "dzień", "день", "дата"),
    "starts_at": ("starts_at", "start", "begins", "from", "od", "początek", "godzina", "з", "початок", "година"),
    "ends_at": ("ends_at", "end", "ends", "until", "to", "do", "koniec", "до", "кінець"),
    "venue": ("venue", "place", "miejsce", "місце"),
    "room": ("room", "sala", "pokój", "зала", "кімната"),
    "title": ("title", "name", "tytuł", "nazwa", "назва"),
    "district": ("district", "dzielnica", "район"),
}
_COLUMNS: Final = {fold(name): column for column, names in _NAMES.items() for name in names}
_DELIMITERS: Final = "\t;,"
_DATE: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_TIME: Final = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.]00)?")
_TITLE_LENGTH: Final = 300
_LAST_HOUR: Final = 23
_LAST_MINUTE: Final = 59

_Row = TypeVar("_Row", Venue, District)


@dataclass(frozen=True)
class _Places:
    """Places and districts by what people call them."""

    venues: Mapping[str, Sequence[Venue]]
    districts: Mapping[str, Sequence[District]]
    rooms: Mapping[tuple[int, str], Room]


def read_table(text: str) -> list[SeriesRow]:
    """The rows of a pasted table whose first row names the columns; a bad row refuses all, naming every fault at once."""
    records = _records(text)
    columns = _columns(records[0] if records else [])
    lines = [(number, cells) for number, cells in enumerate(records[1:], start=2) if any(cells)]
    if not 1 <= len(lines) <= MOST_EVENTS:
        raise FieldErrors({"table": [_("A table has from 1 to 200 rows.")]})
    places = _known_places()
    rows: list[SeriesRow] = []
    errors: dict[str, list[str | Promise]] = {}
    for number, cells in lines:
        reading = _Reading(dict(zip(columns, cells, strict=False)), places)
        if len(cells) > len(columns):
            errors[f"rows.{number}.cells"] = [_("This row has more cells than the first one.")]
            continue
        row = reading.row(number)
        if row is not None:
            rows.append(row)
        errors |= {f"rows.{number}.{column}": [sentence] for column, sentence in reading.faults.items()}
    if errors:
        raise FieldErrors(errors)
    return rows


def _records(text: str) -> list[list[str]]:
    first = text.lstrip("\ufeff\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff\r\n")), delimiter=delimiter))
    except csv.Error as error:
        raise FieldErrors({"table": [_("This is no table.")]}) from error
    # A spreadsheet ends rows with empty cells.
    return [_without_empty_end([cell.strip() for cell in row]) for row in rows]


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _columns(names: Sequence[str]) -> list[str]:
    columns = [_COLUMNS.get(fold(name), "") for name in names]
    unknown = [name for name, column in zip(names, columns, strict=True) if not column]
    if unknown:
        sentence = _("There is no column called “%(names)s”.")
        raise FieldErrors({"table": [sentence % {"names": "”, “".join(unknown)}]})
    if len(set(columns)) < len(columns) or not {"starts_at", "ends_at"} <= set(columns):
        sentence = _("The first row names the columns, each once: date, from, to; and place, room, title, district.")
        raise FieldErrors({"table": [sentence]})
    return columns


def _known_places() -> _Places:
    venues = list(Venue.objects.order_by("slug"))
    return _Places(
        venues=_by_name((name, venue) for venue in venues for name in {venue.slug, *venue.name.values()}),
        districts=_by_name(
            (name, district)
            for district in District.objects.order_by("slug")
            for name in (district.slug, district.name)
        ),
        rooms={(room.venue_id, fold(room.name)): room for room in Room.objects.order_by("id")},
    )


def _by_name(named: Iterable[tuple[str, _Row]]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for name, row in named:
        same = found.setdefault(fold(name), [])
        if row not in same:
            same.append(row)
    return found


class _Reading:
    """One row on its way to a definition, with what is wrong with it by column."""

    def __init__(self, cells: Mapping[str, str], places: _Places) -> None:
        self.cells = cells
        self.places = places
        self.faults: dict[str, str | Promise] = {}

    def row(self, number: int) -> SeriesRow | None:
        """The row, unless something is wrong with it."""
        day = self._day(self.cells.get("date", ""), column="date")
        starts_at = self._moment("starts_at", day)
        ends_at = self._moment("ends_at", starts_at.date() if starts_at else day)
        venue = self._one("venue", self.places.venues, _("There is no place with this name."))
        room = self._room(venue)
        district = self._one("district", self.places.districts, _("There is no district with this name."))
        title = self.cells.get("title", "")
        if len(title) > _TITLE_LENGTH:
            self.faults["title"] = _("A title has 300 characters at most.")
        if starts_at is None or ends_at is None:
            return None
        if ends_at <= starts_at:
            self.faults["ends_at"] = _(
                "The end has to be after the start. Where it is on another day, write that day, too."
            )
        if self.faults:
            return None
        return SeriesRow(
            row_number=number,
            starts_at=starts_at,
            ends_at=ends_at,
            venue=venue,
            room=room,
            title=title,
            district=district,
        )

    def _day(self, said: str, *, column: str) -> date | None:
        local = _DATE.fullmatch(said)
        try:
            if local:
                return date(int(local[3]), int(local[2]), int(local[1]))
            return date.fromisoformat(said) if said else None
        except ValueError:
            self.faults[column] = _("Write a date like 2027-01-31 or 31.01.2027.")
            return None

    def _moment(self, column: str, day: date | None) -> datetime | None:
        """A time on the day of the row, or a day and a time of its own."""
        *days, said = self.cells.get(column, "").replace("T", " ").split() or [""]
        if days:
            day = self._day(" ".join(days), column=column)
        clock = _TIME.fullmatch(said)
        if clock is None or int(clock[1]) > _LAST_HOUR or int(clock[2]) > _LAST_MINUTE:
            self.faults[column] = _("Write a time like 17:00.")
            return None
        if day is None:
            if not self.faults:
                self.faults[column] = _("Say on which day.")
            return None
        moment = datetime.combine(day, time(int(clock[1]), int(clock[2])))
        try:
            as_instant(moment, ZoneInfo(settings.TIME_ZONE))
        except NoSuchTime as refusal:
            self.faults[column] = refusal.message
        return moment

    def _one(self, column: str, rows: Mapping[str, Sequence[_Row]], unknown: Promise | str) -> _Row | None:
        said = self.cells.get(column, "")
        found = rows.get(fold(said), ())
        if said and len(found) != 1:
            self.faults[column] = _("More than one has this name: write its short name.") if found else unknown
        return found[0] if len(found) == 1 else None

    def _room(self, venue: Venue | None) -> Room | None:
        said = self.cells.get("room", "")
        room = self.places.rooms.get((venue.pk, fold(said))) if venue else None
        if said and room is None and "venue" not in self.faults:
            self.faults["room"] = (
                _("There is no such room in this place.") if venue else _("Name the place of this room.")
            )
        return room
