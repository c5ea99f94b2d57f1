"""The reserve list at the door: who is here comes in, in the queue's order, as soon as there is a seat and room."""

from datetime import timedelta

import pytest

from events.enums import EventStatus
from events.models import Event, RegistrationPolicy
from registrations.actions.parties import cancel_contact
from registrations.actions.standing_by import call_in, note_gone, note_here
from registrations.enums import Attendance, RegistrationState
from registrations.errors import EventCancelled, NotActive, NotOpenYet
from registrations.models import CheckIn, Registration
from registrations.queries.at_the_door import latest_admission
from registrations.queries.door_log import repeated_check_ins
from registrations.queries.rooms import room_figures
from registrations.queries.waiting_here import reserve_list_at_door, waiting_here
from tests.make import make_door_pass, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, event_today, fresh
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

S = RegistrationState
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def doorkeeper():
    return make_user("door@example.org")


def waiting(event: Event, number: int, *, seats: int = 1) -> list[Registration]:
    """So many of the reserve list, in the order of the queue."""
    turns = [NOW - timedelta(hours=1) + timedelta(seconds=turn) for turn in range(number)]
    return [make_registration(event, state=S.WAITLISTED, seats=seats, at=turn) for turn in turns]


def seats_free(event: Event, capacity: int) -> None:
    """Seats that nobody has been given: the meeting has begun, and nobody moves up any more."""
    event.pools.update(capacity=capacity)


def test_who_is_here_waits_at_the_door_and_once_more_changes_nothing(doorkeeper):
    event = event_today(capacity=0)
    first, second = waiting(event, 2)

    assert note_here(second, by=doorkeeper, at=NOW) == []
    assert note_here(second, by=doorkeeper, at=LATER) == []

    assert list(waiting_here(event, at=LATER)) == [second]
    shown = reserve_list_at_door(event, at=LATER)
    assert [(one.registration, one.is_here, one.full_name) for one in shown] == [
        (second, True, "Anna Nowak"),
        (first, False, "Anna Nowak"),
    ]
    assert list(CheckIn.objects.values_list("kind", "source", "by")) == [("repeat", "list", doorkeeper.pk)]
    assert (fresh(second).attendance, counts(event)) == (Attendance.NOT_RECORDED, [(0, 2)])


def test_nobody_stands_at_a_door_since_yesterday(doorkeeper):
    event = event_today(capacity=0)
    (one,) = waiting(event, 1)
    note_here(one, by=doorkeeper, at=NOW)

    assert not waiting_here(event, at=NOW + timedelta(hours=12)).exists()


def test_who_has_left_is_not_called_and_keeps_the_place_in_the_queue(doorkeeper):
    event = event_today(capacity=0)
    (one,) = waiting(event, 1)
    note_gone(one, by=doorkeeper, at=NOW)
    note_here(one, by=doorkeeper, at=NOW)

    note_gone(one, by=doorkeeper, at=LATER)
    note_gone(one, by=doorkeeper, at=LATER)

    seats_free(event, 1)
    assert call_in(event, by=doorkeeper, at=LATER) == []
    assert list(CheckIn.objects.values_list("kind", flat=True)) == ["repeat", "void"]
    assert (fresh(one).state, counts(event)) == (S.WAITLISTED, [(0, 1)])


def test_a_free_seat_goes_to_the_first_in_the_queue_who_is_here(doorkeeper):
    event = event_today(capacity=0)
    _absent, second, third = waiting(event, 3)
    note_here(third, by=doorkeeper, at=NOW)
    note_here(second, by=doorkeeper, at=NOW)
    seats_free(event, 1)

    called = note_here(third, by=doorkeeper, at=LATER)

    assert called == [second]
    after = fresh(second)
    assert (after.state, after.attendance, after.confirmed_at) == (S.CONFIRMED, Attendance.PRESENT, LATER)
    assert counts(event) == [(1, 2)]
    assert changes(event) == [("promoted", "waitlisted", "confirmed", False)]
    admission = latest_admission(second)
    assert admission is not None
    assert (admission.kind, admission.happened_at) == ("admit", LATER)
    assert repeated_check_ins(event) == []
    # Who has a seat already is not called again.
    assert note_here(second, by=doorkeeper, at=LATER) == []
    note_gone(second, by=doorkeeper, at=LATER)
    assert fresh(second).attendance == Attendance.PRESENT


