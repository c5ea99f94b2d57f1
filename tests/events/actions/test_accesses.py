"""Accesses to personal data are written down for good."""

import pytest
from django.db import IntegrityError, connection, transaction

from events.actions.accesses import note_access
from events.actions.copying import delete_draft
from events.enums import AccessKind, EventStatus
from events.models import AccessLog, Event
from tests.make import make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def rows():
    return list(
        AccessLog.objects.order_by("id").values_list("user__email", "kind", "event_slug", "about", "people", "at")
    )


def test_an_access_says_who_looked_at_whose_data_and_when():
    user = make_user("anna@example.org")

    note_access(user, AccessKind.REGISTRATION, event=make_event("debata"), about="ABCD2345", people=1, at=NOW)
    note_access(user, AccessKind.ACCESS_LOG, at=NOW)

    assert rows() == [
        ("anna@example.org", "registration", "debata", "ABCD2345", 1, NOW),
        ("anna@example.org", "access_log", "", "", 0, NOW),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events_accesslog SET people = 0",
        "DELETE FROM events_accesslog",
        "UPDATE events_accesslog SET user_id = 0",
    ],
)
def test_nobody_changes_or_deletes_what_was_written(statement):
    note_access(make_user("anna@example.org"), AccessKind.NEEDS, event=make_event("debata"), people=3, at=NOW)

    refused = pytest.raises(IntegrityError, match="access_log_is_append_only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert rows() == [("anna@example.org", "needs", "debata", "", 3, NOW)]


def test_a_draft_that_somebody_looked_at_can_be_deleted_and_the_access_stays():
    user = make_user("anna@example.org")
    draft = make_event("szkic", status=EventStatus.DRAFT)
    Event.objects.update(published_at=None)
    note_access(user, AccessKind.NEEDS, event=draft, at=NOW)

    delete_draft(draft, by=user, at=NOW)

    assert not Event.objects.exists()
    assert rows() == [("anna@example.org", "needs", "szkic", "", 0, NOW)]
