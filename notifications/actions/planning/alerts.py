"""What organisers have to know without asking, as messages to the members of the unit: once for each occasion."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from events.enums import Role
from notifications.enums import Channel, MessageState
from notifications.kinds import FAILING_MESSAGES, FILLING_UP, NEEDS_UNMET, Kind
from notifications.queries.alerts import (
    Occasion,
    events_with_failing_messages,
    events_with_unmet_needs,
    filling_events,
)

# Whom each alert goes to: everybody in the first of these groups of roles in which there is somebody.
_READERS: Final[Mapping[str, Sequence[Sequence[Role]]]] = {
    FILLING_UP.name: ((Role.OWNER, Role.EDITOR),),
    NEEDS_UNMET.name: ((Role.ACCESSIBILITY,), (Role.OWNER,)),
    FAILING_MESSAGES.name: ((Role.OWNER,),),
}


def plan_alerts(*, at: datetime) -> int:
    """Make messages of everything that organisers are to know and have not been told; how many."""
    return (
        _tell(FILLING_UP, filling_events(at=at), at=at)
        + _tell(NEEDS_UNMET, events_with_unmet_needs(at=at), at=at)
        + _tell(FAILING_MESSAGES, events_with_failing_messages(at=at), at=at)
    )


# Polish, as everything to the staff. A person has one message, however many roles they have.
_INSERT: Final = """
INSERT INTO notifications_message (
       id, dedupe_key, kind, channel, priority, staff_id, event_id,
       language, "to", subject, body, html, calendar, calendar_method, state, state_reason,
       created_at, due_at, useful_until, next_attempt_at, claims, provider_id, provider_status)
SELECT gen_random_uuid(),
       %(kind)s || ':' || event.id || ':' || occasion.name || ':staff:' || reader.id || ':' || %(channel)s,
       %(kind)s, %(channel)s, %(priority)s, reader.id, event.id,
       'pl', '', '', '', '', '', '', %(planned)s, '',
       %(at)s, %(at)s, occasion.useful_until, %(at)s, 0, '', ''
  FROM unnest(%(events)s::bigint[], %(names)s::text[], %(useful_until)s::timestamptz[])
       AS occasion (event_id, name, useful_until)
  JOIN events_event event ON event.id = occasion.event_id
  CROSS JOIN LATERAL (
       SELECT DISTINCT person.id
         FROM events_unitmembership membership
         JOIN events_user person ON person.id = membership.user_id AND person.is_active
        WHERE membership.unit_id = event.unit_id AND membership.role = ANY(%(roles)s)) reader
 WHERE NOT EXISTS (
       SELECT
         FROM events_unitmembership membership
         JOIN events_user person ON person.id = membership.user_id AND person.is_active
        WHERE membership.unit_id = event.unit_id AND membership.role = ANY(%(rather)s::text[]))
    ON CONFLICT (dedupe_key) DO NOTHING
"""


def _tell(kind: Kind, occasions: Iterable[Occasion], *, at: datetime) -> int:
    untold, planned = list(occasions), 0
    rather: list[Role] = []
    for roles in _READERS[kind.name]:
        if untold:
            planned += _write(kind, untold, roles, rather, at=at)
        rather += roles
    return planned


def _write(
    kind: Kind, occasions: Sequence[Occasion], roles: Sequence[Role], rather: Sequence[Role], *, at: datetime
) -> int:
    """Write to these roles where nobody has one of those that are told rather; how many messages that are.

    Who has a role decides, not what was written just now: another tick may have written it a moment before.
    """
    values: dict[str, str | int | datetime | list[int] | list[str] | list[datetime]] = {
        "kind": kind.name,
        "channel": Channel.EMAIL.value,
        "priority": kind.priority.value,
        "planned": MessageState.PLANNED.value,
        "at": at,
        "events": [occasion.event_id for occasion in occasions],
        "names": [occasion.name for occasion in occasions],
        "useful_until": [occasion.useful_until for occasion in occasions],
        "roles": [role.value for role in roles],
        "rather": [role.value for role in rather],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        return int(cursor.rowcount)
