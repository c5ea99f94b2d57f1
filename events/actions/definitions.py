"""What an organiser says about an event: typed, and the same for forms, API and import.

The fields are those of the event body in the contract. `EventDefinition` makes an event; `EventEdit` changes one and
leaves alone what is `UNSET`.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final, TypeAlias, TypeVar

from django.db.models import Prefetch

from events.enums import (
    AgeRule,
    EventMode,
    EventRoleKind,
    NoAnswer,
    QuestionKind,
    ReminderAudience,
    ReminderChannel,
    Visibility,
    WaitlistPolicy,
)
from events.models import (
    AgendaItem,
    Audience,
    District,
    Event,
    EventKind,
    EventRole,
    Organization,
    OrganizationalUnit,
    ParticipantCategory,
    ParticipationProcess,
    Question,
    ReminderRule,
    Room,
    Session,
    Stage,
    Topic,
    Translated,
    User,
    Venue,
)


class Unset(enum.Enum):
    """The type of `UNSET`."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET

T = TypeVar("T")
Maybe: TypeAlias = T | Unset


@dataclass(frozen=True)
class RoleDefinition:
    """Somebody who speaks, chairs, interprets or helps; `is_public` shows name and organization, never the contact."""

    kind: EventRoleKind
    name: str
    organization: Organization | None = None
    user: User | None = None
    email: str = ""
    phone: str = ""
    is_public: bool = False


@dataclass(frozen=True)
class AgendaItemDefinition:
    """A point of a session's agenda; times without offset are wall-clock time, and null where only the order is known."""

    title: Translated
    description: Translated | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    roles: tuple[RoleDefinition, ...] = ()


@dataclass(frozen=True)
class QuestionDefinition:
    """A question to people who register; `id` names the one that an edit changes.

    `choices`: (value, label) of the kinds `choice` and `multiple`. `retention_days`: how long answers are kept after the
    event has ended.
    """

    kind: QuestionKind
    text: Translated
    purpose: Translated
    help_text: Translated | None = None
    choices: tuple[tuple[str, Translated], ...] = ()
    is_required: bool = False
    retention_days: int = 180
    id: int | None = None


@dataclass(frozen=True)
class SessionDefinition:
    """A dated part; a time without offset is wall-clock time of the event's zone.

    `id` names the session that an edit changes; its `agenda` is given whole or not at all. `all_day`: only the dates count;
    an end at midnight after the first day closes the day before, any other end is on the last day.
    """

    starts_at: datetime
    ends_at: datetime
    all_day: bool = False
    title: Translated | None = None
    room: Room | None = None
    capacity: int | None = None
    id: int | None = None
    agenda: Maybe[tuple[AgendaItemDefinition, ...]] = UNSET


@dataclass(frozen=True)
class CategoryDefinition:
    """A category that may register, and how many seats it has at most (null: as many as the event)."""

    category: ParticipantCategory
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True)
class RegistrationDefinition:
    """How people sign up; what is left out is as usual for the kind when an event is made, and stays when it is changed."""

    # Null: the same as left out.
    required: Maybe[bool | None] = UNSET
    opens_at: Maybe[datetime | None] = UNSET
    closes_at: Maybe[datetime | None] = UNSET
    capacity: Maybe[int | None] = UNSET
    # Of these, so many are kept for invited people.
    reserved: Maybe[int] = UNSET
    categories: Maybe[tuple[CategoryDefinition, ...]] = UNSET
    confirm_email: Maybe[bool] = UNSET
    hold_minutes: Maybe[int] = UNSET
    waitlist: Maybe[bool] = UNSET
    waitlist_limit: Maybe[int | None] = UNSET
    waitlist_policy: Maybe[WaitlistPolicy] = UNSET
    offer_hours: Maybe[int | None] = UNSET
    group_max: Maybe[int] = UNSET
    approval: Maybe[bool] = UNSET
    approval_holds_seat: Maybe[bool] = UNSET
    assistants_take_seats: Maybe[bool] = UNSET
    wheelchair_places: Maybe[int | None] = UNSET
    ask_days_before: Maybe[int | None] = UNSET
    ask_reply_hours: Maybe[int] = UNSET
    ask_no_answer: Maybe[NoAnswer] = UNSET


RegistrationEdit: TypeAlias = RegistrationDefinition


@dataclass(frozen=True)
class ReminderDefinition:
    """A reminder: days before at a wall-clock time, minutes before the start, or minutes after the end."""

    channel: ReminderChannel
    days: int | None = None
    at: time | None = None
    minutes: int | None = None
    minutes_after: int | None = None
    audience: ReminderAudience = ReminderAudience.CONFIRMED


