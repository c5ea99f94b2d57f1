"""Runs the web server alone, as production does: the queue is a service of its own."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.checks import QUEUE
from config.web_server import refuse_a_taken_port, serve_pages


class Command(BaseCommand):
    """`manage.py serve`."""

    help = "Serve the pages and the API on 127.0.0.1 and PORT until told to stop."
    requires_system_checks = (QUEUE,)

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Refuse a taken port, then be the web server."""
        refuse_a_taken_port(settings.ENVIRONMENT.port)
        serve_pages()
