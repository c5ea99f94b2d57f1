"""Moving up: in order or the next that fits, whole parties, offers with a deadline, silence when it is called off."""

from datetime import timedelta

import pytest
from django.db.models import F

from events.actions.seats import SeatBook
from events.enums import EventStatus
from events.models import Event, RegistrationPolicy, SeatPool
from registrations.actions import queues
from registrations.actions.moves import accept_offer, cancel_registration, expire_due
from registrations.actions.queues import offer_again, promote
from registrations.enums import ChangeCause, RegistrationState
from registrations.models import Registration, RegistrationChange
from registrations.queries.lists import position_of
from tests.make import make_applicant, make_event, make_registration
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, entered, fresh

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR = timedelta(hours=1)
START = NOW + timedelta(days=14)


def make_queue(event: Event, *parties: int) -> list[Registration]:
    """People who wait for the event's own pool, a minute apart."""
    return [
        make_registration(event, state=S.WAITLISTED, seats=seats, at=NOW + timedelta(minutes=minute))
        for minute, seats in enumerate(parties)
    ]


def states(registrations: list[Registration]) -> list[str]:
    return [fresh(registration).state for registration in registrations]


def test_a_freed_seat_goes_to_the_first_in_the_queue():
    event = make_event(capacity=1)
    leaving, first, second = entered(event), entered(event), entered(event)

    cancel_registration(leaving, by=None, at=NOW + HOUR)

    assert states([first, second]) == [S.CONFIRMED, S.WAITLISTED]
    assert (fresh(first).confirmed_at, fresh(first).waiting_pool) == (NOW + HOUR, None)
    assert [position_of(fresh(row)) for row in (first, second)] == [None, 1]
    assert counts(event) == [(1, 1)]
    assert changes(event)[-1] == (ChangeCause.PROMOTED, S.WAITLISTED, S.CONFIRMED, True)


def test_who_leaves_the_front_of_the_queue_no_longer_stops_it():
    event = make_event(capacity=1)
    large, small = make_queue(event, 2, 1)

    cancel_registration(large, by=None, at=NOW + HOUR)

    assert fresh(small).state == S.CONFIRMED
    assert counts(event) == [(1, 0)]


def test_strict_order_lets_nobody_pass_a_party_that_does_not_fit():
    event = make_event(capacity=3)
    parties = make_queue(event, 2, 2, 1)

    assert promote(event.pk, at=NOW + HOUR) == 1
    assert states(parties) == [S.CONFIRMED, S.WAITLISTED, S.WAITLISTED]
    assert counts(event) == [(2, 3)]


def test_the_next_that_fits_passes_where_the_organiser_says_so():
    event = make_event(capacity=3, waitlist_policy="first_fit")
    parties = make_queue(event, 2, 2, 1)

    assert promote(event.pk, at=NOW + HOUR) == 2
    assert states(parties) == [S.CONFIRMED, S.WAITLISTED, S.CONFIRMED]
    assert counts(event) == [(3, 2)]


def test_the_queue_is_in_the_order_of_signing_up_whatever_the_numbers_of_the_rows():
    event = make_event(capacity=1)
    later, earlier = make_queue(event, 1, 1)
    Registration.objects.filter(pk=earlier.pk).update(queued_at=NOW - HOUR)

    promote(event.pk, at=NOW + HOUR)

    assert states([later, earlier]) == [S.WAITLISTED, S.CONFIRMED]


def test_a_long_queue_is_walked_in_pieces(monkeypatch):
    monkeypatch.setattr(queues, "_CHUNK", 2)
    event = make_event(capacity=5)
    parties = make_queue(event, 1, 1, 1, 1, 1, 1)
    Registration.objects.filter(event=event).update(queued_at=NOW)

    assert promote(event.pk, at=NOW + HOUR) == 5
    assert states(parties) == [S.CONFIRMED] * 5 + [S.WAITLISTED]
    assert counts(event) == [(5, 1)]


def test_no_limit_any_more_lets_everybody_in():
    event = make_event(capacity=None)
    parties = make_queue(event, 1, 7)

    promote(event.pk, at=NOW + HOUR)

    assert states(parties) == [S.CONFIRMED, S.CONFIRMED]
    assert counts(event) == [(8, 0)]


def test_an_offer_holds_the_seat_until_its_deadline():
    event = make_event(capacity=1, offer_hours=24)
    (waiting,) = make_queue(event, 1)

    promote(event.pk, at=NOW + HOUR)

    offered = fresh(waiting)
    assert (offered.state, offered.holds_seat, offered.waiting_pool) == (S.OFFERED, True, None)
    assert offered.offer_expires_at == NOW + 25 * HOUR
    assert changes(event) == [(ChangeCause.PROMOTED, S.WAITLISTED, S.OFFERED, True)]


