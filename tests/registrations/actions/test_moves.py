"""What people and time do with registrations; every move is one row, and once more changes nothing."""

from datetime import timedelta

import pytest

from events.actions.seats import lock_queue
from events.enums import EventStatus
from events.models import Event
from registrations.actions import moves
from registrations.actions.moves import (
    accept_offer,
    cancel_registration,
    confirm_registration,
    decline_offer,
    expire_due,
    settle_at_the_door,
)
from registrations.actions.transitions import move
from registrations.enums import REGISTRATION_MOVES, Attendance, ChangeCause, RegistrationState
from registrations.errors import EventCancelled, EventFull, NotActive, OfferOver, RegistrationClosed, TooLateToCancel
from registrations.models import Registration, RegistrationChange
from tests.make import make_applicant, make_event, make_registration, make_session, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, enter, entered, fresh

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR = timedelta(hours=1)
OVER = [S.EXPIRED, S.REJECTED, S.DECLINED]


def test_confirming_a_hold_with_a_seat_confirms_and_twice_is_once():
    event = make_event(confirm_email=True)
    held = entered(event)

    first = confirm_registration(held, at=NOW + timedelta(minutes=59))
    second = confirm_registration(held, at=NOW + 3 * HOUR)

    assert (first.state, second.state) == (S.CONFIRMED, S.CONFIRMED)
    assert fresh(held).confirmed_at == NOW + timedelta(minutes=59)
    assert counts(event) == [(1, 0)]
    assert changes(event)[1:] == [(ChangeCause.ADDRESS_CONFIRMED, S.HELD, S.CONFIRMED, True)]


def test_confirming_a_hold_in_the_queue_keeps_its_place():
    event = make_event(capacity=0, confirm_email=True)
    first, second = entered(event), entered(event)

    confirm_registration(second, at=NOW + timedelta(minutes=1))
    confirmed = confirm_registration(first, at=NOW + timedelta(minutes=2))

    assert (confirmed.state, confirmed.queued_at) == (S.WAITLISTED, NOW)
    assert counts(event) == [(0, 2)]


@pytest.mark.parametrize("swept", [True, False])
def test_a_hold_confirmed_late_gets_a_seat_that_is_free(swept):
    event = make_event(capacity=1, confirm_email=True)
    held = entered(event)
    late = NOW + HOUR
    if swept:
        expire_due(at=late)

    back = confirm_registration(held, at=late)

    assert (back.state, fresh(held).state, back.confirmed_at) == (S.CONFIRMED, S.CONFIRMED, late)
    assert counts(event) == [(1, 0)]
    assert changes(event)[1:] == [
        (ChangeCause.HOLD_EXPIRED, S.HELD, S.EXPIRED, False),
        (ChangeCause.ADDRESS_CONFIRMED, S.EXPIRED, S.CONFIRMED, True),
    ]


def test_a_hold_confirmed_late_goes_to_the_end_of_the_queue_when_the_seat_is_gone():
    event = make_event(capacity=1, confirm_email=True)
    late_one, next_one, last_one = entered(event), entered(event), entered(event)
    confirm_registration(next_one, at=NOW)
    confirm_registration(last_one, at=NOW)

    back = confirm_registration(late_one, at=NOW + HOUR)

    assert (back.state, back.queued_at, back.waiting_pool) == (S.WAITLISTED, NOW + HOUR, event.pools.get())
    assert (fresh(next_one).state, fresh(last_one).state) == (S.CONFIRMED, S.WAITLISTED)
    assert counts(event) == [(1, 2)]


def test_a_late_confirmation_is_refused_where_a_stranger_would_be():
    full = make_event(capacity=1, confirm_email=True, waitlist=False)
    late_one = entered(full)
    expire_due(at=NOW + HOUR)
    enter(full, at=NOW + HOUR)
    closed = make_event(confirm_email=True, closes_at=NOW + HOUR)
    too_late = entered(closed)
    in_time = entered(closed, at=NOW + HOUR - timedelta(seconds=1))

    with pytest.raises(EventFull):
        confirm_registration(late_one, at=NOW + HOUR)
    with pytest.raises(RegistrationClosed):
        confirm_registration(too_late, at=NOW + HOUR)

    assert fresh(late_one).state == S.EXPIRED
    assert fresh(too_late).state == S.HELD
    # A hold made before closing is good until it ends.
    assert confirm_registration(in_time, at=NOW + 2 * HOUR - timedelta(seconds=2)).state == S.CONFIRMED


def test_who_came_in_anew_does_not_come_back_with_the_old_one():
    event = make_event(confirm_email=True)
    old = entered(event, make_applicant("ann@example.org"))
    new = entered(event, make_applicant("ann@example.org"), at=NOW + HOUR)

    with pytest.raises(NotActive):
        confirm_registration(old, at=NOW + HOUR)

    assert (fresh(old).state, fresh(new).state) == (S.EXPIRED, S.HELD)
    assert counts(event) == [(1, 0)]


