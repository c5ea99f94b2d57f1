"""Where a unit has the rule, who missed too many meetings queues last for a while, and may object; never elsewhere."""

from datetime import timedelta

import pytest

from events.errors import FieldErrors, MoveNotAllowed
from events.models import Event
from registrations.actions.attendance import check_in
from registrations.actions.closing import close_attendance, excuse, reopen_attendance
from registrations.actions.emptying import empty_people
from registrations.actions.moves import cancel_registration
from registrations.actions.no_shows import decide_objection, object_to_pause, set_no_show_rule
from registrations.actions.signing_up import Guest
from registrations.enums import Attendance, CheckInSource, RegistrationState
from registrations.models import NoShowPause, Registration
from registrations.queries.lists import event_registrations, position_of, queue_positions
from registrations.queries.no_shows import pause_of, queues_last
from tests.make import make_applicant, make_event, make_registration, make_unit, make_user
from tests.make.events import NOW
from tests.registrations.acts import counts, entered, fresh

pytestmark = pytest.mark.django_db

S = RegistrationState
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ANN = "ann@example.org"
GUEST = Guest("Jan", "Nowak")


@pytest.fixture
def owner():
    return make_user("owner@example.org")


@pytest.fixture
def unit(owner):
    unit = make_unit()
    set_no_show_rule(unit, limit=2, months=12, pause_months=3, by=owner, at=NOW)
    unit.refresh_from_db()
    return unit


def missed(unit, owner, *, days=10, email=ANN, close=True):
    """A meeting so many days ago that somebody missed, its attendance closed now."""
    event = make_event(unit=unit)
    Event.objects.filter(pk=event.pk).update(starts_at=NOW - days * DAY - HOUR, ends_at=NOW - days * DAY)
    event.refresh_from_db()
    registration = make_registration(event, email=email)
    if close:
        close_attendance(event, by=owner, at=NOW)
    return registration


def paused(unit, *, email=ANN):
    """A pause that runs now."""
    gone = make_event(unit=unit)
    registration = make_registration(gone, email=email)
    Registration.objects.filter(pk=registration.pk).update(attendance=Attendance.NO_SHOW)
    return NoShowPause.objects.create(
        unit=unit,
        email_key=registration.email_key or "",
        registration=registration,
        begins_at=NOW - DAY,
        ends_at=NOW + DAY,
    )


def signed_up(event, name, *, at=NOW, **said):
    return entered(event, make_applicant(f"{name}@example.org", **said), at=at)


def order(event):
    """Who waits, in the order of the queue, as every reader says it."""
    positions = queue_positions(event)
    rows = {row.pk: row for row in event_registrations(event) if row.position}
    assert {pk: row.position for pk, row in rows.items()} == positions
    assert {pk: position_of(fresh(row)) for pk, row in rows.items()} == positions
    return [rows[pk].participant.email.split("@")[0] for pk in sorted(positions, key=positions.__getitem__)]


def test_the_meeting_that_was_one_too_many_makes_a_pause_of_calendar_months(unit, owner):
    missed(unit, owner, days=20)
    assert not NoShowPause.objects.exists()

    last = missed(unit, owner)

    pause = NoShowPause.objects.get()
    assert (pause.unit, pause.email_key, pause.registration) == (unit, last.email_key, last)
    assert (pause.begins_at, pause.ends_at.day) == (NOW, NOW.day)
    assert (pause.ends_at.month - NOW.month) % 12 == 3


def test_what_is_longer_ago_elsewhere_excused_or_not_closed_does_not_count(unit, owner):
    missed(unit, owner, days=400)
    missed(make_unit("elsewhere"), owner)
    missed(unit, owner, close=False)
    excused = missed(unit, owner)
    excuse(excused, reason="Choroba", by=owner, at=NOW)
    missed(unit, owner, email="other@example.org")

    missed(unit, owner)

    assert not NoShowPause.objects.exists()


def test_without_a_rule_nobody_is_paused(owner):
    unit = make_unit()
    for _meeting in range(3):
        missed(unit, owner)

    assert not NoShowPause.objects.exists()


def test_who_is_paused_queues_behind_those_who_come_later(unit):
    paused(unit)
    event = make_event(unit=unit, capacity=1)
    signed_up(event, "first")

    ann = signed_up(event, "ann")
    signed_up(event, "later", at=NOW + HOUR)
    signed_up(event, "last", at=NOW + 2 * HOUR)

    assert (ann.state, ann.waits_last) == (S.WAITLISTED, True)
    assert order(event) == ["later", "last", "ann"]