@pytest.mark.parametrize(
    ("before_start", "state", "hours_left"),
    [
        (27, S.OFFERED, 24),
        (26, S.OFFERED, 24),
        (25, S.OFFERED, 23),
        (4, S.OFFERED, 2),
        (3.99, S.CONFIRMED, None),
        (0.01, S.CONFIRMED, None),
        (0, S.WAITLISTED, None),
        (-1, S.WAITLISTED, None),
    ],
)
def test_the_nearer_the_start_the_shorter_the_offer(before_start, state, hours_left):
    event = make_event(capacity=1, offer_hours=24)
    (waiting,) = make_queue(event, 1)
    at = event.sessions.get().starts_at - timedelta(hours=before_start)

    promote(event.pk, at=at)

    deadline = at + timedelta(hours=hours_left) if hours_left else None
    assert (fresh(waiting).state, fresh(waiting).offer_expires_at) == (state, deadline)
    counts(event)


def test_each_party_is_offered_by_what_it_registered_for():
    event = make_event(capacity=3, sessions=3, offer_hours=24)
    first, second, third = event.sessions.all()
    chose_past, chose_third, chose_all = (
        make_registration(event, state=S.WAITLISTED, sessions=chosen) for chosen in ([first], [third], [])
    )

    promote(event.pk, at=first.starts_at)

    assert states([chose_past, chose_third, chose_all]) == [S.WAITLISTED, S.OFFERED, S.OFFERED]
    # The second day is 24 hours away, so its offer is shorter than the one for the third.
    assert fresh(chose_all).offer_expires_at == second.starts_at - 2 * HOUR
    assert fresh(chose_third).offer_expires_at == first.starts_at + 24 * HOUR
    assert counts(event) == [(2, 1)]


def test_a_hold_in_the_queue_gets_its_seat_in_silence():
    event = make_event(capacity=1, confirm_email=True)
    leaving, held = entered(event), entered(event)

    cancel_registration(leaving, by=None, at=NOW)

    assert (fresh(held).state, fresh(held).holds_seat, fresh(held).waiting_pool) == (S.HELD, True, None)
    assert fresh(held).hold_expires_at == NOW + HOUR
    assert changes(event)[-1] == (ChangeCause.PROMOTED, S.HELD, S.HELD, False)
    assert counts(event) == [(1, 0)]


def test_who_is_stopped_by_another_pool_waits_there_with_the_same_place():
    event = make_event(capacity=2, categories=[("business", 1), ("resident", None)])
    business = entered(event, make_applicant(category="business"))
    waits_for_category = entered(event, make_applicant(category="business"), at=NOW + HOUR)
    entered(event, make_applicant(category="resident"), at=NOW + 2 * HOUR)
    waits_for_event = entered(event, make_applicant(category="resident"), at=NOW + 3 * HOUR)
    of_event, of_business, _residents = event.pools.order_by("id")
    assert fresh(waits_for_category).waiting_pool == of_business
    SeatPool.objects.filter(pk=of_event.pk).update(capacity=1, overbooked=1)

    # The event stays full: only one of the two that were too many has left.
    cancel_registration(business, by=None, at=NOW + 4 * HOUR)

    moved = fresh(waits_for_category)
    assert (moved.state, moved.waiting_pool, moved.queued_at) == (S.WAITLISTED, of_event, NOW + HOUR)
    assert [position_of(fresh(row)) for row in (waits_for_category, waits_for_event)] == [1, 2]
    assert changes(event)[-1] == (ChangeCause.QUEUE_CHANGED, S.WAITLISTED, S.WAITLISTED, False)
    assert counts(event) == [(1, 2), (0, 0), (1, 0)]


def test_a_party_that_stops_a_pool_stops_it_for_other_queues_too():
    event = make_event(capacity=3, categories=[("business", None), ("resident", None)])
    of_event, of_business, _of_residents = event.pools.order_by("id")
    large = make_registration(event, state=S.WAITLISTED, seats=4, category="resident")
    small = make_registration(event, state=S.WAITLISTED, category="business", at=NOW + HOUR)
    # As if the business pool had been full when they came.
    Registration.objects.filter(pk=small.pk).update(waiting_pool=of_business)
    SeatPool.objects.filter(pk=of_event.pk).update(waiting=F("waiting") - 1)
    SeatPool.objects.filter(pk=of_business.pk).update(waiting=1)

    promote(event.pk, at=NOW + HOUR)

    assert states([large, small]) == [S.WAITLISTED, S.WAITLISTED]
    assert fresh(small).waiting_pool == of_event
    assert counts(event) == [(0, 5), (0, 0), (0, 0)]


