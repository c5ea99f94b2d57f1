"""Messages to many people of one event, each audience in one statement: who registered, who works there, the staff."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from psycopg.sql import SQL, Composed

from events.enums import Role
from notifications.actions.due_times import Due
from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import Kind
from registrations.enums import OPEN_NEEDS, MemberState, NeedKind, RegistrationState

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
    # Set: only who has asked for one of these and counts on it.
    needs: Sequence[NeedKind] | None = None
    # Where the door writes down who comes, only who came.
    who_came: bool = False


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
    # Set: it takes the place of something that has waited since then.
    waiting_since: datetime | None = None
    # Set: there is something better to send, and this one is only written down.
    reason: str = ""


_INSERT: Final = SQL("""
INSERT INTO notifications_message (
       id, dedupe_key, kind, channel, priority, registration_id, event_id,
       session_id, session_starts_at, event_change_id,
       language, "to", subject, body, html, calendar, calendar_method, state, state_reason,
       created_at, due_at, useful_until, next_attempt_at, claims, provider_id, provider_status)
SELECT gen_random_uuid(), %(kind)s || ':' || registration.id || ':' || %(subject)s || ':' || %(channel)s,
       %(kind)s, %(channel)s, %(priority)s, registration.id, registration.event_id,
       %(session)s, %(session_starts_at)s, %(change)s,
       registration.language, '', '', '', '', '', '', %(state)s, %(reason)s,
       %(created_at)s, %(due_at)s, %(useful_until)s, %(next_attempt_at)s, 0, '', ''
  FROM registrations_registration registration
  JOIN registrations_participant participant ON participant.registration_id = registration.id
 WHERE registration.event_id = %(event)s
   AND registration.state = ANY(%(states)s)
   AND CASE %(channel)s WHEN 'email' THEN participant.email <> '' ELSE participant.phone <> '' END
   AND (NOT %(without_email)s OR participant.email = '')
   AND (NOT %(with_consent)s OR registration.sms_reminders)
   AND (NOT %(who_came)s OR registration.attendance = 'present' OR NOT {is_kept})
   AND {whom}
    ON CONFLICT (dedupe_key) DO NOTHING
""")

# Whether anybody has written down who came to the event.
_ATTENDANCE_IS_KEPT: Final = SQL("""
(EXISTS (SELECT 1 FROM registrations_registration other
          WHERE other.event_id = %(event)s AND other.attendance <> 'not_recorded')
 OR EXISTS (SELECT 1 FROM registrations_partymember mate
              JOIN registrations_registration other ON other.id = mate.registration_id
             WHERE other.event_id = %(event)s AND mate.attendance <> 'not_recorded'))
""")

# By when they were there, for which sessions, and what they asked for.
_WHOM: Final = SQL("""
       (%(registered_by)s::timestamptz IS NULL OR registration.created_at <= %(registered_by)s)
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
   AND (%(needs)s::text[] IS NULL
        OR EXISTS (SELECT 1 FROM registrations_accommodationrequest need
                    WHERE need.registration_id = registration.id AND need.kind = ANY(%(needs)s)
                      AND need.state = ANY(%(open_needs)s)))
""")


def insert(row: Row, event_id: int, audience: Audience, *, at: datetime) -> int:
    """Write to the people of an event's registrations; how many messages that are."""
    values = {**_values(row, event_id, at=at), **_of_audience(audience)}
    return _run(_INSERT.format(whom=_WHOM, is_kept=_ATTENDANCE_IS_KEPT), values)


