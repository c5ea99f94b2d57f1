"""Small files of every kind that somebody may try to attach."""

import zipfile
from io import BytesIO

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


def packed(*parts: tuple[str, str]) -> bytes:
    """A ZIP archive with these parts, the same bytes whenever it is made."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts:
            archive.writestr(zipfile.ZipInfo(name, date_time=(2027, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


def office(kind: str, *more: tuple[str, str], main: str = "") -> bytes:
    """A document as Office writes it, as far as it says what it is."""
    main = main or f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    return packed(("[Content_Types].xml", f'<Types><Override PartName="/x" ContentType="{main}"/></Types>'), *more)


def open_document(kind: str, *more: tuple[str, str]) -> bytes:
    """A document as LibreOffice writes it, as far as it says what it is."""
    return packed(("mimetype", f"application/vnd.oasis.opendocument.{kind}"), ("content.xml", "<x/>"), *more)


DOCX = office("wordprocessingml.document")
XLSX = office("spreadsheetml.sheet")
ODT = open_document("text")
ODS = open_document("spreadsheet")
