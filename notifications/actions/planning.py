"""Turns what happened, and reminder rules that are due, into messages: set-wise, and the same however often it runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from events.enums import EventChangeKind
from events.models import Event, EventChange, Session
from notifications.actions.due_times import Due, reminder_due
from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import EVENT_CANCELLED, EVENT_CHANGED, KIND_OF_CHANGE, KINDS, REMINDER, Kind
from notifications.models import Message, ReminderRun
from notifications.queries.reminders import OpenReminder, open_reminders
from registrations.enums import RegistrationState
from registrations.models import Registration, RegistrationChange

_BATCH: Final = 500
_Value = bool | int | str | datetime | list[int] | list[str] | None
# Changes that people who come have to know of; that there are more seats is no news to who has one.
_TOLD: Final = (
    EventChangeKind.RESCHEDULED,
    EventChangeKind.RELOCATED,
    EventChangeKind.MODE_CHANGED,
    EventChangeKind.EDITED,
)


def plan_changes(*, at: datetime) -> int:
    """Make messages of every change row that nobody has looked at yet; how many."""
    planned = 0
    for plan_batch in (_plan_registration_changes, _plan_event_changes):
        while (messages := plan_batch(at=at)) is not None:
            planned += messages
    return planned


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


# Messages to many people, in one statement


@dataclass(frozen=True, kw_only=True)
class _Audience:
    """Who of an event's registrations is told; `sessions` None: whichever they come to."""

    states: Iterable[RegistrationState]
    sessions: list[int] | None = None
    but_not_of: Sequence[int] = ()
    registered_by: datetime | None = None
    confirmed_by: datetime | None = None
    with_consent: bool = False
    without_email: bool = False


@dataclass(frozen=True, kw_only=True)
class _Row:
    """What all messages of one occasion have in common."""

    kind: Kind
    channel: Channel
    subject: str
    due: Due
    change: int | None = None
    session: int | None = None
    session_starts_at: datetime | None = None
    # Set: there is something better to send, and this one is only written down.
    reason: str = ""


_INSERT: Final = """
INSERT INTO notifications_message (
       id, dedupe_key, kind, channel, priority, registration_id, event_id,
       session_id, session_starts_at, event_change_id,
       language, "to", subject, body, html, calendar, calendar_method, state, state_reason,
       created_at, due_at, useful_until, next_attempt_at, claims, provider_id, provider_status)
SELECT gen_random_uuid(), %(kind)s || ':' || registration.id || ':' || %(subject)s || ':' || %(channel)s,
       %(kind)s, %(channel)s, %(priority)s, registration.id, registration.event_id,
       %(session)s, %(session_starts_at)s, %(change)s,
       registration.language, '', '', '', '', '', '', %(state)s, %(reason)s,
       %(at)s, %(due_at)s, %(useful_until)s, %(at)s, 0, '', ''
  FROM registrations_registration registration
  JOIN registrations_participant participant ON participant.registration_id = registration.id
 WHERE registration.event_id = %(event)s
   AND registration.state = ANY(%(states)s)
   AND CASE %(channel)s WHEN 'email' THEN participant.email <> '' ELSE participant.phone <> '' END
   AND (NOT %(without_email)s OR participant.email = '')
   AND (NOT %(with_consent)s OR registration.sms_reminders)
   AND (%(registered_by)s::timestamptz IS NULL OR registration.created_at <= %(registered_by)s)
   AND (%(confirmed_by)s::timestamptz IS NULL OR registration.confirmed_at <= %(confirmed_by)s)
   AND (%(sessions)s::bigint[] IS NULL
        OR NOT EXISTS (SELECT 1 FROM registrations_registration_sessions chosen
                        WHERE chosen.registration_id = registration.id)
        OR EXISTS (SELECT 1 FROM registrations_registration_sessions chosen
                    WHERE chosen.registration_id = registration.id AND chosen.session_id = ANY(%(sessions)s)))
   AND (cardinality(%(but_not_of)s::bigint[]) = 0
        OR (EXISTS (SELECT 1 FROM registrations_registration_sessions chosen
                     WHERE chosen.registration_id = registration.id)
            AND NOT EXISTS (SELECT 1 FROM registrations_registration_sessions chosen
                             WHERE chosen.registration_id = registration.id
                               AND chosen.session_id = ANY(%(but_not_of)s))))
    ON CONFLICT (dedupe_key) DO NOTHING
"""


