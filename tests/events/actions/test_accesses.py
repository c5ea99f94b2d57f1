"""Who looked at personal data is known afterwards."""

import pytest

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.models import AccessLog
from tests.make import make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_a_look_is_one_row_that_outlives_its_event():
    user, event = make_user(), make_event("debata")

    note_access(user, AccessKind.REGISTRATION, event=event, about="ABCD2345", people=3, at=NOW)

    row = AccessLog.objects.get()
    assert (row.user, row.event, row.event_slug, row.kind) == (user, event, "debata", AccessKind.REGISTRATION)
    assert (row.about, row.people, row.at) == ("ABCD2345", 3, NOW)


def test_a_look_at_no_event_in_particular_names_none():
    note_access(make_user(), AccessKind.ACCESS_LOG, at=NOW)

    row = AccessLog.objects.get()
    assert (row.event, row.event_slug, row.about, row.people) == (None, "", "", 0)
