"""What is known of channels and addresses: whether a provider works, which addresses must not be used, who wrote back."""

from typing import ClassVar

from django.db import models

from events.models import User
from notifications.enums import Channel, SmsWord, SuppressionReason, SuppressionScope, TemplatePart
from notifications.models.messages import Message


class ChannelState(models.Model):
    """Rate limit and circuit breaker of a channel, shared by all processes; times are the database's.

    `tokens` messages may be handed over now, and more with the time since `refilled_at`. While `open_until` lies ahead
    nothing is handed over; `failures` in a row lead there, and each time the pause is twice as long (`pause_seconds`).
    """

    channel = models.CharField(max_length=10, choices=Channel.choices, primary_key=True)
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField()
    slowed_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    pause_seconds = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """The channel and whether it is open."""
        return f"{self.channel}: {'out of order' if self.open_until else 'works'}"


class Suppression(models.Model):
    """An address that must not be used; who is behind it is a keyed hash, as on a registration.

    It is lifted (`lifted_at`) rather than deleted, so that a later complaint can be explained.
    """

    channel = models.CharField(max_length=10, choices=Channel.choices)
    address_key = models.CharField(max_length=64)
    scope = models.CharField(max_length=10, choices=SuppressionScope.choices, default=SuppressionScope.ALL)
    reason = models.CharField(max_length=20, choices=SuppressionReason.choices)
    # The provider's code or words, without an address.
    detail = models.CharField(max_length=200, blank=True)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="suppressions")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        """An address is suppressed once at a time and scope."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "address_key", "scope"],
                condition=models.Q(lifted_at__isnull=True),
                name="suppression_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        """Channel and reason; no address."""
        return f"{self.channel} {self.scope}: {self.reason}"


class IncomingSms(models.Model):
    """An SMS that somebody sent us: what it asks for; neither its number nor its words are kept."""

    provider_id = models.CharField(max_length=200, unique=True)
    address_key = models.CharField(max_length=64)
    word = models.CharField(max_length=10, choices=SmsWord.choices)
    at = models.DateTimeField()

    class Meta:
        """In the order of arrival."""

        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        """What it asks for."""
        return f"{self.word} at {self.at:%Y-%m-%d %H:%M}Z"


class TemplateOverride(models.Model):
    """A city's own words for one part of a kind's texts, in one language: plain text with names in double braces."""

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    part = models.CharField(max_length=10, choices=TemplatePart.choices)
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Once for a kind, a language and a part."""

        ordering: ClassVar = ["kind", "language", "part"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "language", "part"], name="template_override_once"),
        ]

    def __str__(self) -> str:
        """What it stands for."""
        return f"{self.kind}/{self.part} ({self.language})"