def test_nothing_is_confirmed_or_accepted_once_the_event_is_cancelled():
    event = make_event(confirm_email=True)
    held = entered(event)
    offered = make_registration(event, state=S.OFFERED)
    Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)

    with pytest.raises(EventCancelled):
        confirm_registration(held, at=NOW)
    with pytest.raises(EventCancelled):
        accept_offer(offered, at=NOW)

    assert (fresh(held).state, fresh(offered).state) == (S.HELD, S.OFFERED)


@pytest.mark.parametrize("state", [S.REJECTED, S.DECLINED, S.CANCELLED_BY_PARTICIPANT, S.CANCELLED_BY_ORGANIZER])
def test_what_has_ended_is_not_confirmed(state):
    ended = make_registration(make_event(), state=state)

    with pytest.raises(NotActive):
        confirm_registration(ended, at=NOW)

    assert fresh(ended).state == state


@pytest.mark.parametrize("state", [S.CONFIRMED, S.HELD, S.OFFERED, S.WAITLISTED])
def test_who_cancels_gives_everything_back_and_twice_is_once(state):
    event = make_event()
    registration = make_registration(event, state=state)

    first = cancel_registration(registration, by=None, at=NOW)
    second = cancel_registration(registration, by=None, at=NOW + HOUR)

    assert (first.state, second.state) == (S.CANCELLED_BY_PARTICIPANT, S.CANCELLED_BY_PARTICIPANT)
    assert (fresh(registration).holds_seat, fresh(registration).waiting_pool) == (False, None)
    assert counts(event) == [(0, 0)]
    assert changes(event) == [(ChangeCause.CANCELLED, state, S.CANCELLED_BY_PARTICIPANT, True)]


def test_an_organiser_cancels_with_a_reason():
    event, organiser = make_event(), make_user()
    registration = make_registration(event)

    cancel_registration(registration, by=organiser, reason="Zgłoszenie podwójne", at=NOW)
    cancel_registration(registration, by=None, at=NOW)

    change = RegistrationChange.objects.get()
    assert (change.by, change.reason, change.to_state) == (organiser, "Zgłoszenie podwójne", S.CANCELLED_BY_ORGANIZER)


@pytest.mark.parametrize(
    ("attendance", "after_the_end", "is_refused"),
    [
        (Attendance.PRESENT, timedelta(hours=-1), True),
        (Attendance.NOT_RECORDED, timedelta(0), True),
        (Attendance.NOT_RECORDED, timedelta(seconds=-1), False),
    ],
)
def test_who_has_come_or_comes_after_the_end_cannot_cancel_by_themselves(attendance, after_the_end, is_refused):
    event, organiser = make_event(), make_user()
    registration = make_registration(event)
    Registration.objects.filter(pk=registration.pk).update(attendance=attendance)
    at = event.ends_at + after_the_end

    if is_refused:
        with pytest.raises(TooLateToCancel):
            cancel_registration(registration, by=None, at=at)
        assert (fresh(registration).state, counts(event)) == (S.CONFIRMED, [(1, 0)])
        # The organiser, who answers for the figures, still can.
        assert cancel_registration(registration, by=organiser, at=at).state == S.CANCELLED_BY_ORGANIZER
    # Once more changes nothing, after the end as well.
    assert cancel_registration(registration, by=None, at=at).state != S.CONFIRMED
    assert counts(event) == [(0, 0)]


def test_an_event_without_dates_can_be_left():
    event = make_event()
    registration = make_registration(event)
    Event.objects.filter(pk=event.pk).update(starts_at=None, ends_at=None)

    assert cancel_registration(registration, by=None, at=NOW).state == S.CANCELLED_BY_PARTICIPANT


@pytest.mark.parametrize("state", OVER)
def test_what_has_ended_is_not_cancelled(state):
    ended = make_registration(make_event(), state=state)

    with pytest.raises(NotActive):
        cancel_registration(ended, by=None, at=NOW)

    assert fresh(ended).state == state


def test_seats_of_sessions_and_categories_come_back_too():
    event = make_event(capacity=2, categories=[("business", 1)])
    session = make_session(event, starts_at=NOW + timedelta(days=20), capacity=1)
    person = make_applicant(category="business", session_ids=(session.pk,))
    registration = entered(event, person)
    waiting = entered(event, make_applicant(category="business", session_ids=(session.pk,)))
    assert counts(event) == [(1, 0), (1, 0), (1, 1)]

    cancel_registration(registration, by=None, at=NOW)

    assert fresh(waiting).state == S.CONFIRMED
    assert counts(event) == [(1, 0), (1, 0), (1, 0)]


def test_an_offer_is_accepted_once():
    event = make_event(capacity=1)
    registration = make_registration(event, state=S.OFFERED)

    first = accept_offer(registration, at=NOW)
    second = accept_offer(registration, at=NOW + 48 * HOUR)

    assert (first.state, second.state, first.confirmed_at) == (S.CONFIRMED, S.CONFIRMED, NOW)
    assert counts(event) == [(1, 0)]
    assert changes(event) == [(ChangeCause.OFFER_ACCEPTED, S.OFFERED, S.CONFIRMED, True)]


