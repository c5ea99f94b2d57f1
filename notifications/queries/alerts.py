"""What organisers are to be told of by itself, as far as nobody has been told: one statement each; and its figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum
from psycopg.sql import SQL, Composed

from events.models import Event, SeatPool
from notifications.enums import MessageState
from notifications.models import Message
from registrations.enums import ACTIVE_STATES, NeedState, RegistrationState
from registrations.models import AccommodationRequest, Registration
from registrations.queries.certain_days import NOTICE_WORKING_DAYS, working_days_before

# Nobody has promised these; what is arranged is met.
UNMET_NEEDS: Final = (NeedState.REQUESTED, NeedState.ACKNOWLEDGED)
# Three working days are never longer than this: Easter, Christmas, the first days of May.
_LOOKS_AHEAD: Final = timedelta(days=14)
_OFFICE_OPENS: Final = time(9)
_LOOKS_BACK: Final = timedelta(days=14)
_A_DAY: Final = timedelta(days=1)


# Percent of all seats from which an event is filling up.
_MOST_SEATS: Final = 80


@dataclass(frozen=True)
class Occasion:
    """Something about an event that its organisers are to know; told once under this name."""

    event_id: int
    name: str
    useful_until: datetime


# Keys of alerts are `kind:event:occasion:staff:person:channel`; the index of the key for patterns finds their beginnings.
_TOLD: Final = SQL("""EXISTS (
       SELECT 1 FROM notifications_message told
        WHERE told.dedupe_key ~>=~ {beginning} AND told.dedupe_key ~<~ ({beginning} || '~'))""")


def _told(beginning: LiteralString) -> Composed:
    return _TOLD.format(beginning=SQL(beginning))


_FILLING: Final = SQL("""
SELECT event.id, reached.percent, pool.capacity, event.ends_at
  FROM events_seatpool pool
  JOIN events_event event ON event.id = pool.event_id
  CROSS JOIN LATERAL (
       SELECT COALESCE(SUM(registration.seats), 0) * 100 >= pool.capacity * 80 AS is_it,
              CASE WHEN COALESCE(SUM(registration.seats), 0) >= pool.capacity THEN 100 ELSE 80 END AS percent
         FROM registrations_registration registration
        WHERE registration.event_id = event.id AND registration.state = 'confirmed') reached
 WHERE pool.session_id IS NULL AND pool.category_id IS NULL
   AND pool.capacity > 0
   AND pool.taken * 100 >= pool.capacity * 80
   AND event.status = 'published' AND NOT event.planned_only AND event.ends_at > %(at)s
   AND NOT {told_that_full}
   AND (pool.taken >= pool.capacity OR NOT {told_that_filling})
   AND reached.is_it AND (reached.percent = 100 OR NOT {told_that_filling})
""").format(
    told_that_full=_told("('filling_up:' || event.id || ':100of' || pool.capacity || ':')"),
    told_that_filling=_told("('filling_up:' || event.id || ':80of' || pool.capacity || ':')"),
)


def filling_events(*, at: datetime) -> list[Occasion]:
    """Events that have reached a threshold of confirmed seats; the higher one says the lower one too."""
    return [
        Occasion(event_id, f"{percent}of{capacity}", ends_at)
        for event_id, percent, capacity, ends_at in _rows(_FILLING, at=at)
    ]


_UNMET: Final = SQL("""
SELECT event.id, event.time_zone, first.starts_at
  FROM events_event event
  JOIN LATERAL (
       SELECT MIN(session.starts_at) AS starts_at
         FROM events_session session
        WHERE session.event_id = event.id AND NOT session.is_cancelled AND session.starts_at > %(at)s) first
    ON first.starts_at < %(until)s
 WHERE event.status = 'published' AND NOT event.planned_only
   AND event.ends_at > %(at)s AND event.starts_at < %(until)s
   AND EXISTS (SELECT 1 FROM registrations_accommodationrequest need
                 JOIN registrations_registration registration ON registration.id = need.registration_id
                WHERE registration.event_id = event.id AND registration.state = ANY(%(active)s)
                  AND need.state = ANY(%(unmet)s))
   AND NOT {told}
