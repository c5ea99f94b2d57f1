"""Letting somebody in whose turn it is not, with a reason; what is too many is counted apart."""

from datetime import timedelta

import pytest

from events.enums import EventStatus
from events.models import Event
from registrations.actions.letting_in import let_in
from registrations.actions.moves import cancel_registration, expire_due
from registrations.actions.queues import promote
from registrations.actions.signing_up import Guest
from registrations.enums import RegistrationState
from registrations.errors import AlreadyRegistered, EventCancelled, EventFull, NotActive, PoolFull, ReasonMissing
from tests.make import make_applicant, make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import counts, entered, fresh

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR = timedelta(hours=1)


def test_a_forced_seat_is_counted_as_overbooked_with_who_and_why():
    event, boss = make_event(capacity=1), make_user()
    entered(event)
    waiting = entered(event)

    for _click in range(2):
        let_in(waiting, force=True, reason=" Prelegentka ", by=boss, at=NOW + HOUR)

    assert (fresh(waiting).state, fresh(waiting).confirmed_at) == (S.CONFIRMED, NOW + HOUR)
    pool = event.pools.get()
    assert (pool.taken, pool.waiting, pool.overbooked) == (2, 0, 1)
    counts(event)
    last = waiting.changes.last()
    assert last is not None
    assert (last.cause, last.reason, last.by) == ("forced_in", "Prelegentka", boss)


def test_an_overbooked_seat_that_is_given_back_goes_to_nobody():
    event = make_event(capacity=1)
    first, forced, waiting = entered(event), entered(event), entered(event)
    let_in(forced, force=True, reason="X", by=make_user(), at=NOW + HOUR)

    cancel_registration(first, by=None, at=NOW + HOUR)

    assert fresh(waiting).state == S.WAITLISTED
    pool = event.pools.get()
    assert (pool.taken, pool.overbooked) == (1, 0)


def test_without_force_there_has_to_be_a_seat():
    full, full_group = make_event(capacity=1), make_event(categories=[("business", 1)])
    for event, category, refusal in [(full, None, EventFull), (full_group, "business", PoolFull)]:
        entered(event, make_applicant(category=category))
        waiting = entered(event, make_applicant(category=category))

        with pytest.raises(refusal):
            let_in(waiting, reason="X", by=make_user(), at=NOW + HOUR)

        assert fresh(waiting).state == S.WAITLISTED
        counts(event)


def test_a_small_party_passes_a_large_one_by_an_organisers_word():
    event = make_event(capacity=3, group_max=3)
    entered(event)
    entered(event, make_applicant(party=[Guest("Jan", "Nowak")] * 2))
    small = entered(event)

    let_in(small, reason="Mówi pierwsza", by=make_user(), at=NOW + HOUR)

    assert fresh(small).state == S.CONFIRMED
    assert counts(event) == [(2, 3)]


def test_who_stood_behind_the_party_that_was_let_in_moves_up():
    event = make_event(capacity=3, group_max=3)
    entered(event)
    large, small = entered(event, make_applicant(party=[Guest("Jan", "Nowak")] * 2)), entered(event)

    let_in(large, force=True, reason="X", by=make_user(), at=NOW + HOUR)

    assert [fresh(large).state, fresh(small).state] == [S.CONFIRMED, S.WAITLISTED]
    pool = event.pools.get()
    assert (pool.taken, pool.overbooked, pool.waiting) == (4, 1, 1)


def test_who_was_too_late_to_confirm_can_be_let_in():
    late = make_registration(make_event(), state=S.EXPIRED)

    let_in(late, reason="Zadzwoniła", by=make_user(), at=NOW + HOUR)

    assert fresh(late).state == S.CONFIRMED
    assert counts(late.event) == [(1, 0)]


def test_it_takes_a_reason_and_somebody_without_a_seat():
    event = make_event()
    with pytest.raises(ReasonMissing):
        let_in(make_registration(event, state=S.EXPIRED), force=True, reason=" ", by=make_user(), at=NOW)

    for state in (S.OFFERED, S.HELD, S.REJECTED, S.AWAITING_APPROVAL):
        with pytest.raises(NotActive):
            let_in(make_registration(event, state=state), force=True, reason="X", by=make_user(), at=NOW)


def test_nobody_is_let_in_where_nothing_takes_place():
    event = make_event()
    late = make_registration(event, state=S.EXPIRED)
    Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)

    with pytest.raises(EventCancelled):
        let_in(late, force=True, reason="X", by=make_user(), at=NOW)


def test_who_is_forced_in_after_an_offer_of_a_given_up_seat_lapsed_counts_in_the_own_group():
    event = make_event(capacity=9, categories=[("business", 1)], offer_hours=1)
    holder = entered(event, make_applicant(category="business"))
    late = entered(event, make_applicant(category="business"))
    event.pools.filter(category=None).update(released=1)
    promote(event.pk, at=NOW)
    assert (fresh(late).state, fresh(late).seat_source) == (S.OFFERED, "released")
    expire_due(at=NOW + 2 * HOUR)
    entered(event, make_applicant(category="business"), at=NOW + 2 * HOUR)

    let_in(fresh(late), force=True, reason="X", by=make_user(), at=NOW + 3 * HOUR)

    assert (fresh(late).state, fresh(late).seat_source) == (S.CONFIRMED, "own")
    assert counts(event) == [(3, 0), (2, 0)]
    for registration in (holder, late):
        cancel_registration(registration, by=None, at=NOW + 3 * HOUR)
    assert counts(event) == [(1, 0), (0, 0)]


def test_who_has_registered_anew_since_is_not_let_in_twice():
    event = make_event()
    late = make_registration(event, email="ann@example.org", state=S.EXPIRED)
    entered(event, make_applicant("ann@example.org"))

    with pytest.raises(AlreadyRegistered):
        let_in(late, reason="Zadzwoniła", by=make_user(), at=NOW)

    assert counts(event) == [(1, 0)]
