"""Messages as the delivery log shows them to staff: without secret links, and without whom a need belongs to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.enums import StateReason
from notifications.kinds import KINDS
from notifications.models import DeliveryAttempt, Message
from notifications.rendering.secret_links import without_links


@dataclass(frozen=True)
class LogRow:
    """One message with what staff may read of it; what is kept back is empty."""

    message: Message
    to: str
    subject: str
    body: str
    state_reason: str
    attempts: Sequence[DeliveryAttempt]


def log_row(message: Message) -> LogRow:
    """The row of a message whose tries are loaded.

    That somebody got a message about a need says what they need. Who reads the log may not know, so neither address nor
    text stands there, and no answer of a provider, which may repeat the address.
    """
    if message.kind in KINDS and KINDS[message.kind].tells_of_needs:
        reason = message.state_reason if message.state_reason in StateReason.values else ""
        return LogRow(message, "", "", "", reason, ())
    return LogRow(
        message,
        message.to,
        message.subject,
        without_links(message.body),
        message.state_reason,
        list(message.attempts.all()),
    )
