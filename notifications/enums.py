"""The words and moves of messages."""

import enum
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
# `planned → sent | delivered`: a provider's late report about a row that was to be tried again.
MESSAGE_MOVES: Final[Mapping[MessageState, frozenset[MessageState]]] = {
    _M.PLANNED: frozenset({_M.SENDING, _M.CANCELLED, _M.MISSED, _M.SUPPRESSED, _M.FAILED, _M.SENT, _M.DELIVERED}),
    _M.SENDING: frozenset({_M.SENT, _M.UNKNOWN, _M.PLANNED, _M.FAILED, _M.DELIVERED, _M.SUPPRESSED}),
    _M.UNKNOWN: frozenset({_M.SENT, _M.PLANNED, _M.DELIVERED, _M.FAILED}),
    _M.SENT: frozenset({_M.DELIVERED, _M.FAILED}),
    _M.DELIVERED: frozenset(),
    _M.FAILED: frozenset(),
    _M.CANCELLED: frozenset(),
    _M.MISSED: frozenset(),
    _M.SUPPRESSED: frozenset(),
}


class StateReason(models.TextChoices):
    """Why a message ended without being sent; other reasons are a provider's own words."""

    SUPERSEDED = "superseded", pgettext_lazy("message", "A newer message says more")
    NOT_TRUE = "not_true", pgettext_lazy("message", "The registration or the event has changed since")
    MOVED = "moved", pgettext_lazy("message", "The date it speaks of has changed")
    NO_CHANGE_LEFT = "no_change_left", pgettext_lazy("message", "The change was taken back")
    NO_CONSENT = "no_consent", pgettext_lazy("message", "The person does not want SMS reminders")
    NO_ADDRESS = "no_address", pgettext_lazy("message", "There is no address for this channel")
    TOO_LATE = "too_late", pgettext_lazy("message", "It would have come too late to be useful")
    OTHER_REMINDER = "other_reminder", pgettext_lazy("message", "A later reminder was due at the same time")
    ERASED = "erased", pgettext_lazy("message", "The personal data were erased")
    ADDRESS_BLOCKED = "address_blocked", pgettext_lazy("message", "The person has stopped messages to this address")
    COMPLAINT = "complaint", pgettext_lazy("message", "The person has called a message unwanted")
    BOUNCED = "bounced", pgettext_lazy("message", "The address does not exist or does not take mail")
    INVALID = "invalid", pgettext_lazy("message", "It is not a number that can get an SMS")
    OTHER_COUNTRY = "other_country", pgettext_lazy("message", "No SMS are sent to numbers of this country")
    INTERRUPTED = "interrupted", pgettext_lazy("message", "Sending was interrupted; it may have arrived")
    NOT_REPEATED = "not_repeated", pgettext_lazy("message", "It may have arrived, so it was not sent again")
    CRASHES = "crashes", pgettext_lazy("message", "Working on it failed again and again")
    TRIED_ENOUGH = "tried_enough", pgettext_lazy("message", "It was tried again and again without success")


class Priority(models.IntegerChoices):
    """Who goes first when many messages are due."""

    CANCELLATION = 0
    CHANGE = 1
    OFFER = 2
    CONFIRMATION = 3
    REMINDER = 5
    OPTIONAL = 8


class AttemptResult(models.TextChoices):
    """What came of one try to hand a message over."""

    ACCEPTED = "accepted", pgettext_lazy("attempt", "Accepted by the provider")
    KEPT = "kept", pgettext_lazy("attempt", "Kept here, nothing left this machine")
    REFUSED = "refused", pgettext_lazy("attempt", "Refused for good")
    DEFERRED = "deferred", pgettext_lazy("attempt", "Not taken now, will be tried again")
    UNCLEAR = "unclear", pgettext_lazy("attempt", "No clear answer")


class Job(models.TextChoices):
    """What runs by itself and leaves a heartbeat."""

    TICK = "tick", pgettext_lazy("job", "Tick")
    HOUSEKEEPING = "housekeeping", pgettext_lazy("job", "Housekeeping")
    RETENTION = "retention", pgettext_lazy("job", "Deleting what has had its time")


class Delivery(models.TextChoices):
    """What a provider's report means for a message."""

    ON_ITS_WAY = "on_its_way", pgettext_lazy("delivery", "On its way")
    DELIVERED = "delivered", pgettext_lazy("delivery", "Delivered")
    LOST = "lost", pgettext_lazy("delivery", "Not delivered")


class Loss(enum.Enum):
    """What an SMS that was lost, although its provider had it, tells about its number."""

    FOR_NOW = "for now"  # the phone may be on later
    FOR_GOOD = "for good"
    NO_MOBILE_PHONE = "no mobile phone"
    OPTED_OUT = "opted out"
    FILTERED = "filtered"  # somebody on the way took its text for spam


class SuppressionReason(models.TextChoices):
    """Why an address must not be used."""

    OPTED_OUT = "opted_out", pgettext_lazy("suppression", "The person has stopped messages to it")
    COMPLAINT = "complaint", pgettext_lazy("suppression", "The person has called a message unwanted")
    BOUNCED = "bounced", pgettext_lazy("suppression", "The address does not exist or does not take mail")
    INVALID = "invalid", pgettext_lazy("suppression", "It is not a number that can get an SMS")


class SuppressionScope(models.TextChoices):
    """Which messages an address does not get."""

    ALL = "all", pgettext_lazy("suppression scope", "All messages")
    OPTIONAL = "optional", pgettext_lazy("suppression scope", "Messages that one may do without")


class SmsWord(models.TextChoices):
    """What an incoming SMS asks for."""

    STOP = "stop", "STOP"
    START = "start", "START"
    HELP = "help", "HELP"
    OTHER = "other", pgettext_lazy("incoming SMS", "Something else")


class TemplatePart(models.TextChoices):
    """The part of a kind's texts that a city has put into its own words."""

    SUBJECT = "subject", pgettext_lazy("template part", "Subject")
    LEAD = "lead", pgettext_lazy("template part", "First sentences of the mail")
    MORE = "more", pgettext_lazy("template part", "Further words of the mail")
    SMS = "sms", pgettext_lazy("template part", "SMS")
