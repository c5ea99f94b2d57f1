"""The order in which Polish lists stand: …L, Ł, M…, whatever order the database or the machine has."""

import unicodedata
from typing import Final

_LETTERS: Final = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_PLACES: Final = {letter: place for place, letter in enumerate(_LETTERS)}
# Digits stand before the letters, letters of other alphabets after them.
_BETWEEN_WORDS: Final = " -‐–"
_PASSED_OVER: Final = "'’ʼ`."

Place = tuple[tuple[tuple[int, int], ...], ...]


def polish_order(*texts: str) -> tuple[Place, ...]:
    """What texts are sorted by, the first of them first; a shorter word stands before a longer one that begins with it.

    Letters with marks that Polish does not know stand with their base: ü with u.

    >>> sorted(["Mak", "Łoś", "Lis", "Lis-Nowak", "Śnieg", "Sowa", "Lisak"], key=polish_order)
    ['Lis', 'Lis-Nowak', 'Lisak', 'Łoś', 'Mak', 'Sowa', 'Śnieg']
    """
    return tuple(_place(text) for text in texts)


def _place(text: str) -> Place:
    lowered = unicodedata.normalize("NFC", text.casefold())
    for hyphen in _BETWEEN_WORDS:
        lowered = lowered.replace(hyphen, " ")
    return tuple(tuple(_of_letter(letter) for letter in _apart(word)) for word in lowered.split())


def _apart(word: str) -> str:
    """The word in letters that have a place, without marks that are no part of a Polish letter."""
    letters = []
    for letter in word:
        bare = letter if letter in _PLACES else unicodedata.normalize("NFKD", letter)
        letters += [one for one in bare if not unicodedata.combining(one) and one not in _PASSED_OVER]
    return "".join(letters)


def _of_letter(letter: str) -> tuple[int, int]:
    if letter in _PLACES:
        return 1, _PLACES[letter]
    return (0 if letter.isdecimal() else 2), ord(letter)
