""" "Are you still coming?": asked once by the clock on the wall, answered or not, and what becomes of the seat."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actions.definitions import EventEdit, RegistrationEdit, definition_of
from events.actions.editing import edit_event
from events.actions.history import record
from events.actions.publishing import postpone_event, set_new_date
from events.actions.seats import lock_queue
from events.enums import EventChangeKind, EventStatus, NoAnswer
from events.models import Event, RegistrationPolicy, Session
from registrations.actions import asking
from registrations.actions.asking import ask_due, settle_unanswered
from registrations.actions.intentions import say_coming
from registrations.actions.moves import accept_offer, cancel_registration
from registrations.enums import Attendance, AttendanceIntent, ChangeCause, RegistrationState
from registrations.errors import NotActive
from registrations.models import Participant, Registration, RegistrationChange
from registrations.queries.asking import IntentFigures, intent_figures
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, fresh

pytestmark = pytest.mark.django_db

S, INTENT = RegistrationState, AttendanceIntent
WARSAW = ZoneInfo("Europe/Warsaw")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Events of the builder begin on Tuesday, 26 January 2027, at 10:00 in Warsaw; three days before is a Saturday.
ASKED = datetime(2027, 1, 23, 9, tzinfo=UTC)
LIMIT = ASKED + 48 * HOUR


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW).astimezone(UTC)


def make_asking(*, days: int = 3, hours: int = 48, release: bool = True, **event: Any) -> Event:
    row = make_event(**event)
    no_answer = NoAnswer.RELEASE if release else NoAnswer.KEEP
    RegistrationPolicy.objects.filter(event=row).update(
        ask_days_before=days, ask_reply_hours=hours, ask_no_answer=no_answer
    )
    return Event.objects.get(pk=row.pk)


def asked(event: Event) -> list[int]:
    """The registrations that were asked, as often as they were."""
    rows = RegistrationChange.objects.filter(registration__event=event, cause=ChangeCause.ASKED_STILL_COMING)
    return list(rows.values_list("registration", flat=True))


def move_to(event: Event, starts_at: datetime, *, at: datetime) -> None:
    (session,) = definition_of(event).sessions
    sessions = (replace(session, starts_at=starts_at, ends_at=starts_at + 2 * HOUR),)
    edit_event(event, EventEdit(sessions=sessions), by=make_user(), at=at)


# Asking


def test_who_has_a_seat_by_then_is_asked_once_at_ten_oclock():
    event = make_asking()
    registration, at_the_moment = make_registration(event), make_registration(event, at=ASKED)
    make_registration(event, at=ASKED + timedelta(seconds=1))
    for state in set(S) - {S.CONFIRMED}:
        make_registration(event, state=state)

    assert [ask_due(at=ASKED + timedelta(seconds=second)) for second in (-1, 0, 60)] == [0, 2, 0]

    assert asked(event) == [registration.pk, at_the_moment.pk]
    assert (fresh(registration).attendance_intent, fresh(registration).intent_due_at) == (INTENT.ASKED, LIMIT)
    assert changes(event) == [("asked_still_coming", "confirmed", "confirmed", True)] * 2
    assert set(Registration.objects.exclude(pk__in=asked(event)).values_list("attendance_intent", "intent_due_at")) == {
        (INTENT.NOT_ASKED, None)
    }


@pytest.mark.parametrize(
    ("starts_at", "asked_at"),
    [
        # The night in which the clock is put forward, and the one in which it is put back, lie between.
        ("2027-03-29 17:00", "2027-03-27 10:00"),
        ("2027-03-28 17:00", "2027-03-26 10:00"),
        ("2027-11-01 17:00", "2027-10-30 10:00"),
        ("2027-10-31 17:00", "2027-10-29 10:00"),
    ],
)
def test_ten_oclock_is_ten_oclock_on_both_changes_of_the_clock(starts_at: str, asked_at: str):
    event = make_asking(days=2, starts_at=local(starts_at))
    registration = make_registration(event)

    assert ask_due(at=local(asked_at) - timedelta(seconds=1)) == 0
    assert ask_due(at=local(asked_at)) == 1
    assert fresh(registration).intent_due_at == min(local(asked_at) + 48 * HOUR, local(starts_at) - 6 * HOUR)


@pytest.mark.parametrize(
    ("starts_at", "reply", "limit"),
    [
        ("2027-01-26 17:00", 48, "2027-01-25 10:00"),
        # Six hours before the start, and never in the night.
        ("2027-01-25 15:00", 72, "2027-01-25 09:00"),
        ("2027-01-25 10:00", 72, "2027-01-24 21:00"),
        ("2027-01-26 17:00", 12, "2027-01-23 21:00"),
        ("2027-01-26 17:00", 1, "2027-01-23 11:00"),
    ],
)
def test_an_answer_is_due_early_enough_for_somebody_else_and_by_day(starts_at: str, reply: int, limit: str):
    event = make_asking(hours=reply, starts_at=local(starts_at))
    registration = make_registration(event)

    ask_due(at=local("2027-01-23 10:00"))

    assert fresh(registration).intent_due_at == local(limit)


def test_who_is_asked_late_at_night_has_the_time_from_the_morning_on():
    registration = make_registration(make_asking())

    ask_due(at=local("2027-01-24 02:00"))

    assert fresh(registration).intent_due_at == local("2027-01-25 21:00")


@pytest.mark.parametrize(("moment", "number"), [("2027-01-25 18:00", 1), ("2027-01-25 18:01", 0)])
def test_nobody_is_asked_who_would_have_no_time_to_answer(moment: str, number: int, settings: Any):
    settings.QUIET_HOURS = (time(22), time(7))
    make_registration(make_asking())

    assert ask_due(at=local(moment)) == number


def test_without_quiet_hours_the_limit_may_be_at_night(settings: Any):
    settings.QUIET_HOURS = None
    registration = make_registration(make_asking(hours=72))

    ask_due(at=ASKED)

    assert fresh(registration).intent_due_at == local("2027-01-26 04:00")


@pytest.mark.parametrize(
    "columns",
    [
        {"status": EventStatus.CANCELLED},
        {"status": EventStatus.POSTPONED},
        {"status": EventStatus.HELD},
        {"planned_only": True},
        {"starts_at": ASKED - HOUR},
        {"starts_at": None},
    ],
)
def test_what_does_not_take_place_or_has_begun_asks_nobody(columns: dict[str, Any]):
    event = make_asking()
    make_registration(event)
    Event.objects.filter(pk=event.pk).update(**columns)

    assert ask_due(at=ASKED) == 0
    assert changes(event) == []


def test_who_did_not_want_to_ask_does_not():
    event = make_event()
    make_registration(event)

    assert ask_due(at=ASKED) == 0


def test_who_cannot_be_written_to_is_not_asked_and_so_loses_nothing():
    event = make_asking()
    by_phone, on_paper, erased = (make_registration(event) for _person in range(3))
    Participant.objects.filter(registration=by_phone).update(email="", phone="+48501502503")
    Participant.objects.filter(registration=on_paper).update(email="")
    Participant.objects.filter(registration=erased).delete()

    assert ask_due(at=ASKED) == 1
    assert asked(event) == [by_phone.pk]


def test_many_people_are_asked_with_as_many_statements_as_one():
    numbers = []
    for people in (1, 40):
        event = make_asking(capacity=None)
        for _person in range(people):
            make_registration(event)
        with CaptureQueriesContext(connection) as statements:
            assert ask_due(at=ASKED) == people
        numbers.append(len(statements))
        Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)

    assert numbers[0] == numbers[1] <= 13


def test_who_was_quicker_has_done_it_already(monkeypatch: pytest.MonkeyPatch):
    event = make_asking()
    make_registration(event)

    def after_another_round(event_id: int) -> None:
        lock_queue(event_id)
        monkeypatch.setattr(asking, "lock_queue", lock_queue)
        assert asking._ask_event(event_id, at=ASKED) == 1

    monkeypatch.setattr(asking, "lock_queue", after_another_round)

    assert ask_due(at=ASKED) == 0
    assert len(asked(event)) == 1


def test_what_was_called_off_in_between_asks_nobody(monkeypatch: pytest.MonkeyPatch):
    event = make_asking()
    make_registration(event)

    def after_a_cancellation(event_id: int) -> None:
        lock_queue(event_id)
        Event.objects.update(status=EventStatus.CANCELLED)

    monkeypatch.setattr(asking, "lock_queue", after_a_cancellation)

    assert ask_due(at=ASKED) == 0
    assert asked(event) == []


def test_an_event_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch):
    broken, whole = make_asking(), make_asking()
    make_registration(broken)
    make_registration(whole)

    def fail(event_id: int) -> None:
        if event_id == broken.pk:
            raise RuntimeError("broken")
        lock_queue(event_id)

    monkeypatch.setattr(asking, "lock_queue", fail)

    with pytest.raises(RuntimeError, match="broken"):
        ask_due(at=ASKED)
    assert (len(asked(broken)), len(asked(whole))) == (0, 1)


# Answers


def test_a_yes_keeps_the_seat_and_takes_the_limit_away():
    event = make_asking()
    registration = make_registration(event)
    ask_due(at=ASKED)

    say_coming(registration, at=ASKED + HOUR)

    assert settle_unanswered(at=LIMIT + HOUR) == 0
    assert (fresh(registration).state, fresh(registration).intent_due_at) == (S.CONFIRMED, None)


def test_a_no_frees_the_seat_for_the_next():
    event = make_asking(capacity=1)
    registration, waiting = make_registration(event), make_registration(event, state=S.WAITLISTED)
    ask_due(at=ASKED)

    cancel_registration(registration, by=None, at=ASKED + HOUR)

    assert fresh(waiting).state == S.CONFIRMED
    assert settle_unanswered(at=LIMIT) == 0
    # Who comes in after the question knows the date.
    assert ask_due(at=LIMIT) == 0


def test_without_an_answer_the_seat_goes_to_the_next_once():
    event = make_asking(capacity=3, offer_hours=24)
    silent = [make_registration(event, language=language) for language in ("pl", "en")]
    coming, waiting = make_registration(event), make_registration(event, state=S.WAITLISTED)
    ask_due(at=ASKED)
    say_coming(coming, at=ASKED + HOUR)

    assert [settle_unanswered(at=at) for at in (LIMIT - timedelta(seconds=1), LIMIT, LIMIT + HOUR)] == [0, 2, 0]

    assert [fresh(one).state for one in (*silent, coming, waiting)] == [
        S.CANCELLED_BY_ORGANIZER,
        S.CANCELLED_BY_ORGANIZER,
        S.CONFIRMED,
        S.OFFERED,
    ]
    assert counts(event) == [(2, 0)]
    rows = RegistrationChange.objects.filter(cause=ChangeCause.NO_ANSWER).order_by("registration")
    assert list(rows.values_list("registration", "from_state", "to_state", "notify")) == [
        (one.pk, "confirmed", "cancelled_by_organizer", True) for one in silent
    ]
    assert not rows.exclude(by=None).exists()
    english = rows.get(registration=silent[1])
    assert english.reason == "We asked whether you still come, and your answer did not come in time."


def test_the_freed_seat_can_be_taken_until_two_hours_before_the_start():
    event = make_asking(capacity=1, hours=90 * 24, offer_hours=24, starts_at=local("2027-01-26 17:00"))
    make_registration(event)
    waiting = make_registration(event, state=S.WAITLISTED)
    ask_due(at=local("2027-01-23 10:00"))

    settle_unanswered(at=local("2027-01-26 11:00"))

    assert fresh(waiting).offer_expires_at == local("2027-01-26 15:00")
    assert accept_offer(waiting, at=local("2027-01-26 14:59")).state == S.CONFIRMED


def test_where_the_seat_is_kept_nothing_moves_and_history_says_so_once():
    event = make_asking(release=False)
    registration = make_registration(event)
    ask_due(at=ASKED)

    assert [settle_unanswered(at=LIMIT), settle_unanswered(at=LIMIT + HOUR)] == [1, 0]

    assert fresh(registration).attendance_intent == INTENT.ASKED
    assert changes(event) == [
        ("asked_still_coming", "confirmed", "confirmed", True),
        ("no_answer", "confirmed", "confirmed", False),
    ]
    assert say_coming(registration, at=LIMIT + HOUR).attendance_intent == INTENT.COMING


def test_nobody_loses_a_seat_for_a_question_that_never_left():
    event = make_asking()
    reached, unreached = make_registration(event), make_registration(event)
    ask_due(at=ASKED)

    assert settle_unanswered(unreached={unreached.pk}, at=LIMIT) == 2

    assert (fresh(reached).state, fresh(unreached).state) == (S.CANCELLED_BY_ORGANIZER, S.CONFIRMED)
    assert changes(event)[-2:] == [
        ("no_answer", "confirmed", "confirmed", False),
        ("no_answer", "confirmed", "cancelled_by_organizer", True),
    ]


@pytest.mark.parametrize(
    "columns", [{"status": EventStatus.POSTPONED}, {"status": EventStatus.CANCELLED}, {"starts_at": LIMIT}]
)
def test_where_no_answer_matters_any_more_nobody_loses_a_seat(columns: dict[str, Any]):
    event = make_asking()
    registration = make_registration(event)
    ask_due(at=ASKED)
    Event.objects.update(**columns)

    assert settle_unanswered(at=LIMIT) == 0
    assert fresh(registration).state == S.CONFIRMED


def test_who_is_there_has_answered():
    registration = make_registration(make_asking())
    ask_due(at=ASKED)
    Registration.objects.update(attendance=Attendance.PRESENT)

    assert settle_unanswered(at=LIMIT) == 0
    assert fresh(registration).state == S.CONFIRMED


def test_an_answer_that_comes_after_the_seat_has_gone_is_refused():
    registration = make_registration(make_asking())
    ask_due(at=ASKED)
    settle_unanswered(at=LIMIT)

    with pytest.raises(NotActive):
        say_coming(registration, at=LIMIT + HOUR)


def test_many_seats_are_freed_with_as_many_statements_as_one():
    numbers = []
    for people in (1, 40):
        event = make_asking(capacity=None)
        for _person in range(people):
            make_registration(event)
        ask_due(at=ASKED)
        with CaptureQueriesContext(connection) as statements:
            assert settle_unanswered(at=LIMIT) == people
        numbers.append(len(statements))
        assert counts(event) == [(0, 0)]

    assert numbers[0] == numbers[1] <= 14


def test_what_a_question_said_holds_when_the_organiser_decides_otherwise_later():
    event = make_asking(release=False)
    kept = make_registration(event)
    ask_due(at=ASKED)

    edit = EventEdit(registration=RegistrationEdit(ask_no_answer=NoAnswer.RELEASE, group_max=2))
    edit_event(event, edit, by=make_user(), at=ASKED + HOUR)

    assert settle_unanswered(at=LIMIT) == 0
    assert (fresh(kept).state, fresh(kept).attendance_intent) == (S.CONFIRMED, INTENT.ASKED)


def test_an_edit_of_something_else_changes_no_limit():
    event = make_asking()
    registration = make_registration(event)
    ask_due(at=ASKED)

    edit_event(event, EventEdit(registration=RegistrationEdit(group_max=2)), by=make_user(), at=ASKED + HOUR)

    assert fresh(registration).intent_due_at == LIMIT


# Moved dates


def test_on_another_day_people_are_asked_anew_and_owe_no_answer_about_the_old_one():
    event = make_asking()
    silent, coming = make_registration(event), make_registration(event)
    ask_due(at=ASKED)
    say_coming(coming, at=ASKED + HOUR)

    move_to(event, NOW + 24 * DAY, at=ASKED + 2 * HOUR)

    assert {(fresh(one).attendance_intent, fresh(one).intent_due_at) for one in (silent, coming)} == {
        (INTENT.NOT_ASKED, None)
    }
    assert settle_unanswered(at=LIMIT) == 0
    assert ask_due(at=ASKED + 10 * DAY - timedelta(seconds=1)) == 0
    assert ask_due(at=ASKED + 10 * DAY) == 2
    assert asked(event) == [silent.pk, coming.pk] * 2


def test_a_day_so_near_that_people_should_have_been_asked_already_asks_at_once():
    event = make_asking()
    registration = make_registration(event)
    moved_at = NOW + DAY

    move_to(event, moved_at + 2 * DAY, at=moved_at)
    late = make_registration(event, at=moved_at + HOUR)

    assert ask_due(at=moved_at + HOUR) == 1
    assert asked(event) == [registration.pk]
    assert ask_due(at=moved_at + 2 * HOUR) == 0
    assert fresh(late).attendance_intent == INTENT.NOT_ASKED


def test_another_hour_of_the_same_day_leaves_question_and_answers_as_they_are():
    event = make_asking()
    silent, coming = make_registration(event), make_registration(event)
    ask_due(at=ASKED)
    say_coming(coming, at=ASKED + HOUR)

    move_to(event, NOW + 14 * DAY + 3 * HOUR, at=ASKED + 2 * HOUR)

    assert (fresh(silent).intent_due_at, fresh(coming).attendance_intent) == (LIMIT, INTENT.COMING)
    assert ask_due(at=ASKED + 3 * HOUR) == 0


def test_a_new_session_is_no_other_day():
    event = make_asking()
    registration = make_registration(event)
    ask_due(at=ASKED)
    session = Session.objects.get()

    record(
        event,
        EventChangeKind.RESCHEDULED,
        session=session,
        after={"starts_at": (NOW + 20 * DAY).isoformat()},
        by=None,
        at=ASKED + HOUR,
    )

    assert fresh(registration).intent_due_at == LIMIT


def test_a_new_date_asks_by_itself_where_it_is_near_and_anew_where_it_is_far():
    near, far, silent = (make_asking() for _event in range(3))
    for event, starts_at, notify in (
        (near, ASKED + 2 * DAY, True),
        (far, ASKED + 20 * DAY, True),
        (silent, ASKED + 2 * DAY, False),
    ):
        registration = make_registration(event)
        ask_due(at=ASKED)
        postpone_event(event, reason="Awaria", by=make_user(), at=ASKED + HOUR)
        assert fresh(registration).intent_due_at is None
        (session,) = definition_of(event).sessions
        sessions = (replace(session, starts_at=starts_at, ends_at=starts_at + 2 * HOUR),)
        set_new_date(event, sessions, notify=notify, by=make_user(), at=ASKED + 2 * HOUR)

    # The near one was asked about together with its date, the silent one by nobody yet.
    assert ask_due(at=ASKED + 3 * HOUR) == 1
    assert [len(asked(event)) for event in (near, far, silent)] == [1, 1, 2]
    assert settle_unanswered(at=ASKED + DAY) == 0
    assert ask_due(at=ASKED + 17 * DAY) == 1
    assert [len(asked(event)) for event in (near, far, silent)] == [1, 2, 2]


# What the organiser sees


def test_the_figures_say_how_many_were_asked_and_what_came_of_it():
    event = make_asking(capacity=None)
    people = [make_registration(event, seats=seats) for seats in (1, 2, 3, 4)]
    nobody = intent_figures(event)
    ask_due(at=ASKED)
    say_coming(people[1], at=ASKED + HOUR)
    cancel_registration(people[2], by=None, at=ASKED + HOUR)
    cancel_registration(people[3], by=make_user(), at=ASKED + HOUR)
    make_registration(event, at=ASKED + HOUR)

    before = intent_figures(event)
    settle_unanswered(at=LIMIT)

    assert nobody == IntentFigures(asked=0, coming=0, not_coming=0, silent=0)
    assert before == IntentFigures(asked=10, coming=2, not_coming=3, silent=1)
    assert intent_figures(event) == before
