"""Files with a table: every usual encoding is read, and nothing that somebody hides in one does anything."""

import io
import struct
import time
import zipfile
from datetime import date

import pytest
from django.utils import translation
from openpyxl import Workbook

from events.errors import FieldErrors
from registrations.forms.table_files import MOST_BYTES, cells_of, table_of_file
from tests.make.workbooks import SHEET, make_workbook, sheet_of, with_parts

TABLE = [["Imię", "E-mail"], ["Łucja", "lucja@example.org"]]
BOOK = make_workbook(TABLE)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def refused(data: bytes) -> list[str]:
    with pytest.raises(FieldErrors) as refusal:
        table_of_file(data)
    [(_field, sentences)] = refusal.value.errors.items()
    return [str(sentence) for sentence in sentences]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_is_read_in_every_usual_encoding(encoding, delimiter, end):
    text = end.join(delimiter.join(row) for row in TABLE) + end

    assert cells_of(table_of_file(text.encode(encoding))) == TABLE


def test_a_workbook_is_read_with_its_numbers_of_rows():
    book = make_workbook(
        [
            [],
            ["E-mail", "Miejsca", "Uwagi", "Dzień", None],
            [],
            ["a@example.org", 2.0, "Ala\nma; kota", date(2027, 1, 12)],
        ]
    )

    assert cells_of(table_of_file(book)) == [
        [],
        ["E-mail", "Miejsca", "Uwagi", "Dzień"],
        [],
        ["a@example.org", "2", "Ala\nma; kota", "2027-01-12 00:00:00"],
    ]


def test_the_first_sheet_that_is_seen_counts():
    book = Workbook()
    book.worksheets[0].append(["ukryty"])
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet("Osoby").append(["E-mail"])
    out = io.BytesIO()
    book.save(out)

    assert cells_of(table_of_file(out.getvalue())) == [["E-mail"]]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\x00\x81\x88",  # no letters
        b"a\x00b",
        b"PK\x03\x04 no archive",
        with_parts(BOOK, {"xl/workbook.xml": b"<workbook"}),
        with_parts(BOOK, {"[Content_Types].xml": b"<Types/>"}),
        with_parts(BOOK, {SHEET: sheet_of('<row r="1"><c r="AAAA1"/></row>')}),
        with_parts(BOOK, {SHEET: sheet_of('<row r="1"><c t="s"><v>99999</v></c></row>')}),
        with_parts(BOOK, {SHEET: sheet_of('<row r="x"/>')}),
        with_parts(BOOK, {SHEET: b""}),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(data):
    (sentence,) = refused(data)

    assert "read" in sentence


def test_an_old_or_locked_workbook_is_refused_by_name():
    assert "without a password" in refused(b"\xd0\xcf\x11\xe0" + b"\x00" * 100)[0]


def test_a_file_that_is_too_large_is_refused_unread():
    assert refused(b"x" * (MOST_BYTES + 1)) == ["The file is larger than 2 MB."]


def test_a_workbook_that_unpacks_to_too_much_is_refused_at_once():
    bomb = with_parts(BOOK, {"xl/media/image1.png": b"\x00" * 25_000_000})
    many = with_parts(BOOK, {f"xl/x{number}.bin": b"" for number in range(600)})
    tags = with_parts(BOOK, {SHEET: sheet_of('<row r="1">' + "<c/>" * 400_000 + "</row>")})
    started = time.perf_counter()

    for book in (bomb, many, tags):
        assert len(book) < MOST_BYTES
        assert refused(book) == ["This workbook unpacks to too much. Leave the table alone in it."]

    assert time.perf_counter() - started < 5


def test_a_workbook_that_lies_about_its_size_is_refused():
    book = bytearray(with_parts(BOOK, {SHEET: sheet_of("<row/>" * 100_000)}))
    place = book.rindex(b"PK\x01\x02", 0, book.rindex(SHEET.encode()))
    struct.pack_into("<I", book, place + 24, 10)

    assert refused(bytes(book)) == ["This workbook cannot be read. Save it anew as XLSX, or as CSV."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_files_from_elsewhere_are_not_followed(encoding, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("tajne")
    doctype = f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "{secret.as_uri()}">]>'
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a;&b;</t></is></c></row>'
    sheet = sheet_of(cells, before=doctype).decode().replace('<?xml version="1.0"?>', "").encode(encoding)

    assert refused(with_parts(BOOK, {SHEET: sheet})) == [
        "This workbook cannot be read. Save it anew as XLSX, or as CSV."
    ]


def test_links_to_other_workbooks_are_left_alone():
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        b'Target="http://198.51.100.1/x.xlsx" TargetMode="External"/></Relationships>'
    )
    parts = {"xl/externalLinks/externalLink1.xml": b"<x/>", "xl/externalLinks/_rels/externalLink1.xml.rels": relation}

    assert cells_of(table_of_file(with_parts(BOOK, parts))) == TABLE


def test_formulas_are_named_by_their_cells_and_never_read():
    book = make_workbook([["E-mail", "Nazwisko"], ["a@example.org", '=WEBSERVICE("http://x.example")'], ["=A2", "Lis"]])

    assert refused(book) == [
        "Cell B2 holds a formula. Put its value there instead.",
        "Cell A3 holds a formula. Put its value there instead.",
    ]
    assert len(refused(make_workbook([["=A1"] * 30 for _row in range(30)]))) == 20


def test_what_a_workbook_says_of_its_size_is_not_believed():
    cells = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>E-mail</t></is></c></row><row r="1048576"><c r="XFD1048576"/></row>'
    )
    head = '<dimension ref="A1:XFD1048576"/>'
    started = time.perf_counter()

    assert cells_of(table_of_file(with_parts(BOOK, {SHEET: sheet_of(cells, head=head)}))) == [["E-mail"]]
    assert time.perf_counter() - started < 10


def test_what_stands_far_below_is_refused_and_not_left_out():
    cell = '<c r="A{row}" t="inlineStr"><is><t>x</t></is></c>'
    cells = "".join(f'<row r="{row}">{cell.format(row=row)}</row>' for row in (1, 20_001))

    assert refused(with_parts(BOOK, {SHEET: sheet_of(cells)})) == ["The table has to end above row 20000."]


def test_rows_that_no_sheet_has_are_not_walked_to():
    started = time.perf_counter()

    table = table_of_file(with_parts(BOOK, {SHEET: sheet_of('<row r="99999999999"/>')}))

    assert (table, time.perf_counter() - started < 10) == ("", True)


def test_more_columns_than_any_table_has_are_refused():
    assert refused(make_workbook([["x"] * 51])) == ["The table has more than 50 columns."]


def test_a_cell_too_long_for_any_table_is_refused():
    with pytest.raises(FieldErrors) as refusal:
        cells_of(f'E-mail\n"{"x" * 200_000}"')

    assert list(refusal.value.errors) == ["table"]


def test_a_workbook_is_no_zip_of_something_else():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/passwd", "x")

    assert refused(out.getvalue()) == ["This workbook cannot be read. Save it anew as XLSX, or as CSV."]
