"""Parties come in whole or wait whole; staff and invited people come in by the same door."""

from datetime import timedelta

import pytest

from events.enums import SeatSource
from events.errors import FieldErrors
from registrations.actions.moves import cancel_registration, confirm_registration, expire_due
from registrations.actions.needs import Need
from registrations.actions.signing_up import Guest
from registrations.enums import RegistrationSource, RegistrationState
from registrations.errors import AlreadyRegistered, EventFull, InvitationOver, InvitationUsed, NotOpenYet, PoolFull
from registrations.models import PartyMember, Registration
from tests.make import make_applicant, make_event, make_invitation, make_session, make_user
from tests.make.events import NOW
from tests.registrations.acts import counts, enter, entered, fresh, refused

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR = timedelta(hours=1)
JAN, EWA = Guest(" Jan ", "Nowak"), Guest("Ewa", "Żółć", " ewa@example.org ")


def test_a_party_takes_a_seat_for_each_and_each_has_a_code():
    event = make_event(capacity=5, group_max=3)

    registration = entered(event, make_applicant(party=[JAN, EWA]))

    assert (registration.state, registration.seats) == (S.CONFIRMED, 3)
    assert counts(event) == [(3, 0)]
    members = list(PartyMember.objects.values_list("first_name", "last_name", "email", "state"))
    assert members == [("Jan", "Nowak", "", "coming"), ("Ewa", "Żółć", "ewa@example.org", "coming")]
    codes = {registration.ticket_code, *PartyMember.objects.values_list("ticket_code", flat=True)}
    assert len(codes) == 3
    assert "jan nowak ewa zolc" in registration.participant.search_text


def test_too_few_seats_for_all_and_all_wait_together():
    event = make_event(capacity=2, group_max=3)

    party = entered(event, make_applicant(party=[JAN, EWA]))

    assert (party.state, party.seats) == (S.WAITLISTED, 3)
    assert counts(event) == [(0, 3)]


def test_too_few_places_on_the_reserve_list_for_all_and_all_are_refused():
    event = make_event(capacity=1, waitlist_limit=2, group_max=3)
    entered(event)

    refused(event, EventFull, make_applicant(party=[JAN, EWA]))

    assert not PartyMember.objects.exists()


@pytest.mark.parametrize(("most", "others"), [(1, 1), (2, 2)])
def test_no_more_people_than_the_organiser_allows(most, others):
    refusal = refused(make_event(group_max=most), FieldErrors, make_applicant(party=[JAN] * others))

    assert list(refusal.errors) == ["party"]


def test_names_of_the_party_carry_nothing_into_mails():
    party = [JAN, Guest("https://example.org", "", "not an address")]

    refusal = refused(make_event(group_max=3), FieldErrors, make_applicant(party=party))

    assert sorted(refusal.errors) == ["party.1.email", "party.1.first_name", "party.1.last_name"]


@pytest.mark.parametrize(("inside", "seats"), [(False, 1), (True, 2)])
def test_an_assistant_takes_a_seat_where_the_organiser_says_so(inside, seats):
    event = make_event(assistants_take_seats=inside)

    registration = entered(event, make_applicant(needs=[Need("assistant")]))

    assert registration.seats == seats
    assert counts(event) == [(seats, 0)]


# Staff


def test_staff_register_somebody_without_an_address_in_the_same_queue():
    event, clerk = make_event(capacity=1, confirm_email=True), make_user()
    somebody = make_applicant("")

    first = enter(event, somebody, source=RegistrationSource.PHONE, by=clerk).registration
    second = enter(event, somebody, source=RegistrationSource.PAPER, by=clerk).registration

    assert first is not None
    assert second is not None
    assert [first.state, second.state] == [S.CONFIRMED, S.WAITLISTED]
    assert (first.email_key, second.email_key, first.participant.email) == (None, None, "")
    cancel_registration(first, by=clerk, at=NOW + HOUR)
    assert fresh(second).state == S.CONFIRMED


def test_nobody_else_comes_without_an_address():
    assert list(refused(make_event(), FieldErrors, make_applicant("")).errors) == ["email"]


def test_staff_are_told_who_is_registered_already():
    event, clerk = make_event(), make_user()
    own = entered(event, make_applicant("ann@example.org"))

    with pytest.raises(AlreadyRegistered) as refusal:
        enter(event, make_applicant("Ann@example.org"), source=RegistrationSource.PHONE, by=clerk)

    assert refusal.value.details == {"reference": own.reference}
    assert list(own.changes.values_list("cause", flat=True)) == ["signed_up"]


