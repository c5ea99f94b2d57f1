"""Several edits become one message: it waits a little longer after each, but not for ever."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from django.db import transaction

from events.actions.definitions import EventEdit
from events.actions.editing import edit_event
from events.actions.publishing import cancel_event
from events.enums import EventChangeKind, EventMode
from events.models import Event, EventChange, Session, Venue
from events.signals import telling_previewed
from notifications.actions.planning import plan_changes
from notifications.models import Message
from notifications.tasks import work_through
from registrations.enums import ChangeCause, RegistrationState
from registrations.models import Registration, RegistrationChange
from tests.make import make_event, make_registration, make_session, make_user, make_venue
from tests.make.events import NOW
from tests.notifications.make_messages import make_role

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def move_to(event: Event, venue: Venue, *, after: int, notify: bool | None = None) -> EventChange:
    """An organiser moves the event, so many minutes after noon."""
    at = NOW + after * MINUTE
    edit_event(event, EventEdit(venue=venue), notify=notify, by=make_user(role=None), at=at)
    return EventChange.objects.latest("id")


def work(*, after: int) -> None:
    work_through(clock=lambda: NOW + after * MINUTE)


def rows(kind: str = "event_changed") -> list[tuple[str, str]]:
    return list(Message.objects.filter(kind=kind).order_by("event_change").values_list("state", "state_reason"))


@pytest.fixture
def event() -> Event:
    """Somebody comes to it and somebody works there."""
    event = make_event(venue=make_venue(name="Dawna"))
    make_registration(event)
    make_role(event)
    return event


def test_edits_within_ten_minutes_are_one_message_with_the_first_and_the_last_value(event: Event):
    for minute, name in [(0, "Druga"), (6, "Trzecia"), (12, "Ostatnia")]:
        move_to(event, make_venue(name=name), after=minute)
        work(after=minute)

    work(after=21)
    assert rows() == [("cancelled", "superseded"), ("cancelled", "superseded"), ("planned", "")]
    work(after=22)

    for kind in ("event_changed", "supplier_changed"):
        message = Message.objects.get(kind=kind, state="sent")
        assert "Dawna" in message.body
        assert "Ostatnia" in message.body
        assert "Druga" not in message.body
        assert "Trzecia" not in message.body
        assert message.due_at == NOW + 22 * MINUTE


def test_an_organiser_who_does_not_stop_is_not_waited_for_longer_than_half_an_hour(event: Event):
    for minute in range(0, 30, 5):
        move_to(event, make_venue(name=f"Miejsce {minute}"), after=minute)
        work(after=minute)

    work(after=29)
    assert not Message.objects.filter(state="sent").exists()
    work(after=30)

    assert Message.objects.filter(kind="event_changed", state="sent").count() == 1
    # What comes after that begins anew.
    move_to(event, make_venue(name="Inna"), after=31)
    work(after=40)
    assert Message.objects.filter(state="planned").count() == 2
    work(after=41)
    last = Message.objects.filter(kind="event_changed", state="sent").latest("event_change")
    assert "Miejsce 25" in last.body


def test_an_edit_that_is_taken_back_tells_nobody(event: Event):
    former = event.venue
    assert former is not None
    move_to(event, make_venue(), after=0)
    work(after=0)
    move_to(event, former, after=5)
    work(after=15)

    assert rows() == [("cancelled", "superseded"), ("cancelled", "no_change_left")]
    assert rows("supplier_changed") == [("cancelled", "superseded"), ("cancelled", "no_change_left")]


def test_a_silent_edit_tells_nobody_and_holds_nothing_up(event: Event):
    move_to(event, make_venue(), after=0)
    work(after=0)
    move_to(event, make_venue(), after=5, notify=False)
    work(after=10)

    assert rows() == [("sent", "")]


def test_without_a_window_everything_is_told_at_once(event: Event, settings: Any):
    settings.CHANGES_GATHER_MINUTES = 0
    move_to(event, make_venue(), after=0)
    work(after=0)

    assert rows() == [("sent", "")]


def test_a_longer_window_is_the_longest_wait_too(event: Event, settings: Any):
    settings.CHANGES_GATHER_MINUTES = 60
    for minute in (0, 50):
        move_to(event, make_venue(), after=minute)
        work(after=minute)

    work(after=59)
    assert not Message.objects.filter(state="sent").exists()
    work(after=60)
    assert Message.objects.filter(state="sent").count() == 2


def test_a_cancellation_goes_at_once_and_takes_what_waits(event: Event):
    move_to(event, make_venue(), after=0)
    work(after=0)
    cancel_event(event, reason="Awaria", by=make_user(role=None), at=NOW + MINUTE)
    work(after=1)

    assert (rows(), rows("event_cancelled")) == ([("cancelled", "superseded")], [("sent", "")])
    assert (rows("supplier_changed"), rows("supplier_cancelled")) == ([("cancelled", "superseded")], [("sent", "")])


def test_that_a_meeting_is_online_now_goes_at_once_with_what_waits(event: Event):
    edit_event(event, EventEdit(join_url="https://example.org/a"), notify=True, by=make_user(role=None), at=NOW)
    move_to(event, make_venue(), after=0)
    work(after=0)
    edit = EventEdit(mode=EventMode.ONLINE, venue=None)
    edit_event(event, edit, by=make_user(role=None), at=NOW + MINUTE)
    work(after=1)

    assert rows("moved_online") == [("sent", "")]
    assert rows() == [("cancelled", "superseded")]
    assert rows("supplier_changed")[-1] == ("sent", "")


def change_session(session: Session, *, at: datetime, before: datetime) -> None:
    """As if the session had been moved to where it is."""
    times = {"starts_at": before.isoformat(), "ends_at": (before + HOUR).isoformat(), "all_day": False}
    EventChange.objects.create(
        event=session.event, session=session, kind=EventChangeKind.RESCHEDULED, before=times, at=at, notify=True
    )


@pytest.mark.parametrize(
    ("starts_in", "was_in", "waits"),
    [(13, 30, True), (12, 30, False), (30, 12, False), (-1, 30, False), (-3, 30, True), (30, -1, True)],
)
def test_what_begins_soon_or_was_to_or_goes_on_is_told_at_once(starts_in: int, was_in: int, waits: bool):
    event = make_event(starts_at=NOW + starts_in * HOUR, sessions=1)
    make_registration(event, at=NOW - 30 * HOUR)
    Event.objects.update(ends_at=NOW + 99 * HOUR)
    change_session(event.sessions.get(), at=NOW, before=NOW + was_in * HOUR)

    plan_changes(at=NOW)

    assert Message.objects.get().next_attempt_at == (NOW + 10 * MINUTE if waits else NOW)


def test_a_session_that_is_far_away_waits_also_while_another_goes_on():
    event = make_event(starts_at=NOW - HOUR)
    make_registration(event, at=NOW - 30 * HOUR)
    far = make_session(event, starts_at=NOW + 50 * HOUR)
    Event.objects.update(ends_at=far.ends_at)
    change_session(far, at=NOW, before=NOW + 40 * HOUR)
    plan_changes(at=NOW)
    waiting = Message.objects.get().next_attempt_at
    EventChange.objects.create(event=event, kind=EventChangeKind.EDITED, at=NOW + MINUTE, notify=True)

    plan_changes(at=NOW + MINUTE)

    assert waiting == NOW + 10 * MINUTE
    assert Message.objects.get(state="planned").next_attempt_at == NOW + MINUTE


def test_a_message_that_could_not_be_sent_yet_has_waited_already(event: Event):
    move_to(event, make_venue(), after=0)
    work_through(clock=lambda: NOW)
    Message.objects.update(next_attempt_at=NOW + 2 * HOUR)
    move_to(event, make_venue(), after=50)

    work(after=50)

    assert rows() == [("cancelled", "superseded"), ("sent", "")]


def test_answers_to_needs_gather_in_the_same_way():
    registration = make_registration(make_event())

    def answer(minute: int) -> None:
        at = NOW + minute * MINUTE
        RegistrationChange.objects.create(
            registration=registration,
            cause=ChangeCause.NEED_ANSWERED,
            from_state=registration.state,
            to_state=registration.state,
            at=at,
        )
        plan_changes(at=at)

    leaves = []
    for minute in (0, 8, 16, 24):
        answer(minute)
        message = Message.objects.get(state="planned")
        leaves.append((message.next_attempt_at - NOW) // MINUTE)

    assert leaves == [10, 18, 26, 30]


def test_a_preview_counts_what_would_be_told_once(event: Event):
    move_to(event, make_venue(), after=0)
    work(after=0)
    with transaction.atomic():
        row = move_to(event, make_venue(), after=5)
        ((_receiver, counts),) = telling_previewed.send(sender=EventChange, change_ids=[row.pk])
        transaction.set_rollback(True)

    assert dict(cast("Mapping[str, int]", counts)) == {"email": 2}
    assert rows() == [("planned", "")]


def test_a_called_off_meeting_is_one_message_for_each_before_reminders_and_nobody_moves_up(event: Event):
    event.reminders.create(channel="email", minutes_before=180)
    event.reminders.create(channel="email", audience="waitlisted", minutes_before=180)
    event.reminders.create(channel="email", audience="speakers", minutes_before=180)
    waits = make_registration(event, state=RegistrationState.WAITLISTED)
    assert event.starts_at is not None
    at = event.starts_at - 3 * HOUR
    plan_changes(at=at)
    cancel_event(event, reason="Awaria", by=make_user(role=None), at=at)

    work_through(clock=lambda: at)
    work_through(clock=lambda: at + HOUR)

    assert sorted(Message.objects.values_list("kind", "state")) == [
        ("event_cancelled", "sent"),
        ("event_cancelled", "sent"),
        ("supplier_cancelled", "sent"),
    ]
    assert Registration.objects.get(pk=waits.pk).state == RegistrationState.WAITLISTED


def test_a_pause_of_48_hours_sends_no_stale_reminder_and_every_cancellation():
    over, off = make_event(starts_at=NOW + 40 * HOUR), make_event(starts_at=NOW + 70 * HOUR, capacity=1)
    near = make_event(starts_at=NOW + 50 * HOUR)
    for each in (over, off, near):
        make_registration(each)
        each.reminders.create(channel="email", minutes_before=24 * 60)
        each.reminders.create(channel="email", audience="speakers", minutes_before=24 * 60)
        make_role(each)
    make_registration(off, state=RegistrationState.WAITLISTED)
    work_through(clock=lambda: NOW)
    cancel_event(off, reason="Awaria", by=make_user(role=None), at=NOW + HOUR)

    work_through(clock=lambda: NOW + 48 * HOUR)

    found = set(Message.objects.values_list("event", "kind", "state"))
    assert found == {
        (over.pk, "reminder", "missed"),
        (over.pk, "reminder_speaker", "missed"),
        (near.pk, "reminder", "missed"),
        (near.pk, "reminder_speaker", "missed"),
        (off.pk, "event_cancelled", "sent"),
        (off.pk, "supplier_cancelled", "sent"),
    }
    assert Message.objects.filter(kind="event_cancelled").count() == 2