# Whoever comes along and has an address of their own was told that they come, so they are told what becomes of it.
_INSERT_FOR_MEMBERS: Final = SQL("""
INSERT INTO notifications_message (
       id, dedupe_key, kind, channel, priority, registration_id, member_id, event_id,
       session_id, session_starts_at, event_change_id,
       language, "to", subject, body, html, calendar, calendar_method, state, state_reason,
       created_at, due_at, useful_until, next_attempt_at, claims, provider_id, provider_status)
SELECT DISTINCT ON ({each})
       gen_random_uuid(),
       %(kind)s || ':' || registration.id || ':member:' || member.id || ':' || %(subject)s || ':' || %(channel)s,
       %(kind)s, %(channel)s, %(priority)s, registration.id, member.id, registration.event_id,
       %(session)s, %(session_starts_at)s, %(change)s,
       registration.language, '', '', '', '', '', '', %(state)s, %(reason)s,
       %(created_at)s, %(due_at)s, %(useful_until)s, %(next_attempt_at)s, 0, '', ''
  FROM registrations_registration registration
  JOIN registrations_partymember member ON member.registration_id = registration.id
 WHERE registration.event_id = %(event)s
   AND registration.state = ANY(%(states)s)
   AND registration.state = %(confirmed)s
   AND member.state = %(coming)s
   AND member.email <> ''
   AND (%(registered_by)s::timestamptz IS NULL OR member.created_at <= %(registered_by)s)
   AND (NOT %(who_came)s OR member.attendance = 'present' OR NOT {is_kept})
   AND {whom}
   AND {unless}
 ORDER BY {each}, member.id
    ON CONFLICT (dedupe_key) DO NOTHING
""")
# Who has been written to with the same already, as the person who registered.
_TOLD_ALREADY: Final = SQL("""
       lower(member.email) NOT IN (
       SELECT lower(teller.email)
         FROM registrations_registration other
         JOIN registrations_participant teller ON teller.registration_id = other.id
         JOIN notifications_message told
           ON told.dedupe_key = %(kind)s || ':' || other.id || ':' || %(subject)s || ':' || %(channel)s
        WHERE other.event_id = %(event)s)
""")


def insert_for_members(
    row: Row, event_id: int, audience: Audience, *, once_per_address: bool = False, at: datetime
) -> int:
    """Write, by mail, to everybody who comes along with a confirmed person; how many messages that are.

    `once_per_address`: where nothing of it is one person's alone, an address that several have given gets it once.
    """
    values: dict[str, Value] = {
        **_values(row, event_id, at=at),
        **_of_audience(audience),
        "confirmed": RegistrationState.CONFIRMED.value,
        "coming": MemberState.COMING.value,
    }
    statement = _INSERT_FOR_MEMBERS.format(
        whom=_WHOM,
        is_kept=_ATTENDANCE_IS_KEPT,
        each=SQL("lower(member.email)" if once_per_address else "member.id"),
        unless=_TOLD_ALREADY if once_per_address else SQL("TRUE"),
    )
    return _run(statement, values)


def _of_audience(audience: Audience) -> dict[str, Value]:
    return {
        "states": [state.value for state in audience.states],
        "sessions": audience.sessions,
        "but_not_of": list(audience.but_not_of),
        "registered_by": audience.registered_by,
        "confirmed_by": audience.confirmed_by,
        "with_consent": audience.with_consent,
        "without_email": audience.without_email,
        "who_came": audience.who_came,
        "needs": None if audience.needs is None else [need.value for need in audience.needs],
        "open_needs": [state.value for state in OPEN_NEEDS],
    }


