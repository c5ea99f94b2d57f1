"""Gathers what a message is written from, and puts the secret links in at the last moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO

import segno
from django.conf import settings

from events.models import unit_contact
from notifications.channels import Attachment, Outgoing
from notifications.enums import Channel
from notifications.kinds import KINDS, CalendarPart
from notifications.models import Message
from notifications.queries.dispatch import changes_to_tell, linked_registrations, registrations_of_person
from notifications.rendering.letters import TICKET_CID, Letter, Material, written
from notifications.rendering.secret_links import marked_ids, with_links
from registrations.enums import RegistrationState
from registrations.models import Participant, Registration
from registrations.queries.feeds import PersonalEntry, entries_of


class NobodyToWriteTo(Exception):
    """The person has no address for this channel any more."""


Entries = Mapping[int, Sequence[PersonalEntry]]


def calendar_entries(messages: Iterable[Message]) -> Entries:
    """What mails about to be written tell calendars, by registration; few statements for a whole batch."""
    with_calendar = [
        message.registration
        for message in messages
        if message.registration is not None
        and message.channel == Channel.EMAIL
        and KINDS[message.kind].calendar != CalendarPart.NONE
    ]
    return entries_of(with_calendar)


def letter_of(message: Message, entries: Entries, *, at: datetime) -> Letter:
    """The message as it is kept: with placeholders for the secret links."""
    return written(_material(message, entries), at=at)


def outgoing_of(message: Message, letter: Letter, *, at: datetime) -> Outgoing:
    """The message as it leaves: with its links and pictures in place."""
    event = message.event
    return Outgoing(
        id=message.pk,
        to=letter.to,
        subject=letter.subject,
        text=linked(message, letter.body),
        html=linked(message, letter.html),
        language=message.language,
        sent_at=at,
        useful_until=message.useful_until,
        reply_to=unit_contact(event) if event is not None and message.channel == Channel.EMAIL else "",
        calendar=letter.calendar,
        calendar_method=letter.calendar_method,
        attachments=ticket_pictures(message, letter.html),
    )


def kept_letter(message: Message) -> Letter:
    """What was kept of a message that has been written."""
    return Letter(
        to=message.to,
        subject=message.subject,
        body=message.body,
        html=message.html,
        calendar=message.calendar,
        calendar_method=message.calendar_method,
    )


def linked(message: Message, text: str) -> str:
    """A text of a message with the present links of its recipient's registrations, and of nobody else's."""
    own = message.registration
    if own is None:
        return text
    others = marked_ids(text) - {own.pk}
    registrations = [own, *(linked_registrations(own, others) if others else ())]
    return with_links(text, {one.pk: one.manage_token for one in registrations}, message.language)


def ticket_pictures(message: Message, html: str) -> tuple[Attachment, ...]:
    """The QR code of the ticket, if the text shows one."""
    if message.registration is None or f"cid:{TICKET_CID}" not in html:
        return ()
    picture = BytesIO()
    code = segno.make(f"{settings.BASE_URL}/t/{message.registration.ticket_code}", error="m", micro=False)
    code.save(picture, kind="png", scale=6, border=4)
    return (Attachment(name="qr.png", media_type="image/png", content=picture.getvalue(), content_id=TICKET_CID),)


def _material(message: Message, entries: Entries) -> Material:
    registration, event = message.registration, message.event
    if registration is None or event is None:
        raise NobodyToWriteTo
    kind = KINDS[message.kind]
    change = message.registration_change
    return Material(
        kind=kind,
        channel=Channel(message.channel),
        language=message.language,
        registration=registration,
        participant=_reachable(registration, Channel(message.channel)),
        event=event,
        sessions=list(event.sessions.all()),
        chosen=list(registration.sessions.all()),
        subject_session=message.session,
        changes=changes_to_tell(message) if kind.name == "event_changed" else (),
        reason=_reason(message),
        by_organiser=change is not None and change.to_state == RegistrationState.CANCELLED_BY_ORGANIZER,
        gave_up_seat=change is not None
        and change.from_state == RegistrationState.CONFIRMED
        and change.to_state != RegistrationState.CONFIRMED,
        all_registrations=registrations_of_person(registration) if kind.name == "my_registrations" else (),
        entries=entries.get(registration.pk, ()),
    )


def _reachable(registration: Registration, channel: Channel) -> Participant:
    """The person, unless they were erased or have no address for this channel."""
    participant: Participant | None = getattr(registration, "participant", None)
    if participant is None or not (participant.email if channel == Channel.EMAIL else participant.phone):
        raise NobodyToWriteTo
    return participant


def _reason(message: Message) -> str:
    if message.event_change is not None:
        return message.event_change.reason
    return message.registration_change.reason if message.registration_change is not None else ""
