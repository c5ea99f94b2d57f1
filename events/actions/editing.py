"""Making an event and changing it: every difference becomes a change row."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events.actions.calendar import refresh_for
from events.actions.definitions import (
    UNSET,
    EventDefinition,
    EventEdit,
    definition_of,
    given,
    usual_reminders,
)
from events.actions.faults import model_faults
from events.actions.history import Difference, plain, record
from events.actions.rules import edit_registration, edit_reminders, make_rules, save_reminders
from events.actions.search_texts import keep_search_words
from events.actions.sessions import raise_sequence, save_sessions
from events.enums import PUBLIC_STATUSES, Accessibility, AccessibilityFeature, EventChangeKind, EventStatus
from events.errors import EditConflict, FieldErrors, MoveNotAllowed
from events.models import Event, User, Venue
from events.models.texts import no_text
from events.queries.search import fold

# Columns of an event that its definition names as they are.
COLUMNS: Final = (
    "kind",
    "title",
    "summary",
    "description",
    "mode",
    "venue",
    "district",
    "join_url",
    "contact_email",
    "contact_phone",
    "accessibility",
    "visibility",
    "process",
    "stage",
)
# Somebody has to be able to open these by address.
RESERVED_SLUGS: Final = frozenset({"new"})
SLUG_LENGTH: Final = 100

# Whoever registered has to know of these, unless the organiser says that they need not.
TOLD_BY_DEFAULT: Final = frozenset(
    {EventChangeKind.RESCHEDULED, EventChangeKind.RELOCATED, EventChangeKind.MODE_CHANGED}
)
ANNOUNCED: Final = frozenset({EventStatus.PUBLISHED, EventStatus.POSTPONED})
FINISHED: Final = frozenset({EventStatus.CANCELLED, EventStatus.CLOSED})


@transaction.atomic
def create_event(definition: EventDefinition, *, by: User | None, at: datetime) -> Event:
    """Make a draft with its sessions, seats and rules; what is left out is as usual for its kind."""
    kind = definition.kind
    event = Event(unit=definition.unit, time_zone=settings.TIME_ZONE, created_at=at)
    visibility = definition.visibility or kind.default_visibility
    _set_columns(event, {**given(definition, COLUMNS), "visibility": visibility})
    _save_new(event, definition)
    event.topics.set(definition.topics)
    registration = definition.registration
    required = kind.registration_required if registration.required is None else registration.required
    reminders = usual_reminders(kind) if definition.reminders is None else definition.reminders
    make_rules(event, registration, required=required)
    save_sessions(event, definition.sessions, at=at)
    save_reminders(event, reminders)
    keep_search_words(event)
    record(event, EventChangeKind.CREATED, by=by, at=at)
    return event


@transaction.atomic
def edit_event(
    event: Event,
    edit: EventEdit,
    *,
    expected_version: int | None = None,
    notify: bool | None = None,
    by: User | None,
    at: datetime,
) -> Event:
    """Change what the edit names; `notify` null tells people of another time, place or way of taking part.

    `expected_version` is the version that the editor saw; when the event has moved on since, nothing changes.
    """
    event = _locked(event, expected_version)
    differences = [
        *_edit_columns(event, edit),
        *_edit_sessions(event, edit, at=at),
        *edit_registration(event, edit.registration),
        *edit_reminders(event, edit.reminders),
        *_edit_topics(event, edit),
    ]
    if event.status in PUBLIC_STATUSES:
        _raise_sequences(event, differences)
    keep_search_words(event)
    for difference in _merged(differences):
        told = difference.kind in TOLD_BY_DEFAULT if notify is None else notify
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
    refresh_for(event_ids=[event.pk], at=at)
    return event


@transaction.atomic
def copy_event(event: Event, *, by: User, at: datetime) -> Event:
    """A draft like this event, to be given its own dates."""
    definition = definition_of(event)
    return create_event(
        replace(
            definition,
            slug=None,
            sessions=tuple(replace(session, id=None) for session in definition.sessions),
            registration=replace(definition.registration, opens_at=None, closes_at=None),
        ),
        by=by,
        at=at,
    )


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


# The event's own columns


def _set_columns(event: Event, values: Mapping[str, object]) -> None:
    empty: dict[str, object] = {"mode": "", "summary": no_text(), "description": no_text()}
    old_district = event.venue.district if event.venue else None
    for name, value in values.items():
        setattr(event, name, empty.get(name) if value is None else value)
    # A district that nobody named is that of the place, and goes with it.
    if event.district in {None, old_district} and event.venue is not None and not values.get("district"):
        event.district = event.venue.district
    if event.stage is not None and event.process is None:
        event.process = event.stage.process
    errors = model_faults(event, only=COLUMNS)
    if not event.title.get("pl", "").strip():
        errors["title"] = [_("Give the title in Polish.")]
    if event.stage is not None and event.stage.process_id != event.process_id:
        errors["stage"] = [_("This stage belongs to another process.")]
    features = event.accessibility
    if not (
        set(AccessibilityFeature.values).issuperset(features)
        and set(Accessibility.values).issuperset(features.values())
    ):
        errors["accessibility"] = [_("Say yes, no, unknown or on_request, of features that exist.")]
    if errors:
        raise FieldErrors(errors)


def _save_new(event: Event, definition: EventDefinition) -> None:
    if definition.slug:
        event.slug = definition.slug
        errors = model_faults(event, only=("slug",))
        if errors:
            raise FieldErrors(errors)
        if definition.slug in RESERVED_SLUGS or not _inserted(event):
            raise FieldErrors({"slug": [_("This address is taken. Choose another one.")]})
        return
    slugs = _slugs(event, definition)
    event.slug = next(slugs)
    while event.slug in RESERVED_SLUGS or not _inserted(event):
        event.slug = next(slugs)


def _slugs(event: Event, definition: EventDefinition) -> Iterator[str]:
    """The Polish title as an address, then with the date, then with a number."""
    base = slugify(fold(event.title["pl"]))[:SLUG_LENGTH].strip("-") or slugify(event.kind.code)
    yield base
    if definition.sessions:
        starts_at = definition.sessions[0].starts_at
        local = starts_at if starts_at.tzinfo is None else starts_at.astimezone(ZoneInfo(event.time_zone))
        base = f"{base}-{local:%Y-%m-%d}"
        yield base
    yield from (f"{base}-{number}" for number in count(2))


def _inserted(event: Event) -> bool:
    """Insert, and let the database say whether the address is free."""
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        event.pk = None
        if Event.objects.filter(slug=event.slug).exists():
            return False
        raise
    return True


def _edit_columns(event: Event, edit: EventEdit) -> Iterator[Difference]:
    before = {name: getattr(event, name) for name in COLUMNS}
    _set_columns(event, given(edit, COLUMNS))
    event.save(update_fields=COLUMNS)
    changed = {name for name in COLUMNS if getattr(event, name) != before[name]}
    if "mode" in changed:
        yield Difference(EventChangeKind.MODE_CHANGED, {"mode": before["mode"]}, {"mode": event.mode})
    if "venue" in changed:
        yield Difference(EventChangeKind.RELOCATED, _venue(before["venue"]), _venue(event.venue))
    if "join_url" in changed:
        # The link is the place of whoever takes part online, but history may be read by more people than the link.
        yield Difference(EventChangeKind.RELOCATED, {}, {"join_url_changed": True})
    for name in sorted(changed - {"mode", "venue", "join_url"}):
        yield Difference(EventChangeKind.EDITED, {name: plain(before[name])}, {name: plain(getattr(event, name))})


def _venue(venue: Venue | None) -> dict[str, object]:
    return {"venue": venue.slug, "name": venue.name, "address": venue.address} if venue else {"venue": None}


# Sessions and topics


def _edit_sessions(event: Event, edit: EventEdit, *, at: datetime) -> Iterator[Difference]:
    if edit.sessions is not UNSET:
        yield from save_sessions(event, edit.sessions, at=at)
    elif edit.venue is not UNSET:
        # The rooms of the old place are left behind with it.
        event.sessions.exclude(room__venue=event.venue_id).filter(room__isnull=False).update(room=None)


def _edit_topics(event: Event, edit: EventEdit) -> Iterator[Difference]:
    if edit.topics is UNSET:
        return
    before = [topic.slug for topic in event.topics.all()]
    event.topics.set(edit.topics)
    after = [topic.slug for topic in event.topics.all()]
    if before != after:
        yield Difference(EventChangeKind.EDITED, {"topics": before}, {"topics": after})


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
