"""What registrations do when an event changes, in the same transaction."""

from datetime import timedelta

import pytest

from events.actions.history import record
from events.actions.publishing import close_event
from events.actions.seats import set_capacity
from events.enums import EventChangeKind, EventStatus
from events.errors import FieldErrors
from events.models import Event
from events.signals import questions_going, sessions_going
from registrations.enums import UNSETTLED_NEEDS, NeedState, RegistrationState
from registrations.errors import NeedsOpen
from registrations.receivers import keep_answered_questions
from tests.make import make_event, make_question, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, fresh

pytestmark = pytest.mark.django_db

S = RegistrationState


def test_more_seats_find_their_people():
    event = make_event(capacity=1)
    make_registration(event)
    waiting = [make_registration(event, state=S.WAITLISTED, at=NOW + timedelta(minutes=n)) for n in range(3)]

    set_capacity(event.pools.get(), 3)
    record(event, EventChangeKind.CAPACITY_CHANGED, by=make_user(), at=NOW)

    assert [fresh(row).state for row in waiting] == [S.CONFIRMED, S.CONFIRMED, S.WAITLISTED]
    assert counts(event) == [(3, 1)]


def test_an_event_announced_again_gives_its_free_seats_away():
    event = make_event(capacity=1)
    waiting = make_registration(event, state=S.WAITLISTED)

    record(event, EventChangeKind.PUBLISHED, by=make_user(), at=NOW)

    assert fresh(waiting).state == S.CONFIRMED


@pytest.mark.parametrize("kind", [EventChangeKind.CANCELLED, EventChangeKind.EDITED])
def test_a_cancelled_event_leaves_everybody_where_they_are(kind):
    event = make_event(capacity=1)
    rows = [make_registration(event, state=state) for state in (S.HELD, S.WAITLISTED)]
    Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)

    record(event, kind, by=make_user(), at=NOW)

    assert [fresh(row).state for row in rows] == [S.HELD, S.WAITLISTED]
    assert changes(event) == []


def test_a_session_that_somebody_chose_does_not_go():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    make_registration(event, sessions=[first])
    make_registration(event, sessions=[second], state=S.CANCELLED_BY_PARTICIPANT)

    with pytest.raises(FieldErrors) as refusal:
        sessions_going.send(sender=Event, session_ids=frozenset({first.pk}))
    sessions_going.send(sender=Event, session_ids=frozenset({second.pk}))

    assert list(refusal.value.errors) == ["sessions"]


def test_a_question_that_people_have_answered_is_named(django_assert_num_queries):
    event = make_event()
    answered, unanswered, staying = make_question(event), make_question(event), make_question(event)
    for _person in range(2):
        make_registration(event).answers.create(question=answered, value="Zupa")
    make_registration(event).answers.create(question=staying, value="Zupa")

    with django_assert_num_queries(2):
        replies: object = questions_going.send(sender=Event, question_ids=frozenset({answered.pk, unanswered.pk}))

    assert replies == [(keep_answered_questions, {answered.pk})]


@pytest.mark.parametrize("state", NeedState)
@pytest.mark.parametrize("status", [EventStatus.HELD, EventStatus.PUBLISHED])
def test_an_event_is_not_closed_while_a_need_is_open(state, status):
    event = make_event(starts_at=NOW - timedelta(days=1), status=status)
    words = {"reason": "Brak.", "alternative": "Napisy."}
    make_registration(event).needs.create(kind="pjm", state=state, created_at=NOW, **words)
    make_registration(event, state=S.REJECTED).needs.create(kind="pjm", created_at=NOW)
    make_registration(make_event()).needs.create(kind="pjm", created_at=NOW)

    if state in UNSETTLED_NEEDS:
        with pytest.raises(NeedsOpen) as refusal:
            close_event(event, by=make_user(), at=NOW)
        assert refusal.value.details == {"count": 1}
        assert (Event.objects.get(pk=event.pk).status, event.changes.count()) == (status, 0)
    else:
        close_event(event, by=make_user(), at=NOW)
        assert Event.objects.get(pk=event.pk).status == EventStatus.CLOSED
