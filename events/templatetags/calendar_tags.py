"""Links that put one session into somebody's calendar."""

from dataclasses import dataclass
from datetime import UTC
from typing import Final
from zoneinfo import ZoneInfo

from django import template
from django.utils.http import urlencode

from events.enums import EventMode
from events.models import Event, Session, in_language

register = template.Library()

GOOGLE: Final = "https://calendar.google.com/calendar/render"
OUTLOOK: Final = "https://outlook.live.com/calendar/0/deeplink/compose"


@dataclass(frozen=True)
class CalendarLinks:
    """A session in the calendars that take it from a link."""

    google: str
    outlook: str


@register.simple_tag
def calendar_links(event: Event, session: Session, url: str) -> CalendarLinks:
    """The links of a session; the description leads back to the event's page, which stays right when things change."""
    title = " · ".join(filter(None, [in_language(event.title), in_language(session.title)]))
    venue = event.venue if event.mode != EventMode.ONLINE else None
    place = f"{in_language(venue.name)}, {venue.address}" if venue is not None else ""
    zone = ZoneInfo(event.time_zone)
    if session.all_day:
        pattern = "%Y%m%d"
        dates = f"{session.starts_at.astimezone(zone):{pattern}}/{session.ends_at.astimezone(zone):{pattern}}"
    else:
        pattern = "%Y%m%dT%H%M%SZ"
        dates = f"{session.starts_at.astimezone(UTC):{pattern}}/{session.ends_at.astimezone(UTC):{pattern}}"
    google = {"action": "TEMPLATE", "text": title, "dates": dates, "details": url, "location": place}
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": session.starts_at.astimezone(zone).isoformat(),
        "enddt": session.ends_at.astimezone(zone).isoformat(),
        "allday": "true" if session.all_day else "false",
        "body": url,
        "location": place,
    }
    return CalendarLinks(google=f"{GOOGLE}?{urlencode(google)}", outlook=f"{OUTLOOK}?{urlencode(outlook)}")
