"""Whatever people, organisers and time do in whatever order: pools equal their lists, and the order of the queue holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from events.actions.history import record
from events.actions.releasing import release_seats
from events.actions.seats import set_capacity, set_reserved
from events.enums import EventChangeKind, EventStatus, SeatSource
from events.errors import DomainError
from events.models import Event, SeatPool
from events.queries.seats import applying, event_pools, fits, is_of_group
from registrations.actions.approvals import approve_registration, reject_registration
from registrations.actions.attendance import check_in
from registrations.actions.letting_in import let_in
from registrations.actions.moves import (
    accept_offer,
    cancel_registration,
    confirm_registration,
    decline_offer,
    expire_due,
)
from registrations.actions.signing_up import Guest
from registrations.enums import REGISTRATION_MOVES, CheckInSource, RegistrationState
from registrations.models import Registration, RegistrationChange
from registrations.queries.recount import pool_counts
from tests.make import make_applicant, make_category, make_event, make_invitation, make_session, make_user
from tests.make.events import NOW
from tests.registrations.acts import enter

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

S = RegistrationState
WITH_SEAT = {S.HELD, S.CONFIRMED, S.OFFERED}
CATEGORIES = ("business", "resident")
EMAILS = [f"again{number}@example.org" for number in range(4)]


class AnyOrder(RuleBasedStateMachine):
    """One event with pools of every sort, and everybody who can do something to its seats."""

    def __init__(self) -> None:
        super().__init__()
        self._undo = transaction.atomic()
        self._undo.__enter__()
        self.at: datetime = NOW

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undo.__exit__(None, None, None)

    @initialize(
        capacity=st.integers(1, 4),
        business=st.none() | st.integers(1, 2),
        afternoon=st.none() | st.integers(1, 2),
        confirm_email=st.booleans(),
        policy=st.sampled_from(["strict", "first_fit"]),
        offer_hours=st.none() | st.just(2),
        waitlist_limit=st.none() | st.just(3),
        others=st.sampled_from(
            [{}, {"reserved": 1}, {"approval": True}, {"approval": True, "approval_holds_seat": True}]
        ),
    )
    def announce(self, capacity, business, afternoon, confirm_email, policy, offer_hours, waitlist_limit, others):
        self.strict = policy == "strict"
        self.event = make_event(
            capacity=capacity,
            categories=[("business", business), ("resident", None)],
            confirm_email=confirm_email,
            waitlist_policy=policy,
            offer_hours=offer_hours,
            waitlist_limit=waitlist_limit,
            group_max=3,
            **others,
        )
        morning = self.event.sessions.get()
        other = make_session(self.event, starts_at=morning.ends_at, capacity=afternoon)
        self.choices = [(), (morning.pk,), (other.pk,), (morning.pk, other.pk)]
        self.organiser = make_user()

    @rule(email=st.sampled_from(EMAILS), category=st.sampled_from(CATEGORIES), choice=st.integers(0, 3))
    def sign_up(self, email, category, choice):
        person = make_applicant(email, category=category, session_ids=self.choices[choice])
        self.attempt(lambda: enter(self.event, person, at=self.at))

    @rule(category=st.sampled_from(CATEGORIES), choice=st.integers(0, 3), others=st.integers(1, 2))
    def sign_up_together(self, category, choice, others):
        party = [Guest("Jan", "Nowak")] * others
        person = make_applicant(category=category, session_ids=self.choices[choice], party=party)
        self.attempt(lambda: enter(self.event, person, at=self.at))

    @rule(category=st.sampled_from(CATEGORIES), uses_reserved=st.booleans())
    def come_invited(self, category, uses_reserved):
        invitation = make_invitation(self.event, uses_reserved=uses_reserved)
        person = make_applicant(category=category)
        self.attempt(lambda: enter(self.event, person, at=self.at, invitation=invitation))

    @rule(pick=st.integers(0, 30), accepts=st.booleans())
    def decide(self, pick, accepts):
        by = self.organiser
        if accepts:
            self.with_one(pick, lambda row: approve_registration(row, by=by, at=self.at), state=S.AWAITING_APPROVAL)
        else:
            self.with_one(
                pick, lambda row: reject_registration(row, reason="Nie", by=by, at=self.at), state=S.AWAITING_APPROVAL
            )

    @rule(pick=st.integers(0, 30), force=st.booleans())
    def let_somebody_in(self, pick, force):
        self.with_one(pick, lambda row: let_in(row, force=force, reason="Tak", by=self.organiser, at=self.at))

    @rule(category=st.sampled_from(CATEGORIES), seats=st.integers(1, 2))
    def open_to_everybody(self, category, seats):
        self.attempt(
            lambda: release_seats(
                self.event,
                category=make_category(category),
                seats=seats,
                reason="Wolne",
                by=self.organiser,
                at=self.at,
            )
        )

    @rule(reserved=st.integers(0, 2))
    def reserve(self, reserved):
        def act() -> None:
            set_reserved(self.event.pools.get(session=None, category=None), reserved)
            record(self.event, EventChangeKind.CAPACITY_CHANGED, by=self.organiser, at=self.at)

        self.attempt(act)

    @rule(crowd=st.lists(st.tuples(st.sampled_from(CATEGORIES), st.integers(0, 3)), min_size=3, max_size=6))
    def come_together(self, crowd):
        for category, choice in crowd:
            person = make_applicant(category=category, session_ids=self.choices[choice])
            self.attempt(lambda person=person: enter(self.event, person, at=self.at))

    @rule(pick=st.integers(0, 30))
    def confirm(self, pick):
        self.with_one(pick, lambda row: confirm_registration(row, at=self.at))

    @rule(pick=st.integers(0, 30), by_organiser=st.booleans())
    def cancel(self, pick, by_organiser):
        by = self.organiser if by_organiser else None
        self.with_one(pick, lambda row: cancel_registration(row, by=by, at=self.at))

    @rule(pick=st.integers(0, 30), accepts=st.booleans())
    def answer_offer(self, pick, accepts):
        answer = accept_offer if accepts else decline_offer
        self.with_one(pick, lambda row: answer(row, at=self.at), state=S.OFFERED)

    @rule(pick=st.integers(0, 30))
    def arrive(self, pick):
        self.with_one(
            pick,
            lambda row: check_in(
                self.event,
                code=row.ticket_code,
                nonce=f"{row.pk}-{self.at}",
                source=CheckInSource.QR,
                by=self.organiser,
                at=self.at,
            ),
        )

    @rule(pick=st.integers(0, 3), capacity=st.none() | st.integers(0, 4), overbook=st.booleans())
    def resize(self, pick, capacity, overbook):
        pools = list(event_pools(self.event.pk))
        pool = pools[pick % len(pools)]

        def act() -> None:
            set_capacity(pool, capacity, allow_overbooking=overbook)
            record(self.event, EventChangeKind.CAPACITY_CHANGED, by=self.organiser, at=self.at)

        self.attempt(act)

    @rule(minutes=st.sampled_from([1, 20, 61, 121]))
    def pass_time(self, minutes):
        self.at += timedelta(minutes=minutes)
        expire_due(at=self.at)

    @rule(status=st.sampled_from([EventStatus.POSTPONED, EventStatus.PUBLISHED]))
    def postpone_or_announce(self, status):
        with transaction.atomic():
            Event.objects.filter(pk=self.event.pk).update(status=status)
            record(self.event, EventChangeKind.PUBLISHED, by=self.organiser, at=self.at)

    @invariant()
    def pools_equal_their_lists(self):
        assert [count for count in pool_counts() if not count.is_right] == []
        assert all(
            pool.capacity is None or pool.taken <= pool.capacity + pool.overbooked for pool in SeatPool.objects.all()
        )

    @invariant()
    def who_holds_a_seat_does_not_wait_and_who_left_holds_nothing(self):
        for row in Registration.objects.all():
            assert not (row.holds_seat and row.waiting_pool_id)
            if row.state not in WITH_SEAT | {S.WAITLISTED, S.AWAITING_APPROVAL}:
                assert (row.holds_seat, row.waiting_pool_id) == (False, None)
            if row.state == S.HELD:
                assert row.holds_seat or row.waiting_pool_id

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
    def no_seat_lies_free_for_whoever_is_next(self):
        if not hasattr(self, "event") or not Event.objects.filter(pk=self.event.pk, status="published").exists():
            return
        pools = list(event_pools(self.event.pk))
        own = next(pool for pool in pools if pool.session_id is None and pool.category_id is None)
        of_group = {pool.pk for pool in pools if is_of_group(pool)}
        stopped: set[int | None] = set()
        released_stopped = False
        for row in Registration.objects.exclude(waiting_pool=None).order_by("waits_last", "queued_at", "id"):
            # Stopped by the pool it waits for, or standing behind somebody who is.
            blocking = [
                pool
                for pool in self.pools_of(row, pools)
                if not fits(pool, row.seats) or (self.strict and pool.pk in stopped)
            ]
            assert row.waiting_pool_id in {pool.pk for pool in blocking}
            if row.waiting_pool_id in of_group:
                # Nor is there a seat that another group has given up.
                others = self.pools_of(row, pools, source=SeatSource.RELEASED)
                assert released_stopped or any(
                    not fits(pool, row.seats, SeatSource.RELEASED) or (self.strict and pool.pk in stopped)
                    for pool in others
                )
                released_stopped = self.strict or released_stopped
            stopped.add(row.waiting_pool_id)
        invited = Registration.objects.filter(waiting_pool__isnull=False, invitation__uses_reserved=True)
        for row in invited.order_by("waits_last", "queued_at", "id")[: 1 if self.strict else None]:
            others = self.pools_of(row, pools, source=SeatSource.RESERVED)
            assert any(not fits(pool, row.seats, SeatSource.RESERVED) for pool in others)
        assert own.reserved_taken <= own.reserved
        assert own.released_taken <= own.released

    def pools_of(
        self, row: Registration, pools: Sequence[SeatPool], *, source: SeatSource = SeatSource.OWN
    ) -> list[SeatPool]:
        chosen = set(row.sessions.values_list("pk", flat=True))
        return applying(pools, category_id=row.category_id, session_ids=chosen, source=source)

    def with_one(self, pick, act, state=None) -> None:
        rows = Registration.objects.order_by("id")
        rows = rows.filter(state=state) if state else rows
        if rows:
            self.attempt(lambda: act(rows[pick % len(rows)]))

    def attempt(self, act) -> None:
        """A refusal is an answer, and leaves everything as it was."""
        before = self.everything()
        try:
            act()
        except DomainError:
            assert self.everything() == before

    def everything(self) -> list[list[tuple[object, ...]]]:
        tables = (SeatPool, Registration, RegistrationChange)
        return [list(table.objects.order_by("id").values_list()) for table in tables]


def test_whatever_happens_in_whatever_order():
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
