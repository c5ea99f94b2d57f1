"""The Django application of events."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events know nothing of the apps above them."""

    name = "events"
