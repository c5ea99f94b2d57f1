"""When reminders are due: the wall clock for days, the exact distance for minutes, on both changes of the clock."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifications.actions.due_times import may_wake, reminder_due

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = (time(22), time(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW).astimezone(UTC)


def due(starts_at: datetime, **rule: Any) -> datetime:
    known = {"days_before": None, "at_time": None, "minutes_before": None}
    return reminder_due(starts_at, WARSAW, **{**known, **rule}).at


@pytest.mark.parametrize(
    ("starts_at", "rule", "expected"),
    [
        ("2026-03-29 10:00", {"minutes_before": 24 * 60}, "2026-03-28 08:00"),
        ("2026-03-29 10:00", {"days_before": 1, "at_time": time(10)}, "2026-03-28 09:00"),
        ("2026-03-29 10:00", {"days_before": 1, "at_time": time(18)}, "2026-03-28 17:00"),
        ("2026-10-25 12:00", {"minutes_before": 24 * 60}, "2026-10-24 11:00"),
        ("2026-10-25 12:00", {"days_before": 1, "at_time": time(12)}, "2026-10-24 10:00"),
        ("2026-10-25 12:00", {"days_before": 1, "at_time": time(18)}, "2026-10-24 16:00"),
        # An hour that is missing, and an hour that comes twice.
        ("2026-03-29 18:00", {"days_before": 0, "at_time": time(2, 30)}, "2026-03-29 01:30"),
        ("2026-10-25 18:00", {"days_before": 0, "at_time": time(2, 30)}, "2026-10-25 00:30"),
        ("2027-01-12 17:00", {"days_before": 7, "at_time": time(9)}, "2027-01-05 08:00"),
        ("2027-01-12 17:00", {"minutes_before": 180}, "2027-01-12 13:00"),
    ],
)
def test_both_changes_of_the_clock(starts_at: str, rule: dict[str, Any], expected: str):
    assert due(local(starts_at), **rule) == utc(expected)


@pytest.mark.parametrize(
    ("starts_at", "minutes", "useful_until"),
    [
        # A day before: six hours late at most, and two hours before the start at the latest.
        ("2027-01-12 17:00", 24 * 60, "2027-01-11 23:00"),
        ("2027-01-12 17:00", 4 * 60, "2027-01-12 14:30"),
        # Two hours before: three quarters of an hour late at most.
        ("2027-01-12 17:00", 2 * 60, "2027-01-12 15:45"),
    ],
)
def test_how_late_a_reminder_may_be(starts_at: str, minutes: int, useful_until: str):
    found = reminder_due(local(starts_at), WARSAW, days_before=None, at_time=None, minutes_before=minutes)

    assert found.useful_until == local(useful_until)


def test_a_reminder_is_never_of_use_after_the_start():
    for minutes in range(0, 4000, 7):
        found = reminder_due(utc("2027-01-12 17:00"), WARSAW, days_before=None, at_time=None, minutes_before=minutes)
        assert found.at <= found.useful_until <= utc("2027-01-12 17:00")


@pytest.mark.parametrize(
    ("starts_at", "minutes", "expected"),
    [
        ("2027-01-12 08:00", 180, "2027-01-11 21:00"),
        ("2027-01-12 01:00", 120, "2027-01-11 21:00"),
        ("2027-01-12 10:00", 180, "2027-01-12 07:00"),
        ("2027-01-12 22:00", 1, "2027-01-12 21:59"),
    ],
)
def test_what_would_ring_at_night_rings_in_the_evening(starts_at: str, minutes: int, expected: str):
    assert due(local(starts_at), minutes_before=minutes, quiet=NIGHT) == local(expected)


def test_a_reminder_keeps_out_of_quiet_hours_by_day_too():
    assert due(local("2027-01-13 16:00"), minutes_before=120, quiet=(time(13), time(15))) == local("2027-01-13 12:00")


def test_news_about_an_event_within_twelve_hours_may_wake():
    start = utc("2027-01-12 17:00")

    assert may_wake(start - timedelta(hours=12), start)
    assert not may_wake(start - timedelta(hours=13), start)
    assert not may_wake(start, None)
