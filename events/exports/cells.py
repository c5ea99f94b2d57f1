"""Cells of a table that people open in a spreadsheet: nothing in them is run."""

import csv
import io
from collections.abc import Iterable
from typing import Final

# A spreadsheet takes a cell that begins so for a formula and runs it; the last four are the wide forms of the first.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# So spreadsheets know that a file of text is UTF-8 and read Polish letters.
UTF8_MARK: Final = "\ufeff"


def csv_cell(value: object) -> str:
    """What is not stated is an empty cell, never a 0; a number stays one.

    >>> csv_cell(None), csv_cell(0), csv_cell(-1), csv_cell(False), csv_cell("=1+1")
    ('', '0', '-1', 'false', "'=1+1")
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, int | float):
        return text
    # Some programs cut blanks off before they look.
    is_formula = text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def csv_line(values: Iterable[object]) -> str:
    """One line (RFC 4180)."""
    line = io.StringIO()
    csv.writer(line).writerow([csv_cell(value) for value in values])
    return line.getvalue()
