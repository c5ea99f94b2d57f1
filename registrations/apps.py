"""The Django application of registrations."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    """Registrations know events and nothing above."""

    name = "registrations"
