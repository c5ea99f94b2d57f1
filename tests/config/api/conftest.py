"""The service as a web server calls it, inside of a test's transaction."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config.calendar_short_cut import CalendarShortCut
from config.wsgi import application


@pytest.fixture
def served(db: None) -> Iterator[CalendarShortCut]:
    """The application; requests leave the test's connection open, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield application
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
