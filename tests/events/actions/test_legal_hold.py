"""Keeping the data of an event, with the reason in its history."""

import pytest

from events.actions.legal_hold import set_legal_hold
from events.enums import EventChangeKind
from events.models import Event, EventChange
from tests.make import make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def history(event):
    rows = EventChange.objects.filter(event=event, kind=EventChangeKind.LEGAL_HOLD)
    return list(rows.values_list("reason", "before", "after", "notify"))


def test_a_hold_is_set_and_lifted_and_both_stand_in_the_history():
    event, user = make_event(), make_user()

    set_legal_hold(event, reason=" Sprawa II SA/Lu 1/27 ", by=user, at=NOW)
    assert Event.objects.get().legal_hold == event.legal_hold == "Sprawa II SA/Lu 1/27"
    set_legal_hold(event, reason="", by=user, at=NOW)

    assert Event.objects.get().legal_hold == event.legal_hold == ""
    case = "Sprawa II SA/Lu 1/27"
    assert history(event) == [
        (case, {"legal_hold": ""}, {"legal_hold": case}, False),
        ("", {"legal_hold": case}, {"legal_hold": ""}, False),
    ]
    assert Event.objects.get().version == 1


def test_the_same_reason_again_changes_nothing():
    event, user = make_event(), make_user()

    for _twice in range(2):
        set_legal_hold(event, reason="Sprawa", by=user, at=NOW)

    assert len(history(event)) == 1
