"""The ticket's code as a picture for mails, which show neither SVG nor data addresses. Pure."""

from io import BytesIO
from typing import Final

import segno

_SCALE: Final = 6
_BORDER: Final = 4
# Each of the eight masks is a valid code, and every reader knows them all. Trying them costs more than the rest of the
# picture, for three per cent on the standard's own scale of legibility.
_MASK: Final = 3


def ticket_png(address: str) -> bytes:
    """A black and white PNG of the address as a QR code, large enough to be read from a phone."""
    picture = BytesIO()
    code = segno.make(address, error="m", micro=False, mask=_MASK)
    code.save(picture, kind="png", scale=_SCALE, border=_BORDER)
    return picture.getvalue()
