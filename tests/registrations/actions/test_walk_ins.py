"""Walk-ins: registered and inside at once, under the rules of seats, of the reserve list and of the room."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from events.enums import EventStatus
from events.errors import DomainError, FieldErrors
from events.models import Event, RegistrationPolicy
from notifications.actions.planning import plan_changes
from notifications.models import Message
from registrations.actions import walk_ins
from registrations.actions.attendance import add_headcount, check_in, void_check_in
from registrations.actions.moves import cancel_registration
from registrations.actions.standing_by import note_here
from registrations.actions.walk_ins import WalkedIn, WalkIn, walk_in
from registrations.enums import Attendance, CheckInSource, RegistrationState
from registrations.errors import (
    AlreadyRegistered,
    ApprovalNeeded,
    EventCancelled,
    EventFull,
    NotOpenYet,
    PoolFull,
    ReasonMissing,
    RegistrationClosed,
    ReserveListFirst,
    RoomFull,
)
from registrations.models import CheckIn, PartyMember, Registration
from registrations.queries.at_the_door import latest_admission
from registrations.queries.rooms import room_figures
from tests.make import make_door_pass, make_notice, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, event_today

pytestmark = pytest.mark.django_db

S = RegistrationState
OLA = WalkIn("Ola", "Walk-in")


@pytest.fixture
def doorkeeper():
    return make_user("door@example.org")


def come(event: Event, by, person: WalkIn = OLA, *, nonce="n1", at=NOW, **options) -> WalkedIn:
    return walk_in(event, person, language="pl", nonce=nonce, by=by, at=at, **options)


def refused(event: Event, refusal: type[DomainError], by, person: WalkIn = OLA, **options) -> DomainError:
    """What was refused left nothing behind."""
    before = counts(event), Registration.objects.count(), CheckIn.objects.count()
    with pytest.raises(refusal) as caught:
        come(event, by, person, **options)
    assert (counts(event), Registration.objects.count(), CheckIn.objects.count()) == before
    return caught.value


def test_somebody_without_a_registration_is_registered_and_inside(doorkeeper):
    event, notice = event_today(capacity=2), make_notice()

    done = come(event, doorkeeper, WalkIn(" Ola ", phone="+48600100200"))

    row = Registration.objects.get()
    assert (done.registration, done.is_new, done.is_forced) == (row, True, False)
    assert (row.state, row.source, row.attendance, row.notice) == (S.CONFIRMED, "walk_in", Attendance.PRESENT, notice)
    assert (row.participant.full_name, row.participant.phone, row.email_key) == ("Ola", "+48600100200", None)
    assert counts(event) == [(1, 0)]
    assert changes(event) == [("signed_up", "", "confirmed", True)]
    scan = CheckIn.objects.get()
    assert (scan.kind, scan.source, scan.nonce, scan.by, scan.happened_at) == (
        "admit",
        "walk_in",
        "n1",
        doorkeeper,
        NOW,
    )


def test_the_same_tap_again_is_the_same_person_and_a_number_of_somebody_else_is_refused(doorkeeper):
    event, other = event_today(), event_today()
    first = come(event, doorkeeper, WalkIn("Ola", email="ola@example.org", seats=2))
    again = come(event, doorkeeper, WalkIn("Ola", email="ola@example.org", seats=2))
    scanned = make_registration(event)
    check_in(event, code=scanned.ticket_code, nonce="scan", source=CheckInSource.QR, by=doorkeeper, at=NOW)

    assert (again.registration, again.is_new, again.is_forced) == (first.registration, False, False)
    assert counts(event) == [(3, 0)]
    for event_, nonce in ((other, "n1"), (event, "scan")):
        refusal = refused(event_, FieldErrors, doorkeeper, nonce=nonce)
        assert isinstance(refusal, FieldErrors)
        assert list(refusal.errors) == ["nonce"]


def test_who_comes_along_unnamed_has_a_seat_and_a_code_and_is_counted(doorkeeper):
    event = event_today(capacity=5)

    done = come(event, doorkeeper, WalkIn("Ola", seats=3))

    members = PartyMember.objects.filter(registration=done.registration)
    assert [(one.full_name, one.attendance) for one in members] == [("", "present")] * 2
    assert counts(event) == [(3, 0)]
    assert room_figures(event, at=NOW).inside == 3
    assert all(latest_admission(done.registration, member) for member in members)


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (WalkIn(""), "first_name"),
        (WalkIn("Ola", "www.example.org/x"), "last_name"),
        (WalkIn("Ola", email="ola"), "email"),
        (WalkIn("Ola", phone="12"), "phone"),
        (WalkIn("Ola", seats=0), "seats"),
        (WalkIn("Ola", seats=21), "seats"),
        (WalkIn("Ola", category="press"), "category"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(doorkeeper, person, field):
    refusal = refused(event_today(), FieldErrors, doorkeeper, person)

    assert isinstance(refusal, FieldErrors)
    assert list(refusal.errors) == [field]


def test_people_come_in_after_registration_has_closed_and_while_the_meeting_goes_on(doorkeeper):
    event = event_today(starts_at=NOW - timedelta(hours=1), closes_at=NOW - timedelta(days=1))

    assert come(event, doorkeeper).is_new


def test_nobody_comes_in_before_the_first_minute_of_the_day_by_the_clock_of_the_place(doorkeeper):
    # Midnight in Warsaw.
    midnight = NOW.replace(hour=23) + timedelta(days=1)
    event = event_today(starts_at=midnight + timedelta(hours=10), sessions=2)

    refused(event, NotOpenYet, doorkeeper, at=midnight - timedelta(minutes=1))
    assert come(event, doorkeeper, at=midnight).is_new


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"status": EventStatus.CANCELLED}, EventCancelled),
        ({"status": EventStatus.POSTPONED}, RegistrationClosed),
        ({"attendance_closed_at": NOW}, RegistrationClosed),
    ],
)
def test_nobody_comes_in_where_there_is_no_door_and_no_force_helps(doorkeeper, facts, refusal):
    event = event_today()
    Event.objects.filter(pk=event.pk).update(**facts)

    refused(event, refusal, doorkeeper, force=True, reason="Proszę")


def test_where_nobody_registers_nobody_is_registered_at_the_door(doorkeeper):
    event = event_today()
    RegistrationPolicy.objects.filter(event=event).update(required=False)

    refused(event, RegistrationClosed, doorkeeper)


def test_an_event_without_pools_has_no_seats_to_count(doorkeeper):
    event = event_today()
    event.pools.all().delete()

    assert come(event, doorkeeper).is_new


def test_a_full_event_says_who_of_the_reserve_list_is_here(doorkeeper):
    event = event_today(capacity=1)
    make_registration(event)
    waiting, _absent = (make_registration(event, state=S.WAITLISTED) for _ in range(2))
    note_here(waiting, by=doorkeeper, at=NOW)

    refusal = refused(event, EventFull, doorkeeper)

    assert refusal.details == {"waiting_here": [waiting.reference]}


def test_a_full_group_is_said_as_what_was_chosen(doorkeeper):
    event = event_today(capacity=5, categories=[("business", 0), ("resident", None)])

    assert refused(event, PoolFull, doorkeeper, WalkIn("Ola", category="business")).code == "pool_full"
    assert come(event, doorkeeper, WalkIn("Ola", category="resident")).is_new


def test_absent_people_of_the_reserve_list_are_passed_and_those_here_are_not(doorkeeper):
    event = event_today(capacity=2)
    make_registration(event)
    pair = make_registration(event, state=S.WAITLISTED, seats=2)

    note_here(pair, by=doorkeeper, at=NOW)
    refusal = refused(event, ReserveListFirst, doorkeeper)
    assert refusal.details == {"waiting_here": [pair.reference]}

    # They do not fit: where smaller parties may pass, they are passed.
    RegistrationPolicy.objects.filter(event=event).update(waitlist_policy="first_fit")
    assert come(event, doorkeeper).is_new


def test_who_waits_for_seats_of_another_group_is_in_nobodys_way(doorkeeper):
    event = event_today(capacity=5, categories=[("business", 0), ("resident", None)])
    waiting = make_registration(event, state=S.WAITLISTED, category="business")
    own, business = event.pools.get(category=None), event.pools.get(category__code="business")
    Registration.objects.filter(pk=waiting.pk).update(waiting_pool=business)
    event.pools.filter(pk=own.pk).update(waiting=0)
    event.pools.filter(pk=business.pk).update(waiting=1)
    note_here(waiting, by=doorkeeper, at=NOW)

    assert come(event, doorkeeper, WalkIn("Ola", category="resident")).is_new


def test_an_organiser_lets_in_over_the_seats_with_a_reason_and_it_is_counted(doorkeeper):
    event = event_today(capacity=1)
    make_registration(event)

    refused(event, ReasonMissing, doorkeeper, force=True, reason=" ")
    done = come(event, doorkeeper, force=True, reason="Radny dzielnicy")
    again = come(event, doorkeeper, force=True, reason="Radny dzielnicy")

    assert (done.is_forced, again.is_forced, again.is_new) == (True, True, False)
    assert list(event.pools.values_list("capacity", "taken", "overbooked")) == [(1, 2, 1)]
    assert changes(event) == [("signed_up", "", "confirmed", True), ("forced_in", "confirmed", "confirmed", False)]
    assert done.registration.changes.values_list("reason", "by").last() == ("Radny dzielnicy", doorkeeper.pk)


def test_force_where_there_is_a_seat_is_no_force(doorkeeper):
    event = event_today(capacity=1)

    assert not come(event, doorkeeper, force=True, reason="Na wszelki wypadek").is_forced
    assert changes(event) == [("signed_up", "", "confirmed", True)]


def test_where_an_organiser_decides_the_door_does_not(doorkeeper):
    event = event_today(approval=True)

    refused(event, ApprovalNeeded, doorkeeper)
    assert come(event, doorkeeper, force=True, reason="Przyjęta przy wejściu").is_forced
    assert list(event.pools.values_list("overbooked", flat=True)) == [0]


def test_nobody_gets_past_what_the_room_may_hold(doorkeeper):
    event = event_today(capacity=50)
    Event.objects.filter(pk=event.pk).update(people_limit=4, staff_count=1)
    add_headcount(event, delta=1, nonce="h", by=doorkeeper, at=NOW)

    refused(event, RoomFull, doorkeeper, WalkIn("Ola", seats=3), force=True, reason="Proszę")
    assert come(event, doorkeeper, WalkIn("Ola", seats=2)).is_new
    refused(event, RoomFull, doorkeeper, nonce="n2")


def test_who_is_registered_already_is_named_to_the_door(doorkeeper):
    event = event_today()
    own = make_registration(event, email="ola@example.org")

    refusal = refused(event, AlreadyRegistered, doorkeeper, WalkIn("Ola", email="OLA@example.org"))

    assert refusal.details == {"reference": own.reference}


def test_a_code_that_exists_already_is_a_fault_and_leaves_nothing(doorkeeper, monkeypatch):
    event = event_today()
    taken = make_registration(event).reference
    monkeypatch.setattr(walk_ins, "new_code", lambda: taken)

    with pytest.raises(IntegrityError):
        come(event, doorkeeper)

    assert counts(event) == [(1, 0)]


def test_a_pass_lets_in_and_whoever_gave_it_stands_in_the_history():
    event = event_today()
    given = make_door_pass(event)

    done = come(event, given)

    scan = CheckIn.objects.get()
    assert (scan.by, scan.door_pass) == (None, given)
    assert done.registration.changes.get().by == given.created_by


def test_with_an_address_a_confirmation_goes_out_and_without_one_nothing(doorkeeper):
    event = event_today()

    come(event, doorkeeper, WalkIn("Ola", seats=2))
    come(event, doorkeeper, WalkIn("Ela", email="ela@example.org"), nonce="n2")
    plan_changes(at=NOW)

    planned = Message.objects.values_list("kind", "channel", "registration__participant__email")
    assert list(planned) == [("confirmed", "email", "ela@example.org")]


def test_a_walk_in_costs_so_many_statements(doorkeeper):
    event = event_today()

    with CaptureQueriesContext(connection) as asked:
        come(event, doorkeeper)

    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 12


def test_a_walk_in_that_is_taken_back_gives_the_seats_back_once_nobody_of_it_is_inside(doorkeeper):
    event = event_today(capacity=2)
    done = come(event, make_door_pass(event), WalkIn("Ola", seats=2))
    contact, companion = CheckIn.objects.order_by("id")

    void_check_in(companion, by=doorkeeper, at=NOW)
    one_left = counts(event)
    void_check_in(contact, reason="Pomyłka", by=doorkeeper, at=NOW)
    void_check_in(contact, by=doorkeeper, at=NOW)

    row = Registration.objects.get(pk=done.registration.pk)
    assert (one_left, counts(event)) == ([(2, 0)], [(0, 0)])
    assert (row.state, row.attendance) == (S.CANCELLED_BY_ORGANIZER, Attendance.NOT_RECORDED)
    assert room_figures(event, at=NOW).inside == 0


def test_a_walk_in_whose_registration_was_cancelled_already_is_only_taken_back(doorkeeper):
    event = event_today()
    done = come(event, doorkeeper)
    cancel_registration(done.registration, by=doorkeeper, at=NOW)

    void_check_in(CheckIn.objects.get(), by=doorkeeper, at=NOW)

    assert list(CheckIn.objects.values_list("kind", flat=True)) == ["admit", "void"]
    assert counts(event) == [(0, 0)]