def test_an_offer_declined_goes_to_the_next():
    event = make_event(capacity=1)
    registration = make_registration(event, state=S.OFFERED)
    waiting = make_registration(event, state=S.WAITLISTED)

    first = decline_offer(registration, at=NOW)
    second = decline_offer(registration, at=NOW)

    assert (first.state, second.state, fresh(waiting).state) == (S.DECLINED, S.DECLINED, S.CONFIRMED)
    assert counts(event) == [(1, 0)]


@pytest.mark.parametrize("answer", [accept_offer, decline_offer])
def test_an_offer_that_ran_out_is_over_whether_swept_or_not(answer):
    event = make_event(capacity=1)
    registration = make_registration(event, state=S.OFFERED)
    late = NOW + 24 * HOUR

    with pytest.raises(OfferOver):
        answer(registration, at=late)
    expire_due(at=late)
    with pytest.raises(OfferOver):
        answer(registration, at=late)


@pytest.mark.parametrize("answer", [accept_offer, decline_offer])
@pytest.mark.parametrize("state", [S.WAITLISTED, S.HELD, S.EXPIRED, S.CANCELLED_BY_PARTICIPANT])
def test_what_was_never_offered_is_not_answered(answer, state):
    registration = make_registration(make_event(), state=state)

    with pytest.raises(NotActive):
        answer(registration, at=NOW)


def test_at_the_door_a_held_or_offered_seat_is_theirs():
    event, doorkeeper = make_event(capacity=2, confirm_email=True), make_user()
    held, offered, queued = (
        entered(event),
        make_registration(event, state=S.OFFERED),
        entered(event),
    )

    states = [settle_at_the_door(row, by=doorkeeper, at=NOW).state for row in (held, offered, queued)]

    assert states == [S.CONFIRMED, S.CONFIRMED, S.HELD]
    assert [row for row in changes(event) if row[2] == S.CONFIRMED] == [
        (ChangeCause.ADDRESS_CONFIRMED, S.HELD, S.CONFIRMED, False),
        (ChangeCause.OFFER_ACCEPTED, S.OFFERED, S.CONFIRMED, False),
    ]


def test_holds_and_offers_run_out_together_and_the_next_move_up():
    event, other = make_event(capacity=2, confirm_email=True), make_event(confirm_email=True)
    held, elsewhere = entered(event), entered(other)
    offered = make_registration(event, state=S.OFFERED, at=NOW - 23 * HOUR)
    waiting = [make_registration(event, state=S.WAITLISTED) for _person in range(3)]

    assert expire_due(at=NOW + HOUR - timedelta(seconds=1)) == 0
    assert expire_due(at=NOW + HOUR) == 3
    assert expire_due(at=NOW + HOUR) == 0

    assert [fresh(row).state for row in (held, elsewhere, offered)] == [S.EXPIRED] * 3
    assert [fresh(row).state for row in waiting] == [S.CONFIRMED, S.CONFIRMED, S.WAITLISTED]
    assert counts(event) == [(2, 1)]
    assert {row for row in changes(event) if row[2] == S.EXPIRED} == {
        (ChangeCause.HOLD_EXPIRED, S.HELD, S.EXPIRED, False),
        (ChangeCause.OFFER_LAPSED, S.OFFERED, S.EXPIRED, True),
    }


def test_an_event_that_fails_does_not_keep_the_others_from_running_out(monkeypatch):
    broken, sound = make_event(confirm_email=True), make_event(confirm_email=True)
    stuck, held = entered(broken), entered(sound)

    def lock(event_id):
        if event_id == broken.pk:
            raise RuntimeError("broken")
        lock_queue(event_id)

    monkeypatch.setattr(moves, "lock_queue", lock)

    with pytest.raises(RuntimeError, match="broken"):
        expire_due(at=NOW + HOUR)

    assert broken.pk < sound.pk
    assert (fresh(stuck).state, fresh(held).state) == (S.HELD, S.EXPIRED)


def test_a_cancelled_event_is_left_as_it_is():
    event = make_event(capacity=1, confirm_email=True)
    held, waiting = entered(event), entered(event)
    Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)

    assert expire_due(at=NOW + HOUR) == 0

    assert (fresh(held).state, fresh(waiting).state) == (S.HELD, S.HELD)


def test_seats_that_lie_free_find_their_people_on_the_way():
    event = make_event(capacity=1)
    waiting = make_registration(event, state=S.WAITLISTED)

    assert expire_due(at=NOW) == 0

    assert fresh(waiting).state == S.CONFIRMED


@pytest.mark.parametrize("was", S)
def test_no_move_outside_of_the_table_exists(was):
    for to in set(S) - REGISTRATION_MOVES[was]:
        registration = make_registration(make_event(), state=was)

        with pytest.raises(NotActive):
            move([registration], to=to, cause=ChangeCause.EDITED, by=None, at=NOW)

        assert fresh(registration).state == was


def test_who_was_quicker_wins():
    registration = make_registration(make_event())
    Registration.objects.filter(pk=registration.pk).update(state=S.CANCELLED_BY_PARTICIPANT)

    with pytest.raises(NotActive):
        move([registration], to=S.CANCELLED_BY_ORGANIZER, cause=ChangeCause.CANCELLED, by=None, at=NOW)

    assert not RegistrationChange.objects.exists()
