"""The door: one admission however often it is sent, and heads counted without names."""

from datetime import timedelta

import pytest

from events.errors import FieldErrors
from registrations.actions.attendance import add_headcount, check_in, void_check_in
from registrations.actions.moves import cancel_registration
from registrations.actions.parties import cancel_contact, cancel_member, substitute_contact, substitute_member
from registrations.enums import Attendance, ChangeCause, CheckInKind, CheckInResult, CheckInSource, RegistrationState
from registrations.models import CheckIn, HeadcountEntry, Registration
from registrations.queries.at_the_door import latest_admission
from registrations.queries.doors import get_check_in
from registrations.tokens import read_code
from tests.make import make_applicant, make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, entered, fresh
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

S, R = RegistrationState, CheckInResult


@pytest.fixture
def doorkeeper():
    return make_user("door@example.org")


def scan(event, registration, doorkeeper, *, nonce="n1", at=NOW, **arguments):
    arguments = {"code": registration.ticket_code, **arguments}
    return check_in(event, nonce=nonce, source=CheckInSource.QR, by=doorkeeper, at=at, **arguments)


def test_a_code_admits_once_and_the_second_device_hears_when_and_by_whom(doorkeeper):
    event, colleague = make_event(), make_user()
    registration = make_registration(event)
    later = NOW + timedelta(minutes=3)

    first = scan(event, registration, doorkeeper, device="phone 1", device_at=NOW - timedelta(seconds=5))
    second = scan(event, registration, colleague, nonce="n2", at=later)

    scanned_at = NOW - timedelta(seconds=5)
    assert (first.result, first.registration, first.at, first.by) == (R.ADMITTED, registration, scanned_at, doorkeeper)
    assert first.registration is not None
    assert first.registration.attendance == Attendance.PRESENT
    assert (second.result, second.registration, second.at, second.by) == (
        R.ALREADY_PRESENT,
        registration,
        scanned_at,
        doorkeeper,
    )
    row, repeated = CheckIn.objects.all()
    assert (row.kind, row.nonce, row.device, row.device_at, row.at) == ("admit", "n1", "phone 1", scanned_at, NOW)
    assert (repeated.kind, repeated.nonce, repeated.by, repeated.scanned_at) == ("repeat", "n2", colleague, later)


def test_the_same_nonce_gives_the_same_answer(doorkeeper):
    event = make_event()
    registration = make_registration(event)

    first = scan(event, registration, doorkeeper)
    again = scan(event, registration, make_user(), at=NOW + timedelta(hours=1))

    assert (again.result, again.at, again.by) == (first.result, first.at, first.by)
    assert CheckIn.objects.count() == 1


def test_a_nonce_of_somebody_else_is_refused_and_admits_nobody(doorkeeper):
    event = make_event()
    first, second, third = (make_registration(event) for _ in range(3))
    scan(event, first, doorkeeper)
    scan(event, third, doorkeeper, nonce="n3")

    for somebody in (second, third):
        with pytest.raises(FieldErrors):
            scan(event, somebody, doorkeeper)

    assert fresh(second).attendance == Attendance.NOT_RECORDED
    assert CheckIn.objects.count() == 2


def test_a_reference_works_as_well(doorkeeper):
    event = make_event()
    registration = make_registration(event)

    assert scan(event, registration, doorkeeper, code=None, reference=registration.reference).result == R.ADMITTED


def test_codes_of_nobody_and_of_other_events(doorkeeper):
    event, other = make_event(), make_event()
    registration = make_registration(other)

    unknown = scan(event, registration, doorkeeper, code="NOBODY")
    nothing = check_in(event, nonce="n", source=CheckInSource.SEARCH, by=doorkeeper, at=NOW)
    wrong = scan(event, registration, doorkeeper)

    assert (unknown.result, unknown.registration, unknown.event) == (R.UNKNOWN, None, event)
    assert nothing.result == R.UNKNOWN
    assert (wrong.result, wrong.registration, wrong.event) == (R.WRONG_EVENT, None, other)


