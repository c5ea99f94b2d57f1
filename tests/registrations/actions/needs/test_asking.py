"""What people need to take part: asked for with the registration, changed while it is active."""

from datetime import timedelta

import pytest

from events.enums import EventChangeKind, EventStatus
from events.errors import FieldErrors
from events.models import Event, RegistrationPolicy
from registrations.actions.details import change_details
from registrations.actions.moves import cancel_registration
from registrations.actions.needs import LONGEST_NOTE, Need
from registrations.enums import NeedKind, NeedState, RegistrationState
from registrations.errors import NotActive, TooLateForNeeds, UnderLegalHold
from registrations.models import AccommodationRequest, NeedChange, Registration
from tests.make import make_applicant, make_event, make_registration, make_session
from tests.make.events import NOW
from tests.registrations.acts import enter, entered, fresh, refused

pytestmark = pytest.mark.django_db

PJM, LOOP, OTHER = NeedKind.PJM.value, NeedKind.INDUCTION_LOOP.value, NeedKind.OTHER.value
S = NeedState


@pytest.fixture
def event():
    return make_event()


def asked(registration: Registration) -> list[tuple[str, str, str]]:
    return list(registration.needs.order_by("id").values_list("kind", "note", "state"))


def moves(registration: Registration) -> list[tuple[str, str, str]]:
    """What happened to the needs of a registration; its person did it all."""
    rows = NeedChange.objects.filter(need__registration=registration, by=None).order_by("id")
    return list(rows.values_list("need__kind", "from_state", "to_state"))


def test_needs_come_with_the_registration(event):
    person = make_applicant(needs=[Need(PJM), Need(OTHER, " Cichy pokój\r\nobok ")])

    registration = entered(event, person)

    assert asked(registration) == [(PJM, "", "requested"), (OTHER, "Cichy pokój\nobok", "requested")]
    assert registration.needs.get(kind=PJM).created_at == NOW
    assert moves(registration) == [(PJM, "", "requested"), (OTHER, "", "requested")]


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


def test_signing_up_costs_two_statements_for_any_number_of_needs(event, django_assert_num_queries):
    with django_assert_num_queries(6):
        enter(event)
    quiet = [kind for kind in NeedKind.values if kind not in {"wheelchair", "pjm", "sjm", "skogn"}]
    with django_assert_num_queries(8):
        enter(event, make_applicant(needs=[Need(LOOP)]))
    with django_assert_num_queries(8):
        enter(event, make_applicant(needs=[Need(kind, "Uwaga") for kind in quiet]))
    # Whether it is late depends on the dates.
    with django_assert_num_queries(9):
        enter(event, make_applicant(needs=[Need(PJM), Need("skogn")]))


def test_needs_are_changed_as_a_whole_and_what_is_as_before_stays_where_it_stands(event, django_assert_num_queries):
    registration = entered(event, make_applicant(needs=[Need(PJM), Need(LOOP, "Z prawej"), Need("wheelchair", "Duże")]))
    registration.needs.update(state=S.ARRANGED)
    later = NOW + timedelta(days=1)

    needs = [Need(PJM), Need(LOOP, "Z lewej"), Need("large_print")]
    with django_assert_num_queries(14):
        change_details(registration, {}, needs=needs, at=later)

    assert asked(registration) == [
        (PJM, "", S.ARRANGED),
        (LOOP, "Z lewej", S.REQUESTED),
        ("wheelchair", "", S.WITHDRAWN),
        ("large_print", "", S.REQUESTED),
    ]
    assert registration.needs.get(kind=LOOP).created_at == later
    assert moves(registration)[3:] == [
        (LOOP, "arranged", "requested"),
        ("large_print", "", "requested"),
        ("wheelchair", "arranged", "withdrawn"),
    ]


def test_what_was_taken_back_can_be_asked_for_again(event):
    registration = entered(event, make_applicant(needs=[Need(PJM, "Dwie osoby")]))

    change_details(registration, {}, needs=[], at=NOW)
    withdrawn = asked(registration)
    change_details(registration, {}, needs=[Need(PJM)], at=NOW)

    assert withdrawn == [(PJM, "", S.WITHDRAWN)]
    assert asked(registration) == [(PJM, "", S.REQUESTED)]
    assert moves(registration)[1:] == [(PJM, "requested", "withdrawn"), (PJM, "withdrawn", "requested")]


