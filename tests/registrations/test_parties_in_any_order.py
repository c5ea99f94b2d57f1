"""Whoever of a party leaves, comes instead, brings an assistant or arrives, in whatever order: seats equal the people."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from events.errors import DomainError
from events.models import SeatPool
from registrations.actions.attendance import check_in
from registrations.actions.details import change_details
from registrations.actions.moves import (
    accept_offer,
    cancel_registration,
    confirm_registration,
    decline_offer,
    expire_due,
)
from registrations.actions.needs import Need
from registrations.actions.parties import cancel_contact, cancel_member, substitute_contact, substitute_member
from registrations.actions.signing_up import Guest
from registrations.enums import (
    REGISTRATION_MOVES,
    Attendance,
    ChangeCause,
    CheckInResult,
    CheckInSource,
    MemberState,
    RegistrationState,
)
from registrations.models import CheckIn, PartyMember, Registration, RegistrationChange
from registrations.queries.at_the_door import door_figures
from registrations.queries.lists import report_figures
from registrations.queries.recount import party_counts, pool_counts
from tests.make import make_user
from tests.make.events import NOW
from tests.registrations.acts import enter
from tests.registrations.parties import make_group_event, with_party

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

S, C = RegistrationState, ChangeCause
EMAILS = [f"again{number}@example.org" for number in range(4)]
# What somebody did is one row; what follows from it for others, and for an assistant, are rows of their own.
FOLLOWS = {C.PROMOTED, C.QUEUE_CHANGED, C.SEATS_CHANGED, C.HOLD_EXPIRED, C.ASKED_AGAIN}


class PartiesInAnyOrder(RuleBasedStateMachine):
    """One event with few seats, parties that want them, and everything that can happen to one of their people."""

    def __init__(self) -> None:
        super().__init__()
        self._undo = transaction.atomic()
        self._undo.__enter__()
        self.at: datetime = NOW
        self.dead: dict[str, int] = {}
        self.number = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undo.__exit__(None, None, None)

    @initialize(
        capacity=st.integers(2, 5),
        business=st.none() | st.integers(1, 3),
        confirm_email=st.booleans(),
        policy=st.sampled_from(["strict", "first_fit"]),
        offer_hours=st.none() | st.just(2),
        assistants=st.booleans(),
        approval=st.booleans(),
    )
    def announce(self, capacity, business, confirm_email, policy, offer_hours, assistants, approval):
        self.event = make_group_event(
            group_max=4,
            capacity=capacity,
            categories=[("business", business), ("resident", None)],
            confirm_email=confirm_email,
            waitlist_policy=policy,
            offer_hours=offer_hours,
            assistants_take_seats=assistants,
            approval=approval,
            approval_holds_seat=approval,
        )
        self.organiser = make_user()

    @rule(
        others=st.integers(0, 3),
        email=st.none() | st.sampled_from(EMAILS),
        business=st.booleans(),
        assisted=st.booleans(),
    )
    def sign_up(self, others, email, business, assisted):
        guests = [self.guest() for _guest in range(others)]
        applicant = with_party(
            *guests,
            email=email,
            category="business" if business else "resident",
            needs=[Need("assistant")] if assisted else [],
        )
        self.attempt(lambda: enter(self.event, applicant, at=self.at))

    @rule(pick=st.integers(0, 30), by_organiser=st.booleans())
    def one_does_not_come(self, pick, by_organiser):
        self.with_member(pick, lambda row: cancel_member(row, by=self.actor(by_organiser), at=self.at))

    @rule(pick=st.integers(0, 30), by_organiser=st.booleans())
    def who_registered_does_not_come(self, pick, by_organiser):
        self.with_one(pick, lambda row: cancel_contact(row, by=self.actor(by_organiser), at=self.at))

    @rule(pick=st.integers(0, 30), by_organiser=st.booleans())
    def somebody_else_comes(self, pick, by_organiser):
        guest = self.guest()
        self.with_member(pick, lambda row: substitute_member(row, guest=guest, by=self.actor(by_organiser), at=self.at))

    @rule(pick=st.integers(0, 30), email=st.none() | st.sampled_from(EMAILS), by_organiser=st.booleans())
    def somebody_takes_over(self, pick, email, by_organiser):
        guest = Guest("Ola", f"Wrona {self.tick()}".strip(), email or f"ola{self.number}@example.org")
        self.with_one(pick, lambda row: substitute_contact(row, guest=guest, by=self.actor(by_organiser), at=self.at))

    @rule(pick=st.integers(0, 30), assisted=st.booleans())
    def need_an_assistant_or_none(self, pick, assisted):
        needs = [Need("assistant")] if assisted else []
        self.with_one(pick, lambda row: change_details(row, {}, needs=needs, at=self.at))

    @rule(pick=st.integers(0, 30), by_organiser=st.booleans())
    def cancel_all(self, pick, by_organiser):
        self.with_one(pick, lambda row: cancel_registration(row, by=self.actor(by_organiser), at=self.at))

    @rule(pick=st.integers(0, 30))
    def confirm(self, pick):
        self.with_one(pick, lambda row: confirm_registration(row, at=self.at))

    @rule(pick=st.integers(0, 30), accepts=st.booleans())
    def answer_offer(self, pick, accepts):
        answer = accept_offer if accepts else decline_offer
        self.with_one(pick, lambda row: answer(row, at=self.at))

    @rule(pick=st.integers(0, 60))
    def somebody_arrives(self, pick):
        codes = [*self.codes_of(Registration), *self.codes_of(PartyMember)]
        if codes:
            code = codes[pick % len(codes)]
            self.attempt(lambda: self.arrive(code))

    @rule(pick=st.integers(0, 30))
    def a_dead_code_is_shown(self, pick):
        codes = sorted(self.dead)
        if codes:
            assert self.arrive(codes[pick % len(codes)]).result == CheckInResult.CANCELLED

    @rule(minutes=st.sampled_from([1, 20, 61, 121]))
    def pass_time(self, minutes):
        self.at += timedelta(minutes=minutes)
        expire_due(at=self.at)

    @invariant()
    def pools_equal_their_lists_and_seats_the_people(self):
        assert [count for count in pool_counts() if not count.is_right] == []
        assert [count for count in party_counts(at=self.at) if not count.is_right] == []
        assert all(pool.capacity is None or pool.taken <= pool.capacity for pool in SeatPool.objects.all())

    @invariant()
    def every_code_is_one_persons_and_a_dead_one_stays_dead(self):
        codes = [*self.codes_of(Registration), *self.codes_of(PartyMember)]
        assert len(codes) == len(set(codes))
        for member in PartyMember.objects.exclude(state=MemberState.COMING):
            self.dead[member.ticket_code] = member.registration_id
        assert not PartyMember.objects.filter(ticket_code__in=self.dead, state=MemberState.COMING).exists()
        assert not Registration.objects.filter(ticket_code__in=self.dead).exists()

    @invariant()
    def who_came_is_counted_once_each(self):
        if not hasattr(self, "event"):
            return
        here = Registration.objects.filter(attendance=Attendance.PRESENT).count()
        here += PartyMember.objects.filter(attendance=Attendance.PRESENT).count()
        assert report_figures(self.event).total.present == here
        # Whom the organiser cancelled afterwards came, but is not in the room any more.
        confirmed = Registration.objects.filter(state=RegistrationState.CONFIRMED)
        inside = confirmed.filter(attendance=Attendance.PRESENT, contact_comes=True).count()
        members = PartyMember.objects.filter(attendance=Attendance.PRESENT, state=MemberState.COMING)
        inside += members.filter(registration__in=confirmed).count()
        assert door_figures(self.event, at=NOW).present == inside
        assert CheckIn.objects.count() == here

    @invariant()
    def every_move_is_one_row_and_allowed(self):
        stands: dict[int, str] = {}
        for change in RegistrationChange.objects.order_by("id"):
            was = stands.get(change.registration_id, "")
            assert change.from_state == was
            if was and change.to_state != was:
                assert S(change.to_state) in REGISTRATION_MOVES[S(was)]
            stands[change.registration_id] = change.to_state
        assert stands == dict(Registration.objects.values_list("id", "state"))

    @invariant()
    def nobody_who_is_replaced_is_lost(self):
        for change in RegistrationChange.objects.filter(cause=C.MEMBER_SUBSTITUTED):
            ended = PartyMember.objects.filter(registration=change.registration_id, ended_at=change.at)
            assert ended.filter(state=MemberState.REPLACED).exists()

    def guest(self) -> Guest:
        number = self.tick()
        return Guest("Ewa", f"Lis {number}", f"ewa{number}@example.org" if number % 2 else "")

    def tick(self) -> int:
        """Another number; two things never happen in the same instant."""
        self.number += 1
        self.at += timedelta(microseconds=1)
        return self.number

    def actor(self, by_organiser):
        return self.organiser if by_organiser else None

    def codes_of(self, table) -> list[str]:
        return list(table.objects.order_by("id").values_list("ticket_code", flat=True))

    def arrive(self, code):
        nonce = f"n{self.tick()}"
        source = CheckInSource.QR
        return check_in(self.event, code=code, nonce=nonce, source=source, by=self.organiser, at=self.at)

    def with_one(self, pick, act) -> None:
        rows = Registration.objects.order_by("id")
        if rows:
            row = rows[pick % len(rows)]
            self.attempt(lambda: act(row), about=row.pk)

    def with_member(self, pick, act) -> None:
        rows = PartyMember.objects.order_by("id")
        if rows:
            row = rows[pick % len(rows)]
            self.attempt(lambda: act(row), about=row.registration_id)

    def attempt(self, act, about=None) -> None:
        """A refusal leaves everything as it was; what is done is one row about whom it was done to."""
        before, last = self.everything(), RegistrationChange.objects.order_by("id").last()
        self.tick()
        try:
            act()
        except DomainError:
            assert self.everything() == before
            return
        rows = RegistrationChange.objects.filter(pk__gt=last.pk if last else 0)
        own = rows.filter(registration=about).exclude(cause__in=FOLLOWS) if about else rows.none()
        causes = list(own.values_list("cause", flat=True))
        # A place that was passed on to somebody who has one is given up, and a hold that ran out comes back.
        assert len(causes) <= 1 or causes == [C.MEMBER_SUBSTITUTED, C.CANCELLED]

    def everything(self) -> list[list[tuple[object, ...]]]:
        tables = (SeatPool, Registration, PartyMember, RegistrationChange, CheckIn)
        return [list(table.objects.order_by("id").values_list()) for table in tables]


def test_whatever_happens_to_the_people_of_parties():
    run_state_machine_as_test(
        PartiesInAnyOrder,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
