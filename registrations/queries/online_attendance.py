"""Who of those in an online meeting's list is registered: surely by address, perhaps by name."""

from collections.abc import Iterable, Mapping, Sequence
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

    An address that is somebody's own decides; of several people with one address the name does, or a person who is
    asked. Nobody is proposed by name who is found by address.
    """
    people = attendees(event)
    by_key: dict[str, list[Attendee]] = {}
    for person in people:
        if (key := _key_of(person)) is not None:
            by_key.setdefault(key, []).append(person)
    names = {person.ticket_code: _words(person.full_name) for person in people}
    matched, others = [], []
    for row in rows:
        addressed = by_key.get(email_key(row.email), []) if row.email else []
        # One address of a household, or of an office: the name tells them apart.
        meant = addressed if len(addressed) == 1 else _named(row, addressed, names)
        if len(meant) == 1:
            matched.append(OnlineMatch(row, meant[0]))
        else:
            others.append((row, meant or addressed))
    found = {match.person.ticket_code for match in matched}
    proposed, unmatched = [], []
    for row, meant in others:
        # Of those who share an address it may be anybody; of all others only who is named.
        fitting = [one for one in meant or _named(row, people, names) if one.ticket_code not in found]
        proposed += [OnlineMatch(row, person) for person in fitting]
        if not fitting:
            unmatched.append(row)
    return OnlineMatches(matched, proposed, unmatched)


def _named(row: OnlineRow, people: Iterable[Attendee], names: Mapping[str, frozenset[str]]) -> list[Attendee]:
    """Whose whole name is in what the platform calls somebody."""
    said = _words(row.name)
    return [one for one in people if len(names[one.ticket_code]) >= _FEWEST_WORDS and names[one.ticket_code] <= said]


def _key_of(person: Attendee) -> str | None:
    if person.member is None:
        return person.registration.email_key
    return email_key(person.member.email) if person.member.email else None


def _words(name: str) -> frozenset[str]:
    letters = "".join(letter if letter.isalnum() else " " for letter in fold(name))
    return frozenset(letters.split())