@pytest.mark.parametrize(
    ("state", "result"),
    [
        (S.WAITLISTED, R.WAITLISTED),
        (S.AWAITING_APPROVAL, R.WAITLISTED),
        (S.CANCELLED_BY_PARTICIPANT, R.CANCELLED),
        (S.CANCELLED_BY_ORGANIZER, R.CANCELLED),
        (S.EXPIRED, R.CANCELLED),
        (S.DECLINED, R.CANCELLED),
        (S.REJECTED, R.CANCELLED),
    ],
)
def test_without_a_seat_nobody_is_admitted(doorkeeper, state, result):
    event = make_event()
    registration = make_registration(event, state=state)

    assert scan(event, registration, doorkeeper).result == result
    assert fresh(registration).attendance == Attendance.NOT_RECORDED
    assert not CheckIn.objects.exists()


def test_who_is_here_and_has_a_seat_held_or_offered_is_confirmed_and_admitted(doorkeeper):
    event = make_event(capacity=2, confirm_email=True)
    held, offered, queued = entered(event), make_registration(event, state=S.OFFERED), entered(event)

    results = [scan(event, row, doorkeeper, nonce=row.reference).result for row in (held, offered, queued)]

    assert results == [R.ADMITTED, R.ADMITTED, R.WAITLISTED]
    assert [fresh(row).state for row in (held, offered, queued)] == [S.CONFIRMED, S.CONFIRMED, S.HELD]
    assert counts(event) == [(2, 1)]
    assert [(cause, notify) for cause, _from, to, notify in changes(event) if to == S.CONFIRMED] == [
        (ChangeCause.ADDRESS_CONFIRMED, False),
        (ChangeCause.OFFER_ACCEPTED, False),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ABCE2345", "ABCE2345"),
        (" abce 2345 ", "ABCE2345"),
        ("abce-2345", "ABCE2345"),
        ("АВСЕ2345", "ABCE2345"),
        ("https://wiec.example/t/ABCE2345/", "ABCE2345"),
        ("0oQ", "QQQ"),
        ("", ""),
    ],
)
def test_codes_are_read_as_people_write_them(text, code):
    assert read_code(text) == code


def test_a_presence_without_a_row_is_no_new_admission(doorkeeper):
    event = make_event()
    registration = make_registration(event)
    Registration.objects.filter(pk=registration.pk).update(attendance=Attendance.PRESENT)

    answer = scan(event, registration, doorkeeper)

    assert (answer.result, answer.at, answer.by) == (R.ALREADY_PRESENT, NOW, doorkeeper)
    assert CheckIn.objects.get().kind == CheckInKind.REPEAT


def test_an_admission_is_taken_back_by_another_row_and_may_come_again(doorkeeper):
    event = make_event()
    registration = make_registration(event)
    scan(event, registration, doorkeeper)
    admission = get_check_in(event, "n1")

    void_check_in(admission, reason="Pomyłka", by=doorkeeper, at=NOW)
    void_check_in(admission, reason="Pomyłka", by=doorkeeper, at=NOW)

    assert fresh(registration).attendance == Attendance.NOT_RECORDED
    assert list(CheckIn.objects.values_list("kind", "reason")) == [
        (CheckInKind.ADMIT, ""),
        (CheckInKind.VOID, "Pomyłka"),
    ]
    # The old tap, sent once more, admits nobody; a new one does, and taking back the old one does not touch it.
    assert scan(event, registration, doorkeeper).result == R.ADMITTED
    assert fresh(registration).attendance == Attendance.NOT_RECORDED
    assert scan(event, registration, doorkeeper, nonce="n2").result == R.ADMITTED
    void_check_in(admission, by=doorkeeper, at=NOW)
    assert fresh(registration).attendance == Attendance.PRESENT


