"""The outbox and its traces, and what is known of channels and addresses."""

from notifications.models.announcements import Announcement
from notifications.models.channels import ChannelState, IncomingSms, Suppression, TemplateOverride
from notifications.models.messages import DeliveryAttempt, Heartbeat, Message, ProviderReport, ReminderRun

__all__ = [
    "Announcement",
    "ChannelState",
    "DeliveryAttempt",
    "Heartbeat",
    "IncomingSms",
    "Message",
    "ProviderReport",
    "ReminderRun",
    "Suppression",
    "TemplateOverride",
]
