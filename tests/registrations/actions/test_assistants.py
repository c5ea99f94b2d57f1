"""The seat of an assistant: taken, refused, waited for, given back, as the event counts assistants."""

import pytest
from django.utils import translation

from events.actions.history import record
from events.enums import EventChangeKind
from events.errors import FieldErrors
from registrations.actions.details import change_details
from registrations.actions.needs import Need
from registrations.enums import ChangeCause, RegistrationState
from registrations.errors import EventFull
from registrations.models import Registration
from registrations.receivers import ASSISTANTS_RULE
from tests.make import make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, entered, fresh
from tests.registrations.parties import EWA, make_group_event, party_of

pytestmark = pytest.mark.django_db

S, C = RegistrationState, ChangeCause
ASSISTANT = [Need("assistant")]


def make_counting_event(**given):
    return make_group_event(assistants_take_seats=True, **given)


def causes(registration: Registration) -> list[str]:
    return list(registration.changes.order_by("id").values_list("cause", flat=True))[1:]


def test_an_assistant_takes_a_seat_and_leaves_it_to_the_next():
    event = make_counting_event(capacity=2)
    person = entered(event)

    with_assistant = change_details(person, {}, needs=ASSISTANT, at=NOW)
    waiting = entered(event)
    full = counts(event)
    alone = change_details(person, {}, needs=(), at=NOW)

    assert (with_assistant.seats, full) == (2, [(2, 1)])
    assert (alone.seats, fresh(waiting).state, counts(event)) == (1, S.CONFIRMED, [(2, 0)])
    assert causes(person) == [C.EDITED, C.SEATS_CHANGED, C.EDITED, C.SEATS_CHANGED]
    assert [notify for cause, *_states, notify in changes(event) if cause == C.SEATS_CHANGED] == [False, False]


def test_who_had_one_keeps_the_seat_with_other_changes():
    event = make_counting_event(capacity=2)
    person = entered(event)
    change_details(person, {}, needs=ASSISTANT, at=NOW)

    change_details(person, {"first_name": "Ewa"}, at=NOW)
    change_details(person, {}, needs=[*ASSISTANT, Need("pjm")], at=NOW)

    assert (fresh(person).seats, counts(event)) == (2, [(2, 0)])


def test_without_a_free_seat_the_need_is_refused_in_plain_words_and_nothing_else_changes():
    event = make_counting_event(capacity=1)
    person = entered(event)

    with pytest.raises(EventFull) as refusal:
        change_details(person, {"first_name": "Ewa"}, needs=ASSISTANT, at=NOW)

    with translation.override("en"):
        assert "assistant" in refusal.value.message
    assert (fresh(person).seats, fresh(person).participant.first_name, counts(event)) == (1, "Anna", [(1, 0)])
    assert not person.needs.exists()


@pytest.mark.parametrize(("policy", "fits"), [("strict", False), ("first_fit", True)])
def test_under_strict_order_a_seat_is_for_whoever_waits(policy, fits):
    event = make_counting_event(capacity=2, waitlist_policy=policy)
    person = entered(event)
    party_of(event, EWA)

    if fits:
        change_details(person, {}, needs=ASSISTANT, at=NOW)
    else:
        with pytest.raises(EventFull):
            change_details(person, {}, needs=ASSISTANT, at=NOW)

    assert counts(event) == [(1 + int(fits), 2)]


def test_who_waits_waits_for_one_more_and_for_one_less():
    event = make_counting_event(capacity=2)
    entered(event)
    party, _ewa = party_of(event, EWA)

    change_details(party, {}, needs=ASSISTANT, at=NOW)
    more = counts(event)
    change_details(party, {}, needs=(), at=NOW)

    assert (more, counts(event), fresh(party).seats) == ([(1, 3)], [(1, 2)], 2)


def test_an_application_just_asks_for_one_more():
    event = make_counting_event(approval=True)
    person = entered(event)

    change_details(person, {}, needs=ASSISTANT, at=NOW)

    assert (fresh(person).seats, counts(event)) == (2, [(0, 0)])


def test_where_assistants_come_in_beside_the_seats_nothing_is_counted():
    event = make_group_event(capacity=1)
    person = entered(event)

    change_details(person, {}, needs=ASSISTANT, at=NOW)
    change_details(person, {}, needs=(), at=NOW)

    assert (fresh(person).seats, causes(person)) == (1, [C.EDITED, C.EDITED])


def test_the_rule_does_not_change_while_somebody_comes_with_an_assistant():
    event = make_counting_event()
    before, after = {ASSISTANTS_RULE: True}, {ASSISTANTS_RULE: False}
    gone = make_registration(event, state=S.CANCELLED_BY_PARTICIPANT)
    gone.needs.create(kind="assistant", created_at=NOW)
    record(event, EventChangeKind.EDITED, by=make_user(), at=NOW, before=before, after=after)
    entered(event).needs.create(kind="assistant", created_at=NOW)

    with pytest.raises(FieldErrors) as refusal:
        record(event, EventChangeKind.EDITED, by=make_user(), at=NOW, before=before, after=after)

    assert list(refusal.value.errors) == [ASSISTANTS_RULE]
