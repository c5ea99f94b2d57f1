"""The outbox: messages, tries to send them, what providers reported, and the tick's own traces."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import models

from events.enums import Language
from events.models import Event, EventChange, EventRole, ReminderRule, Session, User
from notifications.enums import AttemptResult, Channel, MessageState, Priority
from registrations.models import Invitation, PartyMember, Registration, RegistrationChange

RECEIPT_WITHIN: Final = timedelta(hours=24)
_LONGEST_STATUS: Final = 40


def status_to_keep(said: str) -> str:
    """As much of a provider's word as a row has room for: a mail server answers in sentences.

    >>> status_to_keep("OK"), len(status_to_keep("OK " * 100))
    ('OK', 40)
    """
    return said[:_LONGEST_STATUS]


class Message(models.Model):
    """One message to one person on one channel; `dedupe_key` makes planning it twice harmless.

    Subject and texts are written at sending, with placeholders where a secret link goes. The recipient is read from the
    participant at sending and kept here only as `to`, for the log. A lease (`lease_token`, `lease_until`) says who is
    at it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    priority = models.SmallIntegerField(choices=Priority.choices)
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="messages"
    )
    # With a registration: somebody of its party, to their own address.
    member = models.ForeignKey(PartyMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages")
    # Instead of a registration: somebody who is invited.
    invitation = models.ForeignKey(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    # Instead of a registration: somebody who works at the event, or a member of staff who has to see to something.
    role = models.ForeignKey(EventRole, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages")
    staff = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages")
    # The start that the text speaks of; when the session has another one by now, the message is stale.
    session_starts_at = models.DateTimeField(null=True, blank=True)
    event_change = models.ForeignKey(
        EventChange, on_delete=models.CASCADE, null=True, blank=True, related_name="messages"
    )
    registration_change = models.ForeignKey(
        RegistrationChange, on_delete=models.CASCADE, null=True, blank=True, related_name="messages"
    )
    announcement = models.ForeignKey(
        "notifications.Announcement", on_delete=models.CASCADE, null=True, blank=True, related_name="messages"
    )
    # The message that did not arrive, for which this one stands in, or that somebody has asked to send once more.
    instead_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replacements"
    )
    language = models.CharField(max_length=2, choices=Language.choices)
    to = models.CharField(max_length=254, blank=True)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=20, choices=MessageState.choices, default=MessageState.PLANNED)
    state_reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claims = models.PositiveSmallIntegerField(default=0)
    provider_id = models.CharField(max_length=200, blank=True)
    provider_status = models.CharField(max_length=_LONGEST_STATUS, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # How many parts an SMS was sent in.
    segments = models.PositiveSmallIntegerField(null=True, blank=True)
    # When somebody has taken note that it failed for good.
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        """What is due is found by index, in the order of sending."""

        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "priority", "next_attempt_at", "id"],
                condition=models.Q(state=MessageState.PLANNED),
                name="message_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=[MessageState.SENDING, MessageState.UNKNOWN]),
                name="message_unclear",
            ),
            models.Index(fields=["event", "created_at"], name="message_of_event"),
            models.Index(
                fields=["event", "created_at"],
                condition=models.Q(state=MessageState.FAILED, seen_at__isnull=True),
                name="message_failed_unseen",
            ),
            models.Index(fields=["provider_id"], condition=~models.Q(provider_id=""), name="message_by_provider_id"),
        ]

    def __str__(self) -> str:
        """Kind, channel and state; no address."""
        return f"{self.kind}/{self.channel} {self.state}"

    @property
    def recipient(self) -> str:
        """Whom it went to; before it has gone, whom it would go to."""
        participant = getattr(self.registration, "participant", None)
        if self.to or participant is None:
            return self.to
        return participant.email if self.channel == Channel.EMAIL else str(participant.phone)

    @property
    def is_asked_about(self) -> bool:
        """Whether somebody still comes back to a message that got no clear answer: the lease says when."""
        return self.state == MessageState.UNKNOWN and self.lease_until is not None

    def lacks_receipt(self, *, at: datetime) -> bool:
        """Whether an SMS that a provider took a day ago has not been reported on since; it may have arrived."""
        if self.channel != Channel.SMS or self.state != MessageState.SENT or self.sent_at is None:
            return False
        return bool(self.provider_id) and self.sent_at <= at - RECEIPT_WITHIN


class DeliveryAttempt(models.Model):
    """One try to hand a message to a provider, with its answer."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    result = models.CharField(max_length=20, choices=AttemptResult.choices)
    code = models.CharField(max_length=40, blank=True)
    detail = models.TextField(blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        """In the order of the tries."""

        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        """The result and the code."""
        return f"{self.result} {self.code}"


class ProviderReport(models.Model):
    """What a provider told us later about a message (delivery report); the same report twice is one row."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="reports")
    provider_id = models.CharField(max_length=200)
    status = models.CharField(max_length=_LONGEST_STATUS)
    code = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        """A status of a message is reported once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider_id", "status", "code"], name="provider_report_once"),
        ]

    def __str__(self) -> str:
        """The provider's id and status."""
        return f"{self.provider_id} {self.status}"


class ReminderRun(models.Model):
    """A reminder rule that was carried out for a session at its then start; a moved session gets a new run."""

    rule = models.ForeignKey(ReminderRule, on_delete=models.CASCADE, related_name="runs")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="reminder_runs")
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    planned_at = models.DateTimeField()
    messages = models.PositiveIntegerField(default=0)

    class Meta:
        """Once per rule, session and start."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "session", "starts_at"], name="reminder_run_once"),
        ]

    def __str__(self) -> str:
        """Rule, session and time."""
        return f"{self.rule_id} for {self.session_id} at {self.due_at:%Y-%m-%d %H:%M}Z"


class Heartbeat(models.Model):
    """When a periodic job last finished; `/readyz` reads it."""

    name = models.CharField(max_length=40, primary_key=True)
    finished_at = models.DateTimeField()

    def __str__(self) -> str:
        """The job and the time."""
        return f"{self.name}: {self.finished_at:%Y-%m-%d %H:%M:%S}Z"
