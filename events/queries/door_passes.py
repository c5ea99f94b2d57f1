"""Passes for a day at an event's door, and the days on which there can be one."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404

from events.models import DoorPass, Event


def event_door_passes(event: Event) -> QuerySet[DoorPass]:
    """The passes of an event, in the order in which they were given out."""
    return DoorPass.objects.filter(event=event).select_related("created_by").order_by("id")


def get_event_door_pass(event: Event, number: int) -> DoorPass:
    """A pass of this event; else 404. Who may ask is the event's door's business."""
    given = event_door_passes(event).filter(pk=number).first()
    if given is None:
        raise Http404
    return given


def session_days(event: Event) -> dict[date, date]:
    """The days on which the event meets, by the clock of the place, in order; with each, on which day that is over."""
    zone = ZoneInfo(event.time_zone)
    days: dict[date, date] = {}
    for session in event.sessions.filter(is_cancelled=False).order_by("starts_at"):
        first = session.starts_at.astimezone(zone).date()
        # What ends at midnight is over with the day before.
        last = (session.ends_at.astimezone(zone) - timedelta(microseconds=1)).date()
        days[first] = max(days.get(first, first), last)
    return days
