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
# All records of a bundle are filled up to one length, a multiple of this: it says nothing about whose a name is.
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
    plain = [_written(ticket) for ticket in known]
    longest = max(map(len, plain), default=0)
    length = -(-longest // _FILLED_TO) * _FILLED_TO
    records = [
        _sealed(ticket.code, text.ljust(length), salt, rounds) for ticket, text in zip(known, plain, strict=True)
    ]
    return SealedTickets(_text(salt), rounds, sorted(records, key=lambda record: record.key))


def _written(ticket: TicketAtDoor) -> bytes:
    facts = {name: value for name, value in asdict(ticket).items() if name != "code"}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def _sealed(code: str, plain: bytes, salt: bytes, rounds: int) -> SealedTicket:
    # The slow step gives one block; two would cost us twice and somebody who guesses only once.
    root = hashlib.pbkdf2_hmac("sha256", code.encode(), salt, rounds, _KEY_BYTES)
    both = HKDF(SHA256(), length=2 * _KEY_BYTES, salt=None, info=INFO).derive(root)
    iv = secrets.token_bytes(_IV_BYTES)
    return SealedTicket(_text(both[:_KEY_BYTES]), _text(iv), _text(AESGCM(both[_KEY_BYTES:]).encrypt(iv, plain, None)))


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
