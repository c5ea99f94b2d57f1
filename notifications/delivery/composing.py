"""Gathers what a message is written from, and puts the secret links in at the last moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from events.models import Event, EventChange, unit_contact
from events.queries.former_places import FormerPlace, former_places
from events.queries.registration_windows import registration_closes_at
from notifications.channels import Attachment, Outgoing
from notifications.delivery.particulars import particulars
from notifications.enums import Channel
from notifications.kinds import (
    KINDS,
    MY_REGISTRATIONS,
    NEED_ANSWERED,
    WHEELCHAIR_ALERT,
    CalendarPart,
    Kind,
    needs_served_by,
)
from notifications.models import Message
from notifications.queries.dispatch import (
    changes_to_tell,
    linked_registrations,
    people_who_need,
    registrations_of_person,
    sessions_of,
)
from notifications.queries.overrides import OwnWords, own_words
from notifications.rendering.letters import TICKET_CID, Letter, Material, Recipient, Wheelchairs, written
from notifications.rendering.meetings import Meetings
from notifications.rendering.secret_links import (
    UNSUBSCRIBE_MARK,
    marked_ids,
    unsubscribe_address,
    with_invitation,
    with_links,
)
from notifications.rendering.situations import Renderings
from notifications.rendering.tickets import ticket_png
from notifications.tokens import conversation, envelope_sender, unsubscribe_token
from registrations.enums import OPEN_NEEDS, ChangeCause, MemberState, NeedKind, RegistrationState
from registrations.models import Participant, PartyMember, Registration, RegistrationChange
from registrations.queries.feeds import PersonalEntry, entries_of
from registrations.queries.needs import needs_of, wheelchairs_needed
from registrations.queries.parties import coming, replaced
from registrations.tokens import email_key

# Who is taken out of the database altogether is not written to in the person of somebody else.
_ONLY_TO_MEMBERS: Final = frozenset(kind.name for kind in KINDS.values() if kind.member_causes and not kind.causes)


class NobodyToWriteTo(Exception):
    """The person has no address for this channel any more."""


class ComesTooLate(Exception):
    """What the message invites to is closed by now."""


@dataclass(frozen=True)
class Background:
    """What many messages are written from, read in few statements: calendar entries by registration, places by event."""

    entries: Mapping[int, Sequence[PersonalEntry]]
    former_places: Mapping[int, FormerPlace]
    renderings: Renderings
    meetings: Meetings
    own_words: OwnWords


def background_of(messages: Iterable[Message], renderings: Renderings | None = None) -> Background:
    """What mails about to be written tell calendars, and which places their events have left; for a whole batch.

    `renderings`: the texts that were written before, where there are such.
    """
    batch = list(messages)
    with_calendar = [
        message.registration
        for message in batch
        if message.registration is not None
        and message.channel == Channel.EMAIL
        and KINDS[message.kind].calendar != CalendarPart.NONE
    ]
    return Background(
        entries=entries_of(with_calendar) if with_calendar else {},
        former_places=former_places({message.event for message in batch if message.event is not None}),
        renderings=renderings or Renderings(),
        meetings={},
        own_words=own_words(),
    )


def letter_of(message: Message, background: Background, *, at: datetime) -> Letter:
    """The message as it is kept: with placeholders for the secret links."""
    return written(_material(message, background, at=at), at=at)


def outgoing_of(message: Message, letter: Letter, *, at: datetime) -> Outgoing:
    """The message as it leaves: with its links and pictures in place."""
    event = message.event
    # Both in one go: the keys are made once.
    unsubscribe_url = _unsubscribe_url(message, letter.to)
    whole = _linked(message, f"{letter.body}\0{letter.html}", unsubscribe_url)
    text, _, html = whole.partition("\0")
    is_mail = message.channel == Channel.EMAIL
    return Outgoing(
        id=message.pk,
        to=letter.to,
        subject=letter.subject,
        text=text,
        html=html,
        language=message.language,
        sent_at=at,
        useful_until=message.useful_until,
        reply_to=unit_contact(event) if event is not None and is_mail else "",
        references=conversation(message.registration_id) if message.registration_id is not None and is_mail else "",
        unsubscribe_url=unsubscribe_url,
        envelope_sender=envelope_sender(message.pk),
        calendar=letter.calendar,
        calendar_method=letter.calendar_method,
        attachments=ticket_pictures(message, letter.html),
    )


def _unsubscribe_url(message: Message, address: str) -> str:
    if message.channel != Channel.EMAIL or not KINDS[message.kind].is_optional:
        return ""
    return unsubscribe_address(unsubscribe_token(email_key(address)), message.language)


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


def linked(message: Message, text: str, *, to: str) -> str:
    """A text of a message with the present links of its recipient's registrations and mailbox, and of nobody else's."""
    return _linked(message, text, _unsubscribe_url(message, to))


def _linked(message: Message, text: str, unsubscribe_url: str) -> str:
    if unsubscribe_url:
        text = text.replace(UNSUBSCRIBE_MARK, unsubscribe_url)
    if message.invitation is not None:
        return with_invitation(text, message.invitation.pk, message.invitation.token, message.language)
    own = message.registration
    # The key opens the registration of the whole party: it is for the person who made it.
    if own is None or message.member is not None:
        return text
    others = marked_ids(text) - {own.pk}
    registrations = [own, *(linked_registrations(own, others) if others else ())]
    tokens = {one.pk: one.manage_token for one in registrations}
    return with_links(text, tokens, message.language, mine=_mine(message))


def _mine(message: Message) -> Mapping[int, str]:
    """The key to everything of a person, for the mail that they asked for and for no other."""
    change = message.registration_change
    if message.kind != MY_REGISTRATIONS.name or change is None:
        return {}
    return {change.pk: change.mine_token}


def ticket_pictures(message: Message, html: str) -> tuple[Attachment, ...]:
    """The QR code of the ticket, if the text shows one."""
    holder = message.member or message.registration
    if holder is None or f"cid:{TICKET_CID}" not in html:
        return ()
    picture = ticket_png(f"{settings.BASE_URL}/t/{holder.ticket_code}")
    return (Attachment(name="qr.png", media_type="image/png", content=picture, content_id=TICKET_CID),)


def _material(message: Message, background: Background, *, at: datetime) -> Material:
    registration, event = message.registration, message.event
    if event is None:
        raise NobodyToWriteTo
    if message.invitation is not None and not _is_open(event, at=at):
        raise ComesTooLate
    kind = KINDS[message.kind]
    change = message.registration_change
    changes = _changes(message, kind)
    return Material(
        kind=kind,
        channel=Channel(message.channel),
        language=message.language,
        recipient=_recipient(message),
        registration=registration,
        member=message.member,
        invitation=message.invitation,
        role=message.role,
        party=coming(registration.members.all()) if registration is not None else (),
        concerned=change.member if change is not None else None,
        replaced=_replaced(message),
        event=event,
        sessions=list(event.sessions.all()),
        chosen=sessions_of(message),
        subject_session=message.session,
        former_place=background.former_places.get(event.pk),
        changes=changes,
        reason=_reason(message),
        by_organiser=change is not None and change.to_state == RegistrationState.CANCELLED_BY_ORGANIZER,
        gave_up_seat=change is not None and _gave_up_seat(message, change),
        needs=_needs(registration) if registration is not None and kind.tells_of_needs else frozenset(),
        own_needs=needs_of(registration) if registration is not None and kind == NEED_ANSWERED else None,
        people_concerned=_people_concerned(event, changes) if message.staff is not None else 0,
        wheelchairs=Wheelchairs(wheelchairs_needed(event.pk), event.policy.wheelchair_places)
        if kind == WHEELCHAIR_ALERT
        else None,
        all_registrations=registrations_of_person(registration)
        if registration is not None and kind == MY_REGISTRATIONS
        else (),
        mine=change.pk if change is not None and kind == MY_REGISTRATIONS else None,
        entries=background.entries.get(registration.pk, ()) if registration is not None else (),
        renderings=background.renderings,
        meetings=background.meetings,
        particulars=particulars(message, kind, event),
        announcement=message.announcement,
        own_words=background.own_words.of(message.kind, message.language),
    )


def _is_open(event: Event, *, at: datetime) -> bool:
    """Whether somebody who is invited could still register, or will be able to."""
    closes_at = registration_closes_at(event)
    return closes_at is not None and at < closes_at


def _gave_up_seat(message: Message, change: RegistrationChange) -> bool:
    """Whether the reader of the message had a seat by the registration, and has none now."""
    if change.from_state != RegistrationState.CONFIRMED:
        return False
    is_out = message.member is not None and message.member.state != MemberState.COMING
    return is_out or change.to_state != RegistrationState.CONFIRMED


def _replaced(message: Message) -> PartyMember | None:
    """Whose place somebody else has taken; None also where it was the place of the person who registered."""
    change = message.registration_change
    if message.registration is None or change is None or change.cause != ChangeCause.MEMBER_SUBSTITUTED:
        return None
    return next(iter(replaced(change, message.registration.members.all())), None)


def _changes(message: Message, kind: Kind) -> Sequence[EventChange]:
    if not kind.tells:
        return ()
    told_by = [other.name for other in KINDS.values() if set(other.tells) & set(kind.tells)]
    return changes_to_tell(message, of=kind.tells, told_by=told_by)


def _recipient(message: Message) -> Recipient:
    """The person, unless they were erased, have left, or have no address for this channel."""
    recipient = None
    if message.member is not None:
        recipient = _of_party(message.member)
    elif message.kind in _ONLY_TO_MEMBERS:
        raise NobodyToWriteTo
    elif message.registration is not None:
        recipient = _participant(message.registration, Channel(message.channel))
    elif message.invitation is not None:
        invitation = message.invitation
        recipient = Recipient(name=invitation.first_name, full_name=invitation.full_name, address=invitation.email)
    elif message.role is not None:
        role = message.role
        recipient = Recipient(name=role.name, full_name=role.name, address=role.email)
    elif message.staff is not None and message.staff.is_active:
        person = message.staff
        recipient = Recipient(name=person.full_name, full_name=person.full_name, address=person.email)
    if recipient is None or not recipient.address:
        raise NobodyToWriteTo
    return recipient


def _participant(registration: Registration, channel: Channel) -> Recipient | None:
    participant: Participant | None = getattr(registration, "participant", None)
    if participant is None:
        return None
    address = participant.email if channel == Channel.EMAIL else str(participant.phone)
    return Recipient(name=participant.first_name, full_name=participant.full_name, address=address)


def _of_party(member: PartyMember) -> Recipient:
    return Recipient(name=member.first_name, full_name=member.full_name, address=member.email)


def _needs(registration: Registration) -> frozenset[NeedKind]:
    return frozenset(NeedKind(need.kind) for need in needs_of(registration) if need.state in OPEN_NEEDS)


def _people_concerned(event: Event, changes: Iterable[EventChange]) -> int:
    """How many people have asked for what a change took out."""
    needs = needs_served_by(feature for change in changes for feature in change.before.get("features", ()))
    return people_who_need(event, needs)


def _reason(message: Message) -> str:
    if message.event_change is not None:
        return message.event_change.reason
    return message.registration_change.reason if message.registration_change is not None else ""