@dataclass(frozen=True, kw_only=True)
class EventDefinition:
    """An event to be made; what is null and usual for its kind is filled in from the kind."""

    unit: OrganizationalUnit
    kind: EventKind
    title: Translated
    sessions: tuple[SessionDefinition, ...]
    slug: str | None = None
    summary: Translated | None = None
    description: Translated | None = None
    # Null: not stated, as in history.
    mode: EventMode | None = EventMode.IN_PERSON
    venue: Venue | None = None
    district: District | None = None
    join_url: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    # Over what is usual for the kind.
    accessibility: Mapping[str, str] = field(default_factory=dict)
    visibility: Visibility | None = None
    process: ParticipationProcess | None = None
    stage: Stage | None = None
    topics: tuple[Topic, ...] = ()
    audiences: tuple[Audience, ...] = ()
    organizations: tuple[Organization, ...] = ()
    # Languages of the meeting itself; null: as is usual for the kind.
    languages: tuple[str, ...] | None = None
    is_streamed: bool = False
    is_recorded: bool = False
    # How many people may be inside at once, and how many of them work there; null: what the rooms hold.
    people_limit: int | None = None
    staff_count: int = 0
    age_rule: AgeRule = AgeRule.NONE
    age_limit: int | None = None
    join_opens_minutes: int = 30
    roles: tuple[RoleDefinition, ...] = ()
    questions: tuple[QuestionDefinition, ...] = ()
    registration: RegistrationDefinition = RegistrationDefinition()
    reminders: tuple[ReminderDefinition, ...] | None = None
    # Why the event shares a room that is taken; it needs somebody who may decide that.
    room_override_reason: str = ""
    is_template: bool = False


@dataclass(frozen=True, kw_only=True)
class EventEdit:
    """Changes to an event; lists (sessions, topics, reminders, roles, questions …) are given whole or not at all."""

    kind: Maybe[EventKind] = UNSET
    title: Maybe[Translated] = UNSET
    summary: Maybe[Translated] = UNSET
    description: Maybe[Translated] = UNSET
    mode: Maybe[EventMode | None] = UNSET
    venue: Maybe[Venue | None] = UNSET
    district: Maybe[District | None] = UNSET
    join_url: Maybe[str] = UNSET
    contact_email: Maybe[str] = UNSET
    contact_phone: Maybe[str] = UNSET
    accessibility: Maybe[Mapping[str, str]] = UNSET
    visibility: Maybe[Visibility] = UNSET
    process: Maybe[ParticipationProcess | None] = UNSET
    stage: Maybe[Stage | None] = UNSET
    topics: Maybe[tuple[Topic, ...]] = UNSET
    audiences: Maybe[tuple[Audience, ...]] = UNSET
    organizations: Maybe[tuple[Organization, ...]] = UNSET
    languages: Maybe[tuple[str, ...]] = UNSET
    is_streamed: Maybe[bool] = UNSET
    is_recorded: Maybe[bool] = UNSET
    people_limit: Maybe[int | None] = UNSET
    staff_count: Maybe[int] = UNSET
    age_rule: Maybe[AgeRule] = UNSET
    age_limit: Maybe[int | None] = UNSET
    join_opens_minutes: Maybe[int] = UNSET
    roles: Maybe[tuple[RoleDefinition, ...]] = UNSET
    questions: Maybe[tuple[QuestionDefinition, ...]] = UNSET
    sessions: Maybe[tuple[SessionDefinition, ...]] = UNSET
    registration: Maybe[RegistrationEdit] = UNSET
    reminders: Maybe[tuple[ReminderDefinition, ...]] = UNSET
    # Words about this edit, not parts of the event.
    room_override_reason: str = ""
    # Where more seats are taken than there are to be, the rest is counted as overbooked instead of being refused.
    allow_overbooking: bool = False


def definition_of(event: Event) -> EventDefinition:
    """The event as an organiser would say it: what a form shows, the API reads back and a copy is made from."""
    policy = event.policy
    pools = list(event.pools.select_related("category").order_by("category__position", "id"))
    capacities = {pool.session_id: pool.capacity for pool in pools if pool.category is None}
    agendas = {
        session_id: tuple(agenda_item_definition_of(item) for item in items)
        for session_id, items in agendas_of(event).items()
    }
    return EventDefinition(
        unit=event.unit,
        kind=event.kind,
        slug=event.slug,
        title=event.title,
        summary=event.summary,
        description=event.description,
        mode=EventMode(event.mode) if event.mode else None,
        venue=event.venue,
        district=event.district,
        join_url=event.join_url,
        join_opens_minutes=event.join_opens_minutes,
        contact_email=event.contact_email,
        contact_phone=event.contact_phone,
        accessibility=event.accessibility,
        visibility=Visibility(event.visibility),
        process=event.process,
        stage=event.stage,
        topics=tuple(event.topics.all()),
        audiences=tuple(event.audiences.all()),
        organizations=tuple(event.organizations.all()),
        languages=tuple(event.languages),
        is_streamed=event.is_streamed,
        is_recorded=event.is_recorded,
        people_limit=event.people_limit,
        staff_count=event.staff_count,
        age_rule=AgeRule(event.age_rule),
        age_limit=event.age_limit,
        roles=roles_of(event),
        questions=tuple(question_definition_of(row) for row in event.questions.filter(is_retired=False)),
        sessions=tuple(
            session_definition_of(
                session,
                capacity=capacities.get(session.pk),
                agenda=agendas.get(session.pk, ()),
            )
            for session in event.sessions.filter(is_cancelled=False).select_related("room")
        ),
        registration=RegistrationDefinition(
            required=policy.required,
            opens_at=policy.opens_at,
            closes_at=policy.closes_at,
            capacity=capacities.get(None),
            reserved=next((pool.reserved for pool in pools if pool.session_id is None and pool.category_id is None), 0),
            categories=tuple(
                CategoryDefinition(pool.category, pool.capacity)
                for pool in pools
                if pool.category is not None and pool.session_id is None
            ),
            confirm_email=policy.confirm_email,
            hold_minutes=policy.hold_minutes,
            waitlist=policy.waitlist,
            waitlist_limit=policy.waitlist_limit,
            waitlist_policy=WaitlistPolicy(policy.waitlist_policy),
            offer_hours=policy.offer_hours,
            group_max=policy.group_max,
            approval=policy.approval,
            approval_holds_seat=policy.approval_holds_seat,
            assistants_take_seats=policy.assistants_take_seats,
            wheelchair_places=policy.wheelchair_places,
            ask_days_before=policy.ask_days_before,
            ask_reply_hours=policy.ask_reply_hours,
            ask_no_answer=NoAnswer(policy.ask_no_answer),
        ),
        reminders=tuple(reminder_definition_of(rule) for rule in event.reminders.all()),
        is_template=event.is_template,
    )