# Polish: nobody has asked the people who work at an event, or the staff, for another language.
_INSERT_FOR_ROLES: Final = """
INSERT INTO notifications_message (
       id, dedupe_key, kind, channel, priority, role_id, event_id, session_id, session_starts_at, event_change_id,
       language, "to", subject, body, html, calendar, calendar_method, state, state_reason,
       created_at, due_at, useful_until, next_attempt_at, claims, provider_id, provider_status)
SELECT DISTINCT ON (lower(role.email))
       gen_random_uuid(), %(kind)s || ':role:' || role.id || ':' || %(subject)s || ':' || %(channel)s,
       %(kind)s, %(channel)s, %(priority)s, role.id, role.event_id, %(session)s, %(session_starts_at)s, %(change)s,
       'pl', '', '', '', '', '', '', %(state)s, %(reason)s,
       %(created_at)s, %(due_at)s, %(useful_until)s, %(next_attempt_at)s, 0, '', ''
  FROM events_eventrole role
  LEFT JOIN events_agendaitem item ON item.id = role.agenda_item_id
 WHERE role.event_id = %(event)s
   AND role.email <> ''
   AND (%(sessions)s::bigint[] IS NULL OR item.id IS NULL OR item.session_id = ANY(%(sessions)s))
   AND (cardinality(%(but_not_of)s::bigint[]) = 0
        OR NOT EXISTS (SELECT 1 FROM events_eventrole other
                         LEFT JOIN events_agendaitem elsewhere ON elsewhere.id = other.agenda_item_id
                        WHERE other.event_id = role.event_id AND lower(other.email) = lower(role.email)
                          AND (elsewhere.id IS NULL OR elsewhere.session_id = ANY(%(but_not_of)s))))
 ORDER BY lower(role.email), role.agenda_item_id NULLS FIRST, role.id
    ON CONFLICT (dedupe_key) DO NOTHING
"""


def insert_for_roles(
    row: Row, event_id: int, *, sessions: list[int] | None, but_not_of: Sequence[int] = (), at: datetime
) -> int:
    """Write to whoever speaks, chairs, interprets or helps, once to each address; how many messages that are."""
    values = {**_values(row, event_id, at=at), "sessions": sessions, "but_not_of": list(but_not_of)}
    return _run(_INSERT_FOR_ROLES, values)


_INSERT_FOR_STAFF: Final = """
INSERT INTO notifications_message (
       id, dedupe_key, kind, channel, priority, staff_id, event_id, event_change_id,
       language, "to", subject, body, html, calendar, calendar_method, state, state_reason,
       created_at, due_at, useful_until, next_attempt_at, claims, provider_id, provider_status)
SELECT gen_random_uuid(), %(kind)s || ':staff:' || person.id || ':' || %(subject)s || ':' || %(channel)s,
       %(kind)s, %(channel)s, %(priority)s, person.id, event.id, %(change)s,
       'pl', '', '', '', '', '', '', %(state)s, %(reason)s,
       %(created_at)s, %(due_at)s, %(useful_until)s, %(next_attempt_at)s, 0, '', ''
  FROM events_event event
  JOIN events_unitmembership membership ON membership.unit_id = event.unit_id
  JOIN events_user person ON person.id = membership.user_id AND person.is_active
 WHERE event.id = %(event)s
   AND membership.role = (
       SELECT mate.role
         FROM events_unitmembership mate
         JOIN events_user colleague ON colleague.id = mate.user_id AND colleague.is_active
        WHERE mate.unit_id = event.unit_id AND mate.role = ANY(%(roles)s)
        ORDER BY array_position(%(roles)s, mate.role::text)
        LIMIT 1)
    ON CONFLICT (dedupe_key) DO NOTHING
"""


def insert_for_staff(row: Row, event_id: int, *, roles: Sequence[Role], at: datetime) -> int:
    """Write to the unit's members in the first of these roles that somebody has; how many messages that are."""
    values: dict[str, Value] = {**_values(row, event_id, at=at), "roles": [role.value for role in roles]}
    return _run(_INSERT_FOR_STAFF, values)


def _values(row: Row, event_id: int, *, at: datetime) -> dict[str, Value]:
    reason = row.reason or (StateReason.TOO_LATE if at >= row.due.useful_until else "")
    return {
        "kind": row.kind.name,
        "channel": row.channel.value,
        "priority": row.kind.priority.value,
        "subject": row.subject,
        "change": row.change,
        "session": row.session,
        "session_starts_at": row.session_starts_at,
        "state": MessageState.MISSED.value if reason else MessageState.PLANNED.value,
        "reason": str(reason),
        "created_at": row.waiting_since or at,
        "next_attempt_at": max(at, row.due.at),
        "due_at": row.due.at,
        "useful_until": row.due.useful_until,
        "event": event_id,
    }


def _run(statement: str | Composed, values: Mapping[str, Value]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
