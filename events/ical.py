"""Sessions as iCalendar (RFC 5545, 5546, 7986). Pure: no request, no query, no clock."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vUri
from icalendar.prop import vInline, vText

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
Method = Literal["REQUEST", "CANCEL"]

PRODUCT: Final = "-//Wiec//Public participation calendar//EN"
REFRESH: Final = "PT4H"
LINE_OCTETS: Final = 75
ZONE: Final = "Europe/Warsaw"
UNTITLED: Final = "…"  # An empty SUMMARY is an error to libical.

# Written by hand: the library's own block puts the spring onset one hour late and uses RDATE, which several programs
# read wrongly. A test compares it with the time zone database.
VTIMEZONE: Final = "\r\n".join(
    (
        "BEGIN:VTIMEZONE",
        f"TZID:{ZONE}",
        "BEGIN:DAYLIGHT",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    )
)

# Everything that some program takes for the end of a line.
_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters, lone surrogates, byte order marks and non-characters: text in no calendar program.
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_STAMPS: Final = re.compile(r"^(?:DTSTAMP|LAST-MODIFIED):.*\r\n", re.MULTILINE)
# Lines of an invitation that are a person's own; no other can begin like this, for a text's second line has a space first.
_OWN_LINES: Final = re.compile(r"^(DTSTAMP|LAST-MODIFIED|SEQUENCE|ATTENDEE):.*\r\n", re.MULTILINE)
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_END: Final = "END:VCALENDAR\r\n"


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """Somebody with an address: an office that organises, or the one person a mail goes to."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class JoinLink:
    """Where to take part online; only for people who may."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class EntryFacts:
    """Everything that one entry of a calendar says, in one language."""

    uid: UUID
    sequence: int
    created_at: datetime
    last_modified: datetime
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    time_zone: str
    status: Status
    summary: str
    description: str
    location: str
    url: str
    categories: tuple[str, ...] = ()
    coordinates: tuple[Decimal, Decimal] | None = None
    organizer: Mailbox | None = None
    join: JoinLink | None = None
    is_busy: bool = False
    alarm_minutes: int | None = None  # before the start; only in a person's own calendar


@dataclass(frozen=True, kw_only=True)
class CalendarHead:
    """What stands above the entries of a file; `source` stays empty where the address is a secret."""

    name: str
    description: str
    source: str = ""
    last_modified: datetime | None = None


def vevent(entry: EntryFacts) -> str:
    """The folded VEVENT of a feed or a download: DTSTAMP is LAST-MODIFIED, because there is no METHOD."""
    component = _component(entry, stamp=entry.last_modified)
    component.add("status", entry.status)
    if entry.alarm_minutes is not None:
        component.add_component(_alarm(entry, entry.alarm_minutes))
    return _written(component)


def without_stamps(content: str) -> str:
    """A VEVENT without the lines that say when it was written, to see whether anything else has changed."""
    return _STAMPS.sub("", content)


def calendar_file(head: CalendarHead, entries: str) -> str:
    """A whole file of VEVENTs that are written already; without entries it is still a valid calendar."""
    calendar = _calendar()
    calendar.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, vText(one_line(head.name)))
    for name in ("description", "x-wr-caldesc"):
        calendar.add(name, vText(one_line(head.description)))
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", vInline(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vInline(REFRESH))
    if head.source:
        calendar.add("source", vUri(ascii_url(head.source)), parameters={"VALUE": "URI"})
    if head.last_modified is not None:
        calendar.add("last-modified", head.last_modified.astimezone(UTC))
    return _filled(calendar, entries)


def plain_file(entries: Iterable[EntryFacts]) -> str:
    """A file to open or attach: entries without METHOD, and no name that a program would take for a new calendar."""
    return _filled(_calendar(), "".join(vevent(entry) for entry in entries))


def invitation(
    entry: EntryFacts,
    *,
    method: Method,
    attendee: Mailbox,
    organizer: Mailbox,
    stamp: datetime,
    is_withdrawal: bool = False,
) -> str:
    """A calendar part for the mail of one person (RFC 5546, 6047); `stamp` is the moment of sending.

    `is_withdrawal`: only this person leaves. Such a CANCEL must not carry STATUS, which would call the event off.
    """
    if organizer.address.casefold() == attendee.address.casefold():
        raise ValueError("A program shows no button to somebody who invites themselves.")
    if method == "REQUEST" and (is_withdrawal or entry.status == "CANCELLED"):
        raise ValueError("What is called off cannot be requested.")
    pattern = _pattern(replace(entry, sequence=0, last_modified=_NEVER), method, organizer, is_withdrawal)
    guest = _address(attendee)
    guest.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    component = Event()
    component.add("attendee", guest)
    own = {
        "DTSTAMP": f"DTSTAMP:{_moment(stamp)}\r\n",
        "LAST-MODIFIED": f"LAST-MODIFIED:{_moment(entry.last_modified)}\r\n",
        "SEQUENCE": f"SEQUENCE:{entry.sequence}\r\n",
        "ATTENDEE": _written(component).removeprefix("BEGIN:VEVENT\r\n").removesuffix("END:VEVENT\r\n"),
    }
    return "".join(own.get(piece, piece) for piece in pattern)


@lru_cache(maxsize=64)
def _pattern(entry: EntryFacts, method: Method, organizer: Mailbox, is_withdrawal: bool) -> tuple[str, ...]:  # noqa: FBT001 - as a key
    """What all invitations to an entry have in common, in pieces: text, the name of a person's own line, text, and so on."""
    calendar = _calendar()
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    component = _component(entry, stamp=_NEVER)
    component.pop("organizer", None)
    component.add("organizer", _address(organizer))
    component.add("attendee", vCalAddress("mailto:"))
    if method == "REQUEST":
        component.add("status", entry.status)
    elif not is_withdrawal:
        component.add("status", "CANCELLED")
    return tuple(_OWN_LINES.split(_filled(calendar, _written(component))))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def one_line(text: str) -> str:
    r"""Text for a property that programs show in one line.

    >>> one_line("Dwie\r\n linie\x00")
    'Dwie linie'
    """
    return re.sub("[ \t\n]+", " ", _clean(text)).strip()


