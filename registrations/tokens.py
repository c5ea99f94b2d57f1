"""Keys that open a person's own door: HMACs of an id and its generation, nothing of them stored.

A token is base64url(id as 8 bytes ‖ first 18 bytes of HMAC-SHA-256(link key, purpose ‖ id ‖ generation)): 144 bits
nobody can guess, the same in every mail, and void at once when the generation rises (design promise 9).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata
from functools import lru_cache
from typing import Final, Literal

from django.conf import settings

Purpose = Literal["manage", "calendar", "consent", "invitation", "mine", "door"]

_MAC_BYTES: Final = 18
_ID_BYTES: Final = 8
# No 0/O, 1/I/L, U/V look-alikes: people read these codes aloud at a door.
_CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTWXYZ"
CODE_LENGTH: Final = 8
# Letters that a Cyrillic keyboard writes where our codes have Latin ones, and what people read instead of a Q.
_LOOK_ALIKES: Final = str.maketrans("АВСЕНКМРТХУОO0", "ABCEHKMPTXYQQQ")


def _mac(purpose: Purpose, row_id: int, generation: int) -> bytes:
    text = f"{purpose}:{row_id}:{generation}".encode()
    return hmac.digest(settings.LINK_KEY.encode(), text, "sha256")[:_MAC_BYTES]


def make_token(purpose: Purpose, *, row_id: int, generation: int) -> str:
    """The token of a row in its present generation: 35 characters of URL-safe text."""
    raw = row_id.to_bytes(_ID_BYTES, "big") + _mac(purpose, row_id, generation)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claimed_id(token: str) -> int | None:
    """The row id that a token speaks of; it proves nothing until `matches` has agreed."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _ID_BYTES + _MAC_BYTES or raw[0] & 0x80:
        return None
    return int.from_bytes(raw[:_ID_BYTES], "big")


def matches(token: str, purpose: Purpose, *, row_id: int, generation: int) -> bool:
    """Whether the token is the row's token of this generation, compared in constant time."""
    return hmac.compare_digest(token.encode(), make_token(purpose, row_id=row_id, generation=generation).encode())


def email_key(address: str) -> str:
    """The keyed hash of a normalised address: the same person gives the same 64 hex digits, nobody can turn it back."""
    local, at, host = address.strip().casefold().rpartition("@")
    normalised = f"{local}{at}{_ascii_host(host)}"
    return hmac.new(settings.LINK_KEY.encode(), b"email:" + normalised.encode(), hashlib.sha256).hexdigest()


def phone_key(number: str) -> str:
    """The same of a telephone number in E.164 (+48500600700)."""
    return hmac.new(settings.LINK_KEY.encode(), b"phone:" + number.strip().encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=1024)
def _ascii_host(host: str) -> str:
    """A domain as the mail servers know it: written in two ways, it is still one mailbox."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def new_code() -> str:
    """A short code that people can read aloud; unique by constraint, a credential for nothing."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """A code as somebody typed, scanned or read it aloud, in the letters that our codes are made of."""
    last = text.strip().rstrip("/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFKC", last).upper()
    return "".join(letter for letter in plain if letter.isalnum()).translate(_LOOK_ALIKES)
