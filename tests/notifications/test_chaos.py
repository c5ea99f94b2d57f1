"""Killed again and again while far ends fail: nobody is forgotten, nobody is told twice. In full: `make bench faults`."""

import pytest

from tests.notifications.chaos import Plan, chaos


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_service_that_is_killed_again_and_again_loses_nothing_and_repeats_nothing(database_url: str):
    plan = Plan(mails=45, texts=15, kills=4, targets=("busy worker", "monitor", "parent", "group"))

    with chaos(database_url, plan) as run:
        outcome = run.go()

    print("\n".join(outcome.sentences()))
    assert outcome.faults == []
    assert outcome.killed.total() == 4