def many_lines(text: str) -> str:
    """Plain text of several lines without anything that could break a content line."""
    lines = [re.sub("[ \t]+", " ", line).strip() for line in _clean(text).split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()


def ascii_url(url: str) -> str:
    """An address that a strict program accepts: punycode host, everything else percent-encoded.

    >>> ascii_url("https://żółw.example/miejsce spotkań?q=ą")
    'https://xn--w-uga1v8h.example/miejsce%20spotka%C5%84?q=%C4%85'
    """
    parts = urlsplit(_clean(url).strip())
    host = parts.netloc if parts.netloc.isascii() else _punycode(parts.netloc)
    path, query, fragment = (
        quote(part, safe="/%:=&?~#+!$,;'@()*[]") for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, host, path, query, fragment))


def _punycode(host: str) -> str:
    """The host as every program knows it; one that has no such form (its letters need too many) is quoted instead."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return quote(host, safe=":@")


def touches_clock_change(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
    """Whether local times would be missing, doubled or counted differently by different programs.

    >>> warsaw = ZoneInfo("Europe/Warsaw")
    >>> touches_clock_change(datetime(2027, 3, 28, 0, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC), warsaw)
    True
    """
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    is_doubled = any(local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset() for local in (start, end))
    return is_doubled or start.utcoffset() != end.utcoffset()


def _component(entry: EntryFacts, *, stamp: datetime) -> Event:
    """All of a VEVENT but its STATUS."""
    component = Event()
    component.add("uid", str(entry.uid))
    component.add("dtstamp", stamp.astimezone(UTC))
    component.add("created", entry.created_at.astimezone(UTC))
    component.add("last-modified", entry.last_modified.astimezone(UTC))
    component.add("sequence", entry.sequence)
    _add_times(component, entry)
    component.add("summary", one_line(entry.summary) or UNTITLED)
    component.add("url", vUri(ascii_url(entry.url)))
    for name, text in (("description", many_lines(entry.description)), ("location", one_line(entry.location))):
        if text:
            component.add(name, text)
    if entry.coordinates is not None:
        latitude, longitude = entry.coordinates
        component.add("geo", vInline(f"{latitude:.6f};{longitude:.6f}"))
    categories = [name for name in map(one_line, entry.categories) if name]
    if categories:
        component.add("categories", categories)
    if entry.organizer is not None:
        component.add("organizer", _address(entry.organizer))
    if entry.join is not None:
        parameters = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": _parameter(entry.join.label)}
        component.add("conference", vUri(ascii_url(entry.join.url)), parameters=parameters)
    component.add("transp", "OPAQUE" if entry.is_busy else "TRANSPARENT")
    component.add("x-microsoft-cdo-busystatus", vInline("BUSY" if entry.is_busy else "FREE"))
    return component


def _alarm(entry: EntryFacts, minutes: int) -> Alarm:
    """Words on a screen; a sound or a mail is for the person to choose."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one_line(entry.summary) or UNTITLED)
    alarm.add("trigger", timedelta(minutes=-minutes))
    return alarm


def _add_times(component: Event, entry: EntryFacts) -> None:
    zone = ZoneInfo(entry.time_zone)
    start, end = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    if entry.all_day:
        # DTEND is exclusive: the last moment of the last day, and one day on.
        last_day = (entry.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
        component.add("dtstart", start.date())
        component.add("dtend", last_day + timedelta(days=1))
    elif entry.time_zone != ZONE or touches_clock_change(start, end, zone):
        component.add("dtstart", start.astimezone(UTC))
        component.add("dtend", end.astimezone(UTC))
    else:
        component.add("dtstart", start)
        component.add("dtend", end)


def _address(mailbox: Mailbox) -> vCalAddress:
    local, _at, host = mailbox.address.rpartition("@")
    host = host if host.isascii() else host.encode("idna").decode()
    written = quote(local, safe="!$&'*+=._~-")
    address = vCalAddress(f"mailto:{written}@{host}")
    if mailbox.name:
        address.params["CN"] = _parameter(mailbox.name)
    return address


def _parameter(text: str) -> str:
    """A parameter's value; quotes go, because older programs do not know RFC 6868's way to write them."""
    return one_line(text).replace('"', "'")


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _filled(calendar: Calendar, entries: str) -> str:
    """The calendar with the time zone first, as programs expect it, and the entries after it."""
    head = calendar.to_ical().decode()
    _check_lines(head)
    return f"{head.removesuffix(_END)}{VTIMEZONE}{entries}{_END}"


def _written(component: Event) -> str:
    content: str = component.to_ical().decode()
    _check_lines(content)
    return content


def _check_lines(content: str) -> None:
    """Refuse a component that could blank a whole calendar: one bad line is enough for several programs."""
    lines = content.split("\r\n")
    is_whole = lines[-1] == "" and not any("\n" in line or "\r" in line for line in lines)
    is_short = all(len(line.encode()) <= LINE_OCTETS for line in lines)
    begins = [line for line in lines if line.startswith("BEGIN:")]
    if (
        not (is_whole and is_short and begins[1:] in ([], ["BEGIN:VALARM"]))
        or _NOT_TEXT.search(content)
        or not all(lines[:-1])
    ):
        raise ValueError("The calendar entry does not follow RFC 5545.")


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _NOT_TEXT.sub("", _LINE_ENDS.sub("\n", text)))
