"""What is wrong with what somebody says about themselves.

Names are put into mails that go to an address nobody has confirmed yet, so they must not be able to carry a letter of
their own: no line of text with a link, nothing that hides or turns around what is written.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from events.queries.search import fold
from registrations.enums import MemberState
from registrations.models import Participant, PartyMember, Registration

_NAMES: Final = ("first_name", "last_name")
# Control, format (zero width, direction), surrogate and private characters; separators of lines and paragraphs.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Letters to Unicode, blanks to the eye; the compatible form of the others that look like them.
_FILLERS: Final = frozenset("\u115f\u1160")
# An address as mail programs make links of it; "J.R.R." and "s.c." are none.
_LINK: Final = re.compile(r"://|www\.|\.\w{2,}/", re.IGNORECASE)


class Named(Protocol):
    """Somebody with a name."""

    @property
    def first_name(self) -> str:
        """As people say it."""

    @property
    def last_name(self) -> str:
        """As people say it."""


def search_text(registration: Registration, participant: Participant, party: Iterable[Named] = ()) -> str:
    """By what staff find a registration: every name of the party, the organisation and the reference, folded."""
    names = [participant.full_name, *(f"{person.first_name} {person.last_name}" for person in party)]
    return fold(" ".join([*names, participant.organisation, registration.reference]))


def coming_members(registration: Registration) -> list[PartyMember]:
    """Who of the party comes, in the order in which they were named; about somebody who is alone nobody asks."""
    if registration.seats == 1 and registration.contact_comes:
        return []
    return list(registration.members.filter(state=MemberState.COMING).order_by("id"))


def person_faults(participant: Participant) -> Faults:
    """What does not fit, as sentences by field: too long, no name, a link, characters that nobody sees."""
    faults: Faults = {}
    try:
        participant.clean_fields(exclude=["registration"])
    except ValidationError as error:
        faults = {field: list(sentences) for field, sentences in error.message_dict.items()}
    for field in (*_NAMES, "organisation"):
        # Full-width and other compatible letters read the same, to people as to mail programs.
        text = unicodedata.normalize("NFKC", getattr(participant, field))
        if field in faults:
            continue
        if any(unicodedata.category(letter) in _UNSEEN or letter in _FILLERS for letter in text):
            faults[field] = [_("Line breaks and characters that cannot be seen are not allowed here.")]
        elif _LINK.search(text):
            faults[field] = [_("Links are not allowed here.")]
        elif field in _NAMES and not any(letter.isalpha() for letter in text):
            faults[field] = [_("A name has at least one letter.")]
    return faults
