"""What happened to events, as messages to everybody it concerns: participants, people who work there, the coordinator."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db.models import Count, Exists, Max, Min, OuterRef

from events.actions.retries import retried
from events.enums import EventChangeKind, EventMode, EventStatus, Role
from events.models import Event, EventChange
from notifications.actions.due_times import Due, may_wake
from notifications.actions.planning.audiences import (
    Audience,
    Row,
    insert,
    insert_for_members,
    insert_for_roles,
    insert_for_staff,
)
from notifications.actions.planning.gathering import leaves_at
from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import (
    ACCESSIBILITY_ALERT,
    EVENT_CANCELLED,
    EVENT_CHANGED,
    EVENT_POSTPONED,
    FEATURE_LOST,
    KINDS,
    MOVED_ONLINE,
    NEW_DATE,
    SUPPLIER_CANCELLED,
    SUPPLIER_CHANGED,
    SUPPLIER_POSTPONED,
    WHEELCHAIR_ALERT,
    Kind,
    needs_served_by,
)
from notifications.models import Message
from registrations.enums import NeedKind

_BATCH: Final = 500
# The moves of an event that people are told of: participants, and whoever works there.
_MOVES: Final[Mapping[str, tuple[Kind, Kind]]] = {
    EventChangeKind.CANCELLED: (EVENT_CANCELLED, SUPPLIER_CANCELLED),
    EventChangeKind.POSTPONED: (EVENT_POSTPONED, SUPPLIER_POSTPONED),
    EventChangeKind.NEW_DATE: (NEW_DATE, SUPPLIER_CHANGED),
}
_IN_A_PLACE: Final = frozenset({EventMode.IN_PERSON.value, EventMode.HYBRID.value})


def planned_by(change_ids: Sequence[int]) -> Mapping[str, int]:
    """How many messages these changes make, by channel, found out by making them: the caller rolls them back."""
    at = EventChange.objects.filter(pk__in=change_ids).aggregate(last=Max("at"))["last"]
    while plan_event_changes(at=at, only=change_ids) is not None:
        pass
    made = Message.objects.filter(event_change__in=change_ids, state=MessageState.PLANNED).order_by()
    return Counter(dict(made.values_list("channel").annotate(messages=Count("pk"))))


@retried
def plan_event_changes(*, at: datetime, only: Sequence[int] | None = None) -> int | None:
    """One batch (of these changes); None when there is none left."""
    unplanned = EventChange.objects.filter(planned_at=None, notify=True)
    if only is not None:
        unplanned = unplanned.filter(pk__in=only)
    # Waiting for whoever plans the earlier ones of an event: skipped, they would be told after the later ones.
    changes = list(unplanned.select_for_update(no_key=True).order_by("event_id", "id")[:_BATCH])
    if not changes:
        return None
    events = Event.objects.in_bulk({change.event_id for change in changes})
    messages = 0
    for event_id, group in groupby(changes, key=lambda change: change.event_id):
        messages += _plan_event(events[event_id], list(group), at=at)
    EventChange.objects.filter(pk__in=[change.pk for change in changes]).update(planned_at=at)
    return messages


def _plan_event(event: Event, changes: Sequence[EventChange], *, at: datetime) -> int:
    planned = 0
    moves = [change for change in changes if change.kind in _MOVES]
    if moves:
        _supersede_stale(event)
        to_participants, to_roles = _MOVES[moves[-1].kind]
        planned += _tell(to_participants, event, moves[-1:], at=at)
        planned += _tell_roles(to_roles, event, moves[-1:], at=at)
    if event.status == EventStatus.PUBLISHED:
        # What was changed before a move is told with it, or does not matter any more.
        since = [change for change in changes if not moves or change.pk > moves[-1].pk]
        planned += _plan_edits(event, since, at=at)
    if event.status in FEATURE_LOST.event_true_while:
        planned += _plan_lost_features(event, changes, at=at)
        planned += _plan_wheelchairs(event, changes, at=at)
    return planned


def _plan_edits(event: Event, changes: Sequence[EventChange], *, at: datetime) -> int:
    told = [change for change in changes if change.kind in EVENT_CHANGED.tells]
    if not told:
        return 0
    kind = _kind_of_edit(event, told)
    at_once = kind == MOVED_ONLINE or _is_near(event, told, at=at)
    planned = _tell(kind, event, told, at_once=at_once, at=at)
    _supersede_older(event, (EVENT_CHANGED, MOVED_ONLINE), told[-1])
    told = [change for change in told if change.kind in SUPPLIER_CHANGED.tells]
    if told:
        planned += _tell_roles(SUPPLIER_CHANGED, event, told, at_once=at_once, at=at)
        _supersede_older(event, (SUPPLIER_CHANGED,), told[-1])
    return planned


def _is_near(event: Event, changes: Sequence[EventChange], *, at: datetime) -> bool:
    """Whether what has changed begins soon or goes on now, or was to do so before the change: nobody may set out in vain."""
    changed = [change.session_id for change in changes if change.session_id is not None]
    sessions = event.sessions.filter(is_cancelled=False)
    if len(changed) == len(changes):
        sessions = sessions.filter(pk__in=changed)
    times = [(session.starts_at, session.ends_at) for session in sessions]
    moved = [change for change in changes if "starts_at" in change.before]
    times += [(_moment(change, "starts_at"), _moment(change, "ends_at")) for change in moved]
    return any(may_wake(at, starts_at) and at < ends_at for starts_at, ends_at in times)


def _moment(change: EventChange, name: str) -> datetime:
    return datetime.fromisoformat(str(change.before[name]))


def _kind_of_edit(event: Event, told: Sequence[EventChange]) -> Kind:
    """That nobody is to go there any more is said first, also when more has changed before it could be said."""
    if event.mode != EventMode.ONLINE:
        return EVENT_CHANGED
    leaves_place = any(
        change.kind == EventChangeKind.MODE_CHANGED and change.before.get("mode") in _IN_A_PLACE for change in told
    )
    unsaid = Message.objects.filter(event=event, kind=MOVED_ONLINE.name, state=MessageState.PLANNED)
    return MOVED_ONLINE if leaves_place or unsaid.exists() else EVENT_CHANGED


def _plan_lost_features(event: Event, changes: Sequence[EventChange], *, at: datetime) -> int:
    lost = [change for change in changes if change.kind == EventChangeKind.FEATURE_LOST]
    if not lost:
        return 0
    needs = needs_served_by(feature for change in lost for feature in change.before.get("features", ()))
    planned = _tell(FEATURE_LOST, event, lost, needs=sorted(needs), at=at)
    planned += _alert(ACCESSIBILITY_ALERT, event, lost[-1], at=at)
    _supersede_older(event, (FEATURE_LOST,), lost[-1])
    return planned


def _plan_wheelchairs(event: Event, changes: Sequence[EventChange], *, at: datetime) -> int:
    alerts = [change for change in changes if change.kind == EventChangeKind.NEED_ALERT]
    return _alert(WHEELCHAIR_ALERT, event, alerts[-1], at=at) if alerts else 0


def _alert(kind: Kind, event: Event, last: EventChange, *, at: datetime) -> int:
    """Tell whoever coordinates accessibility in the unit, else its owners; the latest alert says all."""
    row = _row(kind, Channel.EMAIL, event, last, at=at)
    planned = insert_for_staff(row, event.pk, roles=(Role.ACCESSIBILITY, Role.OWNER), at=at)
    _supersede_older(event, (kind,), last)
    return planned


def _tell(
    kind: Kind,
    event: Event,
    changes: Sequence[EventChange],
    *,
    needs: Sequence[NeedKind] | None = None,
    at_once: bool = True,
    at: datetime,
) -> int:
    """One message per active registration and channel, and by mail to who comes along.

    Several changes at once are told together, by the last one; of a need only its own person reads.
    """
    last = changes[-1]
    planned = 0
    waits = None if at_once else _waits(kind, event, changes)
    for channel in Channel:
        audience = Audience(
            states=kind.true_while,
            sessions=_sessions_of(changes),
            registered_by=last.at,
            without_email=channel == Channel.SMS and not kind.also_by_sms,
            needs=needs,
        )
        row = _row(kind, channel, event, last, waits=waits, at=at)
        planned += insert(row, event.pk, audience, at=at)
        if channel == Channel.EMAIL and needs is None:
            planned += insert_for_members(row, event.pk, audience, at=at)
    return planned


def _tell_roles(kind: Kind, event: Event, changes: Sequence[EventChange], *, at_once: bool = True, at: datetime) -> int:
    waits = None if at_once else _waits(kind, event, changes)
    row = _row(kind, Channel.EMAIL, event, changes[-1], waits=waits, at=at)
    return insert_for_roles(row, event.pk, sessions=_sessions_of(changes), at=at)


def _sessions_of(changes: Sequence[EventChange]) -> list[int] | None:
    """Whose change it is; a session that is new, or the event itself, is everybody's news."""
    if all(change.session_id is not None and change.before for change in changes):
        return [change.session_id for change in changes if change.session_id is not None]
    return None


