"""Messages as their readers get them, but for the secret links: subject, text, HTML, SMS, calendar part. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from events.enums import EventMode, EventStatus
from events.ical import Mailbox
from events.models import Event, EventChange, Session, in_language, unit_contact
from events.rendering import event_address, plain_text
from notifications.enums import Channel
from notifications.kinds import CalendarPart, Kind
from notifications.rendering.secret_links import as_long_as_sent, manage_link_mark
from notifications.rendering.short_messages import fitted
from notifications.rendering.words import attended, changes_of, moment, place, short_when, when_of
from registrations.enums import RegistrationState
from registrations.models import Participant, Registration
from registrations.queries.feeds import PersonalEntry
from registrations.rendering import MailCalendar, mail_calendar

TICKET_CID: Final = "ticket"


@dataclass(frozen=True)
class Letter:
    """What is kept of a message: placeholders where a secret link goes."""

    to: str
    subject: str = ""
    body: str = ""
    html: str = ""
    calendar: str = ""
    calendar_method: str = ""


@dataclass(frozen=True, kw_only=True)
class Material:
    """Everything that a message is written from, loaded already."""

    kind: Kind
    channel: Channel
    language: str
    registration: Registration
    participant: Participant
    event: Event
    sessions: Sequence[Session]  # of the event, in time order
    chosen: Sequence[Session] = ()
    subject_session: Session | None = None  # the one that a reminder is about
    changes: Sequence[EventChange] = ()
    reason: str = ""
    by_organiser: bool = False
    gave_up_seat: bool = False
    all_registrations: Sequence[Registration] = ()
    entries: Sequence[PersonalEntry] = ()  # of the person's calendar


@dataclass(frozen=True)
class _Dated:
    """One session as a line."""

    when: str
    title: str
    place: str


@dataclass(frozen=True)
class _Own:
    """One registration in the list of all of them."""

    title: str
    when: str
    state: str
    link: str


class NothingToSay(Exception):
    """The change that the message is about was taken back in the meantime."""


def written(material: Material, *, at: datetime) -> Letter:
    """The message in its reader's language; `at` is the stamp of its calendar part."""
    with translation.override(material.language):
        values = _values(material)
        if material.channel == Channel.SMS:
            return Letter(to=str(material.participant.phone), body=_sms(material, values))
        calendar = _calendar(material, at=at)
        return Letter(
            to=material.participant.email,
            subject=" ".join(_render(material, "subject.txt", values).split()),
            body=_tidy(_render(material, "email.txt", values)),
            html=_render(material, "email.html", values),
            calendar=calendar.text,
            calendar_method=calendar.method,
        )


def _values(material: Material) -> dict[str, object]:
    """What templates may use; every value is ready to be shown."""
    event, registration = material.event, material.registration
    zone = ZoneInfo(event.time_zone)
    coming = _sessions(material)
    changes = changes_of(event, material.changes, zone)
    if material.changes and not changes and not _has_other_news(material):
        raise NothingToSay
    when_short = short_when(coming[0], zone) if coming else ""
    venue = str(event.venue) if event.venue else place(event)
    return {
        "kind": material.kind.name,
        "title": str(event),
        "name": material.participant.first_name,
        "dates": [
            _Dated(when_of(session, zone), in_language(session.title), place(event, session)) for session in coming
        ],
        "when": when_of(coming[0], zone) if coming else "",
        "when_short": when_short,
        "place": place(event, coming[0] if coming else None),
        "when_where": ", ".join(part for part in (when_short, venue) if part),
        "directions": plain_text(in_language(event.venue.directions)) if event.venue else "",
        "is_online": event.mode in {EventMode.ONLINE, EventMode.HYBRID},
        "join_url": event.join_url if registration.state == RegistrationState.CONFIRMED else "",
        "seats": registration.seats,
        "state": registration.state,
        "state_label": registration.get_state_display(),
        "confirm_by": moment(registration.hold_expires_at, zone) if registration.hold_expires_at else "",
        "offer_until": moment(registration.offer_expires_at, zone) if registration.offer_expires_at else "",
        "has_seat_held": registration.holds_seat,
        "reason": material.reason,
        "by_organiser": material.by_organiser,
        "changes": changes,
        "own": [_own(one, material.language) for one in material.all_registrations],
        "manage_link": manage_link_mark(registration.pk),
        "event_url": event_address(event.slug, material.language),
        "accessibility_url": f"{event_address(event.slug, material.language)}#accessibility",
        "ticket_code": registration.ticket_code if material.kind.has_ticket else "",
        "ticket_cid": TICKET_CID,
        "organiser": str(event.unit),
        "contact_email": unit_contact(event),
        "contact_phone": event.contact_phone or event.unit.contact_phone,
        "has_calendar": material.kind.calendar == CalendarPart.REQUEST,
    }


def _sessions(material: Material) -> list[Session]:
    """What the reader comes to; a reminder speaks of one day, a cancellation also of what was called off."""
    if material.event.status == EventStatus.CANCELLED:
        return attended([*material.sessions], material.chosen) or list(material.sessions)
    coming = attended(material.sessions, material.chosen)
    about = material.subject_session
    if about is None:
        return coming
    zone = ZoneInfo(material.event.time_zone)
    day = about.starts_at.astimezone(zone).date()
    return [session for session in coming if session.starts_at.astimezone(zone).date() == day]


def _has_other_news(material: Material) -> bool:
    """An edit that an organiser wants people to know of without a value of its own here: the page has it."""
    return any(change.kind == "edited" for change in material.changes)


def _own(registration: Registration, language: str) -> _Own:
    event = registration.event
    zone = ZoneInfo(event.time_zone)
    first = next((session for session in event.sessions.all() if not session.is_cancelled), None)
    return _Own(
        title=in_language(event.title, language),
        when=when_of(first, zone) if first else "",
        state=registration.get_state_display(),
        link=manage_link_mark(registration.pk),
    )


def _render(material: Material, name: str, values: Mapping[str, object]) -> str:
    return render_to_string(f"messages/{material.kind.name}/{name}", dict(values))


def _tidy(text: str) -> str:
    """Templates leave lines behind where a part is not there."""
    lines = "\n".join(line.strip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _sms(material: Material, values: Mapping[str, object]) -> str:
    def write(title: str, with_link: bool) -> str:  # noqa: FBT001 - called by position, twice
        link = values["manage_link"] if with_link else ""
        return " ".join(_render(material, "sms.txt", {**values, "title": title, "manage_link": link}).split())

    return fitted(
        write,
        str(material.event),
        measure=lambda text: as_long_as_sent(text, material.language),
        link_is_needed=material.kind.sms_needs_link,
    )


def _calendar(material: Material, *, at: datetime) -> MailCalendar:
    """The calendar part, for whom has the date in a calendar or is to have it."""
    part = material.kind.calendar
    is_coming = material.registration.state == RegistrationState.CONFIRMED
    if part == CalendarPart.NONE or not (is_coming or material.gave_up_seat):
        return MailCalendar("", "")
    return mail_calendar(
        material.entries,
        purpose=part.value,
        language=material.language,
        attendee=Mailbox(name=material.participant.full_name, address=material.participant.email),
        organizer=Mailbox(name=str(material.event.unit), address=_organizer_address(material.event)),
        stamp=at,
    )


def _organizer_address(event: Event) -> str:
    """The office that mail programs may answer to: never a person's address, always one we own."""
    return event.unit.contact_email or settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
