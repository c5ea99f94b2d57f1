"""A meeting's people as a phone at the door may carry them: each record opens with its own entry code, and only so.

What this holds against and what not is written down in decision 0042. The phone's half is `static/js/door/bundle.js`.
"""

import hashlib
import json
import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from registrations.queries.door_tickets import TicketAtDoor

# All codes of a bundle together: a second or two of a core, whatever the size of the meeting.
ROUNDS_IN_ALL: Final = 2_400_000
# One code on a phone, while somebody waits at the door: some tenths of a second on a slow one.
ROUNDS_AT_MOST: Final = 200_000
ROUNDS_AT_LEAST: Final = 1_000
_SALT_BYTES: Final = 16
_IV_BYTES: Final = 12
_KEY_BYTES: Final = 32
# Records are filled up to a multiple of this, so that their length says nothing about a name.
_FILLED_TO: Final = 128
INFO: Final = b"wiec door bundle 1"


@dataclass(frozen=True)
class SealedTicket:
    """`key` finds the record, `data` is it, encrypted; both need the code. Base64."""

    key: str
    iv: str
    data: str


@dataclass(frozen=True)
class SealedTickets:
    """All records of a bundle, in the order of their keys, which says nothing about people."""

    salt: str
    iterations: int
    records: list[SealedTicket]


def seal(tickets: Iterable[TicketAtDoor]) -> SealedTickets:
    """Encrypt each ticket with what its own code gives under a salt that is used this once."""
    known = list(tickets)
    salt = secrets.token_bytes(_SALT_BYTES)
    rounds = max(ROUNDS_AT_LEAST, min(ROUNDS_AT_MOST, ROUNDS_IN_ALL // max(1, len(known))))
    records = [_sealed(ticket, salt, rounds) for ticket in known]
    return SealedTickets(_text(salt), rounds, sorted(records, key=lambda record: record.key))


def _sealed(ticket: TicketAtDoor, salt: bytes, rounds: int) -> SealedTicket:
    # The slow step gives one block; two would cost us twice and somebody who guesses only once.
    root = hashlib.pbkdf2_hmac("sha256", ticket.code.encode(), salt, rounds, _KEY_BYTES)
    both = HKDF(SHA256(), length=2 * _KEY_BYTES, salt=None, info=INFO).derive(root)
    facts = {name: value for name, value in asdict(ticket).items() if name != "code"}
    plain = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    filled = plain.ljust(-(-len(plain) // _FILLED_TO) * _FILLED_TO)
    iv = secrets.token_bytes(_IV_BYTES)
    return SealedTicket(_text(both[:_KEY_BYTES]), _text(iv), _text(AESGCM(both[_KEY_BYTES:]).encrypt(iv, filled, None)))


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
