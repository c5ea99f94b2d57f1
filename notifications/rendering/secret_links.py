"""Secret links in stored texts: a placeholder each, put in at sending and never shown to staff. Pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from events.enums import Language

_MARK: Final = re.compile(r"\{\{(manage|mine)_link:([0-9]{1,18})\}\}")
_INVITATION_MARK: Final = re.compile(r"\{\{invitation_link:([0-9]{1,18})\}\}")
# The same in every text: only the mailbox that a mail goes to says which address it becomes.
UNSUBSCRIBE_MARK: Final = "{{unsubscribe_link}}"
# As long as a token, for measuring a text that has the mark.
TOKEN_LENGTH: Final = 35


def manage_link_mark(registration_id: int) -> str:
    """What stands in a text for the address of a registration's own page.

    >>> manage_link_mark(7)
    '{{manage_link:7}}'
    """
    return f"{{{{manage_link:{registration_id}}}}}"


def mine_link_mark(change_id: int) -> str:
    """What stands in a text for the address of the page with all that its reader is registered for.

    >>> mine_link_mark(7)
    '{{mine_link:7}}'
    """
    return f"{{{{mine_link:{change_id}}}}}"


def invitation_link_mark(invitation_id: int) -> str:
    """What stands in a text for the address that opens an invitation.

    >>> invitation_link_mark(7)
    '{{invitation_link:7}}'
    """
    return f"{{{{invitation_link:{invitation_id}}}}}"


def manage_address(token: str, language: str) -> str:
    """The address of the page behind a token, in the reader's language."""
    return _address("r", token, language)


def mine_address(token: str, language: str) -> str:
    """The address of the page with all registrations of whoever has the token, in the reader's language."""
    return _address("my", token, language)


def invitation_address(token: str, language: str) -> str:
    """The address of the page behind an invitation's token, in the reader's language."""
    return _address("invited", token, language)


def unsubscribe_address(token: str, language: str) -> str:
    """The address where the mailbox behind a token is spared what one may do without, in the reader's language."""
    return _address("u", token, language)


def _address(page: str, token: str, language: str) -> str:
    prefix = "" if language == Language.PL else f"/{language}"
    return f"{settings.BASE_URL}{prefix}/{page}/{token}/"


def marked_ids(text: str) -> set[int]:
    """The registrations that a text links to."""
    return {int(found[2]) for found in _MARK.finditer(text) if found[1] == "manage"}


def with_links(
    text: str, tokens: Mapping[int, str], language: str, *, mine: Mapping[int, str] = MappingProxyType({})
) -> str:
    """The text as its recipient gets it; a mark without a token was typed by somebody and stays as it is.

    `tokens` by registration, `mine` by the change row with which somebody asked for all their links.
    """

    def address(found: re.Match[str]) -> str:
        known, write = (tokens, manage_address) if found[1] == "manage" else (mine, mine_address)
        token = known.get(int(found[2]))
        return found[0] if token is None else write(token, language)

    return _MARK.sub(address, text)


def with_invitation(text: str, invitation_id: int, token: str, language: str) -> str:
    """The text as the invited person gets it; marks of other invitations stay as they are."""
    return text.replace(invitation_link_mark(invitation_id), invitation_address(token, language))


def without_links(text: str) -> str:
    """The text as staff may see it."""
    # Outside of the braces, where the collector of texts finds it.
    word = _("personal link")
    for mark in (_MARK, _INVITATION_MARK):
        text = mark.sub(f"[{word}]", text)
    return text.replace(UNSUBSCRIBE_MARK, f"[{word}]")


def as_long_as_sent(text: str, language: str) -> str:
    """The text with a link of the real length in place of each mark, for counting."""
    text = _INVITATION_MARK.sub(invitation_address("x" * TOKEN_LENGTH, language), text)
    return _MARK.sub(manage_address("x" * TOKEN_LENGTH, language), text)
