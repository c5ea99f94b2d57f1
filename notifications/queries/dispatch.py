"""Claimed messages with everything that is needed to write and send them, in few statements."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from events.enums import EventChangeKind
from events.models import AgendaItem, Event, EventChange, EventRole, Session
from events.models.kept import is_any_of, kept, put_at_hand, put_nothing_at_hand
from notifications.enums import MessageState
from notifications.models import DeliveryAttempt, Message
from registrations.enums import ACTIVE_STATES, OPEN_NEEDS, NeedKind
from registrations.models import PartyMember, Registration, RegistrationChange

# What a batch is written from. A batch is mostly about one event: what people have in common is read once, and is one
# object for all of them. What no message has is not asked for.


@kept
def _leased(token: Any) -> QuerySet[Message]:
    messages = Message.objects.filter(lease_token=token, state=MessageState.PLANNED)
    return messages.select_related("registration__participant").order_by("priority", "next_attempt_at", "id")


@kept
def _leased_without_phone(token: Any) -> QuerySet[Message]:
    messages = Message.objects.filter(lease_token=token, state=MessageState.PLANNED)
    # Every telephone number is taken apart when it is read, and no mail says it.
    messages = messages.select_related("registration__participant").defer("registration__participant__phone")
    return messages.order_by("priority", "next_attempt_at", "id")


@kept
def _events(ids: Any) -> QuerySet[Event]:
    return Event.objects.filter(is_any_of("pk", ids)).select_related("unit", "policy", "kind", "venue").order_by()


@kept
def _sessions(event_ids: Any) -> QuerySet[Session]:
    return Session.objects.filter(is_any_of("event", event_ids)).select_related("room")


@kept
def _members(registration_ids: Any) -> QuerySet[PartyMember]:
    return PartyMember.objects.filter(is_any_of("registration", registration_ids))


@kept
def _chosen(registration_ids: Any) -> QuerySet[Any]:
    chosen = Registration.sessions.through.objects.filter(is_any_of("registration", registration_ids))
    return chosen.select_related("session").order_by("session__starts_at", "session__position", "session_id")


def _complete(found: list[Message]) -> list[Message]:
    _put_events(found)
    registrations: dict[int, Registration] = {}
    for message in found:
        if message.registration is not None:
            # Everybody of a party has a message of their own.
            message.registration = registrations.setdefault(message.registration.pk, message.registration)
    if registrations:
        ids = list(registrations)
        _put(registrations, "members", [(row.registration_id, row) for row in _members(ids)])
        _put(registrations, "sessions", [(row.registration_id, row.session) for row in _chosen(ids)])
    related: tuple[tuple[str, str | Prefetch[Any]], ...] = (
        ("member_id", "member"),
        ("invitation_id", "invitation"),
        ("event_change_id", "event_change"),
        (
            "registration_change_id",
            Prefetch("registration_change", RegistrationChange.objects.select_related("member")),
        ),
        ("role_id", Prefetch("role", EventRole.objects.select_related("agenda_item__session"))),
        ("staff_id", "staff"),
        ("announcement_id", "announcement"),
    )
    wanted = [path for column, path in related if any(getattr(message, column) is not None for message in found)]
    if wanted:
        prefetch_related_objects(found, *wanted)
    return found


def _put_events(found: list[Message]) -> None:
    ids = list({message.event_id for message in found if message.event_id is not None})
    if not ids:
        return
    events = {event.pk: event for event in _events(ids)}
    sessions = _sessions(ids)
    for event in events.values():
        put_at_hand(event, "sessions", [session for session in sessions if session.event_id == event.pk])
    by_id = {session.pk: session for session in sessions}
    for message in found:
        if message.event_id is not None:
            message.event = events[message.event_id]
        if message.session_id in by_id:
            message.session = by_id[message.session_id]


def _put(registrations: dict[int, Registration], name: str, rows: list[tuple[int, Any]]) -> None:
    by_owner: dict[int, list[Any]] = defaultdict(list)
    for owner, row in rows:
        by_owner[owner].append(row)
    put_nothing_at_hand((one for pk, one in registrations.items() if pk not in by_owner), name)
    for pk, theirs in by_owner.items():
        put_at_hand(registrations[pk], name, theirs)


def leased_messages(token: uuid.UUID, *, with_phone: bool = True) -> list[Message]:
    """What a lease holds, the most important first; telephone numbers are for SMS."""
    return _complete(_leased(token) if with_phone else _leased_without_phone(token))


def complete_messages(ids: Iterable[uuid.UUID]) -> list[Message]:
    """Messages by id, as complete as leased ones."""
    wanted = list(ids)
    # Django puts the whole statement together before it finds that nothing is asked for, and mostly nothing is.
    messages = Message.objects.filter(pk__in=wanted).select_related("registration__participant")
    return _complete(list(messages.order_by("created_at", "id"))) if wanted else []


def changes_to_tell(message: Message, *, of: Iterable[EventChangeKind], told_by: Iterable[str]) -> list[EventChange]:
    """What its reader has not been told yet of these kinds of changes by these kinds of messages, oldest first."""
    if message.event_change is None:
        return []
    told = (
        Message.objects.filter(
            registration=message.registration_id,
            member=message.member_id,
            role=message.role_id,
            staff=message.staff_id,
            channel=message.channel,
            kind__in=list(told_by),
            event_change__lt=message.event_change_id,
            state__in=[MessageState.SENT, MessageState.DELIVERED, MessageState.SENDING, MessageState.UNKNOWN],
        )
        .order_by("-event_change_id")
        .values_list("event_change_id", flat=True)
        .first()
    )
    to_be_told = Q(notify=True)
    if message.event_change.kind == EventChangeKind.NEW_DATE:
        # What has changed together with the date is told with it.
        to_be_told |= Q(at=message.event_change.at)
    changes = EventChange.objects.filter(
        to_be_told,
        event=message.event_id,
        kind__in=list(of),
        pk__lte=message.event_change_id,
        pk__gt=told or 0,
    ).select_related("session__room")
    if message.registration is not None:
        changes = changes.filter(at__gte=message.registration.created_at)
    mine = {session.pk for session in sessions_of(message)}
    # Whoever chose sessions is told of those and of new ones; of the others only people who come to all.
    return [
        change
        for change in changes.order_by("id")
        if change.session_id is None or not mine or change.session_id in mine or not change.before
    ]


def sessions_of(message: Message) -> list[Session]:
    """The sessions that its reader has chosen or works at; none: all of them."""
    if message.registration is not None:
        return list(message.registration.sessions.all())
    item = message.role.agenda_item if message.role is not None else None
    return [] if item is None else [item.session]


def agenda_points_of(role: EventRole, session: Session | None) -> list[AgendaItem]:
    """Where somebody has a task in the agenda of the day of a session, in order; all that one address does is one's own."""
    items = AgendaItem.objects.filter(
        session__event=role.event_id, roles__email__iexact=role.email, session__is_cancelled=False
    )
    items = items.select_related("session__event").distinct().order_by("session__starts_at", "position", "id")
    return [item for item in items if session is None or _day(item.session) == _day(session)]


