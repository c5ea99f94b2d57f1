"""Builders of units, people, places and events; rows are written directly, actions are tested elsewhere."""

import hashlib
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from events.enums import EventMode, EventStatus, QuestionKind, Role, Visibility
from events.models import (
    Attachment,
    AttachmentContent,
    DoorPass,
    Event,
    EventKind,
    InformationNotice,
    OrganizationalUnit,
    ParticipantCategory,
    ParticipationProcess,
    Question,
    RegistrationPolicy,
    SeatPool,
    Session,
    Topic,
    UnitMembership,
    User,
    Venue,
)

_numbers = itertools.count(1)

# A Tuesday in winter time; events start two weeks later unless a test says otherwise.
NOW = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def make_unit(slug: str = "strategia", *, name: str = "Wydział Strategii") -> OrganizationalUnit:
    """A unit; asking twice for a slug gives the same one."""
    unit, _ = OrganizationalUnit.objects.get_or_create(
        slug=slug, defaults={"name": {"pl": name, "en": "Strategy Department"}}
    )
    return unit


def make_user(
    email: str | None = None,
    *,
    unit: OrganizationalUnit | None = None,
    role: Role | None = Role.OWNER,
    superuser: bool = False,
) -> User:
    """A member of staff with a role in a unit (default: owner in `strategia`); `role=None`: in no unit."""
    email = email or f"staff{next(_numbers)}@example.org"
    create = User.objects.create_superuser if superuser else User.objects.create_user
    user = create(email, PASSWORD)
    if role is not None:
        UnitMembership.objects.create(user=user, unit=unit or make_unit(), role=role)
    return user


def make_kind(code: str = "workshop") -> EventKind:
    """A kind of event; those of the city exist already."""
    kind, _ = EventKind.objects.get_or_create(code=code, defaults={"name": {"pl": code, "en": code, "uk": code}})
    return kind


def make_category(code: str = "business") -> ParticipantCategory:
    """A participant category; those of the city exist already."""
    category, _ = ParticipantCategory.objects.get_or_create(
        code=code, defaults={"name": {"pl": code, "en": code, "uk": code}}
    )
    return category


def make_topic(slug: str | None = None, *, name: str = "Zieleń") -> Topic:
    """A topic."""
    return Topic.objects.create(slug=slug or f"topic-{next(_numbers)}", name={"pl": name, "en": "Green city"})


def make_venue(
    slug: str | None = None, *, name: str = "Ratusz (przykład)", address: str = "Rynek 1, 20-000 Lublin"
) -> Venue:
    """A venue with step-free access and no word about the rest."""
    return Venue.objects.create(
        slug=slug or f"venue-{next(_numbers)}",
        name={"pl": name, "en": "Town hall (example)"},
        address=address,
        accessibility={"step_free": "yes"},
    )


def make_process(slug: str | None = None, *, unit: OrganizationalUnit | None = None) -> ParticipationProcess:
    """A process without stages."""
    return ParticipationProcess.objects.create(
        slug=slug or f"process-{next(_numbers)}", unit=unit or make_unit(), title={"pl": "Proces", "en": "Process"}
    )


def make_notice(unit: OrganizationalUnit | None = None, *, version: int = 1, at: datetime = NOW) -> InformationNotice:
    """An information notice in force for a year (default: for every unit)."""
    notice, _ = InformationNotice.objects.get_or_create(
        unit=unit,
        version=version,
        defaults={"text": {"pl": "Klauzula", "en": "Notice"}, "in_force_from": at - timedelta(days=365)},
    )
    return notice


def make_session(
    event: Event,
    *,
    starts_at: datetime,
    hours: float = 2,
    title: str = "",
    all_day: bool = False,
    capacity: int | None = None,
) -> Session:
    """One more session of an event, with a pool of its own where it has a capacity."""
    session = Session.objects.create(
        event=event,
        position=event.sessions.count(),
        title={"pl": title} if title else {},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        all_day=all_day,
        created_at=NOW,
        last_modified=NOW,
    )
    if capacity is not None:
        SeatPool.objects.create(event=event, session=session, capacity=capacity)
    _span(event)
    return session


