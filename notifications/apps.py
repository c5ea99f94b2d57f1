"""The Django application of notifications."""

from typing import Any

from django.apps import AppConfig, apps
from django.db import connection
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    """Notifications look down on registrations and events."""

    name = "notifications"

    def ready(self) -> None:
        """Listen to news from below, and have the two schedules in place after each migration."""
        from notifications import receivers  # noqa: F401, PLC0415 - registers itself; may not load before the models

        if apps.is_installed("anymail"):
            from notifications.web import mail_provider  # noqa: F401, PLC0415 - as above

        post_migrate.connect(_keep_schedules, sender=self, dispatch_uid="two-schedules")


def _keep_schedules(**_migration: Any) -> None:
    from notifications.schedules import ensure_schedules  # noqa: PLC0415 - as above

    # Somebody may migrate one app of an empty database, before the queue has its tables.
    if "django_q_schedule" in connection.introspection.table_names():
        ensure_schedules()
