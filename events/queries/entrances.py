"""What somebody who registers meets at the door of an event, in one statement: the rules, the seats, the notice."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

from events.models import (
    Event,
    InformationNotice,
    OrganizationalUnit,
    ParticipantCategory,
    RegistrationPolicy,
    SeatPool,
)
from events.permissions import is_visible

Row = TypeVar("Row", bound=Model)

_EVENT: Final = ("id", "slug", "unit_id", "kind_id", "status", "visibility", "planned_only", "age_rule", "time_zone")
_POLICY: Final = (
    "event_id",
    "required",
    "opens_at",
    "closes_at",
    "confirm_email",
    "hold_minutes",
    "waitlist",
    "waitlist_limit",
    "waitlist_policy",
    "group_max",
    "approval",
    "approval_holds_seat",
    "assistants_take_seats",
    "wheelchair_places",
)
_POOL: Final = (
    "id",
    "event_id",
    "session_id",
    "category_id",
    "capacity",
    "taken",
    "waiting",
    "overbooked",
    "reserved",
    "reserved_taken",
    "released",
    "released_taken",
)

# The order of pools is the one of `event_pools`, the choice of the notice the one of `current_notice`.
_SELECT: Final = f"""
    SELECT {", ".join(f"event.{column}" for column in _EVENT)},
           {", ".join(f"policy.{column}" for column in _POLICY)},
           unit.no_show_limit,
           (SELECT max(starts_at) FROM events_session WHERE event_id = event.id AND NOT is_cancelled),
           EXISTS (SELECT FROM events_question WHERE event_id = event.id AND NOT is_retired),
           (SELECT notice.id FROM events_informationnotice AS notice
             WHERE (notice.unit_id = event.unit_id OR notice.unit_id IS NULL)
               AND (notice.kind_id = event.kind_id OR notice.kind_id IS NULL)
               AND notice.in_force_from <= %(at)s
             ORDER BY notice.unit_id NULLS LAST, notice.kind_id NULLS LAST, notice.version DESC
             LIMIT 1),
           (SELECT json_agg(json_build_array({", ".join(f"pool.{column}" for column in _POOL)}, category.code)
                            ORDER BY pool.session_id IS NULL, pool.category_id IS NULL, pool.id)
              FROM events_seatpool AS pool
              LEFT JOIN events_participantcategory AS category ON category.id = pool.category_id
             WHERE pool.event_id = event.id)
      FROM events_event AS event
      JOIN events_organizationalunit AS unit ON unit.id = event.unit_id
      LEFT JOIN events_registrationpolicy AS policy ON policy.event_id = event.id
"""  # noqa: S608 - made of the names above
_BY_ID: Final = f"{_SELECT} WHERE event.id = %(event)s"
_BY_SLUG: Final = f"{_SELECT} WHERE event.slug = %(event)s"


@dataclass(frozen=True)
class Entrance:
    """An event as signing up looks at it.

    `event` and `pools` carry only what that takes. The policy's `closes_at` is when registration really ends: as the
    organiser says, else when the last part begins. `asks`: there are questions to answer.
    """

    event: Event
    pools: list[SeatPool]
    asks: bool
    notice: InformationNotice | None


def entrance_of(event_id: int, *, at: datetime) -> Entrance | None:
    """The entrance of an event, whoever may see it; None when there is no such event."""
    return _read(_BY_ID, event_id, at)


def visible_entrance(slug: str, *, at: datetime) -> Entrance | None:
    """The entrance of an event that a stranger may open, found by its address; else None."""
    found = _read(_BY_SLUG, slug, at)
    return found if found is not None and is_visible(found.event) else None


def _read(statement: str, wanted: int | str, at: datetime) -> Entrance | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"event": wanted, "at": at})
        row = cursor.fetchone()
    if row is None:
        return None
    *columns, no_show_limit, last_start, asks, notice_id, pools = row
    event = _row_of(Event, _EVENT, columns[: len(_EVENT)])
    event.unit = _row_of(OrganizationalUnit, ("id", "no_show_limit"), [event.unit_id, no_show_limit])
    rules = dict(zip(_POLICY, columns[len(_EVENT) :], strict=True))
    if rules["event_id"] is not None:
        closes_at = rules["closes_at"] or last_start
        event.policy = _row_of(RegistrationPolicy, _POLICY, {**rules, "closes_at": closes_at}.values())
    notice = _row_of(InformationNotice, ("id",), [notice_id]) if notice_id is not None else None
    return Entrance(event, [_pool(pool) for pool in pools or ()], asks, notice)


def _pool(columns: Sequence[Any]) -> SeatPool:
    *own, code = columns
    pool = _row_of(SeatPool, _POOL, own)
    if code is not None:
        pool.category = _row_of(ParticipantCategory, ("id", "code"), [pool.category_id, code])
    return pool


def _row_of(model: type[Row], columns: Collection[str], values: Iterable[Any]) -> Row:
    """A row as the ORM would have read it, had it been asked for these columns only."""
    return model.from_db(DEFAULT_DB_ALIAS, columns, list(values))
