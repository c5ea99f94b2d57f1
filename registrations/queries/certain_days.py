"""Until which day sign language can be promised, in working days of Poland. Pure: no query, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from holidays import country_holidays

from events.enums import EventStatus
from events.models import Event, Session

# The act of 19 August 2011 on sign language and other means of communication: who is entitled asks for PJM, SJM or SKOGN
# at least three working days before (docs/decisions/0018 on how they are counted).
NOTICE_WORKING_DAYS: Final = 3
_SATURDAY: Final = 5
# Free by law since 2025; nobody orders an interpreter on it in other years either.
_CHRISTMAS_EVE: Final = (12, 24)


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("PL", years=year))


def is_working_day(day: date) -> bool:
    """Whether offices in Poland work on this day.

    >>> is_working_day(date(2027, 3, 29)), is_working_day(date(2027, 3, 30))  # Easter Monday, and the day after
    (False, True)
    """
    is_free = day.weekday() >= _SATURDAY or (day.month, day.day) == _CHRISTMAS_EVE
    return not is_free and day not in _public_holidays(day.year)


def working_days_before(day: date, count: int) -> date:
    """The working day that comes so many before a day, which itself does not count.

    >>> working_days_before(date(2027, 1, 26), 3)  # from a Tuesday over the weekend to Thursday
    datetime.date(2027, 1, 21)
    """
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


@dataclass(frozen=True)
class CertainDay:
    """The last day on which sign language can be promised for a session, and whether it is over."""

    session: Session
    day: date
    is_over: bool


def next_certain_day(event: Event, sessions: Iterable[Session], *, at: datetime) -> CertainDay | None:
    """For the first of these sessions for which sign language can still be promised; else as it is for the first one."""
    days = [day for session in sessions if (day := certain_day(event, [session], at=at)) is not None]
    days.sort(key=lambda each: (each.is_over, each.session.starts_at))
    return days[0] if days else None


def certain_day(event: Event, sessions: Iterable[Session], *, at: datetime) -> CertainDay | None:
    """The last certain day for the first of these sessions that lies ahead; None: none does, or it has no date.

    All days are those of the event's own zone: who asks on the last one before midnight there has asked in time.
    """
    if event.status == EventStatus.POSTPONED:
        return None
    ahead = [session for session in sessions if not session.is_cancelled and session.starts_at > at]
    if not ahead:
        return None
    zone = ZoneInfo(event.time_zone)
    first = min(ahead, key=lambda session: session.starts_at)
    day = working_days_before(first.starts_at.astimezone(zone).date(), NOTICE_WORKING_DAYS)
    return CertainDay(first, day, at.astimezone(zone).date() > day)
