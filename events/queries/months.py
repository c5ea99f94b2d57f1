"""A month as a calendar sheet: weeks of days with what happens on them."""

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from events.models import Event, Session


@dataclass(frozen=True)
class SheetDay:
    """One square of the sheet."""

    day: date
    is_in_month: bool
    is_today: bool
    sessions: tuple[Session, ...]


@dataclass(frozen=True)
class MonthSheet:
    """Whole weeks from Monday that cover a month, and its neighbours."""

    month: date
    previous: date
    following: date
    weeks: list[list[SheetDay]]

    @property
    def days(self) -> list[SheetDay]:
        """The days of the month on which something happens, in order."""
        return [day for week in self.weeks for day in week if day.is_in_month and day.sessions]


def month_sheet(events: QuerySet[Event], month: date, *, at: datetime) -> MonthSheet:
    """The sheet of a month for a set of events; a session of several days stands on each of them."""
    zone = ZoneInfo(settings.TIME_ZONE)
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    first, last = weeks[0][0], weeks[-1][-1]
    sessions = (
        Session.objects.filter(
            event__in=events,
            starts_at__lt=datetime.combine(last + timedelta(days=1), time.min, zone),
            ends_at__gt=datetime.combine(first, time.min, zone),
            is_cancelled=False,
        )
        .select_related("event__kind", "event__venue")
        .order_by("starts_at", "event_id", "id")
    )
    by_day: dict[date, list[Session]] = defaultdict(list)
    for session in sessions:
        day = max(session.starts_at.astimezone(zone).date(), first)
        # What ends at midnight does not touch the day that begins then.
        end = min((session.ends_at - timedelta(microseconds=1)).astimezone(zone).date(), last)
        while day <= end:
            by_day[day].append(session)
            day += timedelta(days=1)
    today = at.astimezone(zone).date()
    return MonthSheet(
        month=month,
        previous=(month - timedelta(days=1)).replace(day=1),
        following=(month + timedelta(days=31)).replace(day=1),
        weeks=[
            [SheetDay(day, day.month == month.month, day == today, tuple(by_day[day])) for day in week]
            for week in weeks
        ],
    )