def make_attachment(
    event: Event, *, title: str = "Program", file_name: str = "program.txt", data: bytes = b"17:00 Powitanie\n"
) -> Attachment:
    """A file of an event, after the others."""
    attachment = Attachment.objects.create(
        event=event,
        position=event.attachments.count(),
        title={"pl": title},
        file_name=file_name,
        content_type="text/plain; charset=utf-8",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        added_at=NOW,
    )
    AttachmentContent.objects.create(attachment=attachment, data=data)
    return attachment


def make_event(
    slug: str | None = None,
    *,
    unit: OrganizationalUnit | None = None,
    kind: str = "workshop",
    title: str = "Spotkanie próbne",
    status: EventStatus = EventStatus.PUBLISHED,
    visibility: Visibility = Visibility.PUBLIC,
    mode: EventMode = EventMode.IN_PERSON,
    venue: Venue | None = None,
    starts_at: datetime | None = None,
    hours: float = 2,
    sessions: int = 1,
    capacity: int | None = 50,
    categories: Sequence[tuple[str, int | None]] = (),
    required: bool = True,
    confirm_email: bool = False,
    hold_minutes: int = 60,
    waitlist: bool = True,
    waitlist_limit: int | None = None,
    waitlist_policy: str = "strict",
    offer_hours: int | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    reserved: int = 0,
    at: datetime = NOW,
    **policy: Any,
) -> Event:
    """A published event in two weeks with one session and 50 seats; address confirmation is off unless asked for.

    `policy`: columns of the registration policy that are not as usual (`group_max`, `approval`, …).
    """
    number = next(_numbers)
    starts_at = starts_at or at + timedelta(days=14)
    event = Event.objects.create(
        slug=slug or f"event-{number}",
        unit=unit or make_unit(),
        kind=make_kind(kind),
        title={"pl": title, "en": "Trial meeting", "uk": "Пробна зустріч"},
        status=status,
        visibility=visibility,
        mode=mode,
        venue=venue,
        created_at=at,
        published_at=at if status != EventStatus.DRAFT else None,
    )
    RegistrationPolicy.objects.create(
        event=event,
        required=required,
        opens_at=opens_at,
        closes_at=closes_at,
        confirm_email=confirm_email,
        hold_minutes=hold_minutes,
        waitlist=waitlist,
        waitlist_limit=waitlist_limit,
        waitlist_policy=waitlist_policy,
        offer_hours=offer_hours,
        **policy,
    )
    SeatPool.objects.create(event=event, capacity=capacity, reserved=reserved)
    for code, seats in categories:
        SeatPool.objects.create(event=event, category=make_category(code), capacity=seats)
    for day in range(sessions):
        make_session(event, starts_at=starts_at + timedelta(days=day), hours=hours)
    _span(event)
    return event


def make_question(
    event: Event,
    kind: QuestionKind = QuestionKind.TEXT,
    *,
    text: str = "Co zjesz?",
    choices: Sequence[str] = (),
    is_required: bool = False,
    retention_days: int = 30,
    is_retired: bool = False,
) -> Question:
    """A question that may be left out, with the reason why it is asked; choices are worded like their values."""
    return Question.objects.create(
        event=event,
        position=event.questions.count(),
        kind=kind,
        text={"pl": text, "en": f"{text} (en)"},
        choices=[{"value": value, "label": {"pl": value, "en": value.title()}} for value in choices],
        is_required=is_required,
        purpose={"pl": "Zamawiamy jedzenie.", "en": "We order food."},
        retention_days=retention_days,
        is_retired=is_retired,
    )


def _span(event: Event) -> None:
    sessions = list(event.sessions.all())
    event.starts_at = min(session.starts_at for session in sessions)
    event.ends_at = max(session.ends_at for session in sessions)
    event.save(update_fields=["starts_at", "ends_at"])


def make_door_pass(
    event: Event, *, label: str = "Wejście A", hours: float = 12, by: User | None = None, at: datetime = NOW
) -> DoorPass:
    """A pass that opens the event's door from now on for so many hours."""
    return DoorPass.objects.create(
        event=event,
        label=label,
        valid_from=at,
        valid_until=at + timedelta(hours=hours),
        created_by=by or make_user(),
        created_at=at,
    )