def test_staff_have_no_other_window_than_everybody():
    event = make_event(opens_at=NOW + HOUR)

    with pytest.raises(NotOpenYet):
        enter(event, source=RegistrationSource.PHONE, by=make_user())


# Invited people


def test_reserved_seats_are_for_invited_people_only():
    event = make_event(capacity=2, reserved=1)
    first, second = entered(event), entered(event)
    invited = make_invitation(event, uses_reserved=True)

    guest = enter(event, source=RegistrationSource.INVITATION, invitation=invited).registration

    assert guest is not None
    assert [first.state, second.state, guest.state] == [S.CONFIRMED, S.WAITLISTED, S.CONFIRMED]
    assert guest.seat_source == SeatSource.RESERVED
    pool = event.pools.get()
    assert (pool.taken, pool.waiting, pool.reserved_taken, pool.free) == (2, 1, 1, 0)
    counts(event)


def test_a_reserved_seat_that_is_given_back_stays_reserved():
    event = make_event(capacity=2, reserved=1)
    invited = make_invitation(event, uses_reserved=True)
    guest = enter(event, invitation=invited).registration
    assert guest is not None
    entered(event)
    waiting = entered(event)

    cancel_registration(guest, by=None, at=NOW + HOUR)

    assert fresh(waiting).state == S.WAITLISTED
    assert (event.pools.get().reserved_taken, event.pools.get().free) == (0, 0)
    again = enter(event, invitation=invited, at=NOW + HOUR).registration
    assert again is not None
    assert again.state == S.CONFIRMED
    counts(event)


def test_when_reserved_seats_are_gone_invited_people_take_others_or_wait():
    event = make_event(capacity=2, reserved=1)
    rows = [enter(event, invitation=make_invitation(event, uses_reserved=True)).registration for _person in range(3)]

    assert [(row.state, row.seat_source) for row in rows if row] == [
        (S.CONFIRMED, "reserved"), (S.CONFIRMED, "own"), (S.WAITLISTED, "own"),
    ]  # fmt: skip


def test_a_group_without_a_seat_of_its_own_is_no_obstacle_for_a_reserved_one():
    event = make_event(capacity=3, categories=[("business", 1)], reserved=1)
    entered(event, make_applicant(category="business"))
    invited = make_invitation(event, uses_reserved=True)

    guest = enter(event, make_applicant(category="business"), invitation=invited).registration

    assert guest is not None
    assert (guest.state, guest.seat_source) == (S.CONFIRMED, "reserved")
    counts(event)


def test_who_comes_by_the_mailed_link_need_not_confirm_the_address_again():
    event = make_event(confirm_email=True)
    invited = make_invitation(event, email="ewa@example.org")

    own = enter(event, make_applicant("Ewa@example.org"), invitation=invited).registration
    other = enter(event, make_applicant("jan@example.org"), invitation=make_invitation(event)).registration

    assert own is not None
    assert other is not None
    assert [own.state, other.state] == [S.CONFIRMED, S.HELD]


def test_an_invitation_registers_one_party():
    event = make_event()
    invited = make_invitation(event, seats=2)
    enter(event, make_applicant(party=[JAN]), invitation=invited)

    with pytest.raises(InvitationUsed):
        enter(event, invitation=invited)
    with pytest.raises(FieldErrors):
        enter(event, make_applicant(party=[JAN, EWA]), invitation=make_invitation(event, seats=2))

    assert counts(event) == [(2, 0)]


def test_an_invitation_that_was_taken_back_or_is_for_another_event_opens_nothing():
    event = make_event()

    for invitation in (make_invitation(event, revoked_at=NOW), make_invitation(make_event())):
        with pytest.raises(InvitationOver):
            enter(event, invitation=invitation)

    assert not Registration.objects.exists()


def test_an_invited_person_who_waits_gets_the_reserved_seat_before_anybody_else():
    event = make_event(capacity=1, reserved=1)
    holder = enter(event, invitation=make_invitation(event, uses_reserved=True)).registration
    assert holder is not None
    stranger = entered(event)
    party, invited = (
        enter(event, make_applicant(party=guests), invitation=make_invitation(event, uses_reserved=True, seats=2))
        for guests in ([JAN], [])
    )
    assert party.registration is not None
    assert invited.registration is not None

    cancel_registration(holder, by=None, at=NOW + HOUR)
    assert [fresh(row).state for row in (stranger, party.registration, invited.registration)] == [S.WAITLISTED] * 3
    cancel_registration(party.registration, by=None, at=NOW + HOUR)

    assert (fresh(invited.registration).state, fresh(invited.registration).seat_source) == (S.CONFIRMED, "reserved")
    assert fresh(stranger).state == S.WAITLISTED
    counts(event)


