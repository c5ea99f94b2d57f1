"""Planned messages, written directly, and whom they go to; planning is tested elsewhere."""

from datetime import datetime, timedelta

from django.db.models.functions import Now

from events.enums import EventRoleKind
from events.models import AgendaItem, Event, EventRole, User
from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.models import ChannelState, Message
from registrations.models import Invitation, PartyMember, Registration
from tests.make.events import NOW


def make_message(
    registration: Registration,
    kind: str = "confirmed",
    *,
    channel: Channel = Channel.EMAIL,
    member: PartyMember | None = None,
    useful_for: timedelta = timedelta(days=13),
    at: datetime = NOW,
) -> Message:
    """A message that is due now; a reminder is about the event's first session."""
    reader = f":{member.pk}" if member else ""
    session = registration.event.sessions.first() if kind == "reminder" else None
    return Message.objects.create(
        dedupe_key=f"test:{kind}:{registration.pk}{reader}:{channel}",
        kind=kind,
        channel=channel,
        priority=KINDS[kind].priority,
        registration=registration,
        member=member,
        event=registration.event,
        session=session,
        session_starts_at=session.starts_at if session else None,
        language=registration.language,
        created_at=at,
        due_at=at,
        useful_until=at + useful_for,
        next_attempt_at=at,
    )


def end_pauses() -> None:
    """As if the time for which channels are left alone were over."""
    ChannelState.objects.exclude(open_until=None).update(open_until=Now() - timedelta(seconds=1))


def make_message_to_invited(
    invitation: Invitation, *, channel: Channel = Channel.EMAIL, language: str = "pl", at: datetime = NOW
) -> Message:
    """A message that invites somebody; due now."""
    return Message.objects.create(
        dedupe_key=f"test:invited:{invitation.pk}:{channel}",
        kind="invited",
        channel=channel,
        priority=KINDS["invited"].priority,
        invitation=invitation,
        event=invitation.event,
        language=language,
        created_at=at,
        due_at=at,
        useful_until=at + timedelta(days=13),
        next_attempt_at=at,
    )


def make_role(
    event: Event,
    kind: EventRoleKind = EventRoleKind.INTERPRETER,
    *,
    email: str = "jan@example.org",
    name: str = "Jan Kowalski",
    agenda_item: AgendaItem | None = None,
) -> EventRole:
    """Somebody who works at the event and has an address."""
    identity = email or name
    return EventRole.objects.create(
        event=event, kind=kind, name=name, email=email, identity=identity, agenda_item=agenda_item
    )


def make_message_to(
    person: EventRole | User,
    kind: str,
    *,
    event: Event | None = None,
    channel: Channel = Channel.EMAIL,
    language: str = "pl",
    at: datetime = NOW,
) -> Message:
    """A message to somebody who works at an event, or to a member of staff; due now."""
    role = person if isinstance(person, EventRole) else None
    return Message.objects.create(
        dedupe_key=f"test:{kind}:{person.pk}:{channel}",
        kind=kind,
        channel=channel,
        priority=KINDS[kind].priority,
        role=role,
        staff=person if isinstance(person, User) else None,
        event=role.event if role else event,
        language=language,
        created_at=at,
        due_at=at,
        useful_until=at + timedelta(days=13),
        next_attempt_at=at,
    )
