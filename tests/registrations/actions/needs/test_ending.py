"""Needs go with a registration that ends, and come back with one that ran out."""

from datetime import timedelta

import pytest

from events.enums import EventChangeKind
from registrations.actions.moves import cancel_registration, confirm_registration, decline_offer, expire_due
from registrations.actions.needs import Need, answer_need
from registrations.enums import NeedState, RegistrationState
from registrations.models import NeedChange
from tests.make import make_applicant, make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import entered

pytestmark = pytest.mark.django_db

S, R = NeedState, RegistrationState
DAY = timedelta(days=1)
NO = {"reason": "Brak.", "alternative": "Napisy."}


def make_needy(event, state=R.CONFIRMED):
    registration = make_registration(event, state=state)
    for kind, need, words in (
        ("pjm", S.REQUESTED, {}),
        ("sjm", S.ACKNOWLEDGED, {}),
        ("wheelchair", S.ARRANGED, {}),
        ("large_print", S.FULFILLED, {}),
        ("easy_to_read", S.NOT_POSSIBLE, NO),
    ):
        registration.needs.create(kind=kind, note="Uwaga", state=need, created_at=NOW, **words)
    return registration


def stand(registration):
    return list(registration.needs.order_by("id").values_list("kind", "note", "state"))


def moves(registration):
    rows = NeedChange.objects.filter(need__registration=registration).order_by("id")
    return list(rows.values_list("need__kind", "from_state", "to_state", "by", "at"))


def test_what_nobody_has_settled_is_withdrawn_when_the_person_cancels():
    registration = make_needy(make_event())

    cancel_registration(registration, by=None, at=NOW + DAY)

    assert stand(registration) == [
        ("pjm", "", S.WITHDRAWN),
        ("sjm", "", S.WITHDRAWN),
        ("wheelchair", "", S.WITHDRAWN),
        ("large_print", "Uwaga", S.FULFILLED),
        ("easy_to_read", "Uwaga", S.NOT_POSSIBLE),
    ]
    assert moves(registration) == [
        ("pjm", "requested", "withdrawn", None, NOW + DAY),
        ("sjm", "acknowledged", "withdrawn", None, NOW + DAY),
        ("wheelchair", "arranged", "withdrawn", None, NOW + DAY),
    ]


def test_who_cancelled_it_for_them_stands_in_the_row():
    registration, owner = make_needy(make_event()), make_user()

    cancel_registration(registration, by=owner, reason="Zdublowane", at=NOW)

    assert {row[3] for row in moves(registration)} == {owner.pk}


def test_nobody_elses_needs_go():
    event = make_event()
    leaving, staying = make_needy(event), make_needy(event)

    cancel_registration(leaving, by=None, at=NOW)

    assert moves(staying) == []


def test_they_go_with_an_offer_that_is_declined():
    registration = make_needy(make_event(), R.OFFERED)

    decline_offer(registration, at=NOW)

    assert [row[2] for row in stand(registration)][:3] == [S.WITHDRAWN] * 3


def test_they_go_with_a_hold_that_ran_out_and_come_back_with_its_person():
    event = make_event(confirm_email=True)
    registration = entered(event, make_applicant(needs=[Need("pjm", "Dwie osoby"), Need("large_print")]))
    first = registration.needs.get(kind="large_print")
    answer_need(first, to=S.ACKNOWLEDGED, by=make_user(), at=NOW)

    expire_due(at=NOW + DAY)
    gone = stand(registration)
    confirm_registration(registration, at=NOW + 2 * DAY)

    assert gone == [("pjm", "Dwie osoby", S.WITHDRAWN), ("large_print", "", S.WITHDRAWN)]
    assert stand(registration) == [("pjm", "Dwie osoby", S.REQUESTED), ("large_print", "", S.REQUESTED)]
    assert [row[:3] for row in moves(registration)][-4:] == [
        ("pjm", "requested", "withdrawn"),
        ("large_print", "acknowledged", "withdrawn"),
        ("pjm", "withdrawn", "requested"),
        ("large_print", "withdrawn", "requested"),
    ]
    assert {need.created_at for need in registration.needs.all()} == {NOW + 2 * DAY}


def test_what_was_taken_back_before_stays_taken_back():
    event = make_event(confirm_email=True)
    registration = entered(event, make_applicant(needs=[Need("pjm")]))
    registration.needs.create(kind="large_print", state=S.WITHDRAWN, created_at=NOW)

    expire_due(at=NOW + DAY)
    confirm_registration(registration, at=NOW + 2 * DAY)

    assert stand(registration) == [("pjm", "", S.REQUESTED), ("large_print", "", S.WITHDRAWN)]


def test_who_comes_back_late_is_told_that_it_is_late_and_wheelchairs_are_counted_again():
    event = make_event(confirm_email=True, starts_at=NOW + 3 * DAY)
    event.policy.wheelchair_places = 0
    event.policy.save()
    registration = entered(event, make_applicant(needs=[Need("pjm"), Need("wheelchair")]))
    assert not registration.needs.filter(is_late=True).exists()

    confirm_registration(registration, at=NOW + 2 * DAY)

    assert list(registration.needs.order_by("id").values_list("kind", "is_late")) == [
        ("pjm", True),
        ("wheelchair", False),
    ]
    assert event.changes.filter(kind=EventChangeKind.NEED_ALERT).count() == 2


def test_who_needed_nothing_comes_back_as_before():
    event = make_event(confirm_email=True)
    registration = entered(event)

    confirm_registration(registration, at=NOW + DAY)

    assert stand(registration) == []


def test_a_registration_that_was_never_seen_to_run_out_brings_nothing_back():
    registration = make_registration(make_event(confirm_email=True), state=R.EXPIRED)
    registration.needs.create(kind="pjm", state=S.WITHDRAWN, created_at=NOW)

    confirm_registration(registration, at=NOW + DAY)

    assert stand(registration) == [("pjm", "", S.WITHDRAWN)]
