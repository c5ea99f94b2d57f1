"""What happened to events: one row each, which is history and the intent to tell people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from django.db import models, transaction

from events.enums import EventChangeKind
from events.models import Event, EventChange, Session, User
from events.signals import event_changed


@dataclass(frozen=True)
class Difference:
    """One thing that an edit changes, on its way to becoming a row."""

    kind: EventChangeKind
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    session: Session | None = None


@transaction.atomic
def record(  # noqa: PLR0913 - a row of history has these columns
    event: Event,
    kind: EventChangeKind,
    *,
    by: User | None,
    at: datetime,
    session: Session | None = None,
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    notify: bool = False,
) -> EventChange:
    """Write the row and send its id up; `by` null: nobody, a command did it."""
    change = EventChange.objects.create(
        event=event,
        session=session,
        kind=kind,
        by=by,
        at=at,
        reason=reason,
        before=dict(before or {}),
        after=dict(after or {}),
        notify=notify,
    )
    event_changed.send(sender=EventChange, change_id=change.pk, kind=kind)
    return change


def record_made(events: Iterable[Event], *, by: User | None, at: datetime) -> None:
    """Write that these events were made, in one statement however many they are."""
    record_all([EventChange(event=event, kind=EventChangeKind.CREATED, by=by, at=at) for event in events])


@transaction.atomic
def record_all(changes: Sequence[EventChange]) -> None:
    """Write rows in one statement and send their ids up."""
    for change in EventChange.objects.bulk_create(changes):
        event_changed.send(sender=EventChange, change_id=change.pk, kind=EventChangeKind(change.kind))


def plain(value: object) -> object:
    """A value as history keeps it: rows by the name that people know them by."""
    if isinstance(value, models.Model):
        return next(getattr(value, name) for name in ("slug", "code", "number") if hasattr(value, name))
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
