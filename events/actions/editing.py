"""Making events and changing them: every difference becomes a change row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db.models import F

from events.actions.agenda import edit_roles
from events.actions.bookings import book_rooms_of
from events.actions.calendar import refresh_for
from events.actions.columns import edit_columns, edit_lists
from events.actions.definitions import UNSET, EventDefinition, EventEdit
from events.actions.drafts import read_draft, save_drafts
from events.actions.history import Difference, record, record_made
from events.actions.questions import edit_questions, require_allowed
from events.actions.retries import retried
from events.actions.rules import edit_registration, edit_reminders, usual_categories
from events.actions.search_texts import keep_search_words, keep_search_words_of
from events.actions.sessions import raise_sequence, save_sessions
from events.enums import PUBLIC_STATUSES, EventChangeKind, EventStatus
from events.errors import EditConflict, MoveNotAllowed
from events.models import Event, EventSeries, User

# Whoever registered has to know of these, unless the organiser says that they need not.
TOLD_BY_DEFAULT: Final = frozenset(
    {
        EventChangeKind.RESCHEDULED,
        EventChangeKind.RELOCATED,
        EventChangeKind.MODE_CHANGED,
    }
)
ANNOUNCED: Final = frozenset({EventStatus.PUBLISHED, EventStatus.POSTPONED})
FINISHED: Final = frozenset({EventStatus.CANCELLED, EventStatus.CLOSED})


@retried
def create_events(
    definitions: Sequence[EventDefinition], *, series: EventSeries | None = None, by: User | None, at: datetime
) -> list[Event]:
    """Make drafts with their sessions, seats and rules, all or none; what is left out is as usual for their kinds.

    A hundred take as many statements as one.
    """
    categories = usual_categories({definition.kind for definition in definitions})
    drafts = [read_draft(definition, series=series, categories=categories, at=at) for definition in definitions]
    require_allowed([question for draft in drafts for question in draft.questions], by=by)
    save_drafts(drafts)
    for reason in dict.fromkeys(definition.room_override_reason for definition in definitions):
        sharing = [draft.event for draft in drafts if draft.definition.room_override_reason == reason]
        book_rooms_of(sharing, override_reason=reason, by=by, at=at)
    events = [draft.event for draft in drafts]
    keep_search_words_of([event.pk for event in events])
    record_made(events, by=by, at=at)
    return events


def create_event(definition: EventDefinition, *, by: User | None, at: datetime) -> Event:
    """Make one draft."""
    [event] = create_events([definition], by=by, at=at)
    return event


@retried
def edit_event(
    event: Event,
    edit: EventEdit,
    *,
    expected_version: int | None = None,
    notify: bool | None = None,
    by: User | None,
    at: datetime,
) -> Event:
    """Change what the edit names; `notify` null tells people of what they have to know, as another time or place.

    `expected_version` is the version that the editor saw; when the event has moved on since, nothing changes.
    """
    event = apply_edit(event, edit, expected_version=expected_version, notify=notify, by=by, at=at)
    settle([event], override_reason=edit.room_override_reason, by=by, at=at)
    return event


def apply_edit(
    event: Event,
    edit: EventEdit,
    *,
    expected_version: int | None = None,
    notify: bool | None,
    by: User | None,
    at: datetime,
) -> Event:
    """The edit alone: the calling action has a transaction and calls `settle` once, when all it edits is edited."""
    event = _locked(event, expected_version)
    differences = [
        *edit_columns(event, edit),
        *_edit_sessions(event, edit, at=at),
        *edit_registration(event, edit.registration, allow_overbooking=edit.allow_overbooking),
        *edit_reminders(event, edit.reminders),
        *edit_lists(event, edit),
        *edit_roles(event, edit.roles),
        *edit_questions(event, edit.questions, by=by),
    ]
    if event.status in PUBLIC_STATUSES:
        _raise_sequences(event, differences)
    keep_search_words(event)
    for difference in _merged(differences):
        told = difference.kind in TOLD_BY_DEFAULT if notify is None else notify
        if difference.kind == EventChangeKind.FEATURE_LOST:
            # Who asked for it has to plan anew, and so has the coordinator, whatever everybody else is told.
            told = True
        record(
            event,
            difference.kind,
            by=by,
            at=at,
            session=difference.session,
            before=difference.before,
            after=difference.after,
            notify=told and event.status in ANNOUNCED,
        )
    return event


def settle(events: Sequence[Event], *, override_reason: str, by: User | None, at: datetime) -> None:
    """Hold the rooms that edited events need now, and write what calendars show of them."""
    book_rooms_of(events, override_reason=override_reason, by=by, at=at)
    refresh_for(event_ids=[event.pk for event in events], at=at)


def _locked(event: Event, expected_version: int | None) -> Event:
    rows = Event.objects.filter(pk=event.pk)
    if expected_version is not None:
        rows = rows.filter(version=expected_version)
    if not rows.update(version=F("version") + 1):
        raise EditConflict
    locked = Event.objects.select_related("unit", "kind", "venue", "district", "process", "stage", "policy").get(
        pk=event.pk
    )
    if locked.status in FINISHED:
        raise MoveNotAllowed
    return locked


def _edit_sessions(event: Event, edit: EventEdit, *, at: datetime) -> Iterator[Difference]:
    if edit.sessions is not UNSET:
        yield from save_sessions(event, edit.sessions, allow_overbooking=edit.allow_overbooking, at=at)
    elif edit.venue is not UNSET:
        # The rooms of the old place are left behind with it.
        event.sessions.exclude(room__venue=event.venue_id).filter(room__isnull=False).update(room=None)


# What follows from a change


def _raise_sequences(event: Event, differences: list[Difference]) -> None:
    moved = {
        difference.session.pk
        for difference in differences
        if difference.kind == EventChangeKind.RESCHEDULED and difference.session is not None and difference.before
    }
    is_elsewhere = any(
        difference.kind == EventChangeKind.MODE_CHANGED
        or (difference.kind == EventChangeKind.RELOCATED and "venue" in difference.after)
        for difference in differences
    )
    if is_elsewhere:
        moved |= set(event.sessions.filter(is_cancelled=False).values_list("pk", flat=True))
    raise_sequence(event, only=moved)


def _merged(differences: list[Difference]) -> Iterator[Difference]:
    """All edited columns of the event as one row; everything else as it is."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for difference in differences:
        if difference.kind == EventChangeKind.EDITED and difference.session is None:
            before |= difference.before
            after |= difference.after
        else:
            yield difference
    if after:
        yield Difference(EventChangeKind.EDITED, before, after)
