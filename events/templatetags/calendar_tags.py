"""Links that put one session into somebody's calendar."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
    """The links of a session; the description leads back to the event's page, which stays right when things change.

    Times are in UTC, so no reader has to know a zone; days are days, and the end of whole days is the day after.
    """
    title = " · ".join(filter(None, [in_language(event.title), in_language(session.title)]))
    venue = event.venue if event.mode != EventMode.ONLINE else None
    place = f"{in_language(venue.name)}, {venue.address}" if venue is not None else ""
    zone = ZoneInfo(event.time_zone)
    if session.all_day:
        first = session.starts_at.astimezone(zone)
        after = (session.ends_at - timedelta(microseconds=1)).astimezone(zone) + timedelta(days=1)
        dates, outlook_dates = f"{first:%Y%m%d}/{after:%Y%m%d}", (f"{first:%Y-%m-%d}", f"{after:%Y-%m-%d}")
    else:
        dates = "/".join(f"{_utc(moment):%Y%m%dT%H%M%SZ}" for moment in (session.starts_at, session.ends_at))
        outlook_dates = (f"{_utc(session.starts_at):%Y-%m-%dT%H:%M:%SZ}", f"{_utc(session.ends_at):%Y-%m-%dT%H:%M:%SZ}")
    google = {"action": "TEMPLATE", "text": title, "dates": dates, "details": url, "location": place}
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": outlook_dates[0],
        "enddt": outlook_dates[1],
        "allday": "true" if session.all_day else "false",
        "body": url,
        "location": place,
    }
    return CalendarLinks(google=f"{GOOGLE}?{urlencode(google)}", outlook=f"{OUTLOOK}?{urlencode(outlook)}")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
