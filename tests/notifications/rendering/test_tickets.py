"""The picture of a ticket's code is one that mail programs show."""

import io
import zlib

import pytest
import segno

from notifications.rendering.tickets import ticket_png


@pytest.mark.parametrize("address", ["https://wiec.example.org/t/ABCDEFGH", "http://127.0.0.1:8000/t/23456789"])
def test_the_picture_has_the_size_of_its_code_with_a_quiet_border(address):
    picture = ticket_png(address)

    side = (len(segno.make(address, error="m", micro=False).matrix) + 8) * 6
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture[12:24] == b"IHDR" + side.to_bytes(4, "big") * 2
    assert picture != ticket_png(f"{address}X")


def test_every_dot_is_the_one_that_the_library_would_draw():
    address = "https://wiec.example.org/t/ABCDEFGH"
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False, mask=3).save(drawn, kind="png", scale=6, border=4)

    assert dots(ticket_png(address)) == dots(drawn.getvalue())


def dots(picture: bytes) -> tuple[bytes, list[bytes]]:
    """Size and kind of a picture of one bit for each dot, and its lines."""
    chunks, rest = {}, picture[8:]
    while rest:
        length = int.from_bytes(rest[:4])
        kind, content, check = rest[4:8], rest[8 : 8 + length], rest[8 + length : 12 + length]
        assert zlib.crc32(kind + content).to_bytes(4) == check
        chunks[kind], rest = content, rest[12 + length :]
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width = int.from_bytes(chunks[b"IHDR"][:4])
    lines, length, content = [], -(-width // 8), zlib.decompress(chunks[b"IDAT"])
    for start in range(0, len(content), 1 + length):
        line = content[start + 1 : start + 1 + length]
        # 2: only what differs from the line above; the library writes nothing but lines that do not.
        assert content[start] in (0, 2)
        assert content[start] == 0 or not any(line)
        lines.append(lines[-1] if content[start] else line)
    return chunks[b"IHDR"], lines
