"""When a series takes place: a rule on the clock on the wall. Pure: no zone, no query, no clock."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, islice
from typing import Any, Final, Literal, Self, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Frequency = Literal["daily", "weekly", "monthly"]

# Four years of weeks: more than anybody looks through.
MOST_EVENTS: Final = 200
_LONGEST_INTERVAL: Final = 52
_LAST: Final = -1
_WEEKS_OF_MONTH: Final = (1, 2, 3, 4, _LAST)
_DAYS_OF_WEEK: Final = 7


@dataclass(frozen=True, kw_only=True)
class SeriesRule:
    """Every so many days, weeks or months, so many times or until a day.

    `weekdays` (Monday is 0) are those of weekly meetings; none named: the weekday of the first one. Monthly meetings are
    on the same day of the month, and months without it are left out; with `week_of_month` (1 to 4, or -1 for the last one)
    they are on that weekday of the month.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    week_of_month: int | None = None
    count: int | None = None
    until: date | None = None

    def faults(self) -> dict[str, list[str | Promise]]:
        """What makes no sense about the rule, as sentences by field."""
        errors: dict[str, list[str | Promise]] = {}
        if self.frequency not in get_args(Frequency):
            errors["frequency"] = [_("Choose days, weeks or months.")]
        if not 1 <= self.interval <= _LONGEST_INTERVAL:
            errors["interval"] = [_("Choose a number from 1 to 52.")]
        if not set(self.weekdays) <= set(range(_DAYS_OF_WEEK)):
            errors["weekdays"] = [_("Choose days of the week.")]
        if self.week_of_month is not None and (
            self.frequency != "monthly" or self.week_of_month not in _WEEKS_OF_MONTH or len(self.weekdays) > 1
        ):
            errors["week_of_month"] = [_("Choose one weekday in one week of every month.")]
        if (self.count is None) == (self.until is None):
            errors["count"] = [_("Say either how many times or until when.")]
        elif self.count is not None and not 1 <= self.count <= MOST_EVENTS:
            errors["count"] = [_("A series has from 1 to 200 meetings.")]
        return errors

    def starts(self, first: datetime) -> list[datetime]:
        """The starts by the clock on the wall, the first one included where it fits the rule.

        The rule has no faults. One more than a series may have is the last that is given.
        """
        days = (day for day in self._days(first.date()) if day >= first.date())
        wanted = islice(days, self.count or MOST_EVENTS + 1)
        return [datetime.combine(day, first.time()) for day in self._ended(wanted)]

    def _ended(self, days: Iterator[date]) -> Iterator[date]:
        for day in days:
            if self.until is not None and day > self.until:
                return
            yield day

    def _days(self, first: date) -> Iterator[date]:
        """All days of the rule without an end, some of them before the first one."""
        if self.frequency == "daily":
            for step in count(step=self.interval):
                yield first + timedelta(days=step)
        elif self.frequency == "weekly":
            monday = first - timedelta(days=first.weekday())
            weekdays = sorted(set(self.weekdays)) or [first.weekday()]
            for step in count(step=self.interval):
                yield from (monday + timedelta(weeks=step, days=weekday) for weekday in weekdays)
        else:
            for step in count(step=self.interval):
                yield from self._of_month(first, months=step)

    def _of_month(self, first: date, *, months: int) -> Iterator[date]:
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        begin = date(year, month + 1, 1)
        weekday_of_first, length = monthrange(begin.year, begin.month)
        if self.week_of_month is None:
            if first.day <= length:
                yield begin.replace(day=first.day)
            return
        weekday = self.weekdays[0] if self.weekdays else first.weekday()
        earliest = 1 + (weekday - weekday_of_first) % _DAYS_OF_WEEK
        if self.week_of_month == _LAST:
            yield begin.replace(day=earliest + (length - earliest) // _DAYS_OF_WEEK * _DAYS_OF_WEEK)
        else:
            yield begin.replace(day=earliest + (self.week_of_month - 1) * _DAYS_OF_WEEK)

    def as_json(self) -> dict[str, object]:
        """As it is kept with its series."""
        return {
            "frequency": self.frequency,
            "interval": self.interval,
            "weekdays": list(self.weekdays),
            "week_of_month": self.week_of_month,
            "count": self.count,
            "until": self.until and self.until.isoformat(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The rule that was kept."""
        return cls(
            **{
                **kept,
                "weekdays": tuple(kept["weekdays"]),
                "until": kept["until"] and date.fromisoformat(kept["until"]),
            }
        )