@dataclass(frozen=True)
class _Wait:
    """Since when news wait for more of the same, and until when."""

    since: datetime
    until: datetime


def _waits(kind: Kind, event: Event, changes: Sequence[EventChange]) -> _Wait:
    """How long these news wait; what is not told yet of earlier ones has waited already."""
    unsaid = Message.objects.filter(event=event, kind=kind.name, state=MessageState.PLANNED)
    oldest = unsaid.aggregate(oldest=Min("created_at"))["oldest"]
    since = changes[0].at if oldest is None else min(oldest, changes[0].at)
    return _Wait(since, leaves_at(kind, last=changes[-1].at, since=since))


def _row(
    kind: Kind, channel: Channel, event: Event, last: EventChange, *, waits: _Wait | None = None, at: datetime
) -> Row:
    useful_until = max(event.ends_at or at, last.at + kind.useful_for_at_least)
    return Row(
        kind=kind,
        channel=channel,
        subject=str(last.pk),
        change=last.pk,
        due=Due(waits.until if waits else last.at, useful_until),
        waiting_since=waits.since if waits else None,
    )


def _supersede_stale(event: Event) -> None:
    """Take back what is not so any more now that the event stands where it stands."""
    stale = [kind.name for kind in KINDS.values() if event.status not in kind.event_true_while]
    Message.objects.filter(event=event, kind__in=stale, state=MessageState.PLANNED).update(
        state=MessageState.CANCELLED, state_reason=StateReason.SUPERSEDED
    )


def _supersede_older(event: Event, kinds: Sequence[Kind], last: EventChange) -> None:
    """Who is told of the last change need not be told of the ones before it as well."""
    names = [kind.name for kind in kinds]
    newer = Message.objects.filter(kind__in=names, event_change=last, channel=OuterRef("channel"))
    same_reader = [Exists(newer.filter(**{reader: OuterRef(reader)})) for reader in ("registration", "role", "staff")]
    older = Message.objects.filter(event=event, kind__in=names, state=MessageState.PLANNED, event_change__lt=last.pk)
    older.filter(same_reader[0] | same_reader[1] | same_reader[2]).update(
        state=MessageState.CANCELLED, state_reason=StateReason.SUPERSEDED
    )
