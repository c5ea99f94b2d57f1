"""Messages as a person made up as an example would get them: from rows that are stored nowhere."""

import base64
import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from events.enums import Accessibility, AccessibilityFeature, EventChangeKind, EventMode, EventRoleKind
from events.models import Event, EventChange, EventRole, Session
from notifications.enums import Channel
from notifications.kinds import MOVED_ONLINE, MY_REGISTRATIONS, NEED_ANSWERED, WHEELCHAIR_ALERT, Kind, needs_served_by
from notifications.models import Announcement
from notifications.queries.overrides import own_words
from notifications.rendering.letters import TICKET_CID, Letter, Material, Recipient, Wheelchairs, written
from notifications.rendering.secret_links import as_long_as_sent, without_links
from notifications.rendering.short_messages import segments
from notifications.rendering.tickets import ticket_png
from registrations.enums import NeedKind, NeedState, RegistrationState
from registrations.models import AccommodationRequest, Invitation, Participant, PartyMember, Registration

# Of no row: nobody's door opens with it.
_NO_ROW: Final = 0
EXAMPLE_CODE: Final = "EXAMPLE2"
_LINK: Final = re.compile(r"\{\{(?:manage|mine|invitation)_link:\d+\}\}")
_GONE: Final = AccessibilityFeature.PJM
_BEFORE: Final[Mapping[EventChangeKind, dict[str, Any]]] = {
    EventChangeKind.RELOCATED: {"name": {"pl": "Inne miejsce (przykład)", "en": "Another place (example)"}},
    EventChangeKind.MODE_CHANGED: {"mode": EventMode.IN_PERSON.value},
    EventChangeKind.FEATURE_LOST: {"features": [_GONE.value]},
}


@dataclass(frozen=True)
class Shown:
    """A message as staff look at it before it goes out: a word in place of each link; `segments` of an SMS."""

    channel: Channel
    language: str
    subject: str
    text: str
    html: str
    segments: int


def shown(letter: Letter, *, channel: Channel, language: str) -> Shown:
    """A letter for a page of staff; its pictures are in it, and no link leads anywhere."""
    html = _LINK.sub("#", letter.html)
    if f"cid:{TICKET_CID}" in html:
        picture = base64.b64encode(ticket_png(f"{settings.BASE_URL}/t/{EXAMPLE_CODE}")).decode()
        html = html.replace(f"cid:{TICKET_CID}", f"data:image/png;base64,{picture}")
    parts = segments(as_long_as_sent(letter.body, language)) if channel == Channel.SMS else 0
    return Shown(channel, language, letter.subject, without_links(letter.body), html, parts)


def example_letter(
    kind: Kind,
    event: Event,
    *,
    channel: Channel,
    language: str,
    at: datetime,
    announcement: Announcement | None = None,
) -> Letter:
    """What somebody made up would get; the event is real, and what has happened to it is made up where a kind needs it."""
    with translation.override(language):
        material = _material(kind, event, channel=channel, language=language, at=at, announcement=announcement)
    material = replace(material, own_words=own_words().of(kind.name, language))
    return written(material, at=at)