def _day(session: Session) -> date:
    return session.starts_at.astimezone(ZoneInfo(session.event.time_zone)).date()


def people_who_need(event: Event, kinds: Iterable[NeedKind]) -> int:
    """How many people who count on an event have asked for one of these."""
    asked = Registration.objects.filter(
        event=event, state__in=ACTIVE_STATES, needs__kind__in=list(kinds), needs__state__in=OPEN_NEEDS
    )
    return asked.distinct().count()


def registrations_of_person(registration: Registration) -> list[Registration]:
    """Everything that the person of this registration is registered for, the nearest first."""
    if registration.email_key is None:
        return []
    own = Registration.objects.filter(email_key=registration.email_key, state__in=ACTIVE_STATES)
    return list(own.select_related("event").prefetch_related("event__sessions").order_by("event__starts_at", "id"))


def linked_registrations(recipient: Registration, ids: Iterable[int]) -> list[Registration]:
    """The registrations that a text may link to: those of its recipient, whatever marks people have typed into it."""
    if recipient.email_key is None:
        return []
    own = Registration.objects.filter(pk__in=list(ids), email_key=recipient.email_key)
    return list(own.only("pk", "link_generation").order_by("id"))


def known_provider_ids(message: Message) -> frozenset[str]:
    """What the provider has called our other messages to the same person."""
    ids = DeliveryAttempt.objects.filter(message__to=message.to).exclude(message=message).exclude(provider_id="")
    reported = Message.objects.filter(to=message.to).exclude(pk=message.pk).exclude(provider_id="")
    return frozenset(ids.values_list("provider_id", flat=True)) | frozenset(
        reported.values_list("provider_id", flat=True)
    )
