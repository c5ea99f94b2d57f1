"""Applications: nobody has a seat before somebody has said yes, and everybody keeps the time at which they asked."""

from datetime import timedelta

import pytest

from events.enums import EventStatus
from events.errors import FieldErrors
from events.models import Event
from registrations.actions.approvals import approve_registration, reject_registration
from registrations.actions.moves import cancel_registration, confirm_registration
from registrations.actions.signing_up import Guest
from registrations.enums import ChangeCause, RegistrationSource, RegistrationState
from registrations.errors import EventCancelled, EventFull, NotActive, RegistrationClosed
from registrations.models import Registration
from registrations.queries.lists import position_of
from tests.make import make_applicant, make_event, make_invitation, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, enter, entered, fresh

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR = timedelta(hours=1)


def approved(registration: Registration, *, at=NOW + HOUR) -> Registration:
    approve_registration(registration, by=make_user(), at=at)
    return fresh(registration)


def test_an_application_takes_no_seat_and_no_place_in_the_queue():
    event = make_event(capacity=1, approval=True, confirm_email=True)

    answers = [enter(event) for _person in range(3)]

    assert [answer.state for answer in answers] == [S.AWAITING_APPROVAL] * 3
    assert [answer.confirm_by for answer in answers] == [None] * 3
    assert counts(event) == [(0, 0)]


def test_an_accepted_application_gets_a_seat_or_waits_with_the_time_at_which_it_was_made():
    event = make_event(capacity=1, approval=True)
    early, late, later = entered(event), entered(event, at=NOW + HOUR), entered(event, at=NOW + 2 * HOUR)

    assert approved(later, at=NOW + 3 * HOUR).state == S.CONFIRMED
    assert approved(late, at=NOW + 3 * HOUR).state == S.WAITLISTED
    assert approved(early, at=NOW + 4 * HOUR).state == S.WAITLISTED

    assert [position_of(fresh(row)) for row in (early, late)] == [1, 2]
    assert counts(event) == [(1, 2)]
    assert changes(event)[-1] == (ChangeCause.APPROVED, S.AWAITING_APPROVAL, S.WAITLISTED, True)


def test_once_more_changes_nothing():
    event = make_event(approval=True)
    application = approved(entered(event))

    assert approved(application, at=NOW + 2 * HOUR).confirmed_at == NOW + HOUR
    assert len(changes(event)) == 2


def test_whose_address_is_not_confirmed_has_a_day_to_confirm_it():
    event = make_event(approval=True, confirm_email=True)
    application = approved(entered(event))

    assert (application.state, application.hold_expires_at) == (S.HELD, NOW + HOUR + timedelta(hours=24))
    assert counts(event) == [(1, 0)]


def test_whose_address_was_confirmed_meanwhile_is_in_at_once():
    event = make_event(approval=True, confirm_email=True)
    application = entered(event)

    for _click in range(2):
        confirm_registration(application, at=NOW + HOUR)

    assert (fresh(application).state, fresh(application).address_confirmed_at) == (S.AWAITING_APPROVAL, NOW + HOUR)
    assert approved(application).state == S.CONFIRMED
    assert changes(event)[1:2] == [(ChangeCause.ADDRESS_CONFIRMED, S.AWAITING_APPROVAL, S.AWAITING_APPROVAL, False)]


def test_whom_staff_registered_has_nothing_to_confirm():
    event, clerk = make_event(approval=True, confirm_email=True), make_user()
    application = enter(event, make_applicant(""), source=RegistrationSource.PHONE, by=clerk).registration
    assert application is not None

    assert approved(application).state == S.CONFIRMED


def test_who_is_small_enough_for_what_is_free_and_came_first_does_not_wait():
    event = make_event(capacity=3, approval=True, group_max=3)
    small, large = entered(event), entered(event, make_applicant(party=[Guest("Jan", "Nowak")] * 2), at=NOW + HOUR)
    make_registration(event)
    assert approved(large).state == S.WAITLISTED

    assert approved(small).state == S.CONFIRMED
    assert counts(event) == [(2, 3)]


def test_a_seat_may_be_kept_until_it_is_decided():
    event = make_event(capacity=1, approval=True, approval_holds_seat=True)
    first, second = entered(event), entered(event)
    assert counts(event) == [(1, 1)]

    reject_registration(first, reason="Nie ta grupa", by=make_user(), at=NOW + HOUR)

    assert (fresh(second).state, fresh(second).holds_seat) == (S.AWAITING_APPROVAL, True)
    assert approved(second).state == S.CONFIRMED
    assert counts(event) == [(1, 0)]


