"""What a channel is given, what it answers, and what every channel can do."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.enums import AttemptResult


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes along; with a `content_id` it is a picture inside the HTML."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message to one person, complete, with its secret links in place."""

    id: uuid.UUID
    to: str
    subject: str
    text: str
    language: str
    sent_at: datetime
    useful_until: datetime
    html: str = ""
    reply_to: str = ""
    references: str = ""  # what the mail is an answer to
    unsubscribe_url: str = ""  # of mail that one may do without
    envelope_sender: str = ""  # where reports about it go; empty: to the sender
    calendar: str = ""
    calendar_method: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Acceptance:
    """A provider's word that it has the message."""

    provider_id: str
    status: str
    result: AttemptResult = AttemptResult.ACCEPTED


Meanwhile = Callable[[], None]


class Carrier(Protocol):
    """An open channel: takes one message at a time, or raises ChannelError."""

    def send(self, outgoing: Outgoing, meanwhile: Meanwhile | None = None) -> Acceptance:
        """Hand one message over; `meanwhile` may be called while its answer is waited for."""
        ...

    def find(self, outgoing: Outgoing, *, known: frozenset[str]) -> Acceptance | None:
        """Ask the provider whether it has a message whose outcome was unclear; `known`: its other messages of ours."""
        ...


OpenCarrier = Callable[[], AbstractContextManager[Carrier]]
