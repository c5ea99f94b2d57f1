"""What a file is, by its content alone."""

import zipfile
from io import BytesIO

import pytest

from events.actions import file_types
from events.actions.file_types import CSV, DOCX, ENDINGS, JPEG, ODS, ODT, PDF, PNG, TEXT, XLSX, ending_of, file_type
from tests.make import files


@pytest.mark.parametrize(
    ("data", "ending", "expected"),
    [
        (files.PDF, ".pdf", PDF),
        (files.PNG, ".png", PNG),
        (files.JPEG, ".jpg", JPEG),
        (files.DOCX, ".docx", DOCX),
        (files.XLSX, ".xlsx", XLSX),
        (files.ODT, ".odt", ODT),
        (files.ODS, ".ods", ODS),
        ("Zażółć gęślą jaźń\n".encode(), ".txt", TEXT),
        (b"\xef\xbb\xbfnazwa;liczba\r\nRury;3\r\n", ".csv", CSV),
        # The bytes decide, not the ending.
        (files.PDF, ".docx", PDF),
        (files.DOCX, ".txt", DOCX),
        (b"zwykly tekst", ".pdf", TEXT),
    ],
)
def test_the_bytes_say_what_a_file_is(data, ending, expected):
    assert file_type(data, ending=ending) is expected


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b"  \n<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"Tekst, a w nim <SCRIPT src=x></SCRIPT>",
        b"#!/bin/sh\nrm -rf .\n",
        b"MZ\x90\x00\x03\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"tekst z zerem \x00",
        "zażółć".encode("utf-16"),
        "zażółć".encode("cp1250"),
        b"GIF89a\x01\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # Office before 2007, which may carry macros
        files.packed(("a.txt", "x")),
        files.packed(("META-INF/MANIFEST.MF", ""), ("A.class", "")),
        files.packed(("[Content_Types].xml", "<Types/>")),
        files.office("presentationml.presentation"),
        files.office("", main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        files.office("wordprocessingml.document", ("word/vbaProject.bin", "x")),
        files.office("spreadsheetml.sheet", ("xl/macrosheets/sheet1.xml", "x")),
        files.open_document("text", ("Basic/Standard/Module1.xml", "x")),
        files.open_document("spreadsheet", ("Scripts/python/x.py", "x")),
        files.open_document("text-template"),
        files.DOCX[:40],  # cut off
        files.packed(*((f"{number}", "") for number in range(5001))),
    ],
)
def test_what_could_run_or_hide_something_is_nothing_that_may_be_attached(data):
    assert file_type(data, ending=".txt") is None


def test_a_locked_document_is_not_opened():
    locked = bytearray(files.DOCX)
    # The bit of each part that says that it is encrypted: in its own head and in the directory at the end.
    for head, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(head) + place] |= 1

    assert file_type(bytes(locked), ending=".docx") is None


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_document_that_cannot_be_unpacked_is_nothing_that_may_be_attached(packing):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        archive.writestr("[Content_Types].xml", bytes(range(256)) * 40)
    damaged = bytearray(buffer.getvalue())
    damaged[60:100] = b"\xff" * 40

    assert file_type(bytes(damaged), ending=".docx") is None


def test_a_little_file_that_unpacks_to_much_costs_little(monkeypatch):
    monkeypatch.setattr(file_types, "_LONGEST_LIST_OF_PARTS", 1000)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", " " * 20_000_000 + DOCX.content_type + ".main+xml")

    assert file_type(buffer.getvalue(), ending=".docx") is None


def test_endings_are_read_in_small_letters():
    assert [ending_of(name) for name in ("A.PDF", "a.tar.csv", "nic", ".docx")] == [".pdf", ".csv", "", ""]
    assert len(set(ENDINGS)) == 10
