"""`verify_seats` finds what was counted wrong, by hand."""

import pytest
from django.core.management import call_command

from registrations.actions.needs import Need
from registrations.actions.parties import cancel_contact, cancel_member, substitute_member
from registrations.enums import RegistrationState
from registrations.models import Registration
from registrations.queries.recount import party_counts
from tests.make import make_applicant, make_event, make_member, make_registration, make_session
from tests.make.events import NOW
from tests.registrations.acts import enter
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db


def test_pools_that_are_right_are_said_to_be(capsys):
    event = make_event(capacity=1, categories=[("business", 5)])
    make_session(event, starts_at=NOW, capacity=3)
    for _person in range(2):
        enter(event, make_applicant(category="business"))
    make_event()

    call_command("verify_seats")

    assert capsys.readouterr().out.splitlines() == [
        "Pools counted: 4, all of them right.",
        "Registrations counted: 2, all of them right.",
    ]


@pytest.mark.parametrize(
    ("wrong", "numbers"),
    [
        ({"taken": 7}, "50        7      1           2        2"),
        ({"waiting": 0}, "50        1      1           0        2"),
        ({"taken": 2, "capacity": None}, "no limit  2      1           2        2"),
        ({"taken": 1, "capacity": 0, "overbooked": 2, "waiting": 3}, "0 +2      1      1           3        2"),
    ],
)
def test_a_wrong_count_planted_by_hand_is_found(capsys, wrong, numbers):
    event = make_event("spotkanie")
    make_registration(event)
    make_member(make_registration(event, state=RegistrationState.WAITLISTED, seats=2))
    make_registration(make_event())
    event.pools.update(**wrong)

    with pytest.raises(SystemExit) as end:
        call_command("verify_seats")

    assert end.value.code == 1
    said = capsys.readouterr()
    assert said.err == "Pools counted: 2, wrong: 1.\n"
    assert said.out.splitlines() == [
        "pool  event      session  category  capacity  taken  seats held  waiting  seats queued".replace(
            "pool", "pool".ljust(len(str(event.pools.get().pk)))
        ),
        f"{str(event.pools.get().pk).ljust(4)}  spotkanie  all      all       {numbers}",
        "Registrations counted: 3, all of them right.",
    ]


def make_assisted(event, *, seats=2, **given):
    registration = make_registration(event, seats=seats, **given)
    registration.needs.create(kind="assistant", created_at=NOW)
    return registration


def test_seats_are_those_of_the_people_who_come_and_of_an_assistant_by_the_rule(capsys):
    counting, beside = make_group_event(assistants_take_seats=True), make_group_event()
    party, (ewa, jan) = party_of(counting, EWA, JAN, needs=[Need("assistant")])
    party_of(beside, EWA, needs=[Need("assistant")])
    cancel_member(ewa, by=None, at=NOW)
    substitute_member(jan, guest=EWA, by=None, at=NOW)
    cancel_contact(party, by=None, at=NOW)
    make_assisted(counting)

    call_command("verify_seats")

    assert "Registrations counted: 3, all of them right." in capsys.readouterr().out


def test_a_wrong_number_of_seats_planted_by_hand_is_found(capsys):
    counting, beside = make_group_event("liczy", assistants_take_seats=True), make_group_event("obok")
    wrong = [
        make_registration(beside, seats=2),
        make_assisted(beside),
        make_assisted(counting, seats=1),
        make_registration(counting, seats=2),
        make_registration(counting, seats=3, state=RegistrationState.AWAITING_APPROVAL),
    ]
    make_registration(beside, seats=9, state=RegistrationState.CANCELLED_BY_PARTICIPANT)

    with pytest.raises(SystemExit) as end:
        call_command("verify_seats")

    said = capsys.readouterr()
    assert (end.value.code, said.err) == (1, "Registrations counted: 5, wrong: 5.\n")
    assert [line.split() for line in said.out.splitlines()] == [
        ["Pools", "counted:", "2,", "all", "of", "them", "right."],
        ["registration", "event", "seats", "people", "assistants"],
        [wrong[2].reference, "liczy", "1", "1", "1"],
        [wrong[3].reference, "liczy", "2", "1", "0"],
        [wrong[4].reference, "liczy", "3", "1", "0"],
        [wrong[0].reference, "obok", "2", "1", "0"],
        [wrong[1].reference, "obok", "2", "1", "0"],
    ]


@pytest.mark.parametrize(("seats", "is_right"), [(1, True), (2, True), (3, False)])
def test_of_needs_that_are_deleted_nobody_can_tell_whether_an_assistant_came(seats, is_right):
    over = make_group_event(assistants_take_seats=True)
    erased = make_registration(make_group_event(assistants_take_seats=True), seats=seats)
    make_registration(over, seats=seats)
    Registration.objects.filter(pk=erased.pk).update(erased_at=NOW)

    assert over.ends_at is not None
    both = party_counts(at=over.ends_at)

    assert [count.is_right for count in both] == [is_right, is_right]


def test_more_seats_held_than_there_are_is_wrong_too(capsys):
    event = make_event(capacity=1)
    session = make_session(event, starts_at=NOW, capacity=5)
    make_registration(event, sessions=[session])
    # Nobody counted the second one at all.
    second = make_registration(event, sessions=[session], state=RegistrationState.EXPIRED)
    type(second).objects.filter(pk=second.pk).update(state=RegistrationState.CONFIRMED, holds_seat=True)

    with pytest.raises(SystemExit):
        call_command("verify_seats")

    assert "wrong: 2." in capsys.readouterr().err
