"""Meetings of several days have a new door on each of them: which day it is by the event's clock, and who came on it."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from events.models import Event, Session
from registrations.enums import SCANS, Attendance, CheckInKind
from registrations.models import CheckIn

_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(microseconds=1)


def day_begun(event: Event, *, at: datetime) -> datetime | None:
    """When the present day of a meeting of several days began: midnight on its clock.

    While a session runs on after midnight the evening's day goes on. Null: all of it is on one day.
    """
    if event.starts_at is None or event.ends_at is None:
        return None
    zone = ZoneInfo(event.time_zone)
    if _date(event.starts_at, zone) == _date(event.ends_at - _MOMENT, zone):
        # Most meetings: nothing needs to be asked.
        return None
    sessions = list(event.sessions.filter(is_cancelled=False))
    days = {_date(session.starts_at, zone) for session in sessions}
    # A day and more: not one evening any more.
    days |= {_date(one.ends_at - _MOMENT, zone) for one in sessions if one.ends_at - one.starts_at >= _DAY}
    if len(days) <= 1:
        return None
    return midnight_of(min([at, *(one.starts_at for one in sessions if runs_on(one, at=at))]), zone)


def runs_on(session: Session, *, at: datetime) -> bool:
    """Whether an evening's session is running: who is still there after midnight belongs to the evening before.

    One of a day and more has several days, each with a morning of its own.
    """
    return session.starts_at <= at < session.ends_at and session.ends_at - session.starts_at < _DAY


def midnight_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the day of this moment begins on this clock."""
    return datetime.combine(moment.astimezone(zone).date(), datetime.min.time(), tzinfo=zone)


def is_here(event: Event, *, at: datetime, member: bool = False) -> Q:
    """Of registrations, or with `member` of members of parties: who has come, at a meeting of several days today."""
    came = Q(attendance=Attendance.PRESENT)
    begun = day_begun(event, at=at)
    if begun is None:
        return came
    own = {"member": OuterRef("pk")} if member else {"registration": OuterRef("pk"), "member": None}
    same = {"member": OuterRef("member")} if member else {"registration": OuterRef("registration"), "member": None}
    taken_back = CheckIn.objects.filter(kind=CheckInKind.VOID, pk__gt=OuterRef("pk"), **same)
    scans = CheckIn.objects.filter(kind__in=SCANS, **own).alias(moment=Coalesce("scanned_at", "at"))
    return came & Q(Exists(scans.filter(~Exists(taken_back), moment__gte=begun)))


def _date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
