"""Who of those in an online meeting's list is registered: surely by address, perhaps by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from events.models import Event
from events.queries.search import fold
from registrations.queries.attendance import Attendee, attendees
from registrations.tokens import email_key

# One word of a name is many people's.
_FEWEST_WORDS: Final = 2


@dataclass(frozen=True)
class OnlineRow:
    """Somebody as the meeting's platform names them; nothing of it is stored."""

    name: str
    email: str


@dataclass(frozen=True)
class OnlineMatch:
    """A row of the list and whoever it is, or may be."""

    row: OnlineRow
    person: Attendee


@dataclass(frozen=True)
class OnlineMatches:
    """What the list says about the people of an event; `proposed` is by name, for a person to decide."""

    matched: Sequence[OnlineMatch]
    proposed: Sequence[OnlineMatch]
    unmatched: Sequence[OnlineRow]


def online_matches(event: Event, rows: Iterable[OnlineRow]) -> OnlineMatches:
    """Everybody of the list beside the people with a confirmed seat, in the list's order.

    An address that is somebody's own decides; nobody is proposed by name who is found by address.
    """
    people = attendees(event)
    by_key = {key: person for person in people if (key := _key_of(person)) is not None}
    matched, others = [], []
    for row in rows:
        person = by_key.get(email_key(row.email)) if row.email else None
        if person is None:
            others.append(row)
        else:
            matched.append(OnlineMatch(row, person))
    found = {match.person.ticket_code for match in matched}
    named = [(_words(person.full_name), person) for person in people if person.ticket_code not in found]
    proposed, unmatched = [], []
    for row in others:
        said = _words(row.name)
        fitting = [person for words, person in named if len(words) >= _FEWEST_WORDS and words <= said]
        proposed += [OnlineMatch(row, person) for person in fitting]
        if not fitting:
            unmatched.append(row)
    return OnlineMatches(matched, proposed, unmatched)


def _key_of(person: Attendee) -> str | None:
    if person.member is None:
        return person.registration.email_key
    return email_key(person.member.email) if person.member.email else None


def _words(name: str) -> frozenset[str]:
    letters = "".join(letter if letter.isalnum() else " " for letter in fold(name))
    return frozenset(letters.split())
