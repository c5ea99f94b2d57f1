"""Wall-clock times as instants."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from events.errors import DomainError

# Wide enough for every record and plan, and safe from overflow in any zone.
YEARS: Final = range(1900, 2201)


class NoSuchTime(DomainError):
    """The time does not exist, or is too far away to be meant."""

    code = "no_such_time"
    default_message = _("This hour does not exist: the clock is put forward that night. Choose another one.")


def as_instant(moment: datetime, zone: ZoneInfo) -> datetime:
    """The instant in UTC; without an offset the moment is wall-clock time of the zone.

    Of an hour that comes twice the first one is meant, unless `fold` says otherwise.
    """
    if moment.year not in YEARS:
        raise NoSuchTime(_("This year is too far away."))
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    instant = moment.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != moment.replace(fold=0):
        raise NoSuchTime
    return instant


def whole_days(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Local midnight of the first day, and local midnight after the last one."""
    first, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    last = end.date()
    if last > first.date() and end.time() == datetime.min.time():
        last -= timedelta(days=1)
    return _midnight(first, zone), _midnight(datetime.combine(last + timedelta(days=1), datetime.min.time()), zone)


def _midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(moment.date(), datetime.min.time(), tzinfo=zone).astimezone(UTC)