def test_who_waits_with_an_application_is_accepted_into_the_queue():
    event = make_event(capacity=1, approval=True, approval_holds_seat=True)
    entered(event)
    second = entered(event)

    assert approved(second).state == S.WAITLISTED
    assert counts(event) == [(1, 1)]


def test_where_nobody_can_wait_an_application_stays_open_until_there_is_a_seat():
    event = make_event(capacity=1, approval=True, waitlist=False)
    first, second = entered(event), entered(event)
    approved(first)

    with pytest.raises(EventFull):
        approve_registration(second, by=make_user(), at=NOW + HOUR)

    assert fresh(second).state == S.AWAITING_APPROVAL
    cancel_registration(first, by=None, at=NOW + HOUR)
    assert approved(second).state == S.CONFIRMED


def test_a_rejection_has_a_reason_that_stands_in_the_history():
    event, decider = make_event(approval=True), make_user()
    application = entered(event)

    with pytest.raises(FieldErrors):
        reject_registration(application, reason=" ", by=decider, at=NOW + HOUR)
    for _click in range(2):
        reject_registration(application, reason=" Brak miejsc ", by=decider, at=NOW + HOUR)

    assert fresh(application).state == S.REJECTED
    assert list(application.changes.values_list("cause", "reason", "by")) == [
        ("signed_up", "", None), ("rejected", "Brak miejsc", decider.pk),
    ]  # fmt: skip


def test_what_is_no_application_is_neither_accepted_nor_rejected():
    ended, confirmed = make_registration(make_event(), state=S.EXPIRED), make_registration(make_event())

    with pytest.raises(NotActive):
        approve_registration(ended, by=make_user(), at=NOW)
    for registration in (ended, confirmed):
        with pytest.raises(NotActive):
            reject_registration(registration, reason="X", by=make_user(), at=NOW)


def test_an_application_may_be_taken_back_by_its_person_only():
    event = make_event(approval=True)
    own, other = entered(event), entered(event)

    cancel_registration(own, by=None, at=NOW + HOUR)
    with pytest.raises(NotActive):
        cancel_registration(other, by=make_user(), at=NOW + HOUR)

    assert [fresh(own).state, fresh(other).state] == [S.CANCELLED_BY_PARTICIPANT, S.AWAITING_APPROVAL]


def test_the_time_to_confirm_ends_with_the_start():
    event = make_event(approval=True, confirm_email=True)
    assert event.starts_at is not None

    application = approved(entered(event), at=event.starts_at - HOUR)

    assert (application.state, application.hold_expires_at) == (S.HELD, event.starts_at)


def test_an_event_without_a_date_accepts_and_one_that_is_over_does_not():
    event = make_event(approval=True, confirm_email=True)
    first, second = entered(event), entered(event)
    Event.objects.filter(pk=event.pk).update(status=EventStatus.POSTPONED)
    assert approved(first).hold_expires_at == NOW + 25 * HOUR

    Event.objects.filter(pk=event.pk).update(status=EventStatus.PUBLISHED)
    with pytest.raises(RegistrationClosed):
        approve_registration(second, by=make_user(), at=NOW + timedelta(days=15))


def test_for_an_event_that_is_off_nobody_is_accepted():
    event = make_event(approval=True)
    application = entered(event)
    Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)

    with pytest.raises(EventCancelled):
        approve_registration(application, by=make_user(), at=NOW + HOUR)


def test_an_invitation_may_spare_the_application():
    event = make_event(approval=True)
    states = [enter(event, invitation=make_invitation(event, skips_approval=skips)).state for skips in (True, False)]

    assert states == [S.CONFIRMED, S.AWAITING_APPROVAL]


def test_who_applies_twice_gets_a_strangers_answer():
    event = make_event(approval=True)
    entered(event, make_applicant("ann@example.org"))

    again = enter(event, make_applicant("ann@example.org"))

    assert (again.state, again.registration) == (S.AWAITING_APPROVAL, None)


def test_an_application_of_an_invited_person_keeps_no_reserved_seat_before_it_is_accepted():
    event = make_event(capacity=1, reserved=1, approval=True)
    invitation = make_invitation(event, uses_reserved=True, skips_approval=False)

    application = enter(event, invitation=invitation).registration

    assert application is not None
    assert counts(event) == [(0, 0)]
    assert (approved(application).state, fresh(application).seat_source) == (S.CONFIRMED, "reserved")
    assert event.pools.get().reserved_taken == 1
