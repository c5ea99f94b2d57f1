"""The Django application of notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Notifications look down on registrations and events."""

    name = "notifications"
