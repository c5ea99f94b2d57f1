"""Who does what and when: the people of an event, and the points of its sessions' agendas."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from events.actions.definitions import (
    UNSET,
    AgendaItemDefinition,
    Maybe,
    RoleDefinition,
    agenda_item_definition_of,
    agendas_of,
)
from events.actions.faults import Faults, model_faults, text_faults
from events.actions.history import Difference
from events.actions.wall_clock import NoSuchTime, WallClockShift, as_instant
from events.enums import EventChangeKind
from events.errors import FieldErrors
from events.models import AgendaItem, Event, EventRole, Session
from events.models.texts import no_text
from events.queries.search import fold

_ROLE_COLUMNS: Final = ("kind", "position", "name", "organization", "user", "email", "phone", "is_public", "identity")
_ROLE_FACTS: Final = ("kind", "name", "organization_id", "user_id", "email", "phone", "is_public")
_ITEM_COLUMNS: Final = ("position", "title", "description", "starts_at", "ends_at")
_IDENTITY_LENGTH: Final = 254
# More than any programme that people can read.
MOST_ROLES: Final = 100
MOST_ITEMS: Final = 200


@dataclass(frozen=True)
class Point:
    """A point of an agenda with who does what at it; rows that need not be saved yet."""

    item: AgendaItem
    roles: Sequence[EventRole]


@dataclass(frozen=True)
class AgendaEdit:
    """The agenda that a saved session is given; left out, the one it has moves with the session."""

    session: Session
    agenda: Maybe[tuple[AgendaItemDefinition, ...]]
    # When it was before, where it was.
    was: tuple[datetime, datetime] | None
    path: str

    @property
    def is_needed(self) -> bool:
        """Whether the agenda may change."""
        now = (self.session.starts_at, self.session.ends_at)
        return self.agenda is not UNSET or self.was not in {None, now}


def role_rows(
    event: Event, roles: Sequence[RoleDefinition], *, path: str = "roles", item: AgendaItem | None = None
) -> list[EventRole]:
    """The roles at one place as rows; faults are refused together."""
    if len(roles) > MOST_ROLES:
        raise FieldErrors({path: [_("That is more than a programme can hold.")]})
    errors: Faults = {}
    rows = [_role_row(event, role, position, item) for position, role in enumerate(roles)]
    known: set[tuple[str, str]] = set()
    for position, row in enumerate(rows):
        here = f"{path}.{position}"
        errors |= model_faults(row, only=("kind", "name", "email", "phone"), prefix=f"{here}.")
        if (row.kind, row.identity) in known:
            errors.setdefault(f"{here}.name", [_("This person is named twice for the same task.")])
        known.add((row.kind, row.identity))
    if errors:
        raise FieldErrors(errors)
    return rows


def _role_row(event: Event, role: RoleDefinition, position: int, item: AgendaItem | None) -> EventRole:
    name, email = role.name.strip(), role.email.strip()
    # Two events want the same person when the address is the same, else when the name is.
    identity = email or (role.user.email if role.user else "") or name
    return EventRole(
        event=event,
        agenda_item=item,
        kind=role.kind,
        position=position,
        name=name,
        organization=role.organization,
        user=role.user,
        email=email,
        phone=role.phone.strip(),
        is_public=role.is_public,
        identity=fold(identity)[:_IDENTITY_LENGTH],
    )


def agenda_points(
    event: Event,
    session: Session,
    agenda: Sequence[AgendaItemDefinition],
    *,
    present: Sequence[AgendaItem] = (),
    path: str,
) -> list[Point]:
    """A session's agenda as rows, where `present` are now; faults of all its points are refused together."""
    if len(agenda) > MOST_ITEMS:
        raise FieldErrors({path: [_("That is more than a programme can hold.")]})
    points: list[Point] = []
    errors: Faults = {}
    for position, definition in enumerate(agenda):
        here = f"{path}.{position}"
        item = AgendaItem(
            session=session,
            position=position,
            title=definition.title,
            description=definition.description or no_text(),
        )
        errors |= text_faults(item, ("title",), ("description",), prefix=f"{here}.")
        # What stands at the same place is the likeliest to be the same point.
        near = (*present[position : position + 1], *present)
        errors |= _set_times(item, definition, session, near=near, zone=ZoneInfo(event.time_zone), path=here)
        try:
            points.append(Point(item, role_rows(event, definition.roles, path=f"{here}.roles", item=item)))
        except FieldErrors as refusal:
            errors |= refusal.errors
    if errors:
        raise FieldErrors(errors)
    return points


