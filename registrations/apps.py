"""The Django application of registrations."""

from importlib import import_module

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    """Registrations know events and nothing above."""

    name = "registrations"

    def ready(self) -> None:
        """Connect what happens when an event changes."""
        import_module("registrations.receivers")
