"""Moving an event through its life: reviewed, announced, postponed and given a new date, called off, held, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.actions.bookings import book_rooms, release_rooms
from events.actions.calendar import refresh_for
from events.actions.definitions import SessionDefinition
from events.actions.history import Difference, record
from events.actions.retries import retried
from events.actions.sessions import raise_sequence, save_sessions
from events.enums import EVENT_MOVES, EventChangeKind, EventStatus
from events.errors import (
    DomainError,
    EditConflict,
    FieldErrors,
    Gap,
    MoveNotAllowed,
    NotBegun,
    NotOver,
    NotPublishable,
)
from events.models import Event, User
from events.permissions import May, may_do
from events.queries.publication import NOTICE_PERIOD, publication_gaps
from events.signals import event_closing

_IN_REVIEW_OR_DRAFT: Final = (EventStatus.DRAFT, EventStatus.IN_REVIEW)
_ALWAYS: Final = Q()


@retried
def submit_for_review(
    event: Event, *, reason: str = "", expected_version: int | None = None, by: User, at: datetime
) -> None:
    """Ask somebody who may decide to publish a draft; `reason` is a word to them."""
    moved = _move(event, to=EventStatus.IN_REVIEW, expected_version=expected_version)
    record(
        event, EventChangeKind.SUBMITTED, by=by, at=at, reason=reason.strip(), before=moved.before, after=moved.after
    )
    event.refresh_from_db()


@retried
def send_back(event: Event, *, reason: str, expected_version: int | None = None, by: User, at: datetime) -> None:
    """Give what was sent for review back to its authors, with a word on what is to be done."""
    reason = reason.strip()
    if not reason:
        raise FieldErrors({"reason": [_("Say what has to be changed: its authors will read it.")]})
    moved = _move(event, to=EventStatus.DRAFT, expected_version=expected_version)
    record(event, EventChangeKind.SENT_BACK, by=by, at=at, reason=reason, before=moved.before, after=moved.after)
    event.refresh_from_db()


@retried
def publish_event(
    event: Event, *, override_reason: str = "", expected_version: int | None = None, by: User, at: datetime
) -> None:
    """Show a draft to the public, unless something is missing that this person may not pass over.

    Publishing what is in review approves it. A postponed event comes back by `set_new_date`.
    """
    moved = _move(event, to=EventStatus.PUBLISHED, sources=_IN_REVIEW_OR_DRAFT, expected_version=expected_version)
    Event.objects.filter(pk=event.pk, published_at=None).update(published_at=at)
    # Read again under the lock of the move; the caller's object stays as it was when this is refused.
    gaps = publication_gaps(_with_its_rules(event), at=at)
    reason, passed_over = _passed_over(event, gaps, override_reason, by=by)
    after = {**moved.after, **passed_over}
    record(event, EventChangeKind.PUBLISHED, by=by, at=at, reason=reason, before=moved.before, after=after)
    refresh_for(event_ids=[event.pk], at=at)
    event.refresh_from_db()


@retried
def postpone_event(
    event: Event,
    *,
    reason: str = "",
    notify: bool = True,
    expected_version: int | None = None,
    by: User,
    at: datetime,
) -> None:
    """Put an announced event off without a date; its dates stay as they were announced, and everybody keeps their place."""
    moved = _move(event, to=EventStatus.POSTPONED, expected_version=expected_version)
    raise_sequence(event)
    release_rooms(event)
    record(
        event,
        EventChangeKind.POSTPONED,
        by=by,
        at=at,
        reason=reason.strip(),
        notify=notify,
        before=moved.before,
        after=moved.after,
    )
    refresh_for(event_ids=[event.pk], at=at)
    event.refresh_from_db()


@retried
def set_new_date(
    event: Event,
    sessions: Sequence[SessionDefinition],
    *,
    override_reason: str = "",
    room_override_reason: str = "",
    notify: bool = True,
    expected_version: int | None = None,
    by: User,
    at: datetime,
) -> None:
    """Announce a postponed event again, with these sessions instead of the ones that did not take place.

    The time of notice counts again, and may be passed over as at publication; a room that is taken may be shared.
    """
    moved = _move(event, to=EventStatus.PUBLISHED, sources=(EventStatus.POSTPONED,), expected_version=expected_version)
    changed = _with_its_rules(event)
    before = _dates(changed)
    # Those that are left out of the new date as well: calendars take them out only when their number rises.
    raise_sequence(changed)
    differences = save_sessions(changed, sessions, at=at)
    if not changed.sessions.filter(is_cancelled=False, starts_at__gt=at).exists():
        raise FieldErrors({"sessions": [_("A new date lies ahead.")]})
    book_rooms(changed, override_reason=room_override_reason, by=by, at=at)
    notice = [gap for gap in publication_gaps(changed, at=at) if gap.code == NOTICE_PERIOD]
    reason, passed_over = _passed_over(changed, notice, override_reason, by=by)
    for difference in differences:
        # The dates are one thing that has happened; a room, a name or a number of seats is another.
        if difference.kind != EventChangeKind.RESCHEDULED:
            _record_beside(changed, difference, by=by, at=at)
    record(
        changed,
        EventChangeKind.NEW_DATE,
        by=by,
        at=at,
        reason=reason,
        before={**moved.before, "sessions": before},
        after={**moved.after, "sessions": _dates(changed), **passed_over},
        notify=notify,
    )
    refresh_for(event_ids=[event.pk], at=at)
    event.refresh_from_db()


@retried
def cancel_event(
    event: Event,
    *,
    reason: str,
    notify: bool = True,
    expected_version: int | None = None,
    by: User,
    at: datetime,
) -> None:
    """Call an announced event off; it stays in the calendar as cancelled, with the reason."""
    apply_cancellation(event, reason=reason, notify=notify, expected_version=expected_version, by=by, at=at)
    refresh_for(event_ids=[event.pk], at=at)


def apply_cancellation(
    event: Event, *, reason: str, notify: bool, expected_version: int | None = None, by: User, at: datetime
) -> None:
    """Call it off without a word to calendars: the calling action has a transaction and tells them of all once, last."""
    reason = reason.strip()
    if not reason:
        raise FieldErrors({"reason": [_("Say why the event is cancelled: people will read it.")]})
    moved = _move(event, to=EventStatus.CANCELLED, expected_version=expected_version)
    Event.objects.filter(pk=event.pk).update(cancellation_reason={"pl": reason})
    raise_sequence(event)
    release_rooms(event)
    record(
        event,
        EventChangeKind.CANCELLED,
        by=by,
        at=at,
        reason=reason,
        notify=notify,
        before=moved.before,
        after=moved.after,
    )
    event.refresh_from_db()


@retried
def hold_event(event: Event, *, expected_version: int | None = None, by: User, at: datetime) -> None:
    """Say that an event took place, once its first session has begun; what was only planned never did."""
    moved = _move(event, to=EventStatus.HELD, expected_version=expected_version, only=_has_begun(at))
    record(event, EventChangeKind.HELD, by=by, at=at, before=moved.before, after=moved.after)
    refresh_for(event_ids=[event.pk], at=at)
    event.refresh_from_db()


@retried
def close_event(event: Event, *, expected_version: int | None = None, by: User, at: datetime) -> None:
    """End the work on an event that took place; one that is over and that nobody has marked took place by this.

    Whoever still has work with it refuses (`event_closing`).
    """
    is_over = Q(planned_only=False, ends_at__lte=at)
    held = _moved(event, to=EventStatus.HELD, expected_version=expected_version, only=is_over)
    if held is not None:
        record(event, EventChangeKind.HELD, by=by, at=at, before=held.before, after=held.after)
        # The version that was seen has been checked, and the row is ours until the end.
        expected_version = None
    moved = _move(event, to=EventStatus.CLOSED, expected_version=expected_version)
    event_closing.send(sender=Event, event_id=event.pk)
    record(event, EventChangeKind.CLOSED, by=by, at=at, before=moved.before, after=moved.after)
    refresh_for(event_ids=[event.pk], at=at)
    event.refresh_from_db()


# Moving


@dataclass(frozen=True)
class _Move:
    """From where to where: what every row of a move says."""

    before: Mapping[str, object]
    after: Mapping[str, object]


def _move(
    event: Event,
    *,
    to: EventStatus,
    sources: tuple[EventStatus, ...] | None = None,
    expected_version: int | None,
    only: Q = _ALWAYS,
) -> _Move:
    move = _moved(event, to=to, sources=sources, expected_version=expected_version, only=only)
    if move is None:
        raise _refusal(event, to=to, expected_version=expected_version)
    return move


def _moved(
    event: Event,
    *,
    to: EventStatus,
    sources: tuple[EventStatus, ...] | None = None,
    expected_version: int | None,
    only: Q,
) -> _Move | None:
    """One conditional UPDATE for each state the move may begin in; None when nothing is moved."""
    rows = Event.objects.filter(only, pk=event.pk, is_template=False)
    if expected_version is not None:
        rows = rows.filter(version=expected_version)
    for source in sources or _sources(to):
        if rows.filter(status=source).update(status=to, version=F("version") + 1):
            return _Move({"status": source.value}, {"status": to.value})
    return None


def _sources(to: EventStatus) -> tuple[EventStatus, ...]:
    return tuple(status for status, moves in EVENT_MOVES.items() if to in moves)


def _has_begun(at: datetime) -> Q:
    return Q(planned_only=False, starts_at__lte=at)


def _refusal(event: Event, *, to: EventStatus, expected_version: int | None) -> DomainError:
    """Why the row did not move."""
    current = Event.objects.filter(pk=event.pk).first()
    if current is None:
        return MoveNotAllowed()
    if expected_version not in {None, current.version}:
        return EditConflict()
    if current.is_template:
        return MoveNotAllowed(_("A template is copied; it is never shown to people itself."))
    if current.status == EventStatus.PUBLISHED and to in {EventStatus.HELD, EventStatus.CLOSED}:
        if current.planned_only:
            return MoveNotAllowed(_("This meeting was only planned, so it never took place."))
        return NotBegun() if to == EventStatus.HELD else NotOver()
    return MoveNotAllowed()


# What goes with a move


def _with_its_rules(event: Event) -> Event:
    return Event.objects.select_related("unit", "kind", "venue", "stage", "policy").get(pk=event.pk)


def _passed_over(event: Event, gaps: Sequence[Gap], override_reason: str, *, by: User) -> tuple[str, dict[str, object]]:
    """The reason and the names of the gaps that this person passes over; refuses where they may not."""
    blocking = [gap for gap in gaps if not gap.is_warning]
    if not blocking:
        return "", {}
    reason = override_reason.strip()
    if not (reason and all(gap.overridable for gap in blocking) and may_do(by, event, May.OVERRIDE)):
        raise NotPublishable(list(gaps))
    return reason, {"passed_over": [gap.code for gap in blocking]}


def _dates(event: Event) -> list[dict[str, object]]:
    sessions = event.sessions.filter(is_cancelled=False)
    return [
        {
            "starts_at": session.starts_at.isoformat(),
            "ends_at": session.ends_at.isoformat(),
            "all_day": session.all_day,
        }
        for session in sessions
    ]


def _record_beside(event: Event, difference: Difference, *, by: User, at: datetime) -> None:
    """What changes together with the date; the message about the new date tells of it."""
    record(
        event,
        difference.kind,
        by=by,
        at=at,
        session=difference.session,
        before=difference.before,
        after=difference.after,
    )
