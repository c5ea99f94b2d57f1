"""Text made comparable and searchable: lower case, without diacritics, with the stems of Polish and English words."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import snowballstemmer
from django.db.models import BooleanField, F, Func, Q, Value

from events.enums import Language

# Letters that Unicode does not take apart into a base and a mark.
_WHOLE_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"})
# Marks above letters belong to their word; an underscore does not.
_WORD: Final = re.compile("(?:[^\\W_]|[\u0300-\u036f])+")
_LONGEST_WORD: Final = 60
_LONGEST_QUERY: Final = 200
# Where Snowball knows the language; words of the others are found by their beginning.
_STEMMED: Final = {Language.PL: "polish", Language.EN: "english"}


def fold(text: str) -> str:
    """Lower case without diacritics, blanks made single, for search and for sorting out duplicates.

    >>> fold("Zażółć  GĘŚLĄ jaźń")
    'zazolc gesla jazn'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.translate(_WHOLE_LETTERS).split())


def search_words(text: str, language: str) -> set[str]:
    """What a text in this language is found by: its folded words, and their stems where the language has some.

    >>> sorted(search_words("Spotkania w Łodzi", "pl"))
    ['lodz', 'lodzi', 'spotkan', 'spotkania', 'w']
    """
    words = list(_words(text))
    # A stemmer keeps the word it works on: one for each call, because requests run side by side.
    stem = snowballstemmer.stemmer(_STEMMED[Language(language)]).stemWord if language in _STEMMED else str
    return {form for word in words for form in (fold(word), fold(stem(word))) if form}


def with_words(text: str) -> Q:
    """The events that every word of a query finds, by the beginning of a word or by its stem; nothing asked: all."""
    words = list(_words(text[:_LONGEST_QUERY]))
    if not words:
        return Q(pk__in=[]) if text.strip() else Q()
    asked = " & ".join(f"({_alternatives(word)})" for word in words)
    query = Func(Value(asked), template="%(expressions)s::tsquery")
    found = Func(F("search_words"), query, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
    return Q(found)


def _alternatives(word: str) -> str:
    """One word of a query: as far as it is typed, or in another form; with diacritics or without."""
    begins = fold(word)
    stems = {form for typed in (word, begins) for language in _STEMMED for form in search_words(typed, language)}
    return " | ".join([f"'{begins}':*", *(f"'{stem}'" for stem in sorted(stems - {begins}))])


def _words(text: str) -> Iterator[str]:
    """The words, which hold letters and digits only: they can stand between the quotes of a query as they are."""
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text).casefold()):
        word = match.group()[:_LONGEST_WORD]
        if fold(word):
            yield word