def test_free_seats_go_to_the_others_first(unit, owner):
    paused(unit)
    event = make_event(unit=unit, capacity=1)
    first, ann, later = (signed_up(event, name) for name in ("first", "ann", "later"))

    cancel_registration(first, by=owner, at=NOW + HOUR)

    assert [fresh(row).holds_seat for row in (ann, later)] == [False, True]
    assert counts(event) == [(1, 1)]


def test_a_seat_that_is_free_is_theirs_too(unit):
    paused(unit)

    ann = signed_up(make_event(unit=unit, capacity=1), "ann")

    assert (ann.holds_seat, ann.waits_last) == (True, True)


@pytest.mark.parametrize("also_somebody_else", [False, True])
def test_who_waits_last_stops_nobody_under_strict_order(unit, also_somebody_else):
    paused(unit)
    event = make_event(unit=unit, capacity=2, waitlist_policy="strict")
    event.policy.group_max = 5
    event.policy.save()
    taken = signed_up(event, "first")
    if also_somebody_else:
        signed_up(event, "other", party=[GUEST])
    ann = signed_up(event, "ann", party=[GUEST])

    late = signed_up(event, "late")

    assert taken.holds_seat
    assert (ann.state, late.holds_seat) == (S.WAITLISTED, not also_somebody_else)
    assert order(event) == (["other", "late", "ann"] if also_somebody_else else ["ann"])


def test_a_pause_counts_in_its_unit_and_time_only_and_not_for_who_has_no_address(unit, owner):
    pause = paused(unit)
    event, elsewhere = make_event(unit=unit), make_event(unit=make_unit("elsewhere"))

    assert queues_last(event, pause.email_key, at=NOW)
    assert not queues_last(event, pause.email_key, at=NOW + DAY)
    assert not queues_last(event, pause.email_key, at=NOW - 2 * DAY)
    assert not queues_last(elsewhere, pause.email_key, at=NOW)
    assert not queues_last(event, None, at=NOW)
    set_no_show_rule(elsewhere.unit, limit=2, months=12, pause_months=3, by=owner, at=NOW)
    elsewhere.unit.refresh_from_db()
    assert not queues_last(elsewhere, pause.email_key, at=NOW)


def test_reopening_takes_the_pause_and_the_last_place_back(unit, owner):
    missed(unit, owner, days=20)
    last = missed(unit, owner)
    event = make_event(unit=unit, capacity=1)
    signed_up(event, "first")
    ann, later = signed_up(event, "ann"), signed_up(event, "later", at=NOW + HOUR)
    assert order(event) == ["later", "ann"]

    reopen_attendance(last.event, by=owner, at=NOW + HOUR)

    assert not NoShowPause.objects.exists()
    assert (fresh(ann).waits_last, fresh(later).waits_last) == (False, False)
    assert order(event) == ["ann", "later"]


def test_an_excuse_takes_it_back_too_and_reopening_without_pauses_moves_nobody(unit, owner):
    missed(unit, owner, days=20)
    last = missed(unit, owner)

    excuse(last, reason="Choroba", by=owner, at=NOW)
    reopen_attendance(last.event, by=owner, at=NOW)

    assert not NoShowPause.objects.exists()


def test_a_scan_that_arrives_after_closing_takes_it_back(unit, owner):
    missed(unit, owner, days=20)
    last = missed(unit, owner)
    ann = signed_up(make_event(unit=unit, capacity=0), "ann")

    check_in(last.event, reference=last.reference, nonce="n1", source=CheckInSource.LIST, by=owner, at=NOW + HOUR)

    assert (NoShowPause.objects.exists(), fresh(ann).waits_last) == (False, False)


def test_who_came_after_all_is_not_paused_any_more(unit):
    pause = paused(unit)
    Registration.objects.filter(pk=pause.registration_id).update(attendance=Attendance.PRESENT)

    assert not signed_up(make_event(unit=unit), "ann").waits_last