def test_the_number_of_a_taken_back_row_admits_nobody(doorkeeper):
    event = make_event()
    registration = make_registration(event)
    scan(event, registration, doorkeeper)
    void_check_in(get_check_in(event, "n1"), by=doorkeeper, at=NOW)
    void = CheckIn.objects.get(kind=CheckInKind.VOID)

    with pytest.raises(FieldErrors):
        scan(event, registration, doorkeeper, nonce=void.nonce)


def test_everybody_of_a_party_is_admitted_alone_and_once(doorkeeper):
    event = make_group_event()
    party, (ewa, jan) = party_of(event, EWA, JAN)

    first = scan(event, ewa, doorkeeper)
    again = scan(event, ewa, make_user(), nonce="n2", at=NOW + timedelta(minutes=1))
    contact = scan(event, party, doorkeeper, nonce="n3")
    by_id = scan(event, party, doorkeeper, nonce="n4", code=None, reference=party.reference, member_id=jan.pk)

    assert [answer.result for answer in (first, again, contact, by_id)] == [
        R.ADMITTED,
        R.ALREADY_PRESENT,
        R.ADMITTED,
        R.ADMITTED,
    ]
    assert [answer.member for answer in (first, again, contact, by_id)] == [ewa, ewa, None, jan]
    assert (again.registration, again.at, again.by) == (party, NOW, doorkeeper)
    assert list(party.members.values_list("attendance", flat=True)) == [Attendance.PRESENT] * 2
    assert list(CheckIn.objects.values_list("member", "kind")) == [
        (ewa.pk, "admit"),
        (ewa.pk, "repeat"),
        (None, "admit"),
        (jan.pk, "admit"),
    ]


def test_a_party_may_come_one_after_the_other(doorkeeper):
    event = make_group_event()
    party, (_ewa, jan) = party_of(event, EWA, JAN)

    scan(event, jan, doorkeeper)

    assert fresh(party).attendance == Attendance.NOT_RECORDED
    assert list(party.members.order_by("id").values_list("attendance", flat=True)) == [
        Attendance.NOT_RECORDED,
        Attendance.PRESENT,
    ]


def test_the_nonce_of_one_of_a_party_admits_no_other(doorkeeper):
    event = make_group_event()
    party, (ewa,) = party_of(event, EWA)
    scan(event, ewa, doorkeeper)

    with pytest.raises(FieldErrors):
        scan(event, party, doorkeeper)
    assert scan(event, ewa, doorkeeper).result == R.ADMITTED

    assert fresh(party).attendance == Attendance.NOT_RECORDED


def test_codes_of_people_who_do_not_come_are_dead(doorkeeper):
    event = make_group_event()
    party, (ewa, jan) = party_of(event, EWA, JAN)
    taken_over, _nobody = party_of(event)
    cancel_member(ewa, by=None, at=NOW)
    newcomer = substitute_member(jan, guest=EWA, by=None, at=NOW)
    cancel_contact(party, by=None, at=NOW)
    substitute_contact(taken_over, guest=EWA, by=None, at=NOW)

    people = (ewa, jan, party, newcomer, taken_over, fresh(taken_over))
    results = [scan(event, person, doorkeeper, nonce=str(number)).result for number, person in enumerate(people)]

    assert results == [R.CANCELLED, R.CANCELLED, R.CANCELLED, R.ADMITTED, R.CANCELLED, R.ADMITTED]
    assert CheckIn.objects.count() == 2


def test_a_member_of_a_party_without_a_seat_is_not_admitted(doorkeeper):
    event = make_group_event(capacity=1)
    waiting, (ewa,) = party_of(event, EWA)
    gone, (jan,) = party_of(make_group_event(), JAN)
    cancel_registration(gone, by=None, at=NOW)

    assert scan(event, ewa, doorkeeper).result == R.WAITLISTED
    assert scan(gone.event, jan, doorkeeper).result == R.CANCELLED
    assert scan(event, jan, doorkeeper).result == R.WRONG_EVENT
    assert (
        scan(event, waiting, doorkeeper, code=None, reference=waiting.reference, member_id=jan.pk).result == R.UNKNOWN
    )


