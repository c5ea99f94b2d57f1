"""Whom an announcement is for, each address once; and what was announced at an event."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models import Event, ParticipantCategory, Session
from notifications.enums import Channel
from notifications.models import Announcement
from registrations.enums import ACTIVE_STATES, MemberState, RegistrationState
from registrations.models import PartyMember, Registration
from registrations.tokens import email_key, phone_key

# Whoever has left, or was rejected, is told no more.
STATES: Final = ACTIVE_STATES


@dataclass(frozen=True, kw_only=True)
class Selection:
    """To whom: registrations in these states; dates by id and groups by code, none of them means all."""

    states: Collection[str] = (RegistrationState.CONFIRMED.value,)
    sessions: Collection[int] = field(default_factory=tuple)
    categories: Collection[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Reader:
    """One address that is written to: of a person who registered, or of somebody who comes along (`member`)."""

    registration: int
    member: int | None
    channel: Channel
    language: str


def selection_of(announcement: Announcement) -> Selection:
    """To whom a stored announcement goes."""
    return Selection(
        states=tuple(announcement.states),
        sessions=tuple(session.pk for session in announcement.sessions.all()),
        categories=tuple(category.code for category in announcement.categories.all()),
    )


def announcement_readers(event: Event, selection: Selection) -> list[Reader]:
    """Everybody with an address who is in a selection, each address once, the earliest registration first.

    Who gave no e-mail gets an SMS. Of a party with seats also those who have an address of their own.
    """
    readers: dict[str, Reader] = {}
    for address_key, reader in _readers(event, selection):
        readers.setdefault(address_key, reader)
    return list(readers.values())


def _readers(event: Event, selection: Selection) -> Iterator[tuple[str, Reader]]:
    people = _selected(event, selection).exclude(participant__email="", participant__phone="")
    columns = ("pk", "participant__email", "participant__phone", "language")
    for pk, email, phone, language in people.order_by("created_at", "pk").values_list(*columns):
        if email:
            yield email_key(email), Reader(pk, None, Channel.EMAIL, language)
        else:
            yield phone_key(str(phone)), Reader(pk, None, Channel.SMS, language)
    along = PartyMember.objects.filter(
        registration__in=_selected(event, selection).filter(state=RegistrationState.CONFIRMED), state=MemberState.COMING
    ).exclude(email="")
    named = along.order_by("pk").values_list("pk", "registration", "email", "registration__language")
    for pk, registration, email, language in named:
        yield email_key(email), Reader(registration, pk, Channel.EMAIL, language)


def _selected(event: Event, selection: Selection) -> QuerySet[Registration]:
    rows = Registration.objects.filter(event=event, state__in=selection.states)
    if selection.categories:
        rows = rows.filter(category__code__in=selection.categories)
    if selection.sessions:
        chosen = Registration.sessions.through.objects.filter(registration=OuterRef("pk"))
        # Who has chosen none comes to all of them.
        rows = rows.filter(Exists(chosen.filter(session__in=selection.sessions)) | Q(~Exists(chosen)))
    return rows


def event_announcements(event: Event) -> QuerySet[Announcement]:
    """What was announced at an event, the newest first."""
    rows = Announcement.objects.filter(event=event).select_related("by")
    return rows.prefetch_related("sessions", "categories").order_by("-at", "-id")


def categories_of(event: Event) -> QuerySet[ParticipantCategory]:
    """The groups that an event has seats for, in their order."""
    return ParticipantCategory.objects.filter(pools__event=event).distinct().order_by("position", "code")


def sessions_of_event(event: Event) -> QuerySet[Session]:
    """The dates of an event, in order."""
    return event.sessions.order_by("starts_at", "position", "id")