def _insert(row: _Row, event_id: int, audience: _Audience, *, at: datetime) -> int:
    reason = row.reason or (StateReason.TOO_LATE if at >= row.due.useful_until else "")
    values: dict[str, _Value] = {
        "kind": row.kind.name,
        "channel": row.channel.value,
        "priority": row.kind.priority.value,
        "subject": row.subject,
        "change": row.change,
        "session": row.session,
        "session_starts_at": row.session_starts_at,
        "state": MessageState.MISSED.value if reason else MessageState.PLANNED.value,
        "reason": str(reason),
        "at": at,
        "due_at": row.due.at,
        "useful_until": row.due.useful_until,
        "event": event_id,
        "states": [state.value for state in audience.states],
        "sessions": audience.sessions,
        "but_not_of": list(audience.but_not_of),
        "registered_by": audience.registered_by,
        "confirmed_by": audience.confirmed_by,
        "with_consent": audience.with_consent,
        "without_email": audience.without_email,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        return int(cursor.rowcount)


# Change rows


@transaction.atomic
def _plan_registration_changes(*, at: datetime) -> int | None:
    """One batch; None when there is none left."""
    changes = list(
        RegistrationChange.objects.filter(planned_at=None, notify=True)
        .select_related("registration__event", "registration__participant")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")[:_BATCH]
    )
    if not changes:
        return None
    messages = [message for change in changes if (message := _message_of(change, at=at)) is not None]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    RegistrationChange.objects.filter(pk__in=[change.pk for change in changes]).update(planned_at=at)
    return len(messages)


def _message_of(change: RegistrationChange, *, at: datetime) -> Message | None:
    kind = KIND_OF_CHANGE.get((change.cause, change.to_state))
    channel = _channel_of(change.registration)
    if kind is None or channel is None:
        return None
    registration = change.registration
    return Message(
        dedupe_key=f"{kind.name}:{registration.pk}:{change.pk}:{channel}",
        kind=kind.name,
        channel=channel,
        priority=kind.priority,
        registration=registration,
        event=registration.event,
        registration_change=change,
        language=registration.language,
        created_at=at,
        due_at=change.at,
        useful_until=kind.useful_until(registration, change.at),
        next_attempt_at=at,
    )


def _channel_of(registration: Registration) -> Channel | None:
    """By mail, or by SMS to people who gave no address (they were registered by telephone or at the door)."""
    participant = getattr(registration, "participant", None)
    if participant is None:
        return None
    if participant.email:
        return Channel.EMAIL
    return Channel.SMS if participant.phone else None


@transaction.atomic
def _plan_event_changes(*, at: datetime) -> int | None:
    """One batch; None when there is none left."""
    changes = list(
        EventChange.objects.filter(planned_at=None, notify=True)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("event_id", "id")[:_BATCH]
    )
    if not changes:
        return None
    events = Event.objects.in_bulk({change.event_id for change in changes})
    messages = 0
    for event_id, group in groupby(changes, key=lambda change: change.event_id):
        messages += _plan_event(events[event_id], list(group), at=at)
    EventChange.objects.filter(pk__in=[change.pk for change in changes]).update(planned_at=at)
    return messages


def _plan_event(event: Event, changes: Sequence[EventChange], *, at: datetime) -> int:
    cancelled = [change for change in changes if change.kind == EventChangeKind.CANCELLED]
    if cancelled:
        _supersede_by_cancellation(event)
        return _tell(EVENT_CANCELLED, event, cancelled[-1:], at=at)
    told = [change for change in changes if change.kind in _TOLD]
    if not told:
        return 0
    planned = _tell(EVENT_CHANGED, event, told, at=at)
    _supersede_older_changes(event, told[-1])
    return planned


def _tell(kind: Kind, event: Event, changes: Sequence[EventChange], *, at: datetime) -> int:
    """One message per active registration and channel; several changes at once are told together, by the last one."""
    last = changes[-1]
    sessions = None
    if all(change.session_id is not None and change.before for change in changes):
        # A session that is new, or the event itself, is everybody's news.
        sessions = [change.session_id for change in changes if change.session_id is not None]
    planned = 0
    for channel in Channel:
        audience = _Audience(
            states=kind.true_while,
            sessions=sessions,
            registered_by=last.at,
            without_email=channel == Channel.SMS and not kind.also_by_sms,
        )
        useful_until = max(event.ends_at or at, last.at)
        row = _Row(kind=kind, channel=channel, subject=str(last.pk), change=last.pk, due=Due(last.at, useful_until))
        planned += _insert(row, event.pk, audience, at=at)
    return planned


def _supersede_by_cancellation(event: Event) -> None:
    stale = [kind.name for kind in KINDS.values() if event.status not in kind.event_true_while]
    Message.objects.filter(event=event, kind__in=stale, state=MessageState.PLANNED).update(
        state=MessageState.CANCELLED, state_reason=StateReason.SUPERSEDED
    )


def _supersede_older_changes(event: Event, last: EventChange) -> None:
    """Who is told of the last change need not be told of the ones before it as well."""
    newer = Message.objects.filter(
        registration=OuterRef("registration"), channel=OuterRef("channel"), kind=EVENT_CHANGED.name, event_change=last
    )
    older = Message.objects.filter(
        event=event, kind=EVENT_CHANGED.name, state=MessageState.PLANNED, event_change__lt=last.pk
    )
    older.filter(Exists(newer)).update(state=MessageState.CANCELLED, state_reason=StateReason.SUPERSEDED)


# Reminders


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
    audience = _Audience(
        states=REMINDER.true_while,
        sessions=[rule.session_id],
        but_not_of=_earlier_that_day(rule),
        confirmed_by=due.at,
        with_consent=rule.channel == Channel.SMS,
    )
    distance = f"{rule.minutes_before}m" if rule.at_time is None else f"{rule.days_before}d{rule.at_time:%H%M}"
    row = _Row(
        kind=REMINDER,
        channel=Channel(rule.channel),
        # The rule by what it says, not by its id: an edit of the event may write the same rules anew.
        subject=f"{rule.session_id}:{rule.starts_at:%Y%m%d%H%M}:{distance}",
        session=rule.session_id,
        session_starts_at=rule.starts_at,
        due=due,
        reason="" if is_wanted else StateReason.OTHER_REMINDER,
    )
    planned = _insert(row, rule.event_id, audience, at=at)
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
    values: dict[str, _Value] = {
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
    """Sessions of the event that begin earlier on the same day: who comes to one is reminded of the day by that one."""
    zone = ZoneInfo(rule.time_zone)
    day = rule.starts_at.astimezone(zone).date()
    earlier = Session.objects.filter(event=rule.event_id, is_cancelled=False, starts_at__lt=rule.starts_at)
    return [
        session.pk
        for session in earlier.order_by("starts_at", "id")
        if session.starts_at.astimezone(zone).date() == day
    ]
