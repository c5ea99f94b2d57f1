"""A person's own calendar address: made when it is first asked for, replaced when it got into wrong hands."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from registrations.enums import CalendarAlarm
from registrations.errors import NotActive
from registrations.models import CalendarFeed, Registration

_TICK: Final = timedelta(seconds=1)


@transaction.atomic
def personal_feed(registration: Registration, *, at: datetime) -> CalendarFeed:
    """The calendar of the person behind a registration; the same for all their registrations."""
    if registration.email_key is None:
        raise NotActive
    feed, _made = CalendarFeed.objects.get_or_create(
        email_key=registration.email_key, defaults={"language": registration.language, "created_at": at}
    )
    return feed


@transaction.atomic
def choose_alarm(feed: CalendarFeed, alarm: CalendarAlarm | None, *, at: datetime) -> CalendarFeed:
    """Let the person's calendar remind them, or not; programs that take only what is newer see it too."""
    chosen = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    if chosen.alarm_minutes != alarm:
        chosen.alarm_minutes = alarm
        # Whole seconds, as calendars write them, and a later one each time.
        at = at.replace(microsecond=0)
        chosen.chosen_at = max(at, chosen.chosen_at + _TICK) if chosen.chosen_at else at
        chosen.save(update_fields=["alarm_minutes", "chosen_at"])
    return chosen


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, at: datetime) -> CalendarFeed:  # noqa: ARG001 - every action says when
    """Replace the address that the person saw; a second click on the same page replaces nothing more."""
    CalendarFeed.objects.filter(pk=feed.pk, generation=feed.generation).update(generation=F("generation") + 1)
    return CalendarFeed.objects.get(pk=feed.pk)
