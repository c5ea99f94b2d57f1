"""The picture of a ticket's code, read back pixel by pixel."""

import zlib

import pytest
import segno

from notifications.rendering.tickets import ticket_png

SCALE, BORDER = 6, 4


def chunks(picture: bytes) -> dict[bytes, bytes]:
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    found, rest = {}, picture[8:]
    while rest:
        length = int.from_bytes(rest[:4], "big")
        name, content = rest[4:8], rest[8 : 8 + length]
        assert int.from_bytes(rest[8 + length : 12 + length], "big") == zlib.crc32(name + content)
        found[name], rest = content, rest[12 + length :]
    return found


def pixels(picture: bytes) -> list[str]:
    """The picture line by line: 0 is black."""
    parts = chunks(picture)
    side = int.from_bytes(parts[b"IHDR"][:4], "big")
    assert parts[b"IHDR"] == side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    raw, width = zlib.decompress(parts[b"IDAT"]), (side + 7) // 8
    lines: list[int] = []
    for start in range(0, len(raw), width + 1):
        bits = int.from_bytes(raw[start + 1 : start + 1 + width], "big")
        assert raw[start] in {0, 2}
        lines.append((lines[-1] + bits) if raw[start] == 2 else bits)
    assert len(lines) == side
    return [f"{line:0{width * 8}b}"[:side] for line in lines]


@pytest.mark.parametrize("address", ["https://wiec.example.org/t/ABCDEFGH", "http://127.0.0.1:8000/t/23456789", "x"])
def test_every_square_is_where_the_code_has_it(address):
    lines = pixels(ticket_png(address))

    code = segno.make(address, error="m", micro=False, mask=3)
    side = len(code.matrix) + 2 * BORDER
    squares = [
        [int(line[SCALE * column + SCALE // 2] == "0") for column in range(side)] for line in lines[SCALE // 2 :: SCALE]
    ]
    assert squares[BORDER:-BORDER] == [[0] * BORDER + [*row] + [0] * BORDER for row in code.matrix]
    assert not any(any(row) for row in (*squares[:BORDER], *squares[-BORDER:]))
    # All of a square is of one colour.
    assert all(lines[number] == lines[number - number % SCALE] for number in range(len(lines)))
    assert all(line == "".join(pixel * SCALE for pixel in line[::SCALE]) for line in lines)
