"""Shortens every wait of sending and supervising, each to the same part of the others as in the service.

They are constants there, since nobody who runs the service has a reason to change them, and a lease that is shorter than
a call sends twice. Here they are replaced when the applications are loaded, in every process of a run.
"""

from datetime import timedelta
from importlib import import_module
from typing import Any, Final

from django.apps import AppConfig

CALL: Final = 1.5  # the longest that a provider is waited for
PATIENCE: Final = 5.0  # the longest that the database is waited for with an answer in hand

SHORTENED: Final[dict[str, dict[str, Any]]] = {
    "notifications.channels.email": {"_CALL_SECONDS": CALL},
    "notifications.channels.sms": {"TIMEOUT_SECONDS": 0.7},
    "notifications.actions.outbox": {
        "LEASE": timedelta(seconds=PATIENCE + 2 * CALL),
        "RETRIES": tuple(timedelta(seconds=seconds) for seconds in (0.5, 1, 1.5, 2)),
        "_AFTER_OUTAGE": timedelta(seconds=0.5),
        "_REPORT_WAIT": timedelta(seconds=2),
    },
    "notifications.delivery.sending": {"_BATCH_SECONDS": CALL, "_TURN_SECONDS": 1.0, "_PATIENCE_SECONDS": PATIENCE},
    "notifications.tasks": {"_BUDGET_SECONDS": 2.0},
    "config.supervision": {"HEARTBEAT_LIMIT": timedelta(seconds=6), "LOOK_EVERY": 1.0},
}


class HasteConfig(AppConfig):
    """An application of tests without models."""

    name = "tests.notifications"
    label = "haste"

    def ready(self) -> None:
        """Replace the constants; one that is gone is an error, or a run would wait for minutes and prove nothing."""
        for module_name, values in SHORTENED.items():
            module = import_module(module_name)
            for name, value in values.items():
                getattr(module, name)
                setattr(module, name, value)
