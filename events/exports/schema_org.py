"""An event as schema.org/Event, so that search engines and assistants show it rightly. Pure: no query."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe

from events.enums import AgeRule, EventChangeKind, EventMode, EventStatus
from events.models import Event, EventRole, Session, in_language
from events.queries.registration_windows import RegistrationWindow, WindowState

_SCHEMA: Final = "https://schema.org"
_MODES: Final = {
    EventMode.IN_PERSON: "OfflineEventAttendanceMode",
    EventMode.ONLINE: "OnlineEventAttendanceMode",
    EventMode.HYBRID: "MixedEventAttendanceMode",
}
# A script element ends at "</script" and opens a comment at "<!--": neither may stand in the data.
_SCRIPT_SAFE: Final = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def event_data(
    event: Event,
    sessions: Collection[Session],
    *,
    url: str,
    window: RegistrationWindow,
    changes: Collection[str],
    people: Collection[EventRole] = (),
) -> dict[str, object]:
    """The event with its sessions as parts; `changes` are the kinds of its changes that a reader must know of.

    `people`: those whom the public page names.
    """
    data: dict[str, object] = {
        "@context": _SCHEMA,
        "@type": "Event",
        "@id": f"{url}#event",
        "url": url,
        "name": in_language(event.title),
        "eventStatus": f"{_SCHEMA}/{event_status(event, changes)}",
        "organizer": {"@type": "GovernmentOrganization", "name": in_language(event.unit.name)},
        "isAccessibleForFree": True,
    }
    if description := in_language(event.summary) or in_language(event.description):
        data["description"] = description
    if event.mode:
        data["eventAttendanceMode"] = f"{_SCHEMA}/{_MODES[EventMode(event.mode)]}"
    if locations := _locations(event, url):
        data["location"] = locations[0] if len(locations) == 1 else locations
    data |= _circle(event, people)
    if window.pool is not None and window.pool.capacity is not None:
        data["maximumAttendeeCapacity"] = window.pool.capacity
        data["remainingAttendeeCapacity"] = window.pool.free
    if window.state in {WindowState.OPEN, WindowState.WAITLIST, WindowState.FULL}:
        available = "InStock" if window.state == WindowState.OPEN else "SoldOut"
        data["offers"] = {
            "@type": "Offer",
            "price": 0,
            "priceCurrency": "PLN",
            "availability": f"{_SCHEMA}/{available}",
            "url": f"{url}register/",
        }
    if sessions:
        first, last = min(sessions, key=_start), max(sessions, key=_end)
        data["startDate"] = _iso(first.starts_at, event, all_day=first.all_day)
        data["endDate"] = _end_iso(last, event)
    if len(sessions) > 1:
        data["subEvent"] = [_part(event, session) for session in sessions]
    return data


def event_status(event: Event, changes: Collection[str]) -> str:
    """The status in schema.org's words."""
    if event.status == EventStatus.CANCELLED:
        return "EventCancelled"
    if event.status == EventStatus.POSTPONED:
        return "EventPostponed"
    if EventChangeKind.MODE_CHANGED in changes and event.mode == EventMode.ONLINE:
        return "EventMovedOnline"
    if EventChangeKind.RESCHEDULED in changes or EventChangeKind.NEW_DATE in changes:
        return "EventRescheduled"
    return "EventScheduled"


def as_script(data: dict[str, object]) -> SafeString:
    """JSON that is safe between the tags of a script element."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_SCRIPT_SAFE))  # noqa: S308  # escaped here


def _locations(event: Event, url: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if event.venue is not None and event.mode != EventMode.ONLINE:
        place: dict[str, object] = {
            "@type": "Place",
            "name": in_language(event.venue.name),
            "address": event.venue.address,
        }
        if event.venue.latitude is not None:
            place["geo"] = {
                "@type": "GeoCoordinates",
                "latitude": float(event.venue.latitude),
                "longitude": float(event.venue.longitude or 0),
            }
        found.append(place)
    if event.mode in {EventMode.ONLINE, EventMode.HYBRID}:
        # The way in is mailed to those who registered; the public address is the page.
        found.append({"@type": "VirtualLocation", "url": url})
    return found


def _circle(event: Event, people: Collection[EventRole]) -> dict[str, object]:
    data: dict[str, object] = {}
    if event.languages:
        data["inLanguage"] = event.languages
    if event.age_rule == AgeRule.ADULTS_ONLY:
        data["typicalAgeRange"] = "18-"
    if people:
        data["performer"] = [_person(role) for role in people]
    return data


def _person(role: EventRole) -> dict[str, object]:
    person: dict[str, object] = {"@type": "Person", "name": role.name}
    if role.organization is not None:
        person["affiliation"] = {"@type": "Organization", "name": role.organization.name}
    return person


def _part(event: Event, session: Session) -> dict[str, object]:
    status = "EventCancelled" if session.is_cancelled else "EventScheduled"
    return {
        "@type": "Event",
        "name": in_language(session.title) or in_language(event.title),
        "startDate": _iso(session.starts_at, event, all_day=session.all_day),
        "endDate": _end_iso(session, event),
        "eventStatus": f"{_SCHEMA}/{status}",
    }


def _start(session: Session) -> datetime:
    return session.starts_at


def _end(session: Session) -> datetime:
    return session.ends_at


def _end_iso(session: Session, event: Event) -> str:
    # An all-day end is the midnight after the last day; schema.org names the last day itself.
    ends_at = session.ends_at - timedelta(hours=1) if session.all_day else session.ends_at
    return _iso(ends_at, event, all_day=session.all_day)


def _iso(moment: datetime, event: Event, *, all_day: bool) -> str:
    local = moment.astimezone(ZoneInfo(event.time_zone))
    return local.date().isoformat() if all_day else local.isoformat()
