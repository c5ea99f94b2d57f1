"""Passes for a day: who may stand at the door of one event without an account, and until when."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.errors import FieldErrors
from events.models import DoorPass, Event, User
from events.queries.door_passes import session_days

LABEL_MAX: Final = 80


@transaction.atomic
def give_door_pass(
    event: Event, *, label: str, day: date, valid_until: datetime | None = None, by: User, at: datetime
) -> DoorPass:
    """Let somebody stand at the event's door on a day on which it meets.

    The pass opens the door from the day's first minute to the end of the day on which the last meeting that begins then
    is over, by the clock of the place; `valid_until`: earlier or later than that.
    """
    label = label.strip()
    if not label or len(label) > LABEL_MAX:
        raise FieldErrors({"label": [_("Say in up to 80 characters who stands there, or at which entrance.")]})
    last = session_days(event).get(day)
    if last is None:
        raise FieldErrors({"day": [_("The meeting is not on this day.")]})
    zone = ZoneInfo(event.time_zone)
    valid_from = datetime.combine(day, time(), zone)
    until = valid_until or datetime.combine(last + timedelta(days=1), time(), zone)
    if until <= max(at, valid_from):
        raise FieldErrors({"valid_until" if valid_until else "day": [_("The pass would be over before it begins.")]})
    return DoorPass.objects.create(
        event=event, label=label, valid_from=valid_from, valid_until=until, created_by=by, created_at=at
    )


@transaction.atomic
def revoke_door_pass(door_pass: DoorPass, *, at: datetime) -> None:
    """Take a pass back: from now on its link and every browser with it open nothing. Once more changes nothing."""
    DoorPass.objects.filter(pk=door_pass.pk, revoked_at=None).update(revoked_at=at)