def _material(
    kind: Kind, event: Event, *, channel: Channel, language: str, at: datetime, announcement: Announcement | None
) -> Material:
    event = _as_told_of(kind, event)
    sessions = list(event.sessions.all())
    registration = _registration(kind, event, language=language, at=at) if _is_for_participants(kind) else None
    is_for_member = bool(kind.member_causes) and not kind.causes
    changes = _changes(kind, event, sessions, at=at)
    email = channel == Channel.EMAIL
    return Material(
        kind=kind,
        channel=channel,
        language=language,
        recipient=Recipient(
            name=_("Anna (example)"),
            full_name=_("Anna (example)"),
            address="anna@example.org" if email else "+48000000000",
        ),
        event=event,
        sessions=sessions,
        registration=registration,
        member=_member(registration, at=at) if is_for_member and registration is not None else None,
        invitation=Invitation(pk=_NO_ROW, event=event, seats=1, created_at=at) if kind.name == "invited" else None,
        role=EventRole(event=event, kind=EventRoleKind.SPEAKER) if kind.name.startswith("supplier_") else None,
        concerned=_member(registration, at=at) if registration is not None and kind.member_causes else None,
        needs=frozenset(needs_served_by([_GONE])) if kind.tells_of_needs else frozenset(),
        own_needs=[AccommodationRequest(kind=NeedKind.PJM, state=NeedState.ARRANGED)]
        if kind == NEED_ANSWERED
        else None,
        wheelchairs=Wheelchairs(needed=3, places=2) if kind == WHEELCHAIR_ALERT else None,
        people_concerned=1,
        subject_session=next((one for one in sessions if not one.is_cancelled), None)
        if kind.name == "reminder"
        else None,
        changes=changes,
        reason=_("This is an example of a reason.") if changes or kind.name in _WITH_REASON else "",
        all_registrations=[registration] if kind == MY_REGISTRATIONS and registration is not None else (),
        mine=_NO_ROW if kind == MY_REGISTRATIONS else None,
        announcement=announcement,
    )


_WITH_REASON: Final = frozenset({"application_rejected", "event_cancelled", "event_postponed", "supplier_cancelled"})


def _is_for_participants(kind: Kind) -> bool:
    return kind.name != "invited" and not kind.name.startswith("supplier_") and not kind.name.endswith("_alert")


def _as_told_of(kind: Kind, event: Event) -> Event:
    """The event as it would stand when such a message goes out."""
    told = copy.copy(event)
    if told.status not in kind.event_true_while:
        told.status = kind.event_true_while[0]
    if kind == MOVED_ONLINE:
        told.mode = EventMode.ONLINE
    if EventChangeKind.FEATURE_LOST in kind.tells:
        told.accessibility = {**event.accessibility, _GONE.value: Accessibility.NO.value}
    return told


def _registration(kind: Kind, event: Event, *, language: str, at: datetime) -> Registration:
    answered = [state for _cause, state in kind.causes if state in kind.true_while]
    usual = RegistrationState.CONFIRMED if RegistrationState.CONFIRMED in kind.true_while else kind.true_while[0]
    registration = Registration(
        pk=_NO_ROW,
        event=event,
        state=answered[0] if answered and kind != MY_REGISTRATIONS else usual,
        seats=1,
        holds_seat=True,
        contact_comes=True,
        language=language,
        reference=EXAMPLE_CODE,
        ticket_code=EXAMPLE_CODE,
        created_at=at,
        hold_expires_at=at + timedelta(hours=1),
        offer_expires_at=at + timedelta(hours=24),
        intent_due_at=at + timedelta(hours=24),
        is_example=True,
    )
    Participant(registration=registration, first_name=_("Anna (example)"), email="anna@example.org")
    return registration


def _member(registration: Registration | None, *, at: datetime) -> PartyMember:
    name = _("Jan (example)")
    return PartyMember(pk=_NO_ROW, registration=registration, first_name=name, ticket_code=EXAMPLE_CODE, created_at=at)


def _changes(kind: Kind, event: Event, sessions: Sequence[Session], *, at: datetime) -> list[EventChange]:
    """One change of the first sort that a kind tells of and that can be made up."""
    if not kind.tells:
        return []
    told = EventChangeKind.MODE_CHANGED if kind == MOVED_ONLINE else kind.tells[0]
    before = dict(_BEFORE.get(told, {}))
    session = sessions[0] if sessions else None
    if told in {EventChangeKind.RESCHEDULED, EventChangeKind.NEW_DATE} and session is not None:
        earlier = {
            "starts_at": (session.starts_at - timedelta(days=1)).isoformat(),
            "ends_at": (session.ends_at - timedelta(days=1)).isoformat(),
            "all_day": session.all_day,
        }
        before = {"sessions": [earlier]} if told == EventChangeKind.NEW_DATE else earlier
    return [EventChange(event=event, kind=told, session=session, before=before, at=at, notify=True)]
