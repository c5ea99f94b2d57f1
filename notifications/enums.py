"""The words and moves of messages."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    """How a message reaches its person."""

    EMAIL = "email", pgettext_lazy("channel", "E-mail")
    SMS = "sms", pgettext_lazy("channel", "SMS")


class MessageState(models.TextChoices):
    """Where a message stands; `MESSAGE_MOVES` has the allowed moves. A lease is a column, not a state."""

    PLANNED = "planned", pgettext_lazy("message state", "Planned")
    SENDING = "sending", pgettext_lazy("message state", "Being sent")
    SENT = "sent", pgettext_lazy("message state", "Sent")
    DELIVERED = "delivered", pgettext_lazy("message state", "Delivered")
    FAILED = "failed", pgettext_lazy("message state", "Failed")
    UNKNOWN = "unknown", pgettext_lazy("message state", "Outcome not known yet")
    CANCELLED = "cancelled", pgettext_lazy("message state", "No longer needed")
    MISSED = "missed", pgettext_lazy("message state", "Too late to be useful")
    SUPPRESSED = "suppressed", pgettext_lazy("message state", "The address must not be used")


_M = MessageState

# `sending → planned` exists for one case only: the provider said for certain that it took nothing.
MESSAGE_MOVES: Final[Mapping[MessageState, frozenset[MessageState]]] = {
    _M.PLANNED: frozenset({_M.SENDING, _M.CANCELLED, _M.MISSED, _M.SUPPRESSED, _M.FAILED}),
    _M.SENDING: frozenset({_M.SENT, _M.UNKNOWN, _M.PLANNED, _M.FAILED, _M.DELIVERED}),
    _M.UNKNOWN: frozenset({_M.SENT, _M.PLANNED, _M.DELIVERED, _M.FAILED}),
    _M.SENT: frozenset({_M.DELIVERED, _M.FAILED}),
    _M.DELIVERED: frozenset(),
    _M.FAILED: frozenset(),
    _M.CANCELLED: frozenset(),
    _M.MISSED: frozenset(),
    _M.SUPPRESSED: frozenset(),
}


class Priority(models.IntegerChoices):
    """Who goes first when many messages are due."""

    CANCELLATION = 0
    CHANGE = 1
    OFFER = 2
    CONFIRMATION = 3
    REMINDER = 5


class AttemptResult(models.TextChoices):
    """What came of one try to hand a message over."""

    ACCEPTED = "accepted", pgettext_lazy("attempt", "Accepted by the provider")
    KEPT = "kept", pgettext_lazy("attempt", "Kept here, nothing left this machine")
    REFUSED = "refused", pgettext_lazy("attempt", "Refused for good")
    DEFERRED = "deferred", pgettext_lazy("attempt", "Not taken now, will be tried again")
    UNCLEAR = "unclear", pgettext_lazy("attempt", "No clear answer")
