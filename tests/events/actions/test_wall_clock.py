"""Wall-clock times as instants, on both changes of the clock."""
# ruff: noqa: DTZ001 - wall-clock times are what is tested

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from events.actions.wall_clock import NoSuchTime, as_instant

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("moment", "instant"),
    [
        (datetime(2027, 1, 7, 17), datetime(2027, 1, 7, 16, tzinfo=UTC)),
        (datetime(2027, 7, 7, 17), datetime(2027, 7, 7, 15, tzinfo=UTC)),
        (datetime(2027, 1, 7, 17, tzinfo=timezone(timedelta(hours=-5))), datetime(2027, 1, 7, 22, tzinfo=UTC)),
        (datetime(2027, 3, 28, 1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (datetime(2027, 3, 28, 3, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (datetime(2027, 10, 31, 2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (datetime(2027, 10, 31, 2, 30, fold=1), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ],
)
def test_an_instant(moment, instant):
    assert as_instant(moment, WARSAW) == instant


@pytest.mark.parametrize("moment", [datetime(2027, 3, 28, 2, 0), datetime(2027, 3, 28, 2, 59), datetime(1, 1, 1)])
def test_a_time_that_does_not_exist_is_refused_by_a_sentence(moment):
    with pytest.raises(NoSuchTime) as refusal:
        as_instant(moment, WARSAW)

    assert refusal.value.message.endswith(".")
