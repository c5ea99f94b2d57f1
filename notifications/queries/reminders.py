"""Reminder rules that may be due: of sessions ahead, just past or lately over, not yet carried out for their present start."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import connection

# A reminder that was due while nothing ran is still written down as missed, for this long.
_LOOK_BACK: Final = timedelta(days=7)


@dataclass(frozen=True)
class OpenReminder:
    """A rule beside a session it has not been carried out for."""

    rule_id: int
    channel: str
    audience: str
    days_before: int | None
    at_time: time | None
    minutes_before: int | None
    minutes_after: int | None
    event_id: int
    time_zone: str
    session_id: int
    starts_at: datetime
    ends_at: datetime


# A day more than the rule says, because an SMS may move to the evening before; the exact time is computed in Python.
_OPEN: Final = """
SELECT rule.id, rule.channel, rule.audience, rule.days_before, rule.at_time, rule.minutes_before, rule.minutes_after,
       event.id, event.time_zone, session.id, session.starts_at, session.ends_at
  FROM events_session session
  JOIN events_event event ON event.id = session.event_id
  JOIN events_reminderrule rule ON rule.event_id = event.id
 WHERE {when}
   AND NOT event.planned_only
   AND NOT session.is_cancelled
   AND NOT EXISTS (SELECT 1 FROM notifications_reminderrun run
                    WHERE run.rule_id = rule.id AND run.session_id = session.id AND run.starts_at = session.starts_at)
"""
_BEFORE: Final = """
       event.status = 'published'
   AND rule.minutes_after IS NULL
   AND session.starts_at > %(oldest)s
   AND session.starts_at
       - make_interval(days => COALESCE(rule.days_before, 0) + 2, mins => COALESCE(rule.minutes_before, 0)) <= %(at)s
"""
_AFTER: Final = """
       event.status IN ('published', 'held')
   AND rule.minutes_after IS NOT NULL
   AND session.ends_at BETWEEN %(oldest)s::timestamptz - make_interval(mins => rule.minutes_after)
                           AND %(at)s::timestamptz - make_interval(mins => rule.minutes_after)
"""
_ALL_OPEN: Final = f"{_OPEN.format(when=_BEFORE)} UNION ALL {_OPEN.format(when=_AFTER)} ORDER BY starts_at, 10, 1"


def open_reminders(*, at: datetime) -> Iterator[OpenReminder]:
    """Rules that may be due by `at` and have no run yet, in the order of the sessions."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL_OPEN, {"oldest": at - _LOOK_BACK, "at": at})
        rows = cursor.fetchall()
    return (OpenReminder(*row) for row in rows)
