"""What the coordinator answers: every move a row, the person told, nothing that the table does not have."""

from datetime import timedelta

import pytest

from events.enums import Role
from events.errors import FieldErrors
from registrations.actions.needs import answer_need, change_needs
from registrations.actions.needs.moves import move_needs
from registrations.enums import NEED_MOVES, NeedState, RegistrationState
from registrations.errors import NeedMoveNotAllowed
from registrations.models import AccommodationRequest, NeedChange
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes

pytestmark = pytest.mark.django_db

S = NeedState
LATER = NOW + timedelta(hours=1)
NO = {"reason": "Wszyscy tłumacze są zajęci.", "alternative": "Napisy na żywo."}


@pytest.fixture
def coordinator():
    return make_user("anna@example.org", role=Role.ACCESSIBILITY)


@pytest.fixture
def need():
    return make_need()


def make_need(state: NeedState = S.REQUESTED):
    registration = make_registration(make_event())
    words = NO if state == S.NOT_POSSIBLE else {}
    return registration.needs.create(kind="pjm", state=state, created_at=NOW, **words)


def stands(need):
    return AccommodationRequest.objects.values_list("state", "reason", "alternative").get(pk=need.pk)


def moves(need):
    rows = NeedChange.objects.filter(need=need).order_by("id")
    return [(row.from_state, row.to_state, row.by and row.by.email, row.at, row.reason) for row in rows]


def test_an_answer_moves_the_need_and_is_the_intent_to_tell_its_person(need, coordinator):
    answered = answer_need(need, to=S.ACKNOWLEDGED, reason=" Szukamy\r\ntłumacza ", by=coordinator, at=LATER)

    assert (answered.state, answered.reason) == (S.ACKNOWLEDGED, "Szukamy\ntłumacza")
    assert stands(need) == (S.ACKNOWLEDGED, "Szukamy\ntłumacza", "")
    assert moves(need) == [("requested", "acknowledged", "anna@example.org", LATER, "Szukamy\ntłumacza")]
    (change,) = need.registration.changes.all()
    # It outlives the need, so it says nothing of it.
    assert (change.cause, change.from_state, change.to_state, change.by, change.at, change.reason, change.notify) == (
        "need_answered", "confirmed", "confirmed", coordinator, LATER, "", True,
    )  # fmt: skip


def test_who_arranges_what_was_only_asked_for_has_seen_it(need, coordinator):
    answer_need(need, to=S.ARRANGED, reason="Czeka przy wejściu", by=coordinator, at=LATER)

    assert moves(need) == [
        ("requested", "acknowledged", "anna@example.org", LATER, ""),
        ("acknowledged", "arranged", "anna@example.org", LATER, "Czeka przy wejściu"),
    ]
    assert changes(need.registration.event) == [("need_answered", "confirmed", "confirmed", True)]


def test_what_is_not_possible_has_a_reason_and_an_alternative(need, coordinator):
    answer_need(need, to=S.NOT_POSSIBLE, by=coordinator, at=LATER, **NO)

    assert stands(need) == (S.NOT_POSSIBLE, NO["reason"], NO["alternative"])
    assert moves(need) == [("requested", "not_possible", "anna@example.org", LATER, NO["reason"])]


@pytest.mark.parametrize(
    ("to", "words", "fields"),
    [
        (S.NOT_POSSIBLE, {}, ["reason", "alternative"]),
        (S.NOT_POSSIBLE, {"reason": "Nie ma.", "alternative": " \n "}, ["alternative"]),
        (S.NOT_POSSIBLE, {"reason": " ", "alternative": "Napisy."}, ["reason"]),
        (S.NOT_POSSIBLE, {"reason": "x" * 2001, "alternative": "a\x00"}, ["reason", "alternative"]),
        (S.ARRANGED, {"reason": "x" * 2001}, ["reason"]),
        (S.ARRANGED, {"alternative": "Napisy."}, ["alternative"]),
    ],
)
def test_words_that_do_not_fit_are_refused_and_nothing_moves(need, coordinator, to, words, fields):
    with pytest.raises(FieldErrors) as refusal:
        answer_need(need, to=to, by=coordinator, at=LATER, **words)

    assert list(refusal.value.errors) == fields
    assert (stands(need), moves(need), changes(need.registration.event)) == ((S.REQUESTED, "", ""), [], [])


