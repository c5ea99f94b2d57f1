"""Messages as their own recipient takes them away: whole, but for the secret links. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from notifications.models import Message
from notifications.rendering.secret_links import without_links


@dataclass(frozen=True)
class OwnMessage:
    """One message; `at` is when it left, null when it did not; `body` is empty when its time is over."""

    kind: str
    channel: str
    channel_label: str
    to: str
    state: str
    state_label: str
    due_at: datetime
    at: datetime | None
    subject: str
    body: str


def own_messages(messages: Iterable[Message]) -> list[OwnMessage]:
    """The messages as they are shown; a link in them is a key, and stays a key."""
    return [
        OwnMessage(
            kind=message.kind,
            channel=message.channel,
            channel_label=message.get_channel_display(),
            to=message.recipient,
            state=message.state,
            state_label=message.get_state_display(),
            due_at=message.due_at,
            at=message.sent_at,
            subject=without_links(message.subject),
            body=without_links(message.body),
        )
        for message in messages
    ]


def messages_as_json(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "kind": message.kind,
            "channel": message.channel,
            "to": message.to,
            "state": message.state,
            "due_at": timezone.localtime(message.due_at).isoformat(),
            "sent_at": timezone.localtime(message.at).isoformat() if message.at else None,
            "subject": message.subject,
            "body": message.body,
        }
        for message in own_messages(messages)
    ]
