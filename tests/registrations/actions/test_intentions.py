"""Whether people still come: asked after a new date, answered once, void with the date."""

from datetime import timedelta

import pytest

from events.actions.history import record
from events.enums import EventChangeKind, EventStatus
from events.errors import DomainError
from events.models import Event
from registrations.actions.intentions import say_coming
from registrations.enums import ACTIVE_STATES, AttendanceIntent, RegistrationState
from registrations.errors import EventCancelled, NotActive, NothingAsked
from registrations.models import Registration, RegistrationChange
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, fresh

pytestmark = pytest.mark.django_db

S, INTENT = RegistrationState, AttendanceIntent


def intents(event: Event) -> dict[str, str]:
    return dict(Registration.objects.filter(event=event).values_list("state", "attendance_intent"))


def asked(registration: Registration) -> Registration:
    Registration.objects.filter(pk=registration.pk).update(attendance_intent=INTENT.ASKED)
    return registration


def test_a_new_date_asks_everybody_who_has_or_awaits_a_place():
    event, other = make_event(offer_hours=24), make_event()
    make_registration(other)
    for state in set(S) - {S.WAITLISTED}:
        make_registration(event, state=state)

    record(event, EventChangeKind.NEW_DATE, by=make_user(), at=NOW, notify=True)

    assert {state for state, intent in intents(event).items() if intent == INTENT.ASKED} == set(ACTIVE_STATES) - {
        S.HELD,
        S.WAITLISTED,
    }
    assert set(intents(other).values()) == {INTENT.NOT_ASKED}


def test_a_silent_new_date_asks_nobody():
    event = make_event()
    make_registration(event)

    record(event, EventChangeKind.NEW_DATE, by=make_user(), at=NOW, notify=False)

    assert intents(event) == {S.CONFIRMED: INTENT.NOT_ASKED}


def test_an_answer_is_void_when_the_date_is():
    event = make_event()
    Registration.objects.filter(pk=make_registration(event).pk).update(attendance_intent=INTENT.COMING)

    record(event, EventChangeKind.POSTPONED, by=make_user(), at=NOW)

    assert intents(event) == {S.CONFIRMED: INTENT.NOT_ASKED}


def test_saying_that_one_comes_is_written_down_once(django_assert_num_queries):
    registration = asked(make_registration(make_event()))

    with django_assert_num_queries(6):
        answered = say_coming(registration, at=NOW)
    again = say_coming(registration, at=NOW + timedelta(minutes=1))

    assert (
        answered.attendance_intent == again.attendance_intent == fresh(registration).attendance_intent == INTENT.COMING
    )
    assert changes(registration.event) == [("said_coming", "confirmed", "confirmed", False)]


@pytest.mark.parametrize(
    ("columns", "of_event", "refusal"),
    [
        ({"attendance_intent": INTENT.NOT_ASKED}, {}, NothingAsked),
        ({"state": S.CANCELLED_BY_PARTICIPANT, "holds_seat": False}, {}, NotActive),
        ({}, {"status": EventStatus.CANCELLED}, EventCancelled),
        ({}, {"starts_at": NOW - timedelta(hours=2), "ends_at": NOW}, NothingAsked),
    ],
)
def test_where_nothing_is_asked_nothing_is_answered(
    columns: dict[str, object], of_event: dict[str, object], refusal: type[DomainError]
):
    registration = asked(make_registration(make_event()))
    Registration.objects.filter(pk=registration.pk).update(**columns)
    Event.objects.update(**of_event)
    before = fresh(registration).attendance_intent

    with pytest.raises(refusal):
        say_coming(registration, at=NOW)

    assert fresh(registration).attendance_intent == before
    assert not RegistrationChange.objects.exists()
