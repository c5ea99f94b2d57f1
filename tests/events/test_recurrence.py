"""Rules of series, held against the implementation of RFC 5545 that calendar programs use."""
# ruff: noqa: DTZ001 - rules are on the clock on the wall

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday
from hypothesis import given
from hypothesis import strategies as st

from events.recurrence import MOST_EVENTS, SeriesRule

TUESDAY = datetime(2027, 3, 2, 17, 30)
FREQUENCIES = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}


@given(
    frequency=st.sampled_from(["daily", "weekly", "monthly"]),
    interval=st.integers(1, 52),
    weekdays=st.sets(st.integers(0, 6)),
    week_of_month=st.sampled_from([None, 1, 2, 3, 4, -1]),
    first=st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)),
    end=st.one_of(st.integers(1, 60), st.timedeltas(timedelta(-10), timedelta(2000))),
)
def test_a_rule_means_what_it_means_to_a_calendar(frequency, interval, weekdays, week_of_month, first, end):
    of_month = {"week_of_month": week_of_month} if frequency == "monthly" else {}
    days = weekdays if frequency == "weekly" else set()
    limit = {"count": end} if isinstance(end, int) else {"until": (first + end).date()}
    rule = SeriesRule(frequency=frequency, interval=interval, weekdays=tuple(days), **of_month, **limit)

    starts = rule.starts(first)

    by_day: dict[str, Any] = {"byweekday": sorted(days)} if days else {}
    if of_month.get("week_of_month"):
        by_day = {"byweekday": weekday(first.weekday())(week_of_month)}
    until = {"until": datetime.combine(rule.until, datetime.max.time())} if rule.until else {"count": rule.count}
    expected = rrule(FREQUENCIES[frequency], dtstart=first, interval=interval, **by_day, **until)
    moments = [moment.replace(microsecond=first.microsecond) for moment in expected]
    assert rule.faults() == {}
    assert starts == moments[: MOST_EVENTS + 1]


def test_a_weekday_of_the_month_may_be_another_than_that_of_the_first_date():
    rule = SeriesRule(frequency="monthly", weekdays=(4,), week_of_month=-1, count=3)

    assert [f"{start:%d.%m}" for start in rule.starts(TUESDAY)] == ["26.03", "30.04", "28.05"]


def test_a_month_without_the_day_is_left_out():
    rule = SeriesRule(frequency="monthly", count=3)

    assert [f"{start:%d.%m}" for start in rule.starts(datetime(2027, 1, 31))] == ["31.01", "31.03", "31.05"]


def test_a_rule_is_kept_and_read_back():
    rules = [
        SeriesRule(frequency="weekly", interval=2, weekdays=(1, 3), until=date(2027, 6, 1)),
        SeriesRule(frequency="monthly", week_of_month=2, count=5),
    ]

    assert [SeriesRule.from_json(rule.as_json()) for rule in rules] == rules


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"frequency": "hourly", "count": 1}, "frequency"),
        ({"interval": 0, "count": 1}, "interval"),
        ({"interval": 53, "count": 1}, "interval"),
        ({"weekdays": (7,), "count": 1}, "weekdays"),
        ({"week_of_month": 1, "count": 1}, "week_of_month"),
        ({"frequency": "monthly", "week_of_month": 5, "count": 1}, "week_of_month"),
        ({"frequency": "monthly", "week_of_month": 1, "weekdays": (1, 2), "count": 1}, "week_of_month"),
        ({}, "count"),
        ({"count": 3, "until": date(2027, 6, 1)}, "count"),
        ({"count": 0}, "count"),
        ({"count": 201}, "count"),
    ],
)
def test_what_makes_no_sense_is_named(given, field):
    assert list(SeriesRule(**{"frequency": "weekly", **given}).faults()) == [field]