def test_a_word_of_an_earlier_answer_does_not_stay(need, coordinator):
    answer_need(need, to=S.ACKNOWLEDGED, reason="Szukamy", by=coordinator, at=LATER)
    answer_need(need, to=S.ARRANGED, by=coordinator, at=LATER)

    assert stands(need) == (S.ARRANGED, "", "")


def test_what_was_provided_is_told_to_nobody(coordinator):
    need = make_need(S.ARRANGED)

    answer_need(need, to=S.FULFILLED, by=coordinator, at=LATER)

    assert moves(need) == [("arranged", "fulfilled", "anna@example.org", LATER, "")]
    assert changes(need.registration.event) == [("need_answered", "confirmed", "confirmed", False)]


def test_the_same_answer_once_more_changes_nothing_and_other_words_are_refused(need, coordinator):
    answer_need(need, to=S.ARRANGED, reason="O 17", by=coordinator, at=LATER)
    answer_need(need, to=S.ARRANGED, reason="O 17", by=coordinator, at=LATER)
    with pytest.raises(NeedMoveNotAllowed):
        answer_need(need, to=S.ARRANGED, reason="O 18", by=coordinator, at=LATER)

    assert (stands(need)[1], len(moves(need))) == ("O 17", 2)


ON_THE_WAY = {(S.REQUESTED, S.ARRANGED)}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("to", S)
def test_no_answer_makes_a_move_that_is_not_in_the_table(state, to, coordinator):
    need = make_need(state)
    words = NO if to == S.NOT_POSSIBLE else {}
    is_allowed = (to in NEED_MOVES[state] and to != S.WITHDRAWN) or (state, to) in ON_THE_WAY
    is_repeated = state == to

    if is_allowed or is_repeated:
        answer_need(need, to=to, by=coordinator, at=LATER, **words)
        assert stands(need)[0] == to
    else:
        with pytest.raises(NeedMoveNotAllowed):
            answer_need(need, to=to, by=coordinator, at=LATER, **words)
        assert (stands(need)[0], moves(need)) == (state, [])


def test_who_was_slower_learns_that_the_need_stands_elsewhere(need, coordinator):
    change_needs(need.registration, [], at=LATER)

    with pytest.raises(NeedMoveNotAllowed):
        answer_need(need, to=S.ARRANGED, by=coordinator, at=LATER)

    assert [row[:2] for row in moves(need)] == [("requested", "withdrawn")]


def test_a_need_that_was_deleted_in_the_meantime_is_refused(need, coordinator):
    AccommodationRequest.objects.all().delete()

    with pytest.raises(NeedMoveNotAllowed):
        answer_need(need, to=S.ARRANGED, by=coordinator, at=LATER)


def test_the_change_says_where_the_registration_stands(coordinator):
    registration = make_registration(make_event(), state=RegistrationState.WAITLISTED)
    need = registration.needs.create(kind="pjm", created_at=NOW)

    answer_need(need, to=S.ACKNOWLEDGED, by=coordinator, at=LATER)

    assert changes(registration.event) == [("need_answered", "waitlisted", "waitlisted", True)]


def test_who_was_not_quick_enough_moves_nothing():
    need = make_registration(make_event()).needs.create(kind="pjm", state=NeedState.REQUESTED, created_at=NOW)
    AccommodationRequest.objects.update(state=NeedState.WITHDRAWN)

    with pytest.raises(NeedMoveNotAllowed):
        move_needs([need], to=NeedState.ACKNOWLEDGED, by=None, at=NOW)

    assert AccommodationRequest.objects.get().state == NeedState.WITHDRAWN
