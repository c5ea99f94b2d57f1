"""Reminder rules that are due, as messages: once for a rule, a session and its start."""

from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from events.models import Session
from notifications.actions.due_times import Due, reminder_due
from notifications.actions.planning.audiences import Audience, Row, Value, insert
from notifications.enums import Channel, StateReason
from notifications.kinds import REMINDER
from notifications.models import ReminderRun
from notifications.queries.reminders import OpenReminder, open_reminders


def plan_reminders(*, at: datetime) -> int:
    """Make messages of every reminder that is due by `at`, once per rule, session and start; how many."""
    due = [(rule, moment) for rule in open_reminders(at=at) if (moment := _due(rule)).at <= at]
    planned = 0
    for _key, group in groupby(sorted(due, key=_place), key=_place_of_group):
        reminders = list(group)
        for rule, moment in reminders:
            # After a pause several may be due at once: the latest one is enough.
            is_enough = (rule, moment) == reminders[-1]
            planned += _carry_out(rule, moment, is_wanted=is_enough, at=at)
    return planned


def _due(rule: OpenReminder) -> Due:
    return reminder_due(
        rule.starts_at,
        ZoneInfo(rule.time_zone),
        days_before=rule.days_before,
        at_time=rule.at_time,
        minutes_before=rule.minutes_before,
        quiet=settings.QUIET_HOURS if rule.channel == Channel.SMS else None,
    )


def _place(pair: tuple[OpenReminder, Due]) -> tuple[datetime, int, str, datetime, int]:
    rule, due = pair
    return rule.starts_at, rule.session_id, rule.channel, due.at, rule.rule_id


def _place_of_group(pair: tuple[OpenReminder, Due]) -> tuple[int, str]:
    rule, _due = pair
    return rule.session_id, rule.channel


@transaction.atomic
def _carry_out(rule: OpenReminder, due: Due, *, is_wanted: bool, at: datetime) -> int:
    """Plan one reminder of one session, unless another tick has just done so."""
    run_id = _begin_run(rule, due, at=at)
    if run_id is None:
        return 0
    audience = Audience(
        states=REMINDER.true_while,
        sessions=[rule.session_id],
        but_not_of=_earlier_that_day(rule),
        confirmed_by=due.at,
        with_consent=rule.channel == Channel.SMS,
    )
    distance = f"{rule.minutes_before}m" if rule.at_time is None else f"{rule.days_before}d{rule.at_time:%H%M}"
    row = Row(
        kind=REMINDER,
        channel=Channel(rule.channel),
        # The rule by what it says, not by its id: an edit of the event may write the same rules anew.
        subject=f"{rule.session_id}:{rule.starts_at:%Y%m%d%H%M}:{distance}",
        session=rule.session_id,
        session_starts_at=rule.starts_at,
        due=due,
        reason="" if is_wanted else StateReason.OTHER_REMINDER,
    )
    planned = insert(row, rule.event_id, audience, at=at)
    ReminderRun.objects.filter(pk=run_id).update(messages=planned)
    return planned if is_wanted else 0


# One statement, so that a rule taken out or a session moved in this moment leaves nothing behind.
_BEGIN_RUN: Final = """
INSERT INTO notifications_reminderrun (rule_id, session_id, starts_at, due_at, planned_at, messages)
SELECT rule.id, session.id, session.starts_at, %(due_at)s, %(at)s, 0
  FROM events_session session
  JOIN events_event event ON event.id = session.event_id AND event.status = 'published'
  JOIN events_reminderrule rule ON rule.event_id = event.id
 WHERE rule.id = %(rule)s AND session.id = %(session)s
   AND session.starts_at = %(starts_at)s AND NOT session.is_cancelled
   FOR KEY SHARE
    ON CONFLICT DO NOTHING
RETURNING id
"""


def _begin_run(rule: OpenReminder, due: Due, *, at: datetime) -> int | None:
    values: dict[str, Value] = {
        "rule": rule.rule_id,
        "session": rule.session_id,
        "starts_at": rule.starts_at,
        "due_at": due.at,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN_RUN, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _earlier_that_day(rule: OpenReminder) -> list[int]:
    """Sessions of the event before this one on the same day: who comes to one is reminded of the day by that one.

    Of two that begin at once, one is before the other, or who comes to both would be reminded twice.
    """
    zone = ZoneInfo(rule.time_zone)
    day = rule.starts_at.astimezone(zone).date()
    is_before = Q(starts_at__lt=rule.starts_at) | Q(starts_at=rule.starts_at, pk__lt=rule.session_id)
    earlier = Session.objects.filter(is_before, event=rule.event_id, is_cancelled=False)
    return [
        session.pk
        for session in earlier.order_by("starts_at", "id")
        if session.starts_at.astimezone(zone).date() == day
    ]
