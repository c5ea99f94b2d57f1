"""Closing attendance: who did not come is written down, apart from who is excused, and never guessed before."""

from datetime import timedelta

import pytest

from events.enums import EventStatus
from events.errors import FieldErrors, MoveNotAllowed
from events.models import EventChange
from registrations.actions.attendance import check_in, void_check_in
from registrations.actions.closing import close_attendance, excuse, reopen_attendance, take_excuse_back
from registrations.actions.moves import cancel_registration
from registrations.enums import Attendance, CheckInKind, CheckInSource, RegistrationState
from registrations.errors import HasCome, NotActive, NotOver
from registrations.models import CheckIn, PartyMember, Registration
from registrations.queries.attendance import attendees
from registrations.queries.lists import narrowed_registrations, report_figures
from tests.make import make_event, make_member, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import fresh

pytestmark = pytest.mark.django_db

A, S = Attendance, RegistrationState
AFTER = NOW + timedelta(days=15)


@pytest.fixture
def owner():
    return make_user("owner@example.org")


def comes(event, registration, owner, *, at=AFTER, nonce=None, **who):
    return check_in(
        event,
        reference=registration.reference,
        nonce=nonce or f"n{CheckIn.objects.count()}",
        source=CheckInSource.LIST,
        by=owner,
        at=at,
        **who,
    )


def test_everybody_with_a_seat_of_whom_nothing_is_recorded_did_not_come(owner):
    event = make_event()
    came, absent, excused = (make_registration(event, last_name=name) for name in ("Lis", "Mak", "Sowa"))
    party = make_registration(event, last_name="Bąk", seats=3)
    here, missing = make_member(party, first_name="Ala"), make_member(party, first_name="Olo")
    others = [make_registration(event, state=state) for state in (S.WAITLISTED, S.CANCELLED_BY_PARTICIPANT, S.EXPIRED)]
    elsewhere = make_registration(make_event())
    comes(event, came, owner)
    comes(event, party, owner, member_id=here.pk)
    excuse(excused, reason="Wyjazd służbowy", by=owner, at=NOW)

    number = close_attendance(event, by=owner, at=AFTER)

    assert number == 3
    assert [fresh(row).attendance for row in (came, absent, excused, party)] == [
        A.PRESENT,
        A.NO_SHOW,
        A.EXCUSED,
        A.NO_SHOW,
    ]
    assert [PartyMember.objects.get(pk=one.pk).attendance for one in (here, missing)] == [A.PRESENT, A.NO_SHOW]
    assert {fresh(row).attendance for row in [*others, elsewhere]} == {A.NOT_RECORDED}
    event.refresh_from_db()
    assert event.attendance_closed_at == AFTER
    figures = report_figures(event).total
    assert (figures.confirmed, figures.present, figures.no_show, figures.excused) == (6, 2, 3, 1)
    change = EventChange.objects.get(kind="attendance_closed")
    assert (change.by, change.at, change.after, change.notify) == (owner, AFTER, {"no_show": 3}, False)


def test_closing_takes_as_many_statements_for_many_as_for_one(owner, django_assert_num_queries):
    event = make_event()
    for _number in range(6):
        make_member(make_registration(event, seats=2))

    with django_assert_num_queries(9):  # Four of them are of transactions.
        close_attendance(event, by=owner, at=AFTER)

    assert set(Registration.objects.values_list("attendance", flat=True)) == {A.NO_SHOW}


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.CANCELLED, EventStatus.POSTPONED])
def test_attendance_of_what_did_not_take_place_is_not_closed(owner, status):
    event = make_event(status=status)
    registration = make_registration(event)

    with pytest.raises(NotOver):
        close_attendance(event, by=owner, at=AFTER)

    assert fresh(registration).attendance == A.NOT_RECORDED
    assert not EventChange.objects.exists()


def test_attendance_is_closed_after_the_end_and_once(owner):
    event = make_event()
    with pytest.raises(NotOver):
        close_attendance(event, by=owner, at=NOW)
    close_attendance(event, by=owner, at=AFTER)

    with pytest.raises(MoveNotAllowed, match="move_not_allowed"):
        close_attendance(event, by=owner, at=AFTER)

    assert EventChange.objects.count() == 1


def test_who_is_checked_in_after_closing_came_and_taken_back_did_not_come_again(owner):
    event = make_event()
    registration = make_registration(event)
    close_attendance(event, by=owner, at=AFTER)

    comes(event, registration, owner)
    assert fresh(registration).attendance == A.PRESENT

    void_check_in(CheckIn.objects.get(), reason="Pomyłka", by=owner, at=AFTER)
    assert fresh(registration).attendance == A.NO_SHOW


