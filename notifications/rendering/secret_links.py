"""Secret links in stored texts: a placeholder each, put in at sending and never shown to staff. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from events.enums import Language

_MARK: Final = re.compile(r"\{\{manage_link:([0-9]{1,18})\}\}")
# As long as a token, for measuring a text that has the mark.
TOKEN_LENGTH: Final = 35


def manage_link_mark(registration_id: int) -> str:
    """What stands in a text for the address of a registration's own page.

    >>> manage_link_mark(7)
    '{{manage_link:7}}'
    """
    return f"{{{{manage_link:{registration_id}}}}}"


def manage_address(token: str, language: str) -> str:
    """The address of the page behind a token, in the reader's language."""
    prefix = "" if language == Language.PL else f"/{language}"
    return f"{settings.BASE_URL}{prefix}/r/{token}/"


def marked_ids(text: str) -> set[int]:
    """The registrations that a text links to."""
    return {int(found) for found in _MARK.findall(text)}


def with_links(text: str, tokens: Mapping[int, str], language: str) -> str:
    """The text as its recipient gets it; a mark without a token was typed by somebody and stays as it is."""

    def address(found: re.Match[str]) -> str:
        token = tokens.get(int(found[1]))
        return found[0] if token is None else manage_address(token, language)

    return _MARK.sub(address, text)


def without_links(text: str) -> str:
    """The text as staff may see it."""
    return _MARK.sub(lambda _found: f"[{_('personal link')}]", text)


def as_long_as_sent(text: str, language: str) -> str:
    """The text with a link of the real length in place of each mark, for counting."""
    return _MARK.sub(manage_address("x" * TOKEN_LENGTH, language), text)
