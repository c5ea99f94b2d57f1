"""Wall-clock times as instants, and what the night is on the wall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from events.errors import DomainError

# Wide enough for every record and plan, and safe from overflow in any zone.
YEARS: Final = range(1900, 2201)
QuietHours = tuple[time, time]

# How long before the night something comes that would be due in it.
_BEFORE_THE_NIGHT: Final = timedelta(hours=1)
_TOO_FAR: Final = datetime.combine(date(MAXYEAR, 1, 1), time())


class NoSuchTime(DomainError):
    """The time does not exist, or is too far away to be meant."""

    code = "no_such_time"
    default_message = _("This time does not exist. Choose another one.")


def as_instant(moment: datetime, zone: ZoneInfo, *, known: Iterable[datetime] = ()) -> datetime:
    """The instant in UTC; without an offset the moment is wall-clock time of the zone.

    Of an hour that comes twice the first one is meant, unless `fold` says otherwise or one of the instants that are
    `known` there shows the same time: a form gives back what it has shown, and nothing moves by that.
    """
    if moment.year not in YEARS:
        raise NoSuchTime(_("This year is too far away."))
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if not moment.fold:
        same = (instant for instant in known if as_wall_clock(instant, zone).replace(fold=0) == moment)
        if (instant := next(same, None)) is not None:
            return instant.astimezone(UTC)
    instant = moment.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != moment.replace(fold=0):
        sentence = _("On %(date)s there is no %(time)s: the clock is put forward that night. Choose another hour.")
        raise NoSuchTime(sentence % {"date": date_format(moment, "DATE_FORMAT"), "time": f"{moment:%H:%M}"})
    return instant


def as_wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows, without an offset; of an hour that comes twice, which one stays known."""
    if moment.tzinfo is None or moment.year not in YEARS:
        # At the ends of all years there is no other zone to go to; `as_instant` refuses such a time.
        return moment.replace(tzinfo=None)
    return moment.astimezone(zone).replace(tzinfo=None)


@dataclass(frozen=True)
class WallClockShift:
    """So much later by the clock on the wall: a meeting at 17:00 is at 17:00 also after the clock has been changed."""

    zone: ZoneInfo
    by: timedelta

    @classmethod
    def between(cls, before: datetime, after: datetime, zone: ZoneInfo) -> Self:
        """The shift that leads from one time to another."""
        return cls(zone, as_wall_clock(after, zone) - as_wall_clock(before, zone))

    def __call__(self, moment: datetime) -> datetime:
        """The moment so much later, without an offset; beyond all years, a time that nobody accepts."""
        local = as_wall_clock(moment, self.zone)
        try:
            return local + self.by if self.by else local
        except OverflowError:
            return _TOO_FAR


def whole_days(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Local midnight of the first day, and local midnight after the last one."""
    first, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    last = end.date()
    if last > first.date() and end.time() == datetime.min.time():
        last -= timedelta(days=1)
    return _midnight(first, zone), _midnight(datetime.combine(last + timedelta(days=1), datetime.min.time()), zone)


def _midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(moment.date(), datetime.min.time(), tzinfo=zone).astimezone(UTC)


def quiet_until(moment: datetime, zone: ZoneInfo, quiet: QuietHours | None) -> datetime | None:
    """The end of the quiet hours that a moment lies in; None by day."""
    if quiet is None or not _is_quiet(moment.astimezone(zone).time(), quiet):
        return None
    local = moment.astimezone(zone)
    day = local.date() if local.time() < quiet[1] else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet[1], tzinfo=zone).astimezone(UTC)


def before_the_night(moment: datetime, zone: ZoneInfo, quiet: QuietHours | None) -> datetime:
    """The moment, or an hour before the night that it lies in."""
    local = moment.astimezone(zone)
    if quiet is None or not _is_quiet(local.time(), quiet):
        return moment
    evening = local.date() if local.time() >= quiet[0] else local.date() - timedelta(days=1)
    return datetime.combine(evening, quiet[0], tzinfo=zone).astimezone(UTC) - _BEFORE_THE_NIGHT


def _is_quiet(clock: time, quiet: QuietHours) -> bool:
    start, end = quiet
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end
