"""What mails carry so that an answer finds its way back: HMACs over what they name, with nothing of them stored.

A bounce address speaks of one message, an unsubscribe key of one mailbox, a conversation of one registration.
"""

import base64
import binascii
import hmac
import re
import uuid
from typing import Final

from django.conf import settings

_BOUNCE_MAC_BYTES: Final = 10
# The message's 16 bytes and the MAC in base32: letters and digits alone, because some mail servers fold the case.
_BOUNCE_LENGTH: Final = 42
_BOUNCE: Final = re.compile(rf"\+([a-z2-7]{{{_BOUNCE_LENGTH}}})@", re.IGNORECASE)
# A local part has at most 64 characters (RFC 5321, 4.5.3.1.1).
LONGEST_BOUNCE_NAME: Final = 64 - len("+") - _BOUNCE_LENGTH
_MAILBOX: Final = b"e"
_MAILBOX_KEY_BYTES: Final = 32
_UNSUBSCRIBE_MAC_BYTES: Final = 18
_CONVERSATION_BYTES: Final = 10


def bounce_address(message_id: uuid.UUID, mailbox: str) -> str:
    """Where reports about a message go: the name of `mailbox`, a plus, and what says which message it was."""
    name, _, domain = mailbox.rpartition("@")
    raw = message_id.bytes + _mac("bounce", message_id.bytes, _BOUNCE_MAC_BYTES)
    return f"{name}+{base64.b32encode(raw).rstrip(b'=').decode().lower()}@{domain}"


def envelope_sender(message_id: uuid.UUID) -> str:
    """Where reports about a message go; "": to the sender, because there is no mailbox for them."""
    return bounce_address(message_id, settings.BOUNCE_ADDRESS) if settings.BOUNCE_ADDRESS else ""


def message_of_bounce(address: str) -> uuid.UUID | None:
    """The message that a bounce address of ours speaks of; None: it is none, or somebody made it up."""
    found = _BOUNCE.search(address)
    if found is None:
        return None
    raw = base64.b32decode(found[1].upper() + "=" * (-_BOUNCE_LENGTH % 8))
    name, mac = raw[:16], raw[16:]
    if not hmac.compare_digest(mac, _mac("bounce", name, _BOUNCE_MAC_BYTES)):
        return None
    return uuid.UUID(bytes=name)


def unsubscribe_token(mailbox_key: str) -> str:
    """The key of `/u/{token}/` for whoever reads the mailbox: 68 characters of URL-safe text, the same in every mail."""
    named = _MAILBOX + bytes.fromhex(mailbox_key)
    return base64.urlsafe_b64encode(named + _mac("unsubscribe", named, _UNSUBSCRIBE_MAC_BYTES)).decode()


def unsubscribed_mailbox(token: str) -> str | None:
    """The keyed hash of the mailbox that a token speaks of; None: it is not one of ours."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    named, mac = raw[:-_UNSUBSCRIBE_MAC_BYTES], raw[-_UNSUBSCRIBE_MAC_BYTES:]
    if len(named) != 1 + _MAILBOX_KEY_BYTES or not hmac.compare_digest(
        mac, _mac("unsubscribe", named, _UNSUBSCRIBE_MAC_BYTES)
    ):
        return None
    return named[1:].hex()


def conversation(registration_id: int) -> str:
    """What all mails about a registration are answers to, so that mail programs show them together; opens nothing.

    No mail has this as its own id: whichever comes first, to whoever of the party, the others gather round it.
    """
    return f"registration-{_mac('conversation', str(registration_id).encode(), _CONVERSATION_BYTES).hex()}"


def _mac(purpose: str, text: bytes, length: int) -> bytes:
    return hmac.digest(settings.LINK_KEY.encode(), purpose.encode() + b":" + text, "sha256")[:length]
