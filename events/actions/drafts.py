"""New events as rows: read from definitions one by one, written all at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events.actions.agenda import Point, agenda_points, role_rows
from events.actions.columns import LISTS, new_columns, set_columns
from events.actions.definitions import UNSET, EventDefinition, usual_reminders
from events.actions.faults import model_faults
from events.actions.questions import question_rows
from events.actions.rules import new_rules, reminder_rows
from events.actions.sessions import new_session, read_sessions
from events.actions.wall_clock import as_wall_clock
from events.errors import FieldErrors
from events.models import (
    AgendaItem,
    Event,
    EventRole,
    EventSeries,
    ParticipantCategory,
    Question,
    RegistrationPolicy,
    ReminderRule,
    SeatPool,
    Session,
)
from events.queries.search import fold

# Somebody has to be able to open these by address.
RESERVED_SLUGS: Final = frozenset({"new"})
SLUG_LENGTH: Final = 100

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Draft:
    """An event with everything that belongs to it; not saved yet."""

    definition: EventDefinition
    event: Event
    policy: RegistrationPolicy
    pools: Sequence[SeatPool]
    sessions: Sequence[Session]
    agenda: Sequence[Point]
    roles: Sequence[EventRole]
    questions: Sequence[Question]
    reminders: Sequence[ReminderRule]


def read_draft(
    definition: EventDefinition,
    *,
    series: EventSeries | None,
    categories: Mapping[str, ParticipantCategory],
    at: datetime,
) -> Draft:
    """The rows of a definition; what does not fit is refused."""
    event = Event(
        unit=definition.unit,
        series=series,
        is_template=definition.is_template,
        time_zone=settings.TIME_ZONE,
        created_at=at,
    )
    set_columns(event, new_columns(definition))
    if definition.slug:
        _set_slug(event, definition.slug)
    policy, pools = new_rules(event, definition.registration, categories=categories)
    wanted = read_sessions(event, definition.sessions, present={})
    sessions = [new_session(event, item, at=at) for item in wanted]
    agenda: list[Point] = []
    for session, item in zip(sessions, wanted, strict=True):
        if item.definition.capacity is not None:
            pools.append(SeatPool(event=event, session=session, capacity=item.definition.capacity))
        if item.definition.agenda is not UNSET:
            path = f"sessions.{item.position}.agenda"
            agenda += agenda_points(event, session, item.definition.agenda, path=path)
    if sessions:
        event.starts_at = min(session.starts_at for session in sessions)
        event.ends_at = max(session.ends_at for session in sessions)
    reminders = usual_reminders(definition.kind) if definition.reminders is None else definition.reminders
    return Draft(
        definition=definition,
        event=event,
        policy=policy,
        pools=pools,
        sessions=sessions,
        agenda=agenda,
        roles=role_rows(event, definition.roles),
        questions=question_rows(event, definition.questions),
        reminders=reminder_rows(event, reminders, starts=[session.starts_at for session in sessions]),
    )


def save_drafts(drafts: Sequence[Draft]) -> None:
    """Write all rows of these events, with as many statements as for one."""
    _save_events(drafts)
    RegistrationPolicy.objects.bulk_create([draft.policy for draft in drafts])
    Session.objects.bulk_create(_all(draft.sessions for draft in drafts))
    SeatPool.objects.bulk_create(_all(draft.pools for draft in drafts))
    points = _all(draft.agenda for draft in drafts)
    AgendaItem.objects.bulk_create([point.item for point in points])
    EventRole.objects.bulk_create([*_all(draft.roles for draft in drafts), *_all(point.roles for point in points)])
    Question.objects.bulk_create(_all(draft.questions for draft in drafts))
    ReminderRule.objects.bulk_create(_all(draft.reminders for draft in drafts))
    for name in LISTS:
        _save_list(name, drafts)


def _all(parts: Iterable[Sequence[_Row]]) -> list[_Row]:
    return list(chain.from_iterable(parts))


def _save_list(name: str, drafts: Sequence[Draft]) -> None:
    link = getattr(Event, name)
    one, other = link.field.m2m_field_name(), link.field.m2m_reverse_field_name()
    link.through.objects.bulk_create(
        link.through(**{one: draft.event, other: row})
        for draft in drafts
        for row in dict.fromkeys(getattr(draft.definition, name))
    )


# Addresses


def _save_events(drafts: Sequence[Draft]) -> None:
    """Insert, and let the database say whether the addresses are still free."""
    events = [draft.event for draft in drafts]
    while True:
        taken = _taken(drafts)
        _set_slugs(drafts, taken)
        try:
            with transaction.atomic():
                Event.objects.bulk_create(events)
        except IntegrityError:
            # Somebody may have taken one since we looked; else it is a bug.
            if not Event.objects.filter(slug__in=[event.slug for event in events]).exists():
                raise
        else:
            return


def _taken(drafts: Sequence[Draft]) -> set[str]:
    bases = {draft.definition.slug or _base(draft.event) for draft in drafts}
    near = Q()
    for base in sorted(bases):
        near |= Q(slug__startswith=base)
    return {*RESERVED_SLUGS, *Event.objects.filter(near).values_list("slug", flat=True)}


def _set_slugs(drafts: Sequence[Draft], taken: set[str]) -> None:
    for draft in drafts:
        if not draft.definition.slug:
            draft.event.slug = next(slug for slug in _slugs(draft) if slug not in taken)
        elif draft.event.slug in taken:
            raise FieldErrors({"slug": [_("This address is taken. Choose another one.")]})
        taken.add(draft.event.slug)


def _set_slug(event: Event, slug: str) -> None:
    event.slug = slug
    errors = model_faults(event, only=("slug",))
    if errors:
        raise FieldErrors(errors)


def _slugs(draft: Draft) -> Iterator[str]:
    """The Polish title as an address, then with the date, then with a number."""
    base = _base(draft.event)
    yield base
    if draft.definition.sessions:
        starts_at = as_wall_clock(draft.definition.sessions[0].starts_at, ZoneInfo(draft.event.time_zone))
        base = f"{base}-{starts_at:%Y-%m-%d}"
        yield base
    yield from (f"{base}-{number}" for number in count(2))


def _base(event: Event) -> str:
    return slugify(fold(event.title["pl"]))[:SLUG_LENGTH].strip("-") or slugify(event.kind.code)
