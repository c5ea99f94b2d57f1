"""The outbox and its traces."""

from notifications.models.messages import DeliveryAttempt, Heartbeat, Message, ProviderReport, ReminderRun

__all__ = ["DeliveryAttempt", "Heartbeat", "Message", "ProviderReport", "ReminderRun"]
