"""Registers the wiring: its commands and checks."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """The app that wires the others."""

    name = "config"

    def ready(self) -> None:
        """Register the checks of `manage.py check`."""
        from config import checks  # noqa: F401, PLC0415  # registers itself; may not load before the apps
