"""The dated parts of an event: made, moved, taken out, and the event's span kept in step."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Max, Min, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.actions.agenda import AgendaEdit, edit_agendas
from events.actions.definitions import SessionDefinition
from events.actions.faults import Faults, model_faults
from events.actions.history import Difference
from events.actions.seats import lock_queue, set_capacity
from events.actions.wall_clock import NoSuchTime, as_instant, whole_days
from events.enums import PUBLIC_STATUSES, EventChangeKind
from events.errors import FieldErrors
from events.models import Event, Room, SeatPool, Session
from events.signals import sessions_going


@dataclass(frozen=True)
class WantedSession:
    """A definition with its instants in UTC."""

    definition: SessionDefinition
    starts_at: datetime
    ends_at: datetime
    position: int

    @property
    def times(self) -> dict[str, object]:
        return _times(self.starts_at, self.ends_at, all_day=self.definition.all_day)


def save_sessions(
    event: Event, definitions: Sequence[SessionDefinition], *, allow_overbooking: bool = False, at: datetime
) -> list[Difference]:
    """Make the event's sessions what is given: one with an `id` is changed, one without is new, what is missing goes.

    The calling action has locked the event. A session of an announced event stays in calendars as cancelled.
    """
    present = {session.pk: session for session in event.sessions.filter(is_cancelled=False).select_related("room")}
    wanted = read_sessions(event, definitions, present=present)
    gone = [session for pk, session in present.items() if pk not in {item.definition.id for item in wanted}]
    changes = list(_take_out(event, gone))
    agendas: list[AgendaEdit] = []
    for item in wanted:
        session = present.get(item.definition.id or 0)
        if session is None:
            was = None
            session = new_session(event, item, at=at)
            changes += _add(event, session, item)
        else:
            was = (session.starts_at, session.ends_at)
            changes += _change(session, item)
            changes += _resize(event, session, item, allow_overbooking=allow_overbooking)
        agendas.append(AgendaEdit(session, item.definition.agenda, was=was, path=f"sessions.{item.position}.agenda"))
    changes += edit_agendas(event, agendas)
    keep_span(event)
    return changes


def keep_span(event: Event) -> None:
    """Write the first start and the last end of the sessions beside the event, so that lists need no join."""
    span = event.sessions.filter(is_cancelled=False).aggregate(starts_at=Min("starts_at"), ends_at=Max("ends_at"))
    Event.objects.filter(pk=event.pk).update(**span)
    event.starts_at, event.ends_at = span["starts_at"], span["ends_at"]


def raise_sequence(event: Event, *, only: Collection[int] | None = None) -> None:
    """Tell calendars that something substantial about the sessions (or some of them) has changed (RFC 5546 2.1.4)."""
    sessions = event.sessions.filter(is_cancelled=False) if only is None else event.sessions.filter(pk__in=only)
    sessions.update(sequence=F("sequence") + 1)


def close_pools(pools: QuerySet[SeatPool]) -> bool:
    """Delete the pools while nobody has a seat or waits in one; else say so and leave them."""
    for event_id in pools.values_list("event", flat=True).distinct():
        lock_queue(event_id)
    locked = list(pools.select_for_update().order_by("id"))
    if any(pool.taken or pool.waiting for pool in locked):
        return False
    SeatPool.objects.filter(pk__in=[pool.pk for pool in locked]).delete()
    return True


def read_sessions(
    event: Event, definitions: Sequence[SessionDefinition], *, present: Mapping[int, Session]
) -> list[WantedSession]:
    """The definitions with their instants; `present`: the sessions that they may name. All faults are refused together."""
    errors: Faults = {}
    wanted: list[WantedSession] = []
    zone = ZoneInfo(event.time_zone)
    if not definitions and event.status in PUBLIC_STATUSES:
        errors["sessions"] = [_("An announced event has at least one date.")]
    ids = [definition.id for definition in definitions if definition.id is not None]
    if len(set(ids)) < len(ids) or not present.keys() >= set(ids):
        errors["sessions"] = [_("This date does not belong to the event any more.")]
    for position, definition in enumerate(definitions):
        faults: Faults = {}
        try:
            item = _in_utc(definition, position, zone, was=present.get(definition.id or 0))
        except _FieldRefusal as refusal:
            faults[refusal.field] = [refusal.sentence]
        else:
            wanted.append(item)
            faults |= _faults(event, item)
        errors |= {f"sessions.{position}.{field}": sentences for field, sentences in faults.items()}
    if errors:
        raise FieldErrors(errors)
    return wanted


class _FieldRefusal(Exception):
    def __init__(self, field: str, sentence: str | Promise) -> None:
        super().__init__(field)
        self.field = field
        self.sentence = sentence


def _in_utc(definition: SessionDefinition, position: int, zone: ZoneInfo, *, was: Session | None) -> WantedSession:
    instants = {}
    for field in ("starts_at", "ends_at"):
        try:
            known = () if was is None else (getattr(was, field),)
            instants[field] = as_instant(getattr(definition, field), zone, known=known)
        except NoSuchTime as refusal:
            raise _FieldRefusal(field, refusal.message) from refusal
    starts_at, ends_at = instants["starts_at"], instants["ends_at"]
    if definition.all_day and ends_at >= starts_at:
        starts_at, ends_at = whole_days(starts_at, ends_at, zone)
    if ends_at <= starts_at:
        raise _FieldRefusal("ends_at", _("The end has to be after the start."))
    return WantedSession(definition, starts_at, ends_at, position)


def _faults(event: Event, item: WantedSession) -> Faults:
    faults: Faults = {}
    definition = item.definition
    if definition.room is not None and definition.room.venue_id != event.venue_id:
        faults["room"] = [_("This room is not in the chosen place.")]
    faults |= model_faults(Session(title=definition.title or {}), only={"title"})
    faults |= model_faults(SeatPool(capacity=definition.capacity), only={"capacity"})
    return faults


def new_session(event: Event, item: WantedSession, *, at: datetime) -> Session:
    """The row of a session that does not exist yet."""
    definition = item.definition
    return Session(
        event=event,
        position=item.position,
        title=definition.title or {},
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        all_day=definition.all_day,
        room=definition.room,
        created_at=at,
        last_modified=at,
    )


def _add(event: Event, session: Session, item: WantedSession) -> Iterator[Difference]:
    session.save(force_insert=True)
    if item.definition.capacity is not None:
        _open_pool(event, session, item)
    yield Difference(EventChangeKind.RESCHEDULED, {}, item.times, session)


def _open_pool(event: Event, session: Session, item: WantedSession) -> None:
    # People who are registered already would have to be counted into the new pool.
    if event.pools.filter(Q(taken__gt=0) | Q(waiting__gt=0)).exists():
        sentence = _("Seats per session can be set only while nobody is registered.")
        raise FieldErrors({f"sessions.{item.position}.capacity": [sentence]})
    SeatPool.objects.create(event=event, session=session, capacity=item.definition.capacity)


def _change(session: Session, item: WantedSession) -> Iterator[Difference]:
    definition = item.definition
    times = _times(session.starts_at, session.ends_at, all_day=session.all_day)
    room, title = session.room, session.title
    session.starts_at, session.ends_at, session.all_day = item.starts_at, item.ends_at, definition.all_day
    session.room, session.title, session.position = definition.room, definition.title or {}, item.position
    session.save(update_fields=["starts_at", "ends_at", "all_day", "room", "title", "position"])
    if item.times != times:
        yield Difference(EventChangeKind.RESCHEDULED, times, item.times, session)
    if session.room != room:
        yield Difference(EventChangeKind.RELOCATED, _room(room), _room(session.room), session)
    if session.title != title:
        yield Difference(EventChangeKind.EDITED, {"title": title}, {"title": session.title}, session)


def _resize(event: Event, session: Session, item: WantedSession, *, allow_overbooking: bool) -> Iterator[Difference]:
    pool = event.pools.filter(session=session, category=None).first()
    before, after = pool.capacity if pool else None, item.definition.capacity
    if before == after:
        return
    if pool is None:
        _open_pool(event, session, item)
        yield capacity_changed(before, after, session=session)
    else:
        set_capacity(pool, after, allow_overbooking=allow_overbooking)
        yield capacity_changed(before, after, overbooked=pool.overbooked, session=session)


def capacity_changed(
    before: int | None, after: int | None, *, overbooked: int = 0, session: Session | None = None, category: str = ""
) -> Difference:
    """The row of another number of seats; that more are taken than that stands in it, because somebody chose so."""
    beyond = {"overbooked": overbooked} if overbooked else {}
    whose = {"category": category} if category else {}
    kind = EventChangeKind.CAPACITY_CHANGED
    return Difference(kind, {"capacity": before, **whose}, {"capacity": after, **beyond, **whose}, session)


def _take_out(event: Event, gone: Sequence[Session]) -> Iterator[Difference]:
    if not gone:
        return
    ids = frozenset(session.pk for session in gone)
    sessions_going.send(sender=Event, session_ids=ids)
    if not close_pools(event.pools.filter(session__in=ids)):
        raise FieldErrors({"sessions": [_("People are registered for a session that you are taking out.")]})
    announced = event.status in PUBLIC_STATUSES
    if announced:
        Session.objects.filter(pk__in=ids).update(is_cancelled=True)
    else:
        Session.objects.filter(pk__in=ids).delete()
    for session in gone:
        before = _times(session.starts_at, session.ends_at, all_day=session.all_day)
        yield Difference(EventChangeKind.RESCHEDULED, before, {}, session if announced else None)


def _times(starts_at: datetime, ends_at: datetime, *, all_day: bool) -> dict[str, object]:
    return {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "all_day": all_day}


def _room(room: Room | None) -> dict[str, object]:
    return {"room": room.name if room else None}