def test_holds_change_their_queue_too():
    event = make_event(capacity=0, categories=[("business", 1)], confirm_email=True)
    held = entered(event, make_applicant(category="business"))
    of_event, of_business = event.pools.order_by("id")
    Registration.objects.filter(pk=held.pk).update(waiting_pool=of_business)
    SeatPool.objects.filter(pk=of_event.pk).update(waiting=0)
    SeatPool.objects.filter(pk=of_business.pk).update(waiting=1)

    promote(event.pk, at=NOW)

    assert fresh(held).waiting_pool == of_event
    assert changes(event)[-1] == (ChangeCause.QUEUE_CHANGED, S.HELD, S.HELD, False)
    assert counts(event) == [(0, 1), (0, 0)]


@pytest.mark.parametrize("status", sorted(set(EventStatus) - {EventStatus.PUBLISHED}))
def test_nobody_moves_up_while_the_event_is_not_announced(status):
    event = make_event(capacity=2, status=status)
    leaving, (waiting,) = make_registration(event), make_queue(event, 1)

    cancel_registration(leaving, by=None, at=NOW)

    assert promote(event.pk, at=NOW) == 0
    assert fresh(waiting).state == S.WAITLISTED
    assert counts(event) == [(0, 1)]


def test_people_move_up_after_registration_has_closed():
    event = make_event(capacity=1, closes_at=NOW)
    (waiting,) = make_queue(event, 1)

    promote(event.pk, at=NOW + HOUR)

    assert fresh(waiting).state == S.CONFIRMED


def test_nobody_moves_up_twice():
    event = make_event(capacity=2)
    make_queue(event, 1, 1, 1)

    assert [promote(event.pk, at=NOW), promote(event.pk, at=NOW)] == [2, 0]
    assert RegistrationChange.objects.count() == 2


def test_an_event_without_pools_has_no_queue():
    event = make_event()
    event.pools.all().delete()
    registration = make_event_registration_without_pools(event)

    assert promote(event.pk, at=NOW) == 0
    assert cancel_registration(registration, by=None, at=NOW).state == S.CANCELLED_BY_PARTICIPANT


def make_event_registration_without_pools(event: Event) -> Registration:
    registration = entered(event)
    assert SeatBook(event.pk).event is None
    return registration


def test_thousand_seats_find_their_people_in_few_statements(django_assert_max_num_queries):
    event = make_event(capacity=0)
    RegistrationPolicy.objects.filter(event=event).update(offer_hours=24)
    pool = event.pools.get()
    Registration.objects.bulk_create(
        Registration(
            event=event,
            state=S.WAITLISTED,
            waiting_pool=pool,
            source="web",
            reference=f"R{number}",
            ticket_code=f"T{number}",
            created_at=NOW,
            queued_at=NOW + timedelta(seconds=number),
        )
        for number in range(1200)
    )
    SeatPool.objects.filter(pk=pool.pk).update(waiting=1200, capacity=1000)

    with django_assert_max_num_queries(20):
        assert promote(event.pk, at=NOW + HOUR) == 1000

    assert counts(event) == [(1000, 200)]


# Offers of an event that is put off


def offered_until(registration):
    row = fresh(registration)
    return row.state, row.offer_expires_at


def test_an_offer_stands_still_while_there_is_no_date():
    event = make_event(capacity=2, offer_hours=24)
    first, second = (make_registration(event, state=S.OFFERED) for _ in range(2))
    Event.objects.update(status=EventStatus.POSTPONED)
    after_a_month = NOW + timedelta(days=30)

    assert expire_due(at=after_a_month) == 0
    accept_offer(first, at=after_a_month)

    assert [fresh(row).state for row in (first, second)] == [S.CONFIRMED, S.OFFERED]


def test_a_new_date_gives_a_new_time_to_answer(django_assert_num_queries):
    event = make_event(capacity=2, offer_hours=24)
    rows = [make_registration(event, state=S.OFFERED) for _ in range(2)]
    event.sessions.update(starts_at=NOW + timedelta(days=60), ends_at=NOW + timedelta(days=61))
    after_a_month = NOW + timedelta(days=30)

    with django_assert_num_queries(8):
        offer_again(event.pk, at=after_a_month)

    assert [offered_until(row) for row in rows] == [(S.OFFERED, after_a_month + timedelta(hours=24))] * 2
    assert changes(event) == [(ChangeCause.PROMOTED, S.OFFERED, S.OFFERED, True)] * 2
    assert counts(event) == [(2, 0)]


def test_who_cannot_be_asked_any_more_has_the_seat():
    event = make_event(capacity=1, offer_hours=24)
    row = make_registration(event, state=S.OFFERED)

    offer_again(event.pk, at=START - timedelta(hours=1))

    assert fresh(row).state == S.CONFIRMED
    assert changes(event) == [(ChangeCause.PROMOTED, S.OFFERED, S.CONFIRMED, True)]


def test_what_has_begun_is_not_offered_again():
    event = make_event(capacity=1, offer_hours=24)
    row = make_registration(event, state=S.OFFERED)
    before = offered_until(row)

    offer_again(event.pk, at=START)
    offer_again(make_event().pk, at=NOW)

    assert offered_until(row) == before
    assert changes(event) == []
