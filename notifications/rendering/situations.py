"""What people in the same situation read alike is written once; what is a person's own is filled in for each. Pure.

A rendered template is kept with a mark in the place of each of a person's own values, under everything else that went
into it: whoever differs in anything else gets a rendering of their own. Kept for as long as a tick lasts.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Final

from django.utils.html import escape
from django.utils.translation import get_language

from notifications.kinds import Kind
from notifications.rendering.overrides import rendered

# Templates show these as they are and ask nothing of them but whether they are there; a test holds every kind to that.
_OWN: Final = ("name", "manage_link", "ticket_code")
# Where one of these is there, nobody else reads the same.
_OF_ONE: Final = ("holders", "registered_by", "concerned", "replaced", "own", "own_needs", "mine_link")
_MOST_KEPT: Final = 100


class Renderings:
    """The texts of a tick."""

    def __init__(self) -> None:
        # Nobody can type what nobody can guess, so a mark is never somebody's name.
        self._sign = secrets.token_hex(8)
        self._marks = re.compile(f"\ue000{self._sign}:([a-z_]+)\ue001")
        # By what they depend on: the texts by their names, each in pieces: words, the name of an own value, words, and so on.
        self._kept: dict[tuple[object, ...], dict[str, list[str]]] = {}

    def reader(self, kind: Kind, values: Mapping[str, object], own_words: Mapping[str, str]) -> "Reader":
        """Somebody for whom the texts of a kind, with the city's own words in them, are filled with these values."""
        return Reader(self, kind, values, own_words)

    def texts(self, key: tuple[object, ...]) -> dict[str, list[str]]:
        """What has been rendered for a situation, to be added to."""
        texts = self._kept.get(key)
        if texts is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            texts = self._kept[key] = {}
        return texts

    def pieces(self, reader: "Reader", name: str) -> list[str]:
        """The template rendered with marks for the own values, and taken apart at them."""
        marked = {own: f"\ue000{self._sign}:{own}\ue001" for own in _OWN if reader.values.get(own)}
        return self._marks.split(rendered(reader.kind, name, {**reader.values, **marked}, reader.own_words))


class Reader:
    """One person's values, told apart into what is their own and their situation."""

    def __init__(
        self, renderings: Renderings, kind: Kind, values: Mapping[str, object], own_words: Mapping[str, str]
    ) -> None:
        self._renderings = renderings
        self.kind = kind
        self.values = values
        self.own_words = own_words
        self._is_alone = any(values.get(name) for name in _OF_ONE)
        self._own = {name: str(values[name]) for name in _OWN if values.get(name)}
        self._texts: dict[str, list[str]] = {}
        if not self._is_alone:
            words = tuple(sorted(own_words.items()))
            self._texts = renderings.texts((kind.name, get_language(), words, *_situation(values, self._own)))

    def render(self, name: str) -> str:
        """The text as this person reads it; in HTML with nothing in it that a person could have made a tag of."""
        if self._is_alone:
            return rendered(self.kind, name, self.values, self.own_words)
        pieces = self._texts.get(name)
        if pieces is None:
            pieces = self._texts[name] = self._renderings.pieces(self, name)
        pieces = pieces.copy()
        is_html = name.endswith(".html")
        pieces[1::2] = [escape(self._own[name]) if is_html else self._own[name] for name in pieces[1::2]]
        return "".join(pieces)


def _situation(values: Mapping[str, object], own: Mapping[str, str]) -> tuple[object, ...]:
    """Everything that decides what a template says, but for a person's own values, of which only their presence does."""
    return tuple(
        (name, True if name in own else tuple(value) if isinstance(value, list) else value)
        for name, value in values.items()
    )
