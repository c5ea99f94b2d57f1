"""Moving an event through its life: announced, called off."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from events.actions.calendar import refresh_for
from events.actions.history import record
from events.actions.sessions import raise_sequence
from events.enums import EVENT_MOVES, EventChangeKind, EventStatus
from events.errors import FieldErrors, MoveNotAllowed, NotPublishable
from events.models import Event, User
from events.permissions import May, may_do
from events.queries.publication import publication_gaps


@transaction.atomic
def publish_event(event: Event, *, override_reason: str = "", by: User, at: datetime) -> None:
    """Show a draft to the public, unless something is missing that this person may not pass over."""
    _move(event, to=EventStatus.PUBLISHED, sources=(EventStatus.DRAFT, EventStatus.IN_REVIEW))
    Event.objects.filter(pk=event.pk, published_at=None).update(published_at=at)
    # Read again under the lock of the move; the caller's object stays as it was when this is refused.
    gaps = publication_gaps(Event.objects.select_related("unit", "kind", "venue", "policy").get(pk=event.pk), at=at)
    reason = override_reason.strip()
    may_override = bool(reason) and may_do(by, event, May.OVERRIDE)
    if gaps and not (may_override and all(gap.overridable for gap in gaps)):
        raise NotPublishable(gaps)
    passed_over = {"passed_over": [gap.code for gap in gaps]} if gaps else {}
    record(event, EventChangeKind.PUBLISHED, by=by, at=at, reason=reason if gaps else "", after=passed_over)
    refresh_for(event_ids=[event.pk], at=at)
    event.refresh_from_db()


@transaction.atomic
def cancel_event(event: Event, *, reason: str, notify: bool = True, by: User, at: datetime) -> None:
    """Call an announced event off; it stays in the calendar as cancelled, with the reason."""
    reason = reason.strip()
    if not reason:
        raise FieldErrors({"reason": [_("Say why the event is cancelled: people will read it.")]})
    _move(event, to=EventStatus.CANCELLED)
    Event.objects.filter(pk=event.pk).update(cancellation_reason={"pl": reason})
    raise_sequence(event)
    record(event, EventChangeKind.CANCELLED, by=by, at=at, reason=reason, notify=notify)
    refresh_for(event_ids=[event.pk], at=at)
    event.refresh_from_db()


def _move(event: Event, *, to: EventStatus, sources: tuple[EventStatus, ...] | None = None) -> None:
    sources = sources or tuple(status for status, moves in EVENT_MOVES.items() if to in moves)
    moved = Event.objects.filter(pk=event.pk, status__in=sources).update(status=to, version=F("version") + 1)
    if not moved:
        raise MoveNotAllowed
