"""The picture of a ticket's code is one that mail programs show."""

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