def session_definition_of(
    session: Session, *, capacity: int | None, agenda: Maybe[tuple[AgendaItemDefinition, ...]] = UNSET
) -> SessionDefinition:
    """A session as an organiser would say it."""
    return SessionDefinition(
        id=session.pk,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        all_day=session.all_day,
        title=session.title or None,
        room=session.room,
        capacity=capacity,
        agenda=agenda,
    )


def agendas_of(event: Event) -> dict[int, list[AgendaItem]]:
    """The points of the agendas with their roles at hand, by the id of their session."""
    agendas: dict[int, list[AgendaItem]] = {}
    roles = EventRole.objects.select_related("organization", "user").order_by("position", "id")
    items = AgendaItem.objects.filter(session__event=event).prefetch_related(Prefetch("roles", roles))
    for item in items.order_by("position", "id"):
        agendas.setdefault(item.session_id, []).append(item)
    return agendas


def agenda_item_definition_of(item: AgendaItem) -> AgendaItemDefinition:
    """A point of an agenda as an organiser would say it."""
    return AgendaItemDefinition(
        title=item.title,
        description=item.description,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        roles=tuple(role_definition_of(role) for role in item.roles.all()),
    )


def roles_of(event: Event) -> tuple[RoleDefinition, ...]:
    """Who does something at the whole event, as an organiser would say it."""
    rows = event.roles.filter(agenda_item=None).select_related("organization", "user").order_by("position", "id")
    return tuple(role_definition_of(row) for row in rows)


def role_definition_of(role: EventRole) -> RoleDefinition:
    """A role as an organiser would say it."""
    return RoleDefinition(
        kind=EventRoleKind(role.kind),
        name=role.name,
        organization=role.organization,
        user=role.user,
        email=role.email,
        phone=role.phone,
        is_public=role.is_public,
    )


def question_definition_of(question: Question) -> QuestionDefinition:
    """A question as an organiser would say it."""
    return QuestionDefinition(
        id=question.pk,
        kind=QuestionKind(question.kind),
        text=question.text,
        help_text=question.help_text,
        choices=tuple((choice["value"], choice["label"]) for choice in question.choices),
        is_required=question.is_required,
        purpose=question.purpose,
        retention_days=question.retention_days,
    )


def reminder_definition_of(rule: ReminderRule) -> ReminderDefinition:
    """A reminder rule as an organiser would say it."""
    return ReminderDefinition(
        channel=ReminderChannel(rule.channel),
        days=rule.days_before,
        at=rule.at_time,
        minutes=rule.minutes_before,
        minutes_after=rule.minutes_after,
        audience=ReminderAudience(rule.audience),
    )


def usual_reminders(kind: EventKind) -> tuple[ReminderDefinition, ...]:
    """The reminders that the kind asks for."""
    return tuple(reminder_from_json(rule) for rule in kind.default_reminders)


def reminder_from_json(rule: Mapping[str, Any]) -> ReminderDefinition:
    """A reminder from its JSON as in the contract; whom it is for is left out where it is for people with a seat."""
    before, after = rule.get("before", {}), rule.get("after", {})
    return ReminderDefinition(
        channel=ReminderChannel(rule["channel"]),
        days=before.get("days"),
        at=time.fromisoformat(before["at"]) if "at" in before else None,
        minutes=before.get("minutes"),
        minutes_after=after.get("minutes"),
        audience=ReminderAudience(rule.get("audience", ReminderAudience.CONFIRMED)),
    )


def given(source: object, names: Iterable[str]) -> dict[str, object]:
    """What a definition or an edit says about these names."""
    return {name: getattr(source, name) for name in names if getattr(source, name) is not UNSET}
