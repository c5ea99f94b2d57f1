"""Series: many events made in one go, from a rule or a table, and changed or called off together."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from events.actions.calendar import refresh_for
from events.actions.carrying import Carrier
from events.actions.copying import moved
from events.actions.definitions import EventDefinition, EventEdit, SessionDefinition, definition_of
from events.actions.drafts import read_draft
from events.actions.editing import apply_edit, create_events, settle
from events.actions.faults import Faults, model_faults
from events.actions.publishing import apply_cancellation
from events.actions.retries import retried
from events.actions.rules import usual_categories
from events.actions.wall_clock import YEARS, WallClockShift, as_wall_clock
from events.enums import EventStatus, SeriesScope
from events.errors import DomainError, FieldErrors
from events.models import District, Event, EventSeries, Room, User, Venue, in_language
from events.recurrence import MOST_EVENTS, SeriesRule

# What a row of a table says itself; every other fault is one of the definition that all rows share.
_OF_A_ROW = frozenset({"title", "venue", "district"})


@dataclass(frozen=True, kw_only=True)
class SeriesRow:
    """A line of a table of dates and places; what is left out is as in the definition that all rows share."""

    row_number: int
    starts_at: datetime
    ends_at: datetime
    venue: Venue | None = None
    room: Room | None = None
    # In Polish.
    title: str = ""
    district: District | None = None


@dataclass(frozen=True)
class SeriesOutcome:
    """What was changed, and what was left alone because it is over, called off or (when calling off) not announced."""

    changed: Sequence[Event]
    left_alone: Sequence[Event]


# Making


@retried
def create_series(
    definition: EventDefinition, *, name: str, rule: SeriesRule, by: User | None, at: datetime
) -> EventSeries:
    """Make a draft for every time of the rule; the definition's own sessions are the first one."""
    errors = {f"rule.{field}": sentences for field, sentences in rule.faults().items()}
    if not definition.sessions:
        errors["sessions"] = [_("Give at least one date.")]
    if errors:
        raise FieldErrors(errors)
    zone = ZoneInfo(settings.TIME_ZONE)
    first = min(as_wall_clock(session.starts_at, zone) for session in definition.sessions)
    if first.year not in YEARS:
        raise FieldErrors({"sessions.0.starts_at": [_("This year is too far away.")]})
    starts = rule.starts(first)
    if not starts:
        raise FieldErrors({"rule.until": [_("The series ends before it begins.")]})
    if len(starts) > MOST_EVENTS:
        raise FieldErrors({"rule.until": [_("A series has from 1 to 200 meetings.")]})
    series = _new_series(definition, name=name, by=by, at=at)
    series.rule = rule.as_json()
    series.save()
    shifts = [WallClockShift.between(first, start, zone) for start in starts]
    create_events([moved(definition, shift) for shift in shifts], series=series, by=by, at=at)
    return series


@retried
def create_series_from_table(
    definition: EventDefinition, *, name: str, rows: Sequence[SeriesRow], by: User | None, at: datetime
) -> EventSeries:
    """Make a draft for every row; one that does not fit refuses the whole table, and all faults are named at once."""
    if not 1 <= len(rows) <= MOST_EVENTS:
        raise FieldErrors({"rows": [_("A table has from 1 to 200 rows.")]})
    if len(definition.sessions) > 1:
        raise FieldErrors({"sessions": [_("A table gives every meeting one date.")]})
    series = _new_series(definition, name=name, by=by, at=at)
    series.save()
    definitions = [_of_row(definition, row) for row in rows]
    categories = usual_categories({definition.kind})
    errors: Faults = {}
    for row, wanted in zip(rows, definitions, strict=True):
        try:
            read_draft(wanted, series=series, categories=categories, at=at)
        except FieldErrors as refusal:
            errors |= {_at_row(row, path): list(sentences) for path, sentences in refusal.errors.items()}
    if errors:
        raise FieldErrors(errors)
    create_events(definitions, series=series, by=by, at=at)
    return series


def _new_series(definition: EventDefinition, *, name: str, by: User | None, at: datetime) -> EventSeries:
    series = EventSeries(unit=definition.unit, name=name.strip(), created_by=by, created_at=at)
    errors = model_faults(series, only=("name",))
    if errors:
        raise FieldErrors(errors)
    return series


def _of_row(definition: EventDefinition, row: SeriesRow) -> EventDefinition:
    pattern = SessionDefinition(row.starts_at, row.ends_at)
    if definition.sessions:
        zone = ZoneInfo(settings.TIME_ZONE)
        shift = WallClockShift.between(definition.sessions[0].starts_at, row.starts_at, zone)
        definition = moved(definition, shift)
        [pattern] = definition.sessions
    is_elsewhere = row.venue not in {None, definition.venue}
    room = row.room or (None if is_elsewhere else pattern.room)
    return replace(
        definition,
        slug=None,
        title={"pl": row.title} if row.title else definition.title,
        venue=row.venue or definition.venue,
        # Another place is in another district, unless the row names one.
        district=row.district or (None if is_elsewhere else definition.district),
        sessions=(replace(pattern, starts_at=row.starts_at, ends_at=row.ends_at, room=room),),
    )


