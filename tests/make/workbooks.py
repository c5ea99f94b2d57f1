"""Builders of workbooks: honest ones, and ones whose parts are replaced by something else."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
_NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def make_workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook with these cells; a text that begins with an equals sign is a formula."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of(cells: str, *, before: str = "", head: str = "") -> bytes:
    """The part of a workbook that holds its cells, as a hostile hand writes it."""
    return f'<?xml version="1.0"?>{before}<worksheet {_NAMESPACE}>{head}<sheetData>{cells}</sheetData></worksheet>'.encode()


def with_parts(book: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The workbook with these parts instead of its own, or besides."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()
