"""When a reminder is due, until when it is of use, and what is urgent enough for the night. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from events.actions.wall_clock import QuietHours, before_the_night

# A reminder a day ahead may come six hours late, and two hours before the start it is too late; a shorter one has
# less of both in proportion.
_GRACE: Final = timedelta(hours=6)
_LEAD: Final = timedelta(hours=2)
_GRACE_PART: Final = 3 / 8
_LEAD_PART: Final = 1 / 4
# Thanks may come days late, but not when the meeting is forgotten.
_AFTER_GRACE: Final = timedelta(days=3)
# What is called off or moved this soon is worth waking somebody for.
_URGENT: Final = timedelta(hours=12)


@dataclass(frozen=True)
class Due:
    """When a reminder goes out, and after when it would be nonsense."""

    at: datetime
    useful_until: datetime


def reminder_due(
    starts_at: datetime,
    zone: ZoneInfo,
    *,
    days_before: int | None,
    at_time: time | None,
    minutes_before: int | None,
    quiet: QuietHours | None = None,
) -> Due:
    """The due time of a rule: days before keeps the wall clock, minutes before is exact; `quiet` moves it earlier."""
    if minutes_before is not None:
        due = starts_at - timedelta(minutes=minutes_before)
    else:
        assert days_before is not None
        assert at_time is not None
        day = starts_at.astimezone(zone).date() - timedelta(days=days_before)
        # fold=0: of an hour that comes twice the first one; an hour that is missing is read with the offset before it.
        due = datetime.combine(day, at_time, tzinfo=zone).astimezone(UTC)
    due = before_the_night(due, zone, quiet)
    distance = max(starts_at - due, timedelta(0))
    grace = min(_GRACE, distance * _GRACE_PART)
    lead = min(_LEAD, distance * _LEAD_PART)
    return Due(at=due, useful_until=min(due + grace, starts_at - lead))


def after_the_end(ends_at: datetime, *, minutes_after: int) -> Due:
    """The due time of a rule that counts from the end."""
    due = ends_at + timedelta(minutes=minutes_after)
    return Due(at=due, useful_until=due + _AFTER_GRACE)


def may_wake(moment: datetime, starts_at: datetime | None) -> bool:
    """Whether news about an event is so near its start that the night does not hold it back."""
    return starts_at is not None and moment >= starts_at - _URGENT