def test_what_was_not_possible_is_asked_for_anew_with_another_word_only(event):
    registration = entered(event, make_applicant(needs=[Need(PJM)]))
    registration.needs.update(state=S.NOT_POSSIBLE, reason="Brak tłumacza", alternative="Napisy")

    change_details(registration, {}, needs=[Need(PJM)], at=NOW)
    as_before = asked(registration)
    change_details(registration, {}, needs=[Need(PJM, "Przyjdę z własnym")], at=NOW)

    assert as_before == [(PJM, "", S.NOT_POSSIBLE)]
    assert asked(registration) == [(PJM, "Przyjdę z własnym", S.REQUESTED)]
    assert registration.needs.values_list("reason", "alternative").get() == ("", "")


def test_what_was_not_possible_can_be_taken_back(event):
    registration = entered(event, make_applicant(needs=[Need(PJM)]))
    registration.needs.update(state=S.NOT_POSSIBLE, reason="Brak tłumacza", alternative="Napisy")

    change_details(registration, {}, needs=[], at=NOW)

    assert moves(registration)[1:] == [(PJM, "not_possible", "withdrawn")]


def test_what_was_provided_stays_a_fact(event):
    registration = entered(event, make_applicant(needs=[Need(PJM)]))
    registration.needs.update(state=S.FULFILLED)

    change_details(registration, {}, needs=[], at=NOW)
    change_details(registration, {}, needs=[Need(PJM, "Jeszcze raz")], at=NOW)

    assert asked(registration) == [(PJM, "", S.FULFILLED)]
    assert len(moves(registration)) == 1


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


# Late


@pytest.fixture
def friday():
    """A meeting on Friday, 15 January 2027, three working days from now."""
    return make_event(starts_at=NOW + timedelta(days=3))


def late(registration: Registration) -> dict[str, bool]:
    return dict(registration.needs.order_by("id").values_list("kind", "is_late"))


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (1, True), (2, True)])
def test_sign_language_is_late_after_the_third_working_day_before_and_taken_all_the_same(friday, days, is_late):
    needs = [Need(kind) for kind in (PJM, "sjm", "skogn", LOOP)]

    registration = entered(friday, make_applicant(needs=needs), at=NOW + timedelta(days=days))

    assert late(registration) == {PJM: is_late, "sjm": is_late, "skogn": is_late, LOOP: False}


def test_the_dates_that_somebody_comes_to_count(friday):
    second = make_session(friday, starts_at=NOW + timedelta(days=10))
    at = NOW + timedelta(days=1)
    needs = [Need(PJM)]

    both = entered(friday, make_applicant(needs=needs), at=at)
    later = entered(friday, make_applicant(needs=needs, session_ids=(second.pk,)), at=at)
    changed = entered(friday, make_applicant(session_ids=(second.pk,)), at=NOW)
    change_details(changed, {}, needs=needs, at=at)

    assert [late(each) for each in (both, later, changed)] == [{PJM: True}, {PJM: False}, {PJM: False}]


def test_what_is_added_late_is_marked_and_what_stood_before_is_not(friday):
    registration = entered(friday, make_applicant(needs=[Need(PJM)]))

    change_details(registration, {}, needs=[Need(PJM), Need("skogn")], at=NOW + timedelta(days=2))

    assert late(registration) == {PJM: False, "skogn": True}


def test_without_a_date_nothing_is_late(friday):
    registration = entered(friday)
    Event.objects.update(status=EventStatus.POSTPONED)

    change_details(registration, {}, needs=[Need(PJM)], at=NOW + timedelta(days=4))

    assert late(registration) == {PJM: False}


def test_what_is_asked_for_when_the_last_part_has_begun_is_late(friday):
    registration = entered(friday)

    change_details(registration, {}, needs=[Need(PJM)], at=NOW + timedelta(days=3, hours=1))

    assert late(registration) == {PJM: True}


@pytest.mark.parametrize("status", [EventStatus.PUBLISHED, EventStatus.CLOSED, EventStatus.CANCELLED])
def test_nothing_is_asked_for_when_it_is_over_and_everything_else_can_be_put_right(friday, status):
    registration = entered(friday, make_applicant(needs=[Need(LOOP)]))
    Event.objects.update(status=status)
    over = NOW + timedelta(days=4) if status == EventStatus.PUBLISHED else NOW

    with pytest.raises(TooLateForNeeds):
        change_details(registration, {"first_name": "Ewa"}, needs=[Need(LOOP), Need(PJM)], at=over)
    change_details(registration, {"last_name": "Lis"}, needs=[Need(LOOP)], at=over)
    change_details(registration, {}, needs=[], at=over)

    assert asked(registration) == [(LOOP, "", S.WITHDRAWN)]
    registration.participant.refresh_from_db()
    assert registration.participant.full_name == "Anna Lis"


