"""SMS: what fits into which number of segments, and how to write with few. Pure."""

import unicodedata
from collections.abc import Callable
from typing import Final

SEGMENTS: Final = 2
# What cannot be answered without its link is worth one more.
SEGMENTS_WITH_LINK: Final = 3

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE: Final = frozenset("^{}\\[~]|€\f")
_ONE, _PART = (160, 153), (70, 67)

# No Polish letter is in GSM-7: one of them would make the whole text twice as long.
_LATIN: Final = str.maketrans(
    {
        **dict(zip("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ", strict=True)),
        **dict.fromkeys("„”“«»", '"'),
        **dict.fromkeys("’‘`´", "'"),
        **dict.fromkeys("–—‑−", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009\t", " "),
        "…": "...",
        "•": "-",
        "·": "-",
    }
)


def plain_latin(text: str) -> str:
    """Polish letters and typographic marks in GSM-7; what has no such form, Ukrainian above all, stays as it is.

    >>> plain_latin("Zażółć „gęślą” jaźń…")
    'Zazolc "gesla" jazn...'
    """
    text = text.translate(_LATIN)
    return "".join(
        character if character in _GSM or character in _GSM_DOUBLE else _without_accent(character) for character in text
    )


def segments(text: str) -> int:
    """How many parts an SMS is sent in.

    >>> segments("a" * 160), segments("a" * 161), segments("я" * 70), segments("я" * 71)
    (1, 2, 1, 2)
    """
    if all(character in _GSM or character in _GSM_DOUBLE for character in text):
        length = sum(2 if character in _GSM_DOUBLE else 1 for character in text)
        one, part = _ONE
    else:
        length = len(text.encode("utf-16-be")) // 2
        one, part = _PART
    return 1 if length <= one else -(-length // part)


def fitted(
    write: Callable[[str, bool], str],
    title: str,
    *,
    measure: Callable[[str], str],
    link_is_needed: bool,
    is_plain: bool = True,
    most: int = SEGMENTS_WITH_LINK,
) -> str:
    """The text with as much of the title as fits, and with its link if the link fits or is needed.

    `write(title, with_link)` gives a text; `measure` turns it into what is sent, to be counted. `is_plain`: in plain
    Latin; `most`: segments that it may take where there is no other way.
    """
    few = min(SEGMENTS, most)
    ways = [(True, few), (True, most)] if link_is_needed else [(True, few), (False, few), (False, most)]
    for with_link, limit in ways:
        for length in (len(title), 60, 40, 24, 16):
            text = write(shortened(title, length), with_link)
            if is_plain:
                text = plain_latin(text)
            if segments(measure(text)) <= limit:
                return text
    raise ValueError("The SMS does not fit into its segments.")


def shortened(title: str, length: int) -> str:
    """As many whole words of a title as fit, with dots where some are missing.

    >>> shortened("Debata o parku", 20), shortened("Debata o parku", 9)
    ('Debata o parku', 'Debata o...')
    """
    if len(title) <= length:
        return title
    return f"{title[:length].rpartition(' ')[0] or title[:length]}..."


def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base in _GSM else character
