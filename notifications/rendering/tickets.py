"""The ticket's code as a picture for mails, which show neither SVG nor data addresses. Pure."""

import zlib
from collections.abc import Iterable
from struct import pack
from typing import Final

import segno

_SCALE: Final = 6
_BORDER: Final = 4
# Each of the eight masks is a valid code, and every reader knows them all. Trying them costs more than the rest of the
# mail, for three per cent on the standard's own scale of legibility.
_MASK: Final = 3
_BLACK_ON_WHITE: Final = (1, 0, 0, 0, 0)


def ticket_png(address: str) -> bytes:
    """A black and white PNG of the address as a QR code, large enough to be read from a phone."""
    code = segno.make(address, error="m", micro=False, mask=_MASK)
    side = (len(code.matrix) + 2 * _BORDER) * _SCALE
    white = "1" * _BORDER * _SCALE
    lines = [f"{white}{''.join('0' * _SCALE if dark else '1' * _SCALE for dark in row)}{white}" for row in code.matrix]
    quiet = ["1" * side] * _BORDER
    drawn = b"".join(_rows([*quiet, *lines, *quiet]))
    header = pack(">2I5B", side, side, *_BLACK_ON_WHITE)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(drawn)) + _chunk(b"IEND", b"")


def _rows(lines: Iterable[str]) -> Iterable[bytes]:
    """Each line as bits, and so often "as above" that its squares are square."""
    for line in lines:
        padded = line + "0" * (-len(line) % 8)
        bits = int(padded, 2).to_bytes(len(padded) // 8, "big")
        yield b"\0" + bits + (b"\2" + bytes(len(bits))) * (_SCALE - 1)


def _chunk(name: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))