def test_an_objection_suspends_the_pause_until_somebody_decides(unit, owner):
    pause = paused(unit)
    event = make_event(unit=unit, capacity=1)
    signed_up(event, "first")
    ann = signed_up(event, "ann")
    signed_up(event, "later", at=NOW + HOUR)

    object_to_pause(ann, "  Byłam w szpitalu.  ", at=NOW + HOUR)

    pause.refresh_from_db()
    assert (pause.objection, pause.objected_at, pause.upheld) == ("Byłam w szpitalu.", NOW + HOUR, None)
    assert order(event) == ["ann", "later"]
    assert not signed_up(make_event(unit=unit), "ann", at=NOW + HOUR).waits_last

    decide_objection(pause, upheld=True, by=owner, at=NOW + 2 * HOUR)

    pause.refresh_from_db()
    assert (pause.upheld, pause.decided_by, pause.decided_at) == (True, owner, NOW + 2 * HOUR)
    assert order(event) == ["later", "ann"]
    with pytest.raises(MoveNotAllowed):
        decide_objection(pause, upheld=False, by=owner, at=NOW + 2 * HOUR)
    with pytest.raises(MoveNotAllowed):
        object_to_pause(ann, "Jeszcze raz", at=NOW + 2 * HOUR)
    assert order(event) == ["later", "ann"]


def test_a_lifted_pause_does_not_come_back(unit, owner):
    pause = paused(unit)
    event = make_event(unit=unit, capacity=0)
    ann = signed_up(event, "ann")
    object_to_pause(ann, "Nie dostałam zaproszenia", at=NOW)

    decide_objection(pause, upheld=False, by=owner, at=NOW)

    assert not fresh(ann).waits_last
    assert not signed_up(make_event(unit=unit), "ann").waits_last


def test_what_cannot_be_objected_to_changes_nothing(unit):
    pause = paused(unit)
    event = make_event(unit=unit, capacity=0)
    ann, other = signed_up(event, "ann"), signed_up(event, "other")

    for words in ("  ", "x" * 2001):
        with pytest.raises(FieldErrors):
            object_to_pause(ann, words, at=NOW)
    with pytest.raises(MoveNotAllowed):
        object_to_pause(other, "Nie zgadzam się", at=NOW)

    pause.refresh_from_db()
    assert (pause.objected_at, fresh(ann).waits_last) == (None, True)


def test_whoever_is_first_by_an_objection_moves_up(unit):
    paused(unit)
    event = make_event(unit=unit, capacity=2, waitlist_policy="strict")
    event.policy.group_max = 5
    event.policy.save()
    signed_up(event, "first")
    ann = signed_up(event, "ann")
    Registration.objects.filter(pk=ann.pk).update(
        state=S.WAITLISTED, holds_seat=False, waiting_pool=event.pools.get(), confirmed_at=None
    )
    event.pools.update(taken=1, waiting=1)
    two = signed_up(event, "two", at=NOW + HOUR, party=[GUEST])
    assert order(event) == ["two", "ann"]

    object_to_pause(fresh(ann), "Byłam w szpitalu", at=NOW + HOUR)

    assert (fresh(ann).holds_seat, fresh(two).holds_seat) == (True, False)
    assert counts(event) == [(2, 2)]


def test_switching_the_rule_off_gives_everybody_their_place(unit, owner):
    paused(unit)
    event = make_event(unit=unit, capacity=0)
    ann = signed_up(event, "ann")
    signed_up(event, "later", at=NOW + HOUR)

    set_no_show_rule(unit, limit=None, months=12, pause_months=3, by=owner, at=NOW + HOUR)

    unit.refresh_from_db()
    assert (unit.no_show_limit, fresh(ann).waits_last, order(event)) == (None, False, ["ann", "later"])
    assert not signed_up(make_event(unit=unit), "ann").waits_last
    assert pause_of(fresh(ann)) is None


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"months": 0}, {"months": 37}, {"pause_months": 13}, {"limit": 21}])
def test_a_rule_outside_its_limits_is_refused(unit, owner, wrong):
    with pytest.raises(FieldErrors):
        set_no_show_rule(unit, **{"limit": 3, "months": 6, "pause_months": 1, **wrong}, by=owner, at=NOW)

    unit.refresh_from_db()
    assert (unit.no_show_limit, unit.no_show_months, unit.no_show_pause_months) == (2, 12, 3)


def test_who_is_erased_leaves_no_pause_behind(unit):
    pause = paused(unit)

    empty_people([pause.registration], by=None, at=NOW)

    assert not NoShowPause.objects.exists()
    assert pause_of(fresh(pause.registration)) is None
