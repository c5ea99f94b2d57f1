"""Signing up: who gets a seat, who waits, who is refused, and what a second try learns (nothing)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import translation

from events.enums import EventStatus
from events.errors import FieldErrors
from events.models import Event, RegistrationPolicy
from registrations.actions import signing_up
from registrations.actions.signing_up import SignUp
from registrations.enums import ChangeCause, RegistrationSource, RegistrationState
from registrations.errors import (
    EventCancelled,
    EventFull,
    NotOpenYet,
    PoolFull,
    RateLimited,
    RegistrationClosed,
    SessionsOverlap,
)
from registrations.models import Participant, Registration, RegistrationChange
from registrations.signals import registration_changed
from registrations.tokens import email_key
from tests.make import make_applicant, make_event, make_notice, make_registration, make_session, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, enter, entered, fresh, refused

pytestmark = pytest.mark.django_db

HELD, CONFIRMED, WAITLISTED = RegistrationState.HELD, RegistrationState.CONFIRMED, RegistrationState.WAITLISTED
EXPIRED = RegistrationState.EXPIRED


def test_a_free_seat_is_taken_and_everything_said_is_kept():
    event, notice, clerk = make_event(capacity=2), make_notice(), make_user()
    person = make_applicant(
        " Ann@Example.org ",
        first_name="Łucja ",
        last_name="Żółć",
        phone="+48501502503",
        organisation="Firma (przykład)",
        sms_reminders=True,
    )

    answer = enter(event, person, source=RegistrationSource.PHONE, language="en", notice=notice, by=clerk)

    registration = Registration.objects.get()
    assert answer == SignUp(CONFIRMED, registration, None)
    assert (registration.source, registration.language, registration.notice) == ("phone", "en", notice)
    assert (registration.holds_seat, registration.waiting_pool, registration.confirmed_at) == (True, None, NOW)
    assert (registration.created_at, registration.queued_at, registration.sms_reminders) == (NOW, NOW, True)
    assert registration.email_key == email_key("ann@example.org")
    participant = registration.participant
    assert (participant.full_name, participant.email) == ("Łucja Żółć", "Ann@Example.org")
    assert (str(participant.phone), participant.organisation) == ("+48501502503", "Firma (przykład)")
    assert participant.search_text == f"lucja zolc firma (przyklad) {registration.reference.lower()}"
    assert counts(event) == [(1, 0)]
    change = RegistrationChange.objects.get()
    assert (change.cause, change.to_state, change.by, change.at) == (ChangeCause.SIGNED_UP, CONFIRMED, clerk, NOW)


def test_news_travels_up_as_the_id_of_the_change():
    heard = []

    def listen(*, change_id: int, **_signal: object) -> None:
        heard.append(change_id)

    registration_changed.connect(listen)
    try:
        enter(make_event())
    finally:
        registration_changed.disconnect(listen)

    assert heard == [RegistrationChange.objects.get().pk]


def test_the_queue_begins_where_the_seats_end():
    event = make_event(capacity=1)

    answers = [enter(event).state for _person in range(3)]

    assert answers == [CONFIRMED, WAITLISTED, WAITLISTED]
    assert counts(event) == [(1, 2)]
    assert set(Registration.objects.filter(state=WAITLISTED).values_list("waiting_pool", "queued_at")) == {
        (event.pools.get().pk, NOW)
    }


def test_with_confirmation_the_seat_is_held_and_so_is_the_place_in_the_queue():
    event = make_event(capacity=1, confirm_email=True, hold_minutes=45)
    until = NOW + timedelta(minutes=45)

    first, second = enter(event), enter(event)

    assert (first.state, first.confirm_by) == (HELD, until)
    assert (second.state, second.confirm_by) == (HELD, until)
    assert list(Registration.objects.order_by("id").values_list("holds_seat", "waiting_pool")) == [
        (True, None),
        (False, event.pools.get().pk),
    ]
    assert counts(event) == [(1, 1)]


def test_a_seat_is_not_taken_past_people_who_wait():
    event = make_event(capacity=5)
    make_registration(event, state=WAITLISTED, seats=9)

    assert enter(event).state == WAITLISTED
    assert counts(event) == [(0, 10)]


def test_where_the_next_that_fits_may_pass_a_free_seat_is_taken():
    event = make_event(capacity=5, waitlist_policy="first_fit")
    make_registration(event, state=WAITLISTED, seats=9)

    assert enter(event).state == CONFIRMED
    assert counts(event) == [(1, 9)]


def test_without_a_reserve_list_a_full_event_refuses():
    event = make_event(capacity=1, waitlist=False)
    enter(event)

    assert refused(event, EventFull).code == "event_full"


def test_a_reserve_list_ends_at_its_limit():
    event = make_event(capacity=0, waitlist_limit=2)

    assert [enter(event).state, enter(event).state] == [WAITLISTED, WAITLISTED]
    refused(event, EventFull)


def test_no_limit_means_no_limit_and_no_pool_means_none_either():
    endless, without_pools = make_event(capacity=None), make_event()
    without_pools.pools.all().delete()

    assert [enter(endless).state for _person in range(3)] == [CONFIRMED] * 3
    assert counts(endless) == [(3, 0)]
    assert enter(without_pools).state == CONFIRMED


def test_a_category_needs_a_seat_of_the_event_and_one_of_its_own():
    event = make_event(capacity=3, categories=[("business", 1), ("resident", None)])

    states = [enter(event, make_applicant(category=code)).state for code in ["business", "business", "resident"]]

    assert states == [CONFIRMED, WAITLISTED, CONFIRMED]
    assert counts(event) == [(2, 0), (1, 1), (1, 0)]


def test_who_is_stopped_by_the_event_takes_no_seat_of_the_category():
    event = make_event(capacity=1, categories=[("business", 5), ("resident", 5)])
    enter(event, make_applicant(category="resident"))

    assert enter(event, make_applicant(category="business")).state == WAITLISTED
    assert counts(event) == [(1, 1), (0, 0), (1, 0)]


def test_a_full_category_without_a_reserve_list_says_so():
    event = make_event(capacity=5, categories=[("business", 0)], waitlist=False)

    assert refused(event, PoolFull, make_applicant(category="business")).code == "pool_full"


@pytest.mark.parametrize(("listed", "named"), [([("business", 5)], None), ([("business", 5)], "ngo"), ([], "ngo")])
def test_the_category_is_one_that_the_event_lists(listed, named):
    refusal = refused(make_event(categories=listed), FieldErrors, make_applicant(category=named))

    assert isinstance(refusal, FieldErrors)
    assert list(refusal.errors) == ["category"]


def test_chosen_sessions_are_kept_and_only_their_seats_are_taken():
    event = make_event(capacity=5, sessions=1)
    first = event.sessions.get()
    second = make_session(event, starts_at=first.ends_at, capacity=1)
    third = make_session(event, starts_at=second.ends_at, capacity=1)

    answer = enter(event, make_applicant(session_ids=(first.pk, second.pk)))

    assert answer.registration is not None
    assert set(answer.registration.sessions.all()) == {first, second}
    assert counts(event) == [(1, 0), (1, 0), (0, 0)]
    assert enter(event, make_applicant(session_ids=(third.pk,))).state == CONFIRMED
    # Nobody chosen: all of them, and the second one is full.
    assert enter(event).state == WAITLISTED
    assert counts(event) == [(2, 0), (1, 1), (1, 0)]


def test_sessions_at_the_same_time_are_refused_together():
    event = make_event()
    first = event.sessions.get()
    second = make_session(event, starts_at=first.ends_at - timedelta(minutes=1))

    refusal = refused(event, SessionsOverlap, make_applicant(session_ids=(second.pk, first.pk)))

    assert refusal.details == {"sessions": [[first.pk, second.pk]]}


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("pl", ("Zieleń – wtorek, 26 stycznia 2027, 10:00–12:00", "Wtorek, 26 stycznia 2027, 11:00–13:00")),
        ("en", ("Green – Tuesday, 26 January 2027, 10:00–12:00", "Tuesday, 26 January 2027, 11:00–13:00")),
    ],
)
def test_sessions_at_the_same_time_are_refused_by_name_in_the_askers_language(language, named):
    event = make_event()
    first = event.sessions.get()
    event.sessions.update(title={"pl": "Zieleń", "en": "Green"})
    second = make_session(event, starts_at=first.starts_at + timedelta(hours=1))

    with translation.override(language):
        message = refused(event, SessionsOverlap, make_applicant(session_ids=(first.pk, second.pk))).message

    assert all(name in message for name in named)


def test_sessions_of_others_cancelled_ones_and_past_ones_cannot_be_chosen():
    event, other = make_event(sessions=3), make_event()
    first, second, _third = event.sessions.all()
    event.sessions.filter(pk=second.pk).update(is_cancelled=True)

    for pk, at in [
        (other.sessions.get().pk, NOW),
        (second.pk, NOW),
        (first.pk, first.starts_at),
    ]:
        refusal = refused(event, FieldErrors, make_applicant(session_ids=(pk,)), at=at)
        assert list(refusal.errors) == ["sessions"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "  "}, "email"),
        ({"email": "nobody"}, "email"),
        ({"first_name": " "}, "first_name"),
        ({"last_name": "x" * 101}, "last_name"),
        ({"phone": "12"}, "phone"),
        ({"sms_reminders": True}, "phone"),
    ],
)
def test_what_nobody_can_be_reached_by_is_named_at_its_field(wrong, field):
    refusal = refused(make_event(), FieldErrors, make_applicant(**{"email": "ann@example.org", **wrong}))

    assert isinstance(refusal, FieldErrors)
    assert list(refusal.errors) == [field]


def test_registration_opens_and_closes_to_the_second():
    opens_at, closes_at = NOW + timedelta(days=1), NOW + timedelta(days=2)
    event = make_event(opens_at=opens_at, closes_at=closes_at)
    second = timedelta(seconds=1)

    early = refused(event, NotOpenYet, at=opens_at - second)

    assert early.details == {"opens_at": "2027-01-13T10:00:00+01:00"}
    assert enter(event, at=opens_at).state == CONFIRMED
    assert enter(event, at=closes_at - second).state == CONFIRMED
    refused(event, RegistrationClosed, at=closes_at)


def test_nobody_comes_in_once_the_last_part_has_begun():
    event = make_event(sessions=2)
    last = event.sessions.last()
    assert last is not None

    assert enter(event, at=last.starts_at - timedelta(seconds=1)).state == CONFIRMED
    refused(event, RegistrationClosed, at=last.starts_at)


def test_an_event_that_is_not_announced_or_needs_no_registration_is_closed():
    for status in set(EventStatus) - {EventStatus.PUBLISHED, EventStatus.CANCELLED}:
        refused(make_event(status=status), RegistrationClosed)
    refused(make_event(required=False), RegistrationClosed)

    planned_only, without_dates, without_policy = make_event(), make_event(), make_event()
    Event.objects.filter(pk=planned_only.pk).update(planned_only=True)
    without_dates.sessions.all().delete()
    RegistrationPolicy.objects.filter(event=without_policy).delete()

    for event in (planned_only, without_dates, without_policy):
        refused(event, RegistrationClosed)


def test_an_event_that_is_gone_is_closed():
    refused(Event(pk=make_event().pk + 1), RegistrationClosed)


def test_a_cancelled_event_says_so():
    assert refused(make_event(status=EventStatus.CANCELLED), EventCancelled).code == "event_cancelled"


@pytest.mark.parametrize("confirm_email", [True, False])
def test_a_second_try_gets_a_strangers_answer_and_only_the_owner_is_told(confirm_email):
    event = make_event(capacity=2, confirm_email=confirm_email)
    first = enter(event, make_applicant("ann@example.org"))
    later = NOW + timedelta(minutes=5)
    before = counts(event)

    second = enter(event, make_applicant(" ANN@example.org", first_name="Eve"), at=later)

    confirm_by = later + timedelta(minutes=60) if confirm_email else None
    assert second == SignUp(first.state, None, confirm_by)
    assert counts(event) == before
    assert Participant.objects.get().first_name == "Anna"
    assert changes(event)[1:] == [(ChangeCause.ASKED_AGAIN, first.state, first.state, True)]


def test_a_second_try_is_told_that_it_waits_when_a_stranger_would_wait():
    event = make_event(capacity=1)
    enter(event, make_applicant("ann@example.org"))

    assert enter(event, make_applicant("ann@example.org")) == SignUp(WAITLISTED, None, None)
    assert counts(event) == [(1, 0)]


def test_a_second_try_is_refused_where_a_stranger_is():
    event = make_event(capacity=1, waitlist=False)
    enter(event, make_applicant("ann@example.org"))

    refused(event, EventFull, make_applicant("ann@example.org"))


def test_the_owner_is_not_written_to_without_end():
    event = make_event()

    for minute in range(5):
        enter(event, make_applicant("ann@example.org"), at=NOW + timedelta(minutes=minute))
    enter(event, make_applicant("ann@example.org"), at=NOW + timedelta(minutes=90))

    assert [notify for *_change, notify in changes(event)[1:]] == [True, True, True, False, True]


@pytest.mark.parametrize(
    ("first", "second"),
    [("ANN@Example.org ", "ann@example.org"), ("ann@żółw.example", "ANN@xn--w-uga1v8h.example")],
)
def test_one_mailbox_is_one_person_however_it_is_written(first, second):
    event = make_event()

    enter(event, make_applicant(first))
    enter(event, make_applicant(second))

    assert Registration.objects.count() == 1


def test_the_same_address_may_come_to_another_event_and_come_back_after_leaving():
    event, other = make_event(), make_event()
    make_registration(event, email="ann@example.org", state=RegistrationState.CANCELLED_BY_PARTICIPANT)

    assert enter(event, make_applicant("ann@example.org")).registration is not None
    assert enter(other, make_applicant("ann@example.org")).registration is not None


def test_a_hold_that_ran_out_is_ended_and_its_person_comes_in_anew():
    event = make_event(capacity=1, confirm_email=True)
    first, waiting = entered(event, make_applicant("ann@example.org")), entered(event)
    later = NOW + timedelta(minutes=60)

    second = enter(event, make_applicant("ann@example.org"), at=later)

    # The seat went to the next in the queue, as it would have without the second try.
    assert (second.state, second.confirm_by) == (HELD, later + timedelta(minutes=60))
    assert second.registration is not None
    assert (fresh(first).state, fresh(first).holds_seat) == (EXPIRED, False)
    assert (fresh(waiting).state, fresh(waiting).holds_seat) == (HELD, True)
    assert (second.registration.holds_seat, second.registration.waiting_pool) == (False, event.pools.get())
    assert counts(event) == [(1, 1)]


def test_two_people_with_the_same_code_get_two_codes(monkeypatch):
    event = make_event()
    taken = make_registration(event)
    codes = iter([taken.reference, "AAAA2222", "BBBB2222", "CCCC2222"])
    monkeypatch.setattr(signing_up, "new_code", lambda: next(codes))

    answer = enter(event)

    assert answer.registration is not None
    assert (answer.registration.reference, answer.registration.ticket_code) == ("BBBB2222", "CCCC2222")
    assert counts(event) == [(2, 0)]


def test_codes_that_never_differ_are_a_bug_and_travel_up(monkeypatch):
    event = make_event()
    taken = make_registration(event)
    monkeypatch.setattr(signing_up, "new_code", lambda: taken.reference)

    with pytest.raises(IntegrityError):
        enter(event)

    assert counts(event) == [(1, 0)]


def test_whose_registration_ended_in_between_comes_in(monkeypatch):
    event = make_event()
    first = make_registration(event, email="ann@example.org")
    tell_owner = signing_up._tell_owner

    def late(wish):
        Registration.objects.filter(pk=first.pk).update(state=EXPIRED, holds_seat=False)
        return tell_owner(wish)

    monkeypatch.setattr(signing_up, "_tell_owner", late)

    answer = enter(event, make_applicant("ann@example.org"))

    assert answer.registration is not None
    assert answer.state == CONFIRMED


@pytest.mark.parametrize("is_told", [True, False])
def test_whose_registrations_come_and_go_at_every_try_gets_an_answer(monkeypatch, is_told):
    event = make_event()
    make_registration(event, email="ann@example.org")
    told = iter([False, False, False, is_told])
    monkeypatch.setattr(signing_up, "_tell_owner", lambda _wish: next(told))

    if is_told:
        assert enter(event, make_applicant("ann@example.org")) == SignUp(CONFIRMED, None, None)
    else:
        assert refused(event, RateLimited, make_applicant("ann@example.org")).details == {"retry_after": 1}
    assert counts(event) == [(1, 0)]
