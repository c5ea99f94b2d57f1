"""A file with a table, CSV or XLSX, as the text of a table; whoever sends one may be anybody.

Nothing in it is run, followed or believed: formulas are refused, links to other files are not opened, what a workbook
says of its own size is passed over, and what unpacks to too much is refused before it is unpacked.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final, cast
from xml.etree.ElementTree import ParseError

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from events.errors import FieldErrors

MOST_BYTES: Final = 2_000_000
# What a workbook of so many bytes may unpack to, and of how many parts it may be made.
_MOST_UNPACKED: Final = 20_000_000
_MOST_PARTS: Final = 500
_MOST_COLUMNS: Final = 50
# Below this row there may be nothing but empty cells; below the other one no program has any.
_LAST_ROW: Final = 20_000
_END_OF_SHEET: Final = 1_048_576
_MOST_TAGS: Final = 300_000
# So many sentences about one file help; more do not.
_ENOUGH: Final = 20
_FORMULA: Final = "f"
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
# In workbooks a document type has no business; it is what entities are made with.
_DOCTYPE: Final = b"<!DOCTYPE"
_DELIMITERS: Final = "\t;,"
# What third-party readers raise where a file is not what it says.
_UNREADABLE: Final = (
    AttributeError,
    EOFError,
    IndexError,
    InvalidFileException,
    KeyError,
    LookupError,
    MemoryError,
    NotImplementedError,  # packed in a way, or in a version, that `zipfile` does not know
    OSError,
    OverflowError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def table_of_file(data: bytes) -> str:
    """The file as a table of lines with tabs; what it is, its bytes say and not its name."""
    if len(data) > MOST_BYTES:
        raise FieldErrors({"file": [_("The file is larger than 2 MB.")]})
    if data.startswith(_OLD_OFFICE):
        raise FieldErrors(
            {"file": [_("This is an old or a locked workbook. Save it as XLSX without a password, or as CSV.")]}
        )
    return _workbook(data) if data.startswith(_ZIP) else _text(data)


def cells_of(text: str) -> list[list[str]]:
    """The cells of a table that is pasted, or made of a file: tabs, semicolons or commas are between them."""
    bare = text.removeprefix("\ufeff")
    first = next((line for line in bare.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(bare, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FieldErrors({"table": [_("This is no table.")]}) from error
    # A spreadsheet ends rows with empty cells.
    return [_without_empty_end([cell.strip() for cell in row]) for row in rows]


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(data: bytes) -> str:
    encodings = ["utf-8-sig", "cp1250"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FieldErrors({"file": [_("This is neither a workbook (XLSX) nor a table as text (CSV) that can be read.")]})


def _workbook(data: bytes) -> str:
    try:
        _require_harmless(data)
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        rows = list(_rows(cast("ReadOnlyWorksheet", visible[0])))
        book.close()
    except _UNREADABLE as error:
        raise FieldErrors({"file": [_("This workbook cannot be read. Save it anew as XLSX, or as CSV.")]}) from error
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    return out.getvalue()


def _require_harmless(data: bytes) -> None:
    """Refuse what would unpack to too much, or brings a document type along; a lie about sizes stops the reader."""
    too_much = FieldErrors({"file": [_("This workbook unpacks to too much. Leave the table alone in it.")]})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise too_much
        tags = 0
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            # Also where it is written in letters of two bytes.
            content = archive.read(part).replace(b"\x00", b"")
            tags += content.count(b"<")
            if tags > _MOST_TAGS:
                raise too_much
            if _DOCTYPE in content.upper():
                raise zipfile.BadZipFile


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    """The cells as text, row by row; what a formula would give is nobody's word."""
    # What the file says of its own size is not believed.
    sheet.reset_dimensions()
    formulas: list[str | Promise] = []
    empty = 0
    for number, cells in enumerate(sheet.rows, start=1):
        if number > _END_OF_SHEET or len(formulas) >= _ENOUGH:
            break
        texts = _without_empty_end([_said(cell.value) for cell in cells])
        if not texts:
            empty += 1
            continue
        if number > _LAST_ROW:
            raise FieldErrors({"file": [_("The table has to end above row 20000.")]})
        if len(texts) > _MOST_COLUMNS:
            raise FieldErrors({"file": [_("The table has more than 50 columns.")]})
        formulas += [
            _("Cell %(cell)s holds a formula. Put its value there instead.")
            % {"cell": f"{get_column_letter(place)}{number}"}
            for place, cell in enumerate(cells, start=1)
            if cell.data_type == _FORMULA
        ]
        yield from [[]] * empty
        empty = 0
        yield texts
    if formulas:
        raise FieldErrors({"file": formulas[:_ENOUGH]})


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
