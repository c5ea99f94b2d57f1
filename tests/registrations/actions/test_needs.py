"""What people need to take part: asked for with the registration, changed while it is active."""

from datetime import timedelta

import pytest

from events.errors import FieldErrors
from registrations.actions.details import change_details
from registrations.actions.needs import LONGEST_NOTE, Need
from registrations.enums import NeedKind, NeedState
from registrations.models import AccommodationRequest, Registration
from tests.make import make_applicant, make_event
from tests.make.events import NOW
from tests.registrations.acts import enter, entered, refused

pytestmark = pytest.mark.django_db

PJM, LOOP, OTHER = NeedKind.PJM.value, NeedKind.INDUCTION_LOOP.value, NeedKind.OTHER.value
S = NeedState


@pytest.fixture
def event():
    return make_event()


def asked(registration: Registration) -> list[tuple[str, str, str]]:
    return list(registration.needs.order_by("id").values_list("kind", "note", "state"))


def test_needs_come_with_the_registration(event):
    person = make_applicant(needs=[Need(PJM), Need(OTHER, " Cichy pokój\r\nobok ")])

    registration = entered(event, person)

    assert asked(registration) == [(PJM, "", "requested"), (OTHER, "Cichy pokój\nobok", "requested")]
    assert registration.needs.get(kind=PJM).created_at == NOW


@pytest.mark.parametrize(
    ("needs", "fields"),
    [
        ([Need("champagne")], ["accommodation.0.kind"]),
        ([Need(PJM), Need(LOOP), Need(PJM)], ["accommodation.2.kind"]),
        ([Need(PJM, "x" * (LONGEST_NOTE + 1))], ["accommodation.0.note"]),
        ([Need(PJM, "a\x00")], ["accommodation.0.note"]),
        ([Need(OTHER, "  ")], ["accommodation.0.note"]),
        ([Need(""), Need(OTHER)], ["accommodation.0.kind", "accommodation.1.note"]),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(event, needs, fields):
    refusal = refused(event, FieldErrors, make_applicant(needs=needs))

    assert list(refusal.errors) == fields
    assert not AccommodationRequest.objects.exists()


def test_signing_up_costs_one_statement_for_any_number_of_needs(event, django_assert_num_queries):
    with django_assert_num_queries(6):
        enter(event)
    with django_assert_num_queries(7):
        enter(event, make_applicant(needs=[Need(PJM)]))
    with django_assert_num_queries(7):
        enter(event, make_applicant(needs=[Need(kind, "Uwaga") for kind in NeedKind.values]))


def test_needs_are_changed_as_a_whole_and_what_is_as_before_stays_where_it_stands(event, django_assert_num_queries):
    registration = entered(event, make_applicant(needs=[Need(PJM), Need(LOOP, "Z prawej"), Need("wheelchair", "Duże")]))
    registration.needs.update(state=S.ARRANGED)
    later = NOW + timedelta(days=1)

    needs = [Need(PJM), Need(LOOP, "Z lewej"), Need("large_print")]
    with django_assert_num_queries(10):
        change_details(registration, {}, needs=needs, at=later)

    assert asked(registration) == [
        (PJM, "", S.ARRANGED),
        (LOOP, "Z lewej", S.REQUESTED),
        ("wheelchair", "", S.WITHDRAWN),
        ("large_print", "", S.REQUESTED),
    ]
    assert registration.needs.get(kind=LOOP).created_at == later


def test_what_was_taken_back_can_be_asked_for_again(event):
    registration = entered(event, make_applicant(needs=[Need(PJM, "Dwie osoby")]))

    change_details(registration, {}, needs=[], at=NOW)
    withdrawn = asked(registration)
    change_details(registration, {}, needs=[Need(PJM)], at=NOW)

    assert withdrawn == [(PJM, "", S.WITHDRAWN)]
    assert asked(registration) == [(PJM, "", S.REQUESTED)]


def test_what_was_provided_stays_a_fact(event):
    registration = entered(event, make_applicant(needs=[Need(PJM)]))
    registration.needs.update(state=S.FULFILLED)

    change_details(registration, {}, needs=[], at=NOW)

    assert asked(registration) == [(PJM, "", S.FULFILLED)]


def test_a_refused_change_leaves_everything_as_it_was(event):
    registration = entered(event, make_applicant(needs=[Need(PJM)]))

    with pytest.raises(FieldErrors):
        change_details(registration, {"first_name": "Ewa"}, needs=[Need(LOOP), Need("champagne")], at=NOW)

    assert asked(registration) == [(PJM, "", S.REQUESTED)]
    assert registration.changes.count() == 1


def test_needs_that_nobody_names_stay(event):
    registration = entered(event, make_applicant(needs=[Need(PJM)]))

    change_details(registration, {"first_name": "Ewa"}, at=NOW)

    assert asked(registration) == [(PJM, "", S.REQUESTED)]
