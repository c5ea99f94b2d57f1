"""Announcing and calling off."""

from datetime import timedelta
from typing import Any

import pytest

from events.actions.publishing import cancel_event, publish_event
from events.enums import EventMode, EventStatus, Role
from events.errors import FieldErrors, MoveNotAllowed, NotPublishable
from events.models import CalendarEntry, Event
from events.queries.publication import publication_gaps
from tests.make import make_event, make_notice, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def a_complete_draft(**given: Any) -> Event:
    make_notice()
    event = make_event(status=EventStatus.DRAFT, venue=make_venue(), **given)
    event.contact_email = "ask@example.org"
    event.save()
    return event


def test_a_complete_draft_is_published():
    event = a_complete_draft()

    publish_event(event, by=make_user(role=Role.EDITOR), at=NOW)

    assert (event.status, event.published_at, event.version) == ("published", NOW, 2)
    change = event.changes.get()
    assert (change.kind, change.reason, change.after, change.notify) == ("published", "", {}, False)
    assert CalendarEntry.objects.filter(session__event=event).count() == 3
    assert event.sessions.get().sequence == 0


def test_all_gaps_are_named_at_once_and_nothing_moves():
    event = make_event(status=EventStatus.DRAFT)
    event.sessions.all().delete()
    event.kind.notice_days = 14
    event.kind.save()
    Event.objects.filter(pk=event.pk).update(
        title={"pl": " "}, starts_at=NOW + timedelta(days=13), ends_at=NOW + timedelta(days=14)
    )

    with pytest.raises(NotPublishable) as refusal:
        publish_event(event, override_reason="pilne", by=make_user(), at=NOW)

    assert [(gap.code, gap.overridable) for gap in refusal.value.gaps] == [
        ("title", False),
        ("session", False),
        ("information_notice", False),
        ("venue", True),
        ("accessibility", True),
        ("contact", True),
        ("notice_period", True),
    ]
    assert all(gap.message.endswith(".") for gap in refusal.value.gaps)
    assert event.status == "draft"
    event.refresh_from_db()
    assert (event.status, event.published_at, event.changes.count()) == ("draft", None, 0)


@pytest.mark.parametrize(
    ("role", "reason", "published"),
    [(Role.OWNER, "pilne", True), (Role.OWNER, "  ", False), (Role.EDITOR, "pilne", False)],
)
def test_an_owner_with_a_reason_passes_over_what_may_be_passed_over(role, reason, published):
    make_notice()
    event = make_event(status=EventStatus.DRAFT)
    user = make_user(role=role)

    if published:
        publish_event(event, override_reason=reason, by=user, at=NOW)
    else:
        with pytest.raises(NotPublishable):
            publish_event(event, override_reason=reason, by=user, at=NOW)

    event.refresh_from_db()
    assert event.status == ("published" if published else "draft")
    expected = [("pilne", {"passed_over": ["venue", "accessibility", "contact"]})] if published else []
    assert [(change.reason, change.after) for change in event.changes.all()] == expected


def test_nobody_is_asked_for_a_notice_where_nobody_registers():
    event = make_event(status=EventStatus.DRAFT, required=False)

    assert "information_notice" not in [gap.code for gap in publication_gaps(event, at=NOW)]


def test_an_online_event_needs_no_place():
    event = make_event(status=EventStatus.DRAFT, mode=EventMode.ONLINE)

    assert "venue" not in [gap.code for gap in publication_gaps(event, at=NOW)]


def test_the_notice_period_counts_days_of_the_calendar():
    event = a_complete_draft(starts_at=NOW + timedelta(days=14))
    event.kind.notice_days = 14

    assert [gap.code for gap in publication_gaps(event, at=NOW + timedelta(hours=13))] == []
    assert [gap.code for gap in publication_gaps(event, at=NOW + timedelta(hours=15))] == ["notice_period"]


@pytest.mark.parametrize("status", [status for status in EventStatus if status not in {"draft", "in_review"}])
def test_only_drafts_are_published(status):
    event = make_event(status=status)

    with pytest.raises(MoveNotAllowed):
        publish_event(event, by=make_user(), at=NOW)

    assert Event.objects.get().status == status


def test_a_cancelled_event_says_why_and_stays_in_the_calendar():
    event = make_event(sessions=2)

    cancel_event(event, reason=" Choroba prowadzącej ", by=make_user(), at=NOW)

    assert (event.status, event.cancellation_reason, event.version) == ("cancelled", {"pl": "Choroba prowadzącej"}, 2)
    change = event.changes.get()
    assert (change.kind, change.reason, change.notify) == ("cancelled", "Choroba prowadzącej", True)
    assert [session.sequence for session in event.sessions.all()] == [1, 1]
    assert "STATUS:CANCELLED" in CalendarEntry.objects.filter(session__event=event, language="pl")[0].content


def test_a_quiet_cancellation():
    event = make_event()

    cancel_event(event, reason="Pomyłka", notify=False, by=make_user(), at=NOW)

    assert not event.changes.get().notify


def test_a_cancellation_needs_a_reason():
    event = make_event()

    with pytest.raises(FieldErrors) as refusal:
        cancel_event(event, reason=" ", by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["reason"]
    assert Event.objects.get().status == "published"


@pytest.mark.parametrize("status", [status for status in EventStatus if status not in {"published", "postponed"}])
def test_only_announced_events_are_cancelled(status):
    event = make_event(status=status)

    with pytest.raises(MoveNotAllowed):
        cancel_event(event, reason="Powód", by=make_user(), at=NOW)

    assert (Event.objects.get().status, event.changes.count()) == (status, 0)
