"""Tickets as pictures that a camera reads."""

from typing import Final

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_MODULE_PIXELS: Final = 5
_QUIET_ZONE: Final = 2


@register.simple_tag
def qr_code(address: str, title: str) -> SafeString:
    """An address as a QR code, drawn inside the page so that it works off-line and in print."""
    picture = segno.make(address, error="m", micro=False)
    svg: str = picture.svg_inline(scale=_MODULE_PIXELS, border=_QUIET_ZONE, omitsize=True, title=title)
    return mark_safe(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S308  # segno escapes the title
