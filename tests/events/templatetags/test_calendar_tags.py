"""Links that put a session into Google's and Microsoft's calendars say the same time as the file does."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from events.enums import EventMode
from events.models import Event, Session, Venue
from events.templatetags.calendar_tags import CalendarLinks, calendar_links
from tests.events.test_ical import CASES

WARSAW = ZoneInfo("Europe/Warsaw")
PAGE = "https://wiec.example/events/zielen/"


@dataclass
class Said:
    """What a link says."""

    title: str
    start: str
    end: str
    is_all_day: bool
    place: str
    details: str


def _links(starts_at: datetime, ends_at: datetime, *, all_day: bool = False, **more: str) -> CalendarLinks:
    event = Event(title={"pl": "Zieleń & woda + cień"}, mode=EventMode.HYBRID, time_zone="Europe/Warsaw", **more)
    event.venue = Venue(name={"pl": "Ratusz"}, address="Rynek 1, 20-000 Lublin")
    session = Session(event=event, starts_at=starts_at, ends_at=ends_at, all_day=all_day, title={"pl": "Część 2"})
    return calendar_links(event, session, PAGE)


def _google(link: str) -> Said:
    said = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    start, end = (_instant(text) for text in said["dates"].split("/"))
    return Said(said["text"], start, end, len(start) == 10, said["location"], said["details"])


def _outlook(link: str) -> Said:
    said = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    return Said(
        said["subject"], said["startdt"], said["enddt"], said["allday"] == "true", said["location"], said["body"]
    )


def _instant(text: str) -> str:
    if len(text) == 8:
        return date.fromisoformat(text).isoformat()
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("name", CASES)
def test_links_say_the_time_of_the_file(name: str) -> None:
    entry, start, end = CASES[name]

    links = _links(entry.starts_at, entry.ends_at, all_day=entry.all_day)

    expected = Said("Zieleń & woda + cień · Część 2", start, end, entry.all_day, "Ratusz, Rynek 1, 20-000 Lublin", PAGE)
    assert _google(links.google) == expected
    assert _outlook(links.outlook) == expected


def test_a_whole_day_that_ends_within_the_day_ends_with_it() -> None:
    start = datetime(2027, 6, 19, tzinfo=WARSAW)

    links = _links(start, start + timedelta(hours=23, minutes=59), all_day=True)

    assert (_google(links.google).start, _google(links.google).end) == ("2027-06-19", "2027-06-20")


def test_an_online_meeting_has_no_place() -> None:
    event = Event(title={"pl": "Zieleń"}, mode=EventMode.ONLINE, time_zone="Europe/Warsaw")
    start = datetime(2027, 6, 19, 10, tzinfo=UTC)

    links = calendar_links(event, Session(event=event, starts_at=start, ends_at=start + timedelta(hours=1)), PAGE)

    assert "location=&" in f"{urlsplit(links.google).query}&"
