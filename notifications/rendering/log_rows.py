"""Messages as the delivery log shows them to staff: without secret links, and without whom a need belongs to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import KINDS
from notifications.models import DeliveryAttempt, Message
from notifications.rendering.secret_links import without_links

# Of these nobody may learn whom they went to.
PRIVATE_KINDS: Final = tuple(kind.name for kind in KINDS.values() if kind.tells_of_needs)
# A telephone that has not reported by then will not.
_RECEIPT_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True)
class LogRow:
    """One message with what staff may read of it; what is kept back is empty.

    `registration`: the reference of the one that it is about. `has_no_receipt`: an SMS whose provider has said nothing
    of its arrival for a day. `is_unseen`: it failed, and nobody has taken note.
    """

    message: Message
    person: str
    registration: str
    to: str
    subject: str
    body: str
    state_reason: str
    attempts: Sequence[DeliveryAttempt]
    has_no_receipt: bool
    is_unseen: bool


def log_row(message: Message, *, at: datetime) -> LogRow:
    """The row of a message whose tries and reader are loaded.

    That somebody got a message about a need says what they need. Who reads the log may not know, so neither name nor
    address nor text stands there, and no answer of a provider, which may repeat the address.
    """
    is_private = message.kind in PRIVATE_KINDS
    own_reason = message.state_reason if message.state_reason in StateReason.values else ""
    return LogRow(
        message=message,
        person="" if is_private else _reader(message),
        registration="" if is_private or message.registration is None else message.registration.reference,
        to="" if is_private else message.to,
        subject="" if is_private else message.subject,
        body="" if is_private else without_links(message.body),
        state_reason=own_reason if is_private else message.state_reason,
        attempts=() if is_private else list(message.attempts.all()),
        has_no_receipt=_has_no_receipt(message, at=at),
        is_unseen=message.state == MessageState.FAILED and message.seen_at is None,
    )


def _reader(message: Message) -> str:
    """The name of whom it went to; "" when nobody keeps it any more."""
    named = (message.member, message.invitation, getattr(message.registration, "participant", None), message.staff)
    name = next((one.full_name for one in named if one is not None), "")
    return name or (message.role.name if message.role is not None else "")


def _has_no_receipt(message: Message, *, at: datetime) -> bool:
    """Whether a provider has taken it, and has been silent since; what was only kept here has no receipt to wait for."""
    is_on_its_way = message.channel == Channel.SMS and message.state == MessageState.SENT and message.provider_id
    return bool(is_on_its_way and message.sent_at is not None and at - message.sent_at > _RECEIPT_WITHIN)