def test_a_party_comes_in_whole_each_admitted_with_a_row_of_their_own():
    event = make_group_event(capacity=0, starts_at=NOW + timedelta(hours=1))
    given = make_door_pass(event)
    party, members = party_of(event, EWA, JAN, at=NOW - timedelta(hours=1))
    seats_free(event, 3)

    assert note_here(party, by=given, at=NOW) == [party]

    rows = CheckIn.objects.values_list("kind", "member", "door_pass")
    assert set(rows) == {
        ("repeat", None, given.pk),
        ("void", None, given.pk),
        ("admit", None, given.pk),
        *(("admit", member.pk, given.pk) for member in members),
    }
    assert set(party.members.values_list("attendance", flat=True)) == {Attendance.PRESENT}


def test_who_registered_but_does_not_come_is_not_inside_with_the_party(doorkeeper):
    event = make_group_event(capacity=0, starts_at=NOW + timedelta(hours=1))
    party, (ewa, _jan) = party_of(event, EWA, JAN, at=NOW - timedelta(hours=1))
    cancel_contact(party, by=None, at=NOW - timedelta(hours=1))
    seats_free(event, 2)

    assert note_here(party, by=doorkeeper, at=NOW) == [party]

    assert (fresh(party).attendance, latest_admission(party)) == (Attendance.NOT_RECORDED, None)
    assert latest_admission(party, ewa) is not None
    assert room_figures(event, at=NOW).present == 2


def test_a_party_that_does_not_fit_stops_those_behind_it_unless_smaller_ones_may_pass(doorkeeper):
    event = event_today(capacity=0)
    pair = make_registration(event, state=S.WAITLISTED, seats=2, at=NOW - timedelta(hours=1))
    single = make_registration(event, state=S.WAITLISTED)
    seats_free(event, 1)

    assert note_here(pair, by=doorkeeper, at=NOW) == []
    assert note_here(single, by=doorkeeper, at=NOW) == []
    RegistrationPolicy.objects.filter(event=event).update(waitlist_policy="first_fit")
    assert call_in(event, by=doorkeeper, at=NOW) == [single]


def test_nobody_is_called_into_a_full_room(doorkeeper):
    event = event_today(capacity=0)
    first, second = waiting(event, 2)
    seats_free(event, 5)
    Event.objects.filter(pk=event.pk).update(people_limit=1)

    assert note_here(first, by=doorkeeper, at=NOW) == [first]
    assert note_here(second, by=doorkeeper, at=NOW) == []
    assert counts(event) == [(1, 1)]


def test_nobody_is_called_while_the_meeting_is_not_announced(doorkeeper):
    event = event_today(capacity=0)
    (one,) = waiting(event, 1)
    seats_free(event, 1)
    Event.objects.filter(pk=event.pk).update(status=EventStatus.POSTPONED)
    bare = event_today()
    bare.pools.all().delete()

    assert note_here(one, by=doorkeeper, at=NOW) == []
    assert call_in(bare, by=doorkeeper, at=NOW) == []


def test_nobody_is_noted_before_the_day(doorkeeper):
    event = event_today(capacity=0, starts_at=NOW + timedelta(days=1))
    (one,) = waiting(event, 1)

    with pytest.raises(NotOpenYet):
        note_here(one, by=doorkeeper, at=NOW)

    assert not CheckIn.objects.exists()


def test_who_does_not_wait_is_not_noted(doorkeeper):
    event = event_today(capacity=0)
    gone = make_registration(event, state=S.CANCELLED_BY_PARTICIPANT)
    (one,) = waiting(event, 1)

    with pytest.raises(NotActive):
        note_here(gone, by=doorkeeper, at=NOW)
    Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)
    with pytest.raises(EventCancelled):
        note_here(one, by=doorkeeper, at=NOW)

    assert not CheckIn.objects.exists()
