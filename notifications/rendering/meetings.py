"""What a message says of a meeting, whoever reads it: title, dates, place, contact. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import pgettext

from events.enums import EventStatus, Visibility
from events.models import Event, Session, in_language, unit_contact
from events.queries.former_places import FormerPlace
from events.rendering import event_address, plain_text
from notifications.rendering.words import attended, former_place_of, place, short_times, when_of


@dataclass(frozen=True)
class _Dated:
    """One session as a line."""

    when: str
    title: str
    place: str


@dataclass(frozen=True)
class Meeting:
    """The sessions that a reader comes to, in the event's time zone, and what templates may use of all that."""

    zone: ZoneInfo
    coming: Sequence[Session]
    values: dict[str, object]


# By what decides it: kind, language, event, session that it is about, chosen sessions.
Meetings = dict[tuple[object, ...], Meeting]


def attended_sessions(
    event: Event, sessions: Sequence[Session], chosen: Sequence[Session], about: Session | None
) -> list[Session]:
    """What the reader comes to; a reminder speaks of one day, a cancellation also of what was called off."""
    if event.status == EventStatus.CANCELLED:
        return attended([*sessions], chosen) or list(sessions)
    coming = attended(sessions, chosen)
    if about is None:
        return coming
    zone = ZoneInfo(event.time_zone)
    day = about.starts_at.astimezone(zone).date()
    return [session for session in coming if session.starts_at.astimezone(zone).date() == day]


def meeting_of(
    event: Event, coming: Sequence[Session], *, language: str, is_one_day: bool, former_place: FormerPlace | None
) -> Meeting:
    """The meeting in the active language, which is `language`; what is about one day names every time of it."""
    zone = ZoneInfo(event.time_zone)
    when_short = short_times(coming if is_one_day else coming[:1], zone)
    is_left = former_place is not None
    venue = pgettext("place", "Online") if is_left else str(event.venue) if event.venue else place(event)
    # Who may not open the event's page is not sent there.
    page = "" if event.visibility == Visibility.RESTRICTED else event_address(event.slug, language)
    values: dict[str, object] = {
        "title": str(event),
        "dates": [
            _Dated(when_of(session, zone), in_language(session.title), venue if is_left else place(event, session))
            for session in coming
        ],
        "when": when_of(coming[0], zone) if coming else "",
        "when_short": when_short,
        "place": venue if is_left else place(event, coming[0] if coming else None),
        "former_place": former_place_of(former_place) if former_place else "",
        "when_where": ", ".join(part for part in (when_short, venue) if part),
        "directions": plain_text(in_language(event.venue.directions)) if event.venue and not is_left else "",
        "is_streamed": event.is_streamed,
        "is_recorded": event.is_recorded,
        "is_postponed": event.status == EventStatus.POSTPONED,
        "event_url": page,
        "accessibility_url": f"{page}#accessibility" if page else "",
        "organiser": str(event.unit),
        "contact_email": unit_contact(event),
        "contact_phone": event.contact_phone or event.unit.contact_phone,
    }
    return Meeting(zone, coming, values)
