"""What happened to events, as messages to everybody it concerns."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from events.enums import EventChangeKind
from events.models import Event, EventChange
from notifications.actions.due_times import Due
from notifications.actions.planning.audiences import Audience, Row, insert
from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import EVENT_CANCELLED, EVENT_CHANGED, KINDS, Kind
from notifications.models import Message

_BATCH: Final = 500
# Changes that people who come have to know of; that there are more seats is no news to who has one.
_TOLD: Final = (
    EventChangeKind.RESCHEDULED,
    EventChangeKind.RELOCATED,
    EventChangeKind.MODE_CHANGED,
    EventChangeKind.EDITED,
)


@transaction.atomic
def plan_event_changes(*, at: datetime) -> int | None:
    """One batch; None when there is none left."""
    changes = list(
        EventChange.objects.filter(planned_at=None, notify=True)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("event_id", "id")[:_BATCH]
    )
    if not changes:
        return None
    events = Event.objects.in_bulk({change.event_id for change in changes})
    messages = 0
    for event_id, group in groupby(changes, key=lambda change: change.event_id):
        messages += _plan_event(events[event_id], list(group), at=at)
    EventChange.objects.filter(pk__in=[change.pk for change in changes]).update(planned_at=at)
    return messages


def _plan_event(event: Event, changes: Sequence[EventChange], *, at: datetime) -> int:
    cancelled = [change for change in changes if change.kind == EventChangeKind.CANCELLED]
    if cancelled:
        _supersede_by_cancellation(event)
        return _tell(EVENT_CANCELLED, event, cancelled[-1:], at=at)
    told = [change for change in changes if change.kind in _TOLD]
    if not told:
        return 0
    planned = _tell(EVENT_CHANGED, event, told, at=at)
    _supersede_older_changes(event, told[-1])
    return planned


def _tell(kind: Kind, event: Event, changes: Sequence[EventChange], *, at: datetime) -> int:
    """One message per active registration and channel; several changes at once are told together, by the last one."""
    last = changes[-1]
    sessions = None
    if all(change.session_id is not None and change.before for change in changes):
        # A session that is new, or the event itself, is everybody's news.
        sessions = [change.session_id for change in changes if change.session_id is not None]
    planned = 0
    for channel in Channel:
        audience = Audience(
            states=kind.true_while,
            sessions=sessions,
            registered_by=last.at,
            without_email=channel == Channel.SMS and not kind.also_by_sms,
        )
        useful_until = max(event.ends_at or at, last.at)
        row = Row(kind=kind, channel=channel, subject=str(last.pk), change=last.pk, due=Due(last.at, useful_until))
        planned += insert(row, event.pk, audience, at=at)
    return planned


def _supersede_by_cancellation(event: Event) -> None:
    stale = [kind.name for kind in KINDS.values() if event.status not in kind.event_true_while]
    Message.objects.filter(event=event, kind__in=stale, state=MessageState.PLANNED).update(
        state=MessageState.CANCELLED, state_reason=StateReason.SUPERSEDED
    )


def _supersede_older_changes(event: Event, last: EventChange) -> None:
    """Who is told of the last change need not be told of the ones before it as well."""
    newer = Message.objects.filter(
        registration=OuterRef("registration"), channel=OuterRef("channel"), kind=EVENT_CHANGED.name, event_change=last
    )
    older = Message.objects.filter(
        event=event, kind=EVENT_CHANGED.name, state=MessageState.PLANNED, event_change__lt=last.pk
    )
    older.filter(Exists(newer)).update(state=MessageState.CANCELLED, state_reason=StateReason.SUPERSEDED)