# Wheelchairs


def alerts(event):
    rows = event.changes.filter(kind=EventChangeKind.NEED_ALERT, notify=True, planned_at=None).order_by("id")
    return [(row.after["wheelchairs_needed"], row.after["wheelchair_places"]) for row in rows]


WHEELCHAIR = Need(NeedKind.WHEELCHAIR.value)


def test_a_third_wheelchair_is_welcome_and_alerts_the_coordinator(event):
    for _number in range(3):
        entered(event, make_applicant(needs=[WHEELCHAIR]))
    entered(event, make_applicant(needs=[Need(LOOP)]))

    assert alerts(event) == [(3, 2)]


def test_the_limit_is_the_events_own_and_may_not_be_there(event):
    RegistrationPolicy.objects.update(wheelchair_places=0)
    entered(event, make_applicant(needs=[WHEELCHAIR]))
    RegistrationPolicy.objects.update(wheelchair_places=None)
    entered(event, make_applicant(needs=[WHEELCHAIR]))

    assert alerts(event) == [(1, 0)]


def test_who_does_not_come_or_took_it_back_needs_no_place(event):
    make_registration(event, state=RegistrationState.REJECTED).needs.create(kind="wheelchair", created_at=NOW)
    make_registration(event).needs.create(kind="wheelchair", state=S.WITHDRAWN, created_at=NOW)
    make_registration(event).needs.create(kind="wheelchair", state=S.ARRANGED, created_at=NOW)

    entered(event, make_applicant(needs=[WHEELCHAIR]))

    assert alerts(event) == []


def test_a_wheelchair_that_is_added_later_counts_once(event):
    RegistrationPolicy.objects.update(wheelchair_places=0)
    registration = entered(event)

    change_details(registration, {}, needs=[WHEELCHAIR], at=NOW)
    change_details(registration, {}, needs=[Need("wheelchair", "Szerokie drzwi")], at=NOW)
    change_details(registration, {}, needs=[], at=NOW)
    change_details(registration, {}, needs=[WHEELCHAIR], at=NOW)

    assert alerts(event) == [(1, 0), (1, 0)]


def test_what_was_erased_is_not_filled_again(event):
    registration = make_registration(event)
    Registration.objects.update(erased_at=NOW)

    with pytest.raises(NotActive):
        change_details(registration, {"first_name": "Ewa"}, needs=[Need(PJM)], at=NOW)

    assert asked(registration) == []


def test_under_a_legal_hold_no_word_goes(event):
    registration = entered(event, make_applicant(needs=[Need(PJM, "Proszę"), Need(LOOP), Need(OTHER, "Cisza")]))
    Event.objects.update(legal_hold="Sprawa", contact_email="prawny@example.org")

    with pytest.raises(UnderLegalHold) as refusal:
        change_details(registration, {}, needs=[Need(PJM, "Inaczej"), Need(LOOP)], at=NOW)
    assert "prawny@example.org" in refusal.value.message
    assert asked(registration) == [(PJM, "Proszę", S.REQUESTED), (LOOP, "", S.REQUESTED), (OTHER, "Cisza", S.REQUESTED)]

    # What is only taken back keeps its word, and what had none may get one.
    change_details(registration, {}, needs=[Need(LOOP, "Z tyłu"), Need(OTHER, "Cisza")], at=NOW)
    assert asked(registration) == [
        (PJM, "Proszę", S.WITHDRAWN),
        (LOOP, "Z tyłu", S.REQUESTED),
        (OTHER, "Cisza", S.REQUESTED),
    ]
    with pytest.raises(UnderLegalHold):
        change_details(registration, {}, needs=[Need(PJM)], at=NOW)
    change_details(registration, {}, needs=[Need(PJM, "Proszę")], at=NOW)
    cancel_registration(fresh(registration), by=None, at=NOW)

    assert asked(registration) == [
        (PJM, "Proszę", S.WITHDRAWN),
        (LOOP, "Z tyłu", S.WITHDRAWN),
        (OTHER, "Cisza", S.WITHDRAWN),
    ]


def test_under_a_legal_hold_an_answer_stays(event):
    registration = entered(event, make_applicant(needs=[Need(PJM)]))
    registration.needs.update(state=S.NOT_POSSIBLE, reason="Brak", alternative="Online")
    Event.objects.update(legal_hold="Sprawa")

    with pytest.raises(UnderLegalHold):
        change_details(registration, {}, needs=[Need(PJM, "Bardzo")], at=NOW)

    assert registration.needs.get().alternative == "Online"
