"""The ticket's code as a picture for mails, which show neither SVG nor data addresses. Pure."""

import struct
import zlib
from typing import Final

import segno

_SCALE: Final = 6
_BORDER: Final = 4
# Each of the eight masks is a valid code, and every reader knows them all. Trying them costs more than the rest of the
# picture, for three per cent on the standard's own scale of legibility.
_MASK: Final = 3
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_WHITE: Final = "1"
# In a picture of one bit for each dot, light is 1; in a code, dark is.
_DOTS: Final = bytes.maketrans(b"\x00\x01", b"10")


def ticket_png(address: str) -> bytes:
    """A black and white PNG of the address as a QR code, large enough to be read from a phone."""
    code = segno.make(address, error="m", micro=False, mask=_MASK)
    margin = _WHITE * (_BORDER * _SCALE)
    rows = [f"{margin}{_wide(row.translate(_DOTS).decode())}{margin}" for row in code.matrix]
    size = len(rows[0])
    # The library's own writer takes four times as long, and longer than the making of the code.
    lines = b"".join(_line(row) * _SCALE for row in rows)
    border = _line(_WHITE * size) * (_BORDER * _SCALE)
    # One bit for each dot, grey, nothing interlaced.
    head = struct.pack(">2I5B", size, size, 1, 0, 0, 0, 0)
    picture = zlib.compress(border + lines + border, 9)
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", picture) + _chunk(b"IEND", b"")


def _wide(dots: str) -> str:
    return dots.replace("0", "0" * _SCALE).replace("1", "1" * _SCALE)


def _line(dots: str) -> bytes:
    """A line of a picture: that it is as it stands, and its dots in whole bytes."""
    length = -(-len(dots) // 8)
    return b"\x00" + int(dots.ljust(length * 8, "0"), 2).to_bytes(length, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