def test_opening_again_takes_absences_back_and_nothing_else(owner):
    event = make_event()
    came, absent, excused = (make_registration(event) for _ in range(3))
    comes(event, came, owner)
    excuse(excused, reason="Choroba dziecka", by=owner, at=NOW)
    close_attendance(event, by=owner, at=AFTER)

    reopen_attendance(event, by=owner, at=AFTER)

    assert [fresh(row).attendance for row in (came, absent, excused)] == [A.PRESENT, A.NOT_RECORDED, A.EXCUSED]
    assert event.attendance_closed_at is None
    assert list(EventChange.objects.values_list("kind", flat=True)) == ["attendance_closed", "attendance_reopened"]
    with pytest.raises(MoveNotAllowed):
        reopen_attendance(event, by=owner, at=AFTER)


def test_whoever_is_cancelled_after_closing_did_not_fail_to_come(owner):
    event = make_event()
    registration = make_registration(event, seats=2)
    member = make_member(registration)
    close_attendance(event, by=owner, at=AFTER)

    cancel_registration(registration, by=owner, reason="Zgłoszone w terminie", at=AFTER)

    assert fresh(registration).attendance == A.NOT_RECORDED
    member.refresh_from_db()
    assert member.attendance == A.NOT_RECORDED
    assert report_figures(event).total.no_show == 0
    assert not narrowed_registrations(event, attendance="no_show").exists()


def test_an_excuse_stands_in_the_log_with_its_reason_once(owner):
    event = make_event()
    registration = make_registration(event, seats=2)
    member = make_member(registration)

    for _ in range(2):
        excuse(registration, member, reason=" Wyjazd ", by=owner, at=NOW)

    row = CheckIn.objects.get()
    assert (row.kind, row.member, row.reason, row.by, row.at) == (CheckInKind.EXCUSE, member, "Wyjazd", owner, NOW)
    assert [(one.attendance, one.excuse) for one in attendees(event)] == [(A.NOT_RECORDED, ""), (A.EXCUSED, "Wyjazd")]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_an_excuse_has_a_reason(owner, reason):
    registration = make_registration(make_event())

    with pytest.raises(FieldErrors) as refusal:
        excuse(registration, reason=reason, by=owner, at=NOW)

    assert list(refusal.value.errors) == ["reason"]
    assert not CheckIn.objects.exists()


def test_who_came_is_not_excused_and_neither_is_who_has_no_seat(owner):
    event = make_event()
    came, waits = make_registration(event), make_registration(event, state=S.WAITLISTED)
    comes(event, came, owner)

    with pytest.raises(HasCome):
        excuse(came, reason="Wyjazd", by=owner, at=AFTER)
    with pytest.raises(NotActive):
        excuse(waits, reason="Wyjazd", by=owner, at=AFTER)

    assert [fresh(row).attendance for row in (came, waits)] == [A.PRESENT, A.NOT_RECORDED]


def test_an_excuse_is_taken_back_by_another_row_and_given_again(owner):
    event = make_event()
    registration = make_registration(event)
    excuse(registration, reason="Wyjazd", by=owner, at=NOW)

    for _ in range(2):
        take_excuse_back(registration, by=owner, at=NOW)
    assert fresh(registration).attendance == A.NOT_RECORDED
    excuse(registration, reason="Choroba", by=owner, at=NOW)

    assert [(row.kind, row.reason) for row in CheckIn.objects.all()] == [
        *(("excuse", "Wyjazd"), ("void", ""), ("excuse", "Choroba"))
    ]
    assert [one.excuse for one in attendees(event)] == ["Choroba"]


def test_without_the_excuse_somebody_did_not_come_once_attendance_is_closed(owner):
    event = make_event()
    registration = make_registration(event)
    close_attendance(event, by=owner, at=AFTER)
    excuse(registration, reason="Wyjazd", by=owner, at=AFTER)
    assert fresh(registration).attendance == A.EXCUSED

    take_excuse_back(registration, by=owner, at=AFTER)

    assert fresh(registration).attendance == A.NO_SHOW


def test_people_stand_in_polish_order_and_whoever_stays_at_home_is_not_among_them(owner):
    event = make_event()
    for name in ("Śliwa", "Szulc", "Mak", "Łoś", "Lis"):
        make_registration(event, last_name=name)
    party = make_registration(event, last_name="Ćma")
    Registration.objects.filter(pk=party.pk).update(contact_comes=False)
    make_member(party, last_name="Żak")

    assert [one.named.last_name for one in attendees(event)] == ["Lis", "Łoś", "Mak", "Szulc", "Śliwa", "Żak"]
    assert attendees(event, attendance="present") == []