def test_a_party_whose_seats_are_held_is_confirmed_with_the_first_who_comes_and_not_by_a_dead_code(doorkeeper):
    event = make_group_event(confirm_email=True)
    party, (ewa, jan) = party_of(event, EWA, JAN)
    cancel_member(jan, by=None, at=NOW)

    dead = scan(event, jan, doorkeeper)
    still = fresh(party).state
    alive = scan(event, ewa, doorkeeper)

    assert (dead.result, still, alive.result) == (R.CANCELLED, S.HELD, R.ADMITTED)
    assert fresh(party).state == S.CONFIRMED


def test_an_admission_of_one_of_a_party_is_taken_back(doorkeeper):
    event = make_group_event()
    party, (ewa,) = party_of(event, EWA)
    scan(event, ewa, doorkeeper)
    scan(event, party, doorkeeper, nonce="n2")

    void_check_in(get_check_in(event, "n1"), by=doorkeeper, at=NOW)

    assert latest_admission(party, ewa) is None
    assert latest_admission(party) is not None
    assert party.members.get().attendance == Attendance.NOT_RECORDED
    assert fresh(party).attendance == Attendance.PRESENT
    assert scan(event, ewa, doorkeeper, nonce="n3").result == R.ADMITTED


def count(event, delta, doorkeeper, *, nonce, category=None):
    return add_headcount(event, delta=delta, nonce=nonce, category=category, by=doorkeeper, at=NOW)


@pytest.mark.parametrize(("delta", "category"), [(1, None), (-5, None), (5, "business")])
def test_a_number_of_another_tap_is_refused_and_not_taken_for_it(doorkeeper, delta, category):
    event = make_event(required=False, categories=[("business", None)])
    count(event, 5, doorkeeper, nonce="a")

    with pytest.raises(FieldErrors):
        count(event, delta, doorkeeper, nonce="a", category=category)

    assert HeadcountEntry.objects.count() == 1


def test_heads_are_counted_once_for_each_tap(doorkeeper):
    event = make_event(kind="mobile_point", required=False)

    totals = [count(event, delta, doorkeeper, nonce=nonce) for delta, nonce in [(5, "a"), (5, "a"), (-2, "b")]]

    assert totals == [5, 5, 3]
    assert list(HeadcountEntry.objects.values_list("delta", "by")) == [(5, doorkeeper.pk), (-2, doorkeeper.pk)]


def test_neither_the_whole_nor_a_category_falls_below_nobody(doorkeeper):
    event = make_event()
    count(event, 3, doorkeeper, nonce="a", category="resident")
    count(event, 1, doorkeeper, nonce="b")

    for delta, category in [(-4, "resident"), (-2, None), (-1, "business")]:
        with pytest.raises(FieldErrors) as refusal:
            count(event, delta, doorkeeper, nonce="c", category=category)
        assert list(refusal.value.errors) == ["delta"]

    assert count(event, -3, doorkeeper, nonce="d", category="resident") == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"delta": 0}, "delta"), ({"delta": 1001}, "delta"), ({"delta": -1001}, "delta"), ({"category": "?"}, "category")],
)
def test_counts_that_make_no_sense_are_refused(doorkeeper, wrong, field):
    with pytest.raises(FieldErrors) as refusal:
        count(make_event(), **{"delta": 1, "doorkeeper": doorkeeper, "nonce": "a", **wrong})

    assert list(refusal.value.errors) == [field]


def test_a_tap_of_another_event_is_refused(doorkeeper):
    count(make_event(), 1, doorkeeper, nonce="a")

    with pytest.raises(FieldErrors) as refusal:
        count(make_event(), 1, doorkeeper, nonce="a")

    assert list(refusal.value.errors) == ["nonce"]


def test_the_figure_of_a_persons_name_is_not_needed_for_a_code(doorkeeper):
    event = make_event()
    registration = entered(event, make_applicant(first_name="Łucja"))

    answer = scan(event, registration, doorkeeper)

    assert answer.registration is not None
    assert answer.registration.participant.first_name == "Łucja"