def _set_times(
    item: AgendaItem,
    definition: AgendaItemDefinition,
    session: Session,
    *,
    near: Sequence[AgendaItem],
    zone: ZoneInfo,
    path: str,
) -> Faults:
    for name in ("starts_at", "ends_at"):
        moment: datetime | None = getattr(definition, name)
        times: Iterator[datetime | None] = (getattr(each, name) for each in (*near, session))
        known = [instant for instant in times if instant is not None]
        try:
            setattr(item, name, moment and as_instant(moment, zone, known=known))
        except NoSuchTime as refusal:
            return {f"{path}.{name}": [refusal.message]}
    starts_at, ends_at = item.starts_at, item.ends_at
    if starts_at is None:
        return {} if ends_at is None else {f"{path}.starts_at": [_("Say when this point begins, or no time at all.")]}
    if not session.starts_at <= starts_at < session.ends_at:
        return {f"{path}.starts_at": [_("This point is outside of its session.")]}
    if ends_at is not None and ends_at <= starts_at:
        return {f"{path}.ends_at": [_("The end has to be after the start.")]}
    if ends_at is not None and ends_at > session.ends_at:
        return {f"{path}.ends_at": [_("This point is outside of its session.")]}
    return {}


def shifted(agenda: tuple[AgendaItemDefinition, ...], shift: WallClockShift) -> tuple[AgendaItemDefinition, ...]:
    """The agenda of a session that moves."""
    return tuple(
        replace(item, starts_at=item.starts_at and shift(item.starts_at), ends_at=item.ends_at and shift(item.ends_at))
        for item in agenda
    )


# Changing what is saved


def edit_roles(event: Event, roles: Maybe[tuple[RoleDefinition, ...]]) -> Iterator[Difference]:
    """Let these be the people of the whole event; history names what they do, never them."""
    if roles is UNSET:
        return
    present = list(event.roles.filter(agenda_item=None).order_by("position", "id"))
    wanted = role_rows(event, roles)
    if _facts_of(present) == _facts_of(wanted):
        return
    _save_roles([(present, wanted)])
    before, after = ([row.kind for row in some] for some in (present, wanted))
    yield Difference(EventChangeKind.EDITED, {"roles": before}, {"roles": after})


def edit_agendas(event: Event, edits: Sequence[AgendaEdit]) -> Iterator[Difference]:
    """Let the sessions have these agendas, in few statements for many sessions."""
    edits = [edit for edit in edits if edit.is_needed]
    if not edits:
        return
    agendas = agendas_of(event)
    changes: list[tuple[Point | None, Point | None]] = []
    for edit in edits:
        before = [Point(item, list(item.roles.all())) for item in agendas.get(edit.session.pk, ())]
        after = _wanted(event, edit, before)
        if [_point_facts(point) for point in before] == [_point_facts(point) for point in after]:
            continue
        changes += zip_longest(before, after)
        # An agenda that only moves with its session is no news of its own.
        if edit.agenda is not UNSET:
            was, now = ([point.item.title["pl"] for point in points] for points in (before, after))
            yield Difference(EventChangeKind.EDITED, {"agenda": was}, {"agenda": now}, edit.session)
    _save_points(changes)


def _wanted(event: Event, edit: AgendaEdit, present: Sequence[Point]) -> list[Point]:
    if edit.agenda is not UNSET:
        items = [point.item for point in present]
        return agenda_points(event, edit.session, edit.agenda, present=items, path=edit.path)
    assert edit.was is not None
    shift = WallClockShift.between(edit.was[0], edit.session.starts_at, ZoneInfo(event.time_zone))
    agenda = tuple(agenda_item_definition_of(point.item) for point in present)
    try:
        return agenda_points(event, edit.session, shifted(agenda, shift), path=edit.path)
    except FieldErrors as refusal:
        raise FieldErrors({edit.path: [_("The agenda does not fit into the new time.")]}) from refusal


def _facts_of(roles: Sequence[EventRole]) -> list[list[object]]:
    return [[getattr(row, name) for name in _ROLE_FACTS] for row in roles]


def _point_facts(point: Point) -> list[object]:
    return [[getattr(point.item, name) for name in _ITEM_COLUMNS], _facts_of(point.roles)]


def _save_points(changes: Sequence[tuple[Point | None, Point | None]]) -> None:
    """Change what stands at the same place, so that rows which others point to stay."""
    kept = [(before, after) for before, after in changes if before is not None and after is not None]
    for before, after in kept:
        after.item.pk = before.item.pk
    gone = [before.item.pk for before, after in changes if before is not None and after is None]
    new = [after.item for before, after in changes if after is not None and before is None]
    AgendaItem.objects.filter(pk__in=gone).delete()
    AgendaItem.objects.bulk_update([after.item for _before, after in kept], _ITEM_COLUMNS)
    AgendaItem.objects.bulk_create(new)
    _save_roles(
        [(() if before is None else before.roles, after.roles) for before, after in changes if after is not None]
    )


def _save_roles(changes: Sequence[tuple[Sequence[EventRole], Sequence[EventRole]]]) -> None:
    kept: list[EventRole] = []
    new: list[EventRole] = []
    gone: list[int] = []
    for before, after in changes:
        known = {(row.kind, row.identity): row.pk for row in before}
        for row in after:
            pk = known.pop((row.kind, row.identity), None)
            if pk is None:
                new.append(row)
            else:
                row.pk = pk
                kept.append(row)
        gone += known.values()
    EventRole.objects.filter(pk__in=gone).delete()
    EventRole.objects.bulk_update(kept, _ROLE_COLUMNS)
    EventRole.objects.bulk_create(new)