def _at_row(row: SeriesRow, path: str) -> str:
    own = path.removeprefix("sessions.0.")
    return f"rows.{row.row_number}.{own}" if own != path or path in _OF_A_ROW else path


# Changing


@retried
def edit_series(
    event: Event,
    edit: EventEdit,
    *,
    scope: SeriesScope,
    notify: bool | None = None,
    expected_version: int | None = None,
    by: User | None,
    at: datetime,
) -> SeriesOutcome:
    """Change an event and carry what changed by that over to others of its series; what did not change is theirs.

    Times travel by the clock on the wall: an hour later, a day earlier.
    """
    own, others = _locked(event, scope)
    before = definition_of(own)
    event = apply_edit(event, edit, expected_version=expected_version, notify=notify, by=by, at=at)
    carrier = Carrier(before=before, after=definition_of(event), zone=ZoneInfo(event.time_zone))
    changed, left_alone = [event], []
    for other in others:
        if not _is_ahead(other, at):
            left_alone.append(other)
        elif carrier.has_something:
            carried = replace(carrier.edit_for(definition_of(other)), allow_overbooking=edit.allow_overbooking)
            with _saying_which(other):
                changed.append(apply_edit(other, carried, notify=notify, by=by, at=at))
    # Only when all have moved is it known which rooms they need.
    settle(changed, override_reason=edit.room_override_reason, by=by, at=at)
    return SeriesOutcome(changed, left_alone)


@retried
def cancel_series(
    event: Event,
    *,
    scope: SeriesScope,
    reason: str,
    notify: bool = True,
    expected_version: int | None = None,
    by: User,
    at: datetime,
) -> SeriesOutcome:
    """Call an announced event off together with others of its series; what is not announced is left to be deleted."""
    _own, others = _locked(event, scope)
    apply_cancellation(event, reason=reason, notify=notify, expected_version=expected_version, by=by, at=at)
    changed, left_alone = [event], []
    for other in others:
        if other.status in {EventStatus.PUBLISHED, EventStatus.POSTPONED} and _is_ahead(other, at):
            with _saying_which(other):
                apply_cancellation(other, reason=reason, notify=notify, by=by, at=at)
            changed.append(other)
        else:
            left_alone.append(other)
    # Last, because it holds the one row that everybody's calendar entries share.
    refresh_for(event_ids=[one.pk for one in changed], at=at)
    return SeriesOutcome(changed, left_alone)


@contextmanager
def _saying_which(event: Event) -> Iterator[None]:
    """What is refused for an event that somebody is not looking at names its date."""
    try:
        yield
    except DomainError as refusal:
        refusal.say_of(_date(event))
        raise


def _date(event: Event) -> str:
    if event.starts_at is None:
        return in_language(event.title)
    return date_format(as_wall_clock(event.starts_at, ZoneInfo(event.time_zone)), "DATE_FORMAT")


def _locked(event: Event, scope: SeriesScope) -> tuple[Event, list[Event]]:
    """The event as it is now, and the others that the scope means in the order in which they take place.

    All are locked in one order. What the caller has read of them may be older than what somebody else has saved since.
    """
    if scope == SeriesScope.THIS:
        return event, []
    if event.series_id is None:
        raise FieldErrors({"scope": [_("This event does not belong to a series.")]})
    series = Event.objects.filter(series=event.series_id).order_by("pk")
    # Locked by a statement of its own: what is joined to a row could be older than the moment the lock was given.
    list(series.select_for_update(no_key=True).values_list("pk"))
    rows = {
        row.pk: row for row in series.select_related("unit", "kind", "venue", "district", "process", "stage", "policy")
    }
    own = rows.pop(event.pk)
    if scope == SeriesScope.FOLLOWING:
        return own, _in_order(row for row in rows.values() if _follows(row, own))
    return own, _in_order(rows.values())


def _follows(event: Event, own: Event) -> bool:
    return event.starts_at is not None and own.starts_at is not None and event.starts_at >= own.starts_at


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.starts_at is None, event.starts_at, event.pk))


def _is_ahead(event: Event, at: datetime) -> bool:
    """Whether the event may still take place; what was put off has no date that could be over."""
    if event.status == EventStatus.POSTPONED:
        return True
    is_open = event.status in {EventStatus.DRAFT, EventStatus.IN_REVIEW, EventStatus.PUBLISHED}
    return is_open and (event.starts_at is None or event.starts_at > at)