def test_of_all_dates_that_are_over_no_reserved_seat_is_given():
    event = make_event(capacity=1, reserved=1, sessions=2)
    first = event.sessions.order_by("starts_at")[0]
    holder = enter(event, invitation=make_invitation(event, uses_reserved=True)).registration
    person = make_applicant(session_ids=(first.pk,))
    late = enter(event, person, invitation=make_invitation(event, uses_reserved=True)).registration
    assert holder is not None
    assert late is not None

    cancel_registration(holder, by=None, at=first.starts_at + HOUR)

    assert fresh(late).state == S.WAITLISTED


@pytest.mark.parametrize("lying", ["released", "reserved"])
def test_the_tick_sweeps_up_seats_apart_that_lie_free(lying):
    event = make_event(capacity=3, categories=[("business", 1)])
    entered(event, make_applicant(category="business"))
    invitation = make_invitation(event, uses_reserved=True)
    waiting = enter(event, make_applicant(category="business"), invitation=invitation).registration
    assert waiting is not None
    # Somebody forgot to see who may have them.
    event.pools.filter(category=None).update(**{lying: 1})

    expire_due(at=NOW + HOUR)

    assert (fresh(waiting).state, fresh(waiting).seat_source) == (S.CONFIRMED, lying)
    counts(event)


# Seats that a group has given up


def released(event, seats: int) -> None:
    event.pools.filter(category=None).update(released=seats)


def test_who_finds_the_group_full_takes_a_seat_that_another_group_has_given_up():
    event = make_event(capacity=4, categories=[("business", 1), ("resident", 2)])
    released(event, 1)

    people = [entered(event, make_applicant(category="business")) for _person in range(3)]

    assert [(row.state, row.seat_source) for row in people] == [
        (S.CONFIRMED, "own"), (S.CONFIRMED, "released"), (S.WAITLISTED, "own"),
    ]  # fmt: skip
    assert counts(event) == [(2, 0), (1, 1), (0, 0)]


def test_a_party_for_which_the_given_up_seats_are_too_few_waits_for_its_own_group():
    event = make_event(capacity=9, categories=[("business", 0)], group_max=2, waitlist=False)
    released(event, 1)

    refused(event, PoolFull, make_applicant(category="business", party=[JAN]))


def test_a_session_that_is_full_is_full_for_given_up_seats_too():
    event = make_event(capacity=9, categories=[("business", 0)])
    make_session(event, starts_at=NOW + timedelta(days=20), capacity=0)
    released(event, 1)

    assert entered(event, make_applicant(category="business")).state == S.WAITLISTED


def test_a_given_up_seat_goes_from_person_to_person():
    event = make_event(capacity=4, categories=[("business", 0), ("resident", 0)])
    released(event, 1)
    first = entered(event, make_applicant(category="business"))
    waiting = [entered(event, make_applicant(category=code)) for code in ("resident", "business")]

    cancel_registration(first, by=None, at=NOW + HOUR)

    assert [(fresh(row).state, fresh(row).seat_source) for row in waiting] == [
        (S.CONFIRMED, "released"), (S.WAITLISTED, "own"),
    ]  # fmt: skip
    counts(event)


def test_under_strict_order_nobody_passes_a_party_for_which_the_given_up_seats_are_too_few():
    for policy, state in [("strict", S.WAITLISTED), ("first_fit", S.CONFIRMED)]:
        event = make_event(
            capacity=4, categories=[("business", 0), ("resident", 0)], group_max=2, waitlist_policy=policy
        )
        released(event, 2)
        holder = entered(event, make_applicant(category="business", party=[JAN]))
        large = entered(event, make_applicant(category="business", party=[JAN]))
        small = entered(event, make_applicant(category="resident"))
        event.pools.filter(category=None).update(released=2)
        smaller = Registration.objects.filter(pk=holder.pk)
        smaller.update(seats=1)
        event.pools.filter(category=None).update(taken=1, released_taken=1)

        late = entered(event, make_applicant(category="resident"), at=NOW + HOUR)

        assert fresh(large).state == S.WAITLISTED
        assert late.state == state
        assert small.state == S.WAITLISTED
        counts(event)


def test_who_comes_back_late_finds_a_given_up_seat():
    event = make_event(capacity=4, categories=[("business", 0)], confirm_email=True)
    released(event, 1)
    late = entered(event, make_applicant(category="business"))
    Registration.objects.filter(pk=late.pk).update(hold_expires_at=NOW)

    confirm_registration(late, at=NOW + HOUR)

    assert (fresh(late).state, fresh(late).seat_source) == (S.CONFIRMED, "released")
    counts(event)