""").format(
    told=_told(
        "('needs_unmet:' || event.id || ':'"
        " || to_char(first.starts_at AT TIME ZONE event.time_zone, 'YYYYMMDD') || ':')"
    )
)


def events_with_unmet_needs(*, at: datetime) -> Iterator[Occasion]:
    """Events that begin in three working days or less and have needs that nobody has promised to meet."""
    active, unmet = ([state.value for state in states] for states in (ACTIVE_STATES, UNMET_NEEDS))
    for event_id, time_zone, starts_at in _rows(_UNMET, at=at, until=at + _LOOKS_AHEAD, active=active, unmet=unmet):
        zone = ZoneInfo(time_zone)
        day: date = starts_at.astimezone(zone).date()
        alert_day = working_days_before(day, NOTICE_WORKING_DAYS)
        if at >= datetime.combine(alert_day, _OFFICE_OPENS, tzinfo=zone):
            yield Occasion(event_id, f"{day:%Y%m%d}", starts_at)


# When it failed: at its last try, or when the provider said so later.
_FAILING: Final = SQL("""
SELECT event.id, event.time_zone
  FROM events_event event
  JOIN (SELECT message.event_id, MAX(COALESCE(GREATEST(tried.at, reported.at), message.created_at)) AS at
          FROM notifications_message message
          LEFT JOIN LATERAL (SELECT MAX(attempt.at) AS at FROM notifications_deliveryattempt attempt
                              WHERE attempt.message_id = message.id) tried ON TRUE
          LEFT JOIN LATERAL (SELECT MAX(report.at) AS at FROM notifications_providerreport report
                              WHERE report.message_id = message.id) reported ON TRUE
         WHERE message.state = 'failed' AND message.seen_at IS NULL AND message.created_at > %(since)s
           AND message.kind <> 'failing_messages'
         GROUP BY message.event_id) failed ON failed.event_id = event.id
 WHERE NOT EXISTS (
       SELECT 1 FROM notifications_message told
        WHERE told.dedupe_key ~>=~ ('failing_messages:' || event.id || ':')
          AND told.dedupe_key ~<~ ('failing_messages:' || event.id || ':~')
          AND (told.created_at > %(yesterday)s OR told.created_at >= failed.at))
""")


def events_with_failing_messages(*, at: datetime) -> list[Occasion]:
    """Events of which messages have failed since the last alert, and no alert of the last day says so."""
    rows = _rows(_FAILING, at=at, since=at - _LOOKS_BACK, yesterday=at - _A_DAY)
    return [
        Occasion(event_id, f"{at.astimezone(ZoneInfo(time_zone)):%Y%m%d}", at + timedelta(days=7))
        for event_id, time_zone in rows
    ]


def seat_figures(event: Event) -> dict[str, int]:
    """How full an event is by seats that are confirmed; empty while it is not filling up."""
    own_pool = SeatPool.objects.filter(event=event, session=None, category=None)
    capacity = own_pool.values_list("capacity", flat=True).first()
    registered = Registration.objects.filter(event=event)
    seats = registered.filter(state=RegistrationState.CONFIRMED).aggregate(seats=Sum("seats"))["seats"] or 0
    if not capacity or seats * 100 < capacity * _MOST_SEATS:
        return {}
    waiting = registered.filter(state=RegistrationState.WAITLISTED).count()
    return {"seats_confirmed": seats, "capacity": capacity, "waiting": waiting}


def need_figures(event: Event) -> dict[str, int]:
    """How many needs nobody has promised to meet; empty where there are none."""
    unmet = AccommodationRequest.objects.filter(
        registration__event=event, registration__state__in=ACTIVE_STATES, state__in=UNMET_NEEDS
    ).count()
    return {"needs_open": unmet} if unmet else {}


def failure_figures(event: Event) -> dict[str, int]:
    """How many messages of an event have failed and were not looked at; empty where there are none."""
    failed = Message.objects.filter(event=event, state=MessageState.FAILED, seen_at=None)
    count = failed.exclude(kind="failing_messages").count()
    return {"messages_failed": count} if count else {}


def _rows(statement: SQL | Composed, **values: datetime | list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
