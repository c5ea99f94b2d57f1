"""When and where, in the active language and the event's own time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.enums import Accessibility, AccessibilityFeature, EventChangeKind, EventMode
from events.models import Event, EventChange, Session, in_language, merged_accessibility
from events.queries.former_places import FormerPlace

_DAY: Final = "l, j E Y"
# What an SMS has room for.
_MOST_TIMES: Final = 4
_OFFERED: Final = frozenset({Accessibility.YES, Accessibility.ON_REQUEST})


@dataclass(frozen=True)
class Change:
    """What was, and what is now; an empty value was not there, or is not any more."""

    label: str
    old: str
    new: str


def when(starts_at: datetime, ends_at: datetime, *, all_day: bool, zone: ZoneInfo) -> str:
    """Date with weekday, and hours: "wtorek, 26 stycznia 2027, 10:00–12:00"."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    first = date_format(start, _DAY)
    if all_day:
        last = (ends_at - timedelta(microseconds=1)).astimezone(zone)
        return first if last.date() == start.date() else f"{first} – {date_format(last, _DAY)}"
    if end.date() == start.date():
        return f"{first}, {start:%H:%M}–{end:%H:%M}"
    return f"{first}, {start:%H:%M} – {date_format(end, _DAY)}, {end:%H:%M}"


def when_of(session: Session, zone: ZoneInfo) -> str:
    """The same of a session."""
    return when(session.starts_at, session.ends_at, all_day=session.all_day, zone=zone)


def short_times(sessions: Sequence[Session], zone: ZoneInfo) -> str:
    """For an SMS and a subject: "26.01 10:00", with every start of sessions on one day; or the day alone."""
    if not sessions:
        return ""
    day = f"{sessions[0].starts_at.astimezone(zone):%d.%m}"
    starts = [f"{session.starts_at.astimezone(zone):%H:%M}" for session in sessions if not session.all_day]
    times = list(dict.fromkeys(starts))
    shown = ", ".join(times[:_MOST_TIMES]) + ("…" if len(times) > _MOST_TIMES else "")
    return f"{day} {shown}".strip()


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A deadline: "12 stycznia, 11:00"."""
    local = at.astimezone(zone)
    return f"{date_format(local, 'j E')}, {local:%H:%M}"


def place(event: Event, session: Session | None = None) -> str:
    """Where it is: name, room, address."""
    if event.venue is None:
        return pgettext("place", "Online") if event.mode == EventMode.ONLINE else ""
    room = session.room.name if session is not None and session.room is not None else ""
    return ", ".join(part for part in (str(event.venue), room, event.venue.address) if part)


def former_place_of(former: FormerPlace) -> str:
    """Where nobody is to go any more."""
    return ", ".join(part for part in (in_language(former.name), former.address) if part)


def old_dates_of(changes: Iterable[EventChange], zone: ZoneInfo) -> list[str]:
    """The dates for which a meeting was announced before it was postponed; none, unless there is a new one."""
    replaced = next((change for change in changes if change.kind == EventChangeKind.NEW_DATE), None)
    return [] if replaced is None else [_times(session, zone) for session in replaced.before.get("sessions", ())]


def lost_features(event: Event, changes: Iterable[EventChange]) -> list[AccessibilityFeature]:
    """What was announced, was taken out by one of these changes, and is not there now either."""
    taken = {feature for change in changes for feature in change.before.get("features", ())}
    now = merged_accessibility(event.venue.accessibility if event.venue else {}, event.accessibility)
    return [feature for feature in AccessibilityFeature if feature in taken and now[feature] not in _OFFERED]


def changes_of(event: Event, changes: Iterable[EventChange], zone: ZoneInfo) -> list[Change]:
    """What the rows come to all in all: the oldest value beside the present one; nothing where they are equal."""
    first: dict[tuple[str, int | None, str], EventChange] = {}
    for change in changes:
        first.setdefault((change.kind, change.session_id, _part(change)), change)
    worded = (_worded(event, change, zone) for change in first.values())
    return [change for change in worded if change is not None and change.old != change.new]


def _part(change: EventChange) -> str:
    """Which of the things that one kind of change may be about."""
    if change.after.get("join_url_changed"):
        return "join_url"
    return "room" if "room" in change.before else ""


def _worded(event: Event, change: EventChange, zone: ZoneInfo) -> Change | None:
    if change.kind == EventChangeKind.RESCHEDULED:
        return Change(_("Time"), _times(change.before, zone), _times_now(change, zone))
    if change.kind == EventChangeKind.RELOCATED:
        return _worded_place(event, change)
    if change.kind == EventChangeKind.MODE_CHANGED:
        return Change(_("How to take part"), _mode(str(change.before.get("mode", ""))), _mode(event.mode))
    return None


def _times(values: Mapping[str, object], zone: ZoneInfo) -> str:
    if not values:
        return ""
    starts_at, ends_at = (datetime.fromisoformat(str(values[name])) for name in ("starts_at", "ends_at"))
    return when(starts_at, ends_at, all_day=bool(values.get("all_day")), zone=zone)


def _times_now(change: EventChange, zone: ZoneInfo) -> str:
    session = change.session
    if session is None or session.is_cancelled:
        return ""
    return when_of(session, zone)


def _worded_place(event: Event, change: EventChange) -> Change:
    if change.after.get("join_url_changed"):
        return Change(_("Link to take part online"), "", _("The link has changed; the new one is on your page."))
    if "room" in change.before:
        room = change.session.room.name if change.session is not None and change.session.room is not None else ""
        return Change(_("Room"), str(change.before["room"] or ""), room)
    name = change.before.get("name")
    known = (in_language(name) if isinstance(name, dict) else "", str(change.before.get("address", "")))
    return Change(_("Place"), ", ".join(part for part in known if part), place(event))


def _mode(value: str) -> str:
    return str(EventMode(value).label) if value in EventMode.values else ""


def attended(sessions: Sequence[Session], chosen: Sequence[Session]) -> list[Session]:
    """The sessions that somebody comes to: the chosen ones, or all; what was called off is not among them."""
    ids = {session.pk for session in chosen}
    return [session for session in sessions if not session.is_cancelled and (not ids or session.pk in ids)]
