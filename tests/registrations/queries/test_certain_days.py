"""The last day on which sign language can be promised: three working days of Poland before the session."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.enums import EventStatus
from events.models import Event, Session
from registrations.queries.certain_days import certain_day, is_working_day, working_days_before

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),  # New Year
        date(2027, 1, 6),  # Epiphany
        date(2027, 1, 9),  # a Saturday
        date(2027, 1, 10),  # a Sunday
        date(2027, 3, 29),  # Easter Monday
        date(2024, 5, 1),
        date(2024, 5, 3),
        date(2027, 5, 27),  # Corpus Christi
        date(2025, 8, 15),
        date(2027, 11, 1),
        date(2027, 11, 11),
        date(2024, 12, 24),  # Christmas Eve before it was free by law
        date(2026, 12, 24),
        date(2025, 12, 25),
        date(2025, 12, 26),
    ],
)
def test_these_days_are_free(day):
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day", [date(2027, 1, 7), date(2027, 3, 30), date(2024, 5, 2), date(2026, 12, 23), date(2026, 12, 31)]
)
def test_the_days_beside_them_are_not(day):
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("session", "last"),
    [
        # A plain week, and over a weekend.
        (date(2027, 1, 15), date(2027, 1, 12)),
        (date(2027, 1, 26), date(2027, 1, 21)),
        # A session on a free day.
        (date(2027, 1, 17), date(2027, 1, 13)),
        # Easter 2027 is on 28 March, Good Friday is a working day.
        (date(2027, 3, 31), date(2027, 3, 25)),
        (date(2027, 3, 29), date(2027, 3, 24)),
        # Easter 2026: 5 April.
        (date(2026, 4, 8), date(2026, 4, 2)),
        # The long weekend of May: in 2025 the 1st is a Thursday and the 3rd a Saturday, in 2024 a Wednesday and a Friday.
        (date(2025, 5, 6), date(2025, 4, 30)),
        (date(2024, 5, 7), date(2024, 4, 30)),
        # 11 November 2027 is a Thursday, 1 November a Monday.
        (date(2027, 11, 15), date(2027, 11, 9)),
        (date(2027, 11, 3), date(2027, 10, 28)),
        # Christmas 2026 is from Thursday to Saturday, and over the year's end.
        (date(2026, 12, 29), date(2026, 12, 22)),
        (date(2024, 12, 30), date(2024, 12, 20)),
        (date(2027, 1, 5), date(2026, 12, 30)),
        (date(2027, 1, 8), date(2027, 1, 4)),
        # Corpus Christi.
        (date(2027, 5, 31), date(2027, 5, 25)),
    ],
)
def test_the_last_day_is_the_third_working_day_before(session, last):
    assert working_days_before(session, 3) == last


def meeting(*starts: datetime, zone: str = "Europe/Warsaw", status: EventStatus = EventStatus.PUBLISHED):
    event = Event(time_zone=zone, status=status)
    sessions = [Session(event=event, starts_at=start, ends_at=start + timedelta(hours=2)) for start in starts]
    return event, sessions


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        # On the days around the changes of the clock, in the first and the last hour of the day there.
        (datetime(2027, 3, 31, 0, 30, tzinfo=WARSAW), date(2027, 3, 25)),
        (datetime(2026, 3, 30, 0, 30, tzinfo=WARSAW), date(2026, 3, 25)),
        (datetime(2026, 3, 29, 23, 30, tzinfo=WARSAW), date(2026, 3, 25)),
        (datetime(2026, 10, 26, 0, 30, tzinfo=WARSAW), date(2026, 10, 21)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=WARSAW), date(2026, 10, 21)),
        (datetime(2026, 10, 25, 2, 30, tzinfo=WARSAW, fold=1), date(2026, 10, 21)),
    ],
)
def test_the_day_of_a_session_is_the_one_of_its_place(starts_at, day):
    event, sessions = meeting(starts_at.astimezone(UTC))

    found = certain_day(event, sessions, at=datetime(2025, 1, 1, tzinfo=UTC))

    assert found is not None
    assert found.day == day


def test_the_zone_is_the_one_of_the_event():
    # Friday 23:30 in Warsaw is Saturday in Kyiv.
    event, sessions = meeting(datetime(2027, 1, 15, 22, 30, tzinfo=UTC), zone="Europe/Kyiv")

    found = certain_day(event, sessions, at=datetime(2027, 1, 1, tzinfo=UTC))

    assert found is not None
    assert found.day == date(2027, 1, 13)


@pytest.mark.parametrize(
    ("asked_at", "is_over"),
    [
        (datetime(2027, 1, 12, 23, 59, 59, tzinfo=WARSAW), False),
        (datetime(2027, 1, 13, 0, 0, tzinfo=WARSAW), True),
    ],
)
def test_who_asks_before_midnight_has_asked_in_time(asked_at, is_over):
    event, sessions = meeting(datetime(2027, 1, 15, 17, 0, tzinfo=WARSAW))

    found = certain_day(event, sessions, at=asked_at)

    assert found is not None
    assert found.is_over is is_over


def test_the_first_session_that_lies_ahead_counts():
    first, second = datetime(2027, 1, 15, 17, 0, tzinfo=WARSAW), datetime(2027, 1, 22, 17, 0, tzinfo=WARSAW)
    event, sessions = meeting(second, first)
    called_off = Session(event=event, starts_at=first - timedelta(days=1), ends_at=first, is_cancelled=True)

    before = certain_day(event, [*sessions, called_off], at=datetime(2027, 1, 4, tzinfo=UTC))
    between = certain_day(event, sessions, at=first)
    after = certain_day(event, sessions, at=second)

    assert (before and (before.session, before.day)) == (sessions[1], date(2027, 1, 12))
    assert (between and (between.session, between.day, between.is_over)) == (sessions[0], date(2027, 1, 19), False)
    assert after is None


def test_what_is_postponed_has_no_day():
    event, sessions = meeting(datetime(2027, 1, 15, 17, 0, tzinfo=WARSAW), status=EventStatus.POSTPONED)

    assert certain_day(event, sessions, at=datetime(2027, 1, 4, tzinfo=UTC)) is None
