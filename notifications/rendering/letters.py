"""Messages as their readers get them, but for the secret links: subject, text, HTML, SMS, calendar part. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from events.enums import EventChangeKind, EventMode, EventRoleKind
from events.ical import Mailbox
from events.models import Event, EventChange, EventRole, Session, in_language, unit_contact
from events.queries.former_places import FormerPlace
from events.queries.registration_windows import registration_closes_at
from notifications.enums import Channel
from notifications.kinds import MOVED_ONLINE, CalendarPart, Kind, needs_served_by
from notifications.models import Announcement
from notifications.rendering.announced import announced
from notifications.rendering.meetings import Meeting, Meetings, attended_sessions, meeting_of
from notifications.rendering.registered import asking_values, member_values, party_values
from notifications.rendering.secret_links import (
    UNSUBSCRIBE_MARK,
    as_long_as_sent,
    invitation_link_mark,
    manage_link_mark,
    mine_link_mark,
)
from notifications.rendering.short_messages import fitted
from notifications.rendering.situations import Renderings
from notifications.rendering.words import (
    changes_of,
    lost_features,
    moment,
    old_dates_of,
    when_of,
)
from registrations.enums import NeedKind, NeedState, RegistrationState
from registrations.models import AccommodationRequest, Invitation, PartyMember, Registration
from registrations.queries.doors import LINK_HOURS
from registrations.queries.feeds import PersonalEntry
from registrations.queries.joining import joining
from registrations.rendering import MailCalendar, mail_calendar
from registrations.templatetags.need_tags import in_plain_words

TICKET_CID: Final = "ticket"
# An edit that an organiser wants people to know of has its values on the page; a new date has its own place in a text.
# The numbers of an alert are read anew when it is written.
_NEWS_WITHOUT_VALUES: Final = frozenset({EventChangeKind.EDITED, EventChangeKind.NEW_DATE, EventChangeKind.NEED_ALERT})


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
class Recipient:
    """Whom a message goes to: `name` greets, `address` is that of the channel."""

    name: str
    full_name: str
    address: str


@dataclass(frozen=True)
class Wheelchairs:
    """How many places for wheelchairs people ask for, and how many there are; null: as many as come."""

    needed: int
    places: int | None


@dataclass(frozen=True, kw_only=True)
class Material:
    """Everything that a message is written from, loaded already."""

    kind: Kind
    channel: Channel
    language: str
    recipient: Recipient
    event: Event
    sessions: Sequence[Session]  # of the event, in time order
    # One of four: somebody who registered, somebody who is invited, somebody who works at the event, a member of staff.
    registration: Registration | None = None
    invitation: Invitation | None = None
    role: EventRole | None = None
    member: PartyMember | None = None  # of the registration, who reads it instead of the person who registered
    party: Sequence[PartyMember] = ()  # who comes along
    concerned: PartyMember | None = None  # whom the change is about
    replaced: PartyMember | None = None  # who had the place before
    former_place: FormerPlace | None = None
    needs: frozenset[NeedKind] = frozenset()  # of the person who registered
    own_needs: Sequence[AccommodationRequest] | None = None  # the same with where they stand, where that is the news
    wheelchairs: Wheelchairs | None = None  # where that is the news
    people_concerned: int = 0  # by what a member of staff is alerted of
    chosen: Sequence[Session] = ()
    subject_session: Session | None = None  # the one that a reminder is about
    changes: Sequence[EventChange] = ()
    reason: str = ""
    by_organiser: bool = False
    gave_up_seat: bool = False
    all_registrations: Sequence[Registration] = ()
    mine: int | None = None  # the change row with which somebody asked for all their links
    entries: Sequence[PersonalEntry] = ()  # of the person's calendar
    # What texts have in common: those of a tick, and what a batch, for which events were read once, says of a meeting.
    renderings: Renderings = field(default_factory=Renderings)
    meetings: Meetings = field(default_factory=dict)
    particulars: Mapping[str, object] = field(default_factory=dict)  # what only its kind says, ready to be shown
    announcement: Announcement | None = None
    own_words: Mapping[str, str] = field(default_factory=dict)  # of the city, by part

    @property
    def has_passed_on(self) -> bool:
        """Whether the reader has passed the whole registration on to somebody else."""
        return self.member is not None and self.concerned is None and self.member == self.replaced


@dataclass(frozen=True)
class _OwnNeed:
    """What somebody needs, and what became of it."""

    kind: str
    words: str
    is_not_possible: bool
    reason: str
    alternative: str


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
        values = _values(material, at=at)
        if material.channel == Channel.SMS:
            return Letter(to=material.recipient.address, body=_sms(material, values))
        calendar = _calendar(material, at=at)
        reader = material.renderings.reader(material.kind, values, material.own_words)
        return Letter(
            to=material.recipient.address,
            subject=" ".join(reader.render("subject.txt").split()),
            body=_tidy(reader.render("email.txt")),
            html=reader.render("email.html"),
            calendar=calendar.text,
            calendar_method=calendar.method,
        )


def _values(material: Material, *, at: datetime) -> dict[str, object]:
    """What templates may use; every value is ready to be shown."""
    meeting = _meeting(material)
    coming, zone = meeting.coming, meeting.zone
    return {
        **meeting.values,
        "kind": material.kind.name,
        "mine_hours": LINK_HOURS,
        "ticket_cid": TICKET_CID,
        "has_calendar": material.kind.calendar == CalendarPart.REQUEST,
        "name": material.recipient.name,
        "reason": material.reason,
        "by_organiser": material.by_organiser,
        "mine_link": mine_link_mark(material.mine) if material.mine is not None else "",
        "own": [_own(one, material.language) for one in material.all_registrations],
        "unsubscribe_link": UNSUBSCRIBE_MARK if material.kind.is_optional else "",
        **_news(material, zone),
        **_answered(material),
        **_too_many(material),
        **_of_registration(material, coming, zone, at=at),
        **_of_invitation(material, zone, at=at),
        **_of_work(material),
        **material.particulars,
        **announced(material.announcement, str(material.event), is_short=material.channel == Channel.SMS),
    }


def _meeting(material: Material) -> Meeting:
    """What is said of the meeting to everybody who comes to the same of it."""
    about = material.subject_session
    chosen = tuple(session.pk for session in material.chosen)
    key = (material.kind.name, material.language, material.event.pk, about.pk if about is not None else None, chosen)
    if key not in material.meetings:
        material.meetings[key] = meeting_of(
            material.event,
            attended_sessions(material.event, material.sessions, material.chosen, about),
            language=material.language,
            is_one_day=about is not None,
            former_place=material.former_place,
        )
    return material.meetings[key]


def _news(material: Material, zone: ZoneInfo) -> dict[str, object]:
    """What has changed, unless nothing has after all."""
    event = material.event
    if not material.changes:
        return {"changes": [], "old_dates": [], "lost": []}
    changes = changes_of(event, material.changes, zone)
    lost = lost_features(event, material.changes)
    if material.kind.tells_of_needs:
        # Of everything that is gone, only what this person has asked for.
        lost = [feature for feature in lost if needs_served_by([feature]) & material.needs]
    has_news = changes or lost or any(change.kind in _NEWS_WITHOUT_VALUES for change in material.changes)
    if material.kind == MOVED_ONLINE:
        has_news = has_news and event.mode == EventMode.ONLINE
    if not has_news:
        raise NothingToSay
    return {
        "changes": changes,
        "old_dates": old_dates_of(material.changes, zone),
        "lost": [str(feature.label) for feature in lost],
    }


def _answered(material: Material) -> dict[str, object]:
    """What became of everything that somebody needs, unless they have taken it all back."""
    if material.own_needs is None:
        return {}
    if not material.own_needs:
        raise NothingToSay
    return {
        "own_needs": [
            _OwnNeed(
                kind=need.get_kind_display(),
                words=in_plain_words(need),
                is_not_possible=need.state == NeedState.NOT_POSSIBLE,
                reason=need.reason,
                alternative=need.alternative,
            )
            for need in material.own_needs
        ]
    }


def _too_many(material: Material) -> dict[str, object]:
    """How many wheelchairs come and how many places there are, unless they are enough by now."""
    wheelchairs = material.wheelchairs
    if wheelchairs is None:
        return {}
    if wheelchairs.places is None or wheelchairs.needed <= wheelchairs.places:
        raise NothingToSay
    return {"wheelchairs_needed": wheelchairs.needed, "wheelchair_places": wheelchairs.places}


def _of_registration(
    material: Material, coming: Sequence[Session], zone: ZoneInfo, *, at: datetime
) -> dict[str, object]:
    registration, event = material.registration, material.event
    if registration is None:
        return {"seats": 0}
    join = joining(event, coming, state=registration.state, at=at)
    values: dict[str, object] = {
        "seats": registration.seats,
        "state": registration.state,
        "state_label": str(RegistrationState(registration.state).label),
        "confirm_by": moment(registration.hold_expires_at, zone) if registration.hold_expires_at else "",
        "offer_until": moment(registration.offer_expires_at, zone) if registration.offer_expires_at else "",
        "has_seat_held": registration.holds_seat,
        "join_url": join.url if join is not None else "",
        "join_opens_at": moment(join.opens_at, zone) if join is not None and not join.url else "",
        "manage_link": manage_link_mark(registration.pk),
        "has_to_confirm_address": event.policy.confirm_email and registration.address_confirmed_at is None,
        "concerned": material.concerned.full_name if material.concerned is not None else "",
        "replaced": material.replaced.full_name if material.replaced is not None else "",
        **asking_values(event, registration, zone, at=at),
        **party_values(registration, material.party, is_short=material.channel == Channel.SMS),
    }
    if material.member is not None:
        values |= member_values(registration, material.member)
        if material.has_passed_on:
            # They made the registration themselves; whose it is now, and what became of it, is not for them to know.
            values["registered_by"] = ""
    return values


def _of_invitation(material: Material, zone: ZoneInfo, *, at: datetime) -> dict[str, object]:
    """What only somebody who is invited is told."""
    invitation = material.invitation
    if invitation is None:
        return {}
    closes_at, opens_at = registration_closes_at(material.event), material.event.policy.opens_at
    return {
        "note": invitation.note,
        "seats_invited": invitation.seats,
        "closes_at": moment(closes_at, zone) if closes_at else "",
        "opens_at": moment(opens_at, zone) if opens_at and opens_at > at else "",
        # The reader's own link, as in every other message.
        "manage_link": invitation_link_mark(invitation.pk),
    }


def _of_work(material: Material) -> dict[str, object]:
    """What only people who work at the event, or look after it, are told."""
    if material.registration is not None or material.invitation is not None:
        return {}
    return {
        "role": str(EventRoleKind(material.role.kind).label) if material.role is not None else "",
        "people_concerned": material.people_concerned,
        "staff_url": f"{settings.BASE_URL}{reverse('manage-event', args=[material.event.slug])}",
        "messages_url": f"{settings.BASE_URL}{reverse('manage-messages', args=[material.event.slug])}",
        "needs_url": f"{settings.BASE_URL}{reverse('manage-needs', args=[material.event.slug])}",
    }


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


def _tidy(text: str) -> str:
    """Templates leave lines behind where a part is not there."""
    lines = "\n".join(line.strip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _sms(material: Material, values: Mapping[str, object]) -> str:
    def write(title: str, with_link: bool) -> str:  # noqa: FBT001 - called by position, twice
        link = values.get("manage_link", "") if with_link else ""
        reader = material.renderings.reader(
            material.kind, {**values, "title": title, "manage_link": link}, material.own_words
        )
        return " ".join(reader.render("sms.txt").split())

    try:
        return fitted(
            write,
            str(material.event),
            measure=lambda text: as_long_as_sent(text, material.language),
            link_is_needed=material.kind.sms_needs_link,
            is_plain=settings.SMS_TRANSLITERATE,
            most=settings.SMS_MOST_SEGMENTS,
        )
    except ValueError:
        if not material.own_words:
            raise
        # Own words that fit an example and not this event: the original ones always do.
        return _sms(replace(material, own_words={}), values)


def _calendar(material: Material, *, at: datetime) -> MailCalendar:
    """The calendar part, for whom has the date in a calendar or is to have it."""
    part = material.kind.calendar
    registration = material.registration
    is_coming = registration is not None and registration.state == RegistrationState.CONFIRMED
    has_date = is_coming and part != CalendarPart.WITHDRAWAL
    if part == CalendarPart.NONE or not (has_date or material.gave_up_seat):
        return MailCalendar("", "")
    entries = material.entries
    if material.has_passed_on:
        entries = [replace(entry, state=RegistrationState.CONFIRMED, withdrawals=1) for entry in entries]
    elif material.member is not None and material.gave_up_seat:
        # The registration goes on, so nothing but this counts that somebody of it has left.
        entries = [replace(entry, withdrawals=entry.withdrawals + 1) for entry in entries]
    return mail_calendar(
        entries,
        purpose=part.value,
        language=material.language,
        attendee=Mailbox(name=material.recipient.full_name, address=material.recipient.address),
        organizer=Mailbox(name=str(material.event.unit), address=_organizer_address(material.event)),
        stamp=at,
    )


def _organizer_address(event: Event) -> str:
    """The office, where answers to the mail go there too; else the sender. Programs trust no other, and none is a person."""
    office = event.unit.contact_email
    if office and office == unit_contact(event):
        return office
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
