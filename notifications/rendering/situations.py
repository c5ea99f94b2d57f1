"""What people in the same situation read alike is written once; what is a person's own is filled in for each. Pure.

A rendered template is kept with a mark in the place of each of a person's own values, under everything else that went
into it: whoever differs in anything else gets a rendering of their own. Kept for as long as a tick lasts.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Final

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

# Templates show these as they are and ask nothing of them but whether they are there; a test holds every kind to that.
_OWN: Final = ("name", "manage_link", "ticket_code")
# Where one of these is there, nobody else reads the same.
_OF_ONE: Final = ("holders", "registered_by", "concerned", "replaced", "own", "own_needs", "mine_link")
_MOST_KEPT: Final = 300


class Renderings:
    """The texts of a tick."""

    def __init__(self) -> None:
        # Nobody can type what nobody can guess, so a mark is never somebody's name.
        self._sign = secrets.token_hex(8)
        self._marks = re.compile(f"\ue000{self._sign}:([a-z_]+)\ue001")
        self._kept: dict[tuple[object, ...], list[str]] = {}

    def reader(self, values: Mapping[str, object]) -> "Reader":
        """Somebody for whom templates are filled with these values."""
        return Reader(self, values)

    def pieces(self, template: str, values: Mapping[str, object], situation: tuple[object, ...]) -> list[str]:
        """The rendered template in pieces: words, the name of an own value, words, and so on."""
        key = (template, get_language(), situation)
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            marked = {name: f"\ue000{self._sign}:{name}\ue001" for name in _OWN if values.get(name)}
            kept = self._kept[key] = self._marks.split(render_to_string(template, {**values, **marked}))
        return kept


class Reader:
    """One person's values, told apart into what is their own and their situation."""

    def __init__(self, renderings: Renderings, values: Mapping[str, object]) -> None:
        self._renderings = renderings
        self._values = values
        self._is_alone = any(values.get(name) for name in _OF_ONE)
        self._own = {name: str(values[name]) for name in _OWN if values.get(name)}
        self._situation = () if self._is_alone else _situation(values, self._own)

    def render(self, template: str) -> str:
        """The template as this person reads it; in HTML with nothing in it that a person could have made a tag of."""
        if self._is_alone:
            return render_to_string(template, dict(self._values))
        pieces = self._renderings.pieces(template, self._values, self._situation).copy()
        is_html = template.endswith(".html")
        pieces[1::2] = [escape(self._own[name]) if is_html else self._own[name] for name in pieces[1::2]]
        return "".join(pieces)


def _situation(values: Mapping[str, object], own: Mapping[str, str]) -> tuple[object, ...]:
    """Everything that decides what a template says, but for a person's own values, of which only their presence does."""
    return tuple(
        (name, True if name in own else tuple(value) if isinstance(value, list) else value)
        for name, value in values.items()
    )
