"""Wall-clock times as instants, on both changes of the clock."""
# ruff: noqa: DTZ001 - wall-clock times are what is tested

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from events.actions.wall_clock import NoSuchTime, as_instant, before_the_night, quiet_until

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = (time(22), time(7))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW).astimezone(UTC)


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


@pytest.mark.parametrize(
    ("moment", "hours", "end"),
    [
        ("2027-01-12 21:59", NIGHT, None),
        ("2027-01-12 22:00", NIGHT, "2027-01-13 07:00"),
        ("2027-01-13 06:59", NIGHT, "2027-01-13 07:00"),
        ("2027-01-13 07:00", NIGHT, None),
        ("2027-01-13 13:30", (time(13), time(15)), "2027-01-13 15:00"),
        ("2027-01-13 15:00", (time(13), time(15)), None),
        ("2027-01-13 03:00", (time(0), time(0)), None),
        ("2027-01-13 03:00", None, None),
        # The night in which the clock is put forward.
        ("2027-03-28 01:00", NIGHT, "2027-03-28 07:00"),
    ],
)
def test_until_when_the_night_is_quiet(moment: str, hours: tuple[time, time] | None, end: str | None):
    assert quiet_until(wall(moment), WARSAW, hours) == (wall(end) if end else None)


@pytest.mark.parametrize(
    ("moment", "hours", "before"),
    [
        ("2027-01-12 12:00", NIGHT, "2027-01-12 12:00"),
        ("2027-01-12 23:00", NIGHT, "2027-01-12 21:00"),
        ("2027-01-13 03:00", NIGHT, "2027-01-12 21:00"),
        ("2027-01-13 03:00", None, "2027-01-13 03:00"),
        # The night in which the clock is put forward, and the one in which it is put back.
        ("2027-03-28 04:00", NIGHT, "2027-03-27 21:00"),
        ("2027-10-31 04:00", NIGHT, "2027-10-30 21:00"),
    ],
)
def test_what_comes_before_the_night_instead(moment: str, hours: tuple[time, time] | None, before: str):
    assert before_the_night(wall(moment), WARSAW, hours) == wall(before)
