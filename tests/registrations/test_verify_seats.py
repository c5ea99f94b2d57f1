"""`verify_seats` finds what was counted wrong, by hand."""

import pytest
from django.core.management import call_command

from registrations.enums import RegistrationState
from tests.make import make_applicant, make_event, make_registration, make_session
from tests.make.events import NOW
from tests.registrations.acts import enter

pytestmark = pytest.mark.django_db


def test_pools_that_are_right_are_said_to_be(capsys):
    event = make_event(capacity=1, categories=[("business", 5)])
    make_session(event, starts_at=NOW, capacity=3)
    for _person in range(2):
        enter(event, make_applicant(category="business"))
    make_event()

    call_command("verify_seats")

    assert capsys.readouterr().out == "Pools counted: 4, all of them right.\n"


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
    make_registration(event, state=RegistrationState.WAITLISTED, seats=2)
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
    ]


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
