"""`manage.py refresh_calendar` after an upgrade."""

from io import StringIO

import pytest
from django.core.management import call_command

from events.models import CalendarEntry
from tests.make import make_event

pytestmark = pytest.mark.django_db


def _refreshed() -> str:
    output = StringIO()
    call_command("refresh_calendar", stdout=output)
    return output.getvalue()


def test_it_writes_what_differs_and_nothing_else():
    make_event(sessions=2)

    assert _refreshed() == "Calendar entries were renewed.\n"
    assert CalendarEntry.objects.count() == 6
    before = list(CalendarEntry.objects.order_by("pk").values())

    assert _refreshed() == "All calendar entries are up to date.\n"
    assert list(CalendarEntry.objects.order_by("pk").values()) == before
