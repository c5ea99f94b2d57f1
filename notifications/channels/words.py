"""Words that people answer an SMS with. Pure."""

import unicodedata
from collections.abc import Mapping
from typing import Final

from notifications.enums import SmsWord

# As Twilio understands them in English, and the same in Polish and Ukrainian.
_WORDS: Final[Mapping[SmsWord, str]] = {
    SmsWord.STOP: "stop unsubscribe end quit stopall revoke optout cancel rezygnuje rezygnuję стоп",
    SmsWord.START: "start yes unstop старт",
    SmsWord.HELP: "help info pomoc допомога",
}
_WORD_OF: Final = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}


def word_of(text: str) -> SmsWord:
    """What an SMS asks for; only one that says nothing else asks for it.

    >>> word_of(" Stop! "), word_of("REZYGNUJĘ"), word_of("стоп"), word_of("Stop, I am late")
    (SmsWord.STOP, SmsWord.STOP, SmsWord.STOP, SmsWord.OTHER)
    """
    word = unicodedata.normalize("NFKC", text).strip(" \t\r\n.,!?\"'„”“«»").casefold()
    return _WORD_OF.get(word, SmsWord.OTHER)
