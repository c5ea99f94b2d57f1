"""One transaction, and another try when the database broke it off for somebody else's sake."""

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled

from events.actions.retries import TRIES, retried
from registrations.models import RateWindow
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def broken_off(times: int, cause: Exception):
    tries = []

    @retried
    def act() -> int:
        tries.append(1)
        RateWindow.objects.create(key=str(len(tries)), starts_at=NOW)
        if len(tries) <= times:
            raise OperationalError from cause
        return len(tries)

    return act


@pytest.mark.parametrize("cause", [DeadlockDetected(), LockNotAvailable()])
def test_a_transaction_that_was_broken_off_is_tried_again_from_the_start(cause):
    assert broken_off(TRIES - 1, cause)() == TRIES
    assert list(RateWindow.objects.values_list("key", flat=True)) == [str(TRIES)]


@pytest.mark.parametrize(("times", "cause"), [(TRIES, DeadlockDetected()), (1, QueryCanceled())])
def test_it_ends_somewhere_and_other_troubles_travel_up(times, cause):
    with pytest.raises(OperationalError):
        broken_off(times, cause)()

    assert not RateWindow.objects.exists()
