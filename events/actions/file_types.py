"""What a file is, by its content: the few types that may be attached to an event, and nothing that a browser would run."""

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from lzma import LZMAError
from pathlib import PurePath
from typing import Final

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class FileType:
    """A type that may be attached: what it is served as, and how the names of such files end."""

    content_type: str
    endings: tuple[str, ...]


PDF: Final = FileType("application/pdf", (".pdf",))
PNG: Final = FileType("image/png", (".png",))
JPEG: Final = FileType("image/jpeg", (".jpg", ".jpeg"))
DOCX: Final = FileType(f"{_OFFICE}.wordprocessingml.document", (".docx",))
XLSX: Final = FileType(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",))
ODT: Final = FileType(f"{_OPEN}.text", (".odt",))
ODS: Final = FileType(f"{_OPEN}.spreadsheet", (".ods",))
TEXT: Final = FileType("text/plain; charset=utf-8", (".txt",))
CSV: Final = FileType("text/csv; charset=utf-8", (".csv",))

TYPES: Final = (PDF, DOCX, ODT, XLSX, ODS, CSV, TEXT, PNG, JPEG)
ENDINGS: Final = tuple(ending for each in TYPES for ending in each.endings)

_SIGNATURES: Final[Mapping[bytes, FileType]] = {
    b"%PDF-": PDF,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"\xff\xd8\xff": JPEG,
}
_ZIP: Final = b"PK\x03\x04"
# What the main part of an Office file says that it is; files with macros say something else.
_OFFICE_PARTS: Final[Mapping[bytes, FileType]] = {
    f"{each.content_type}.main+xml".encode(): each for each in (DOCX, XLSX)
}
_OPEN_DOCUMENTS: Final[Mapping[bytes, FileType]] = {each.content_type.encode(): each for each in (ODT, ODS)}
# Where Office and OpenDocument files keep what they would run.
_MACROS: Final = re.compile(r"vbaProject|vbaData|macrosheets/|activeX/|^Basic/|^Scripts/", re.IGNORECASE)
_MOST_PARTS: Final = 5000
_LONGEST_LIST_OF_PARTS: Final = 1_000_000
# What `zipfile` raises while it reads somebody's file; such a file is refused, so nothing is lost with the error.
_UNREADABLE: Final = (
    zipfile.BadZipFile,  # no archive, or a damaged part
    zlib.error,  # damaged inside, packed in the usual way
    LZMAError,  # the same, packed by LZMA
    OSError,  # the same, packed by bzip2
    EOFError,  # cut off
    NotImplementedError,  # packed in a way, or in a version, that `zipfile` does not know
    RuntimeError,  # encrypted
    ValueError,  # a name or a place in the file that cannot be
)
# Text that a browser might take for a page, or a system for a program.
_MARKUP: Final = re.compile(r"\A\s*(<|#!)|<(script|html|svg|iframe)\b", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def ending_of(file_name: str) -> str:
    """The last part of a file's name, in small letters, with its dot."""
    return PurePath(file_name).suffix.lower()


def file_type(data: bytes, *, ending: str) -> FileType | None:
    """What the bytes are; None when nothing that may be attached. Only among plain texts does the ending decide which."""
    for signature, found in _SIGNATURES.items():
        if data.startswith(signature):
            return found
    if data.startswith(_ZIP):
        return _document(data)
    if not _is_plain_text(data):
        return None
    return CSV if ending in CSV.endings else TEXT


def _document(data: bytes) -> FileType | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            names = parts.namelist()
            if len(names) > _MOST_PARTS or any(_MACROS.search(name) for name in names):
                return None
            if "mimetype" in names:
                return _OPEN_DOCUMENTS.get(_beginning_of(parts, "mimetype").strip())
            if "[Content_Types].xml" in names:
                listed = _beginning_of(parts, "[Content_Types].xml")
                return next((found for part, found in _OFFICE_PARTS.items() if part in listed), None)
    except _UNREADABLE:
        return None
    return None


def _beginning_of(parts: zipfile.ZipFile, name: str) -> bytes:
    # Never more than that, however much is packed into it.
    with parts.open(name) as part:
        return part.read(_LONGEST_LIST_OF_PARTS)


def _is_plain_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not (_CONTROL.search(text) or _MARKUP.search(text))
