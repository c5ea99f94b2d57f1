"""Text made comparable: lower case, without diacritics."""

import unicodedata
from typing import Final

# Letters that Unicode does not take apart into a base and a mark.
_WHOLE_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"})


def fold(text: str) -> str:
    """Lower case without diacritics, blanks made single, for search and for sorting out duplicates.

    >>> fold("Zażółć  GĘŚLĄ jaźń")
    'zazolc gesla jazn'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.translate(_WHOLE_LETTERS).split())
