"""Messages to many people of one event, written in one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from notifications.actions.due_times import Due
from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import Kind
from registrations.enums import RegistrationState

Value = bool | int | str | datetime | list[int] | list[str] | None


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who of an event's registrations is told; `sessions` None: whichever they come to."""

    states: Iterable[RegistrationState]
    sessions: list[int] | None = None
    but_not_of: Sequence[int] = ()
    registered_by: datetime | None = None
    confirmed_by: datetime | None = None
    with_consent: bool = False
    without_email: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
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


def insert(row: Row, event_id: int, audience: Audience, *, at: datetime) -> int:
    reason = row.reason or (StateReason.TOO_LATE if at >= row.due.useful_until else "")
    values: dict[str, Value] = {
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
