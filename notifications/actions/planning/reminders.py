"""Reminder rules that are due, as messages: once for a rule, a session and its start."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from events.enums import ReminderAudience
from events.models import Session
from notifications.actions.due_times import Due, after_the_end, reminder_due
from notifications.actions.planning.audiences import (
    Audience,
    Row,
    Value,
    insert,
    insert_for_members,
    insert_for_roles,
)
from notifications.enums import Channel, StateReason
from notifications.kinds import AFTER_EVENT, REMINDER, REMINDER_SPEAKER, REMINDER_WAITLISTED, Kind
from notifications.models import ReminderRun
from notifications.queries.reminders import OpenReminder, open_reminders
from registrations.enums import RegistrationState

_BEFORE: Final[Mapping[str, Kind]] = {
    ReminderAudience.CONFIRMED: REMINDER,
    ReminderAudience.WAITLISTED: REMINDER_WAITLISTED,
    ReminderAudience.SPEAKERS: REMINDER_SPEAKER,
}
# What is said to people with a seat is said to who comes along with them too.
_ALSO_TO_MEMBERS: Final = (REMINDER, AFTER_EVENT)


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


def _kind(rule: OpenReminder) -> Kind:
    return _BEFORE[rule.audience] if rule.minutes_after is None else AFTER_EVENT


def _due(rule: OpenReminder) -> Due:
    if rule.minutes_after is not None:
        return after_the_end(rule.ends_at, minutes_after=rule.minutes_after)
    return reminder_due(
        rule.starts_at,
        ZoneInfo(rule.time_zone),
        days_before=rule.days_before,
        at_time=rule.at_time,
        minutes_before=rule.minutes_before,
        quiet=settings.QUIET_HOURS if rule.channel == Channel.SMS else None,
    )


def _place(pair: tuple[OpenReminder, Due]) -> tuple[datetime, int, str, str, datetime, int]:
    rule, due = pair
    return rule.starts_at, rule.session_id, rule.channel, _kind(rule).name, due.at, rule.rule_id


def _place_of_group(pair: tuple[OpenReminder, Due]) -> tuple[int, str, str]:
    rule, _due = pair
    return rule.session_id, rule.channel, _kind(rule).name


@transaction.atomic
def _carry_out(rule: OpenReminder, due: Due, *, is_wanted: bool, at: datetime) -> int:
    """Plan one reminder of one session, unless another tick has just done so."""
    kind = _kind(rule)
    run_id = _begin_run(rule, due, kind, at=at)
    if run_id is None:
        return 0
    row = Row(
        kind=kind,
        channel=Channel(rule.channel),
        # The rule by what it says, not by its id: an edit of the event may write the same rules anew.
        subject=f"{rule.session_id}:{rule.starts_at:%Y%m%d%H%M}:{_distance(rule)}",
        session=rule.session_id,
        session_starts_at=rule.starts_at,
        due=due,
        reason="" if is_wanted else StateReason.OTHER_REMINDER,
    )
    planned = _write_to(rule, row, at=at)
    ReminderRun.objects.filter(pk=run_id).update(messages=planned)
    return planned if is_wanted else 0


def _distance(rule: OpenReminder) -> str:
    if rule.minutes_after is not None:
        return f"{rule.minutes_after}after"
    return f"{rule.minutes_before}m" if rule.at_time is None else f"{rule.days_before}d{rule.at_time:%H%M}"


def _write_to(rule: OpenReminder, row: Row, *, at: datetime) -> int:
    """Write to everybody whom the rule means, once for a day, or once after everything that they come to."""
    covered = _earlier_that_day(rule) if rule.minutes_after is None else _later_ones(rule)
    if row.kind == REMINDER_SPEAKER:
        return insert_for_roles(row, rule.event_id, sessions=[rule.session_id], but_not_of=covered, at=at)
    audience = Audience(
        states=row.kind.true_while,
        sessions=[rule.session_id],
        but_not_of=covered,
        registered_by=row.due.at,
        confirmed_by=row.due.at if RegistrationState.CONFIRMED in row.kind.true_while else None,
        with_consent=row.channel == Channel.SMS,
        who_came=row.kind == AFTER_EVENT,
    )
    planned = insert(row, rule.event_id, audience, at=at)
    if row.channel == Channel.EMAIL and row.kind in _ALSO_TO_MEMBERS:
        planned += insert_for_members(row, rule.event_id, audience, once_per_address=True, at=at)
    return planned


# One statement, so that a rule taken out or a session moved in this moment leaves nothing behind.
_BEGIN_RUN: Final = """
INSERT INTO notifications_reminderrun (rule_id, session_id, starts_at, due_at, planned_at, messages)
SELECT rule.id, session.id, session.starts_at, %(due_at)s, %(at)s, 0
  FROM events_session session
  JOIN events_event event ON event.id = session.event_id AND event.status = ANY(%(statuses)s)
  JOIN events_reminderrule rule ON rule.event_id = event.id
 WHERE rule.id = %(rule)s AND session.id = %(session)s
   AND session.starts_at = %(starts_at)s AND NOT session.is_cancelled
   FOR KEY SHARE
    ON CONFLICT DO NOTHING
RETURNING id
"""


def _begin_run(rule: OpenReminder, due: Due, kind: Kind, *, at: datetime) -> int | None:
    values: dict[str, Value] = {
        "rule": rule.rule_id,
        "session": rule.session_id,
        "starts_at": rule.starts_at,
        "due_at": due.at,
        "at": at,
        "statuses": [status.value for status in kind.event_true_while],
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


def _later_ones(rule: OpenReminder) -> list[int]:
    """Sessions of the event that end after this one: who comes to one of them is thanked when the last is over."""
    is_after = Q(ends_at__gt=rule.ends_at) | Q(ends_at=rule.ends_at, pk__gt=rule.session_id)
    later = Session.objects.filter(is_after, event=rule.event_id, is_cancelled=False)
    return list(later.order_by("ends_at", "id").values_list("pk", flat=True))
