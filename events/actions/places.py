"""Making and changing the places where events happen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.actions.bookings import rebook_room
from events.actions.calendar import refresh_for
from events.actions.history import record_all
from events.actions.retries import retried
from events.actions.search_texts import keep_search_words_of
from events.enums import Accessibility, AccessibilityFeature, EventChangeKind, EventMode, EventStatus
from events.errors import FieldErrors
from events.models import District, Event, EventChange, Room, Translated, User, Venue, merged_accessibility

_NORTH: Final = 90
_EAST: Final = 180
_LONGEST_SET_UP: Final = 24 * 60
# What may be had on request is not lost.
_GONE: Final = frozenset({Accessibility.NO, Accessibility.UNKNOWN})


@dataclass(frozen=True)
class RoomDefinition:
    """A room as somebody typed it; `id` names the one that it changes.

    `setup_minutes`: how long it is taken before a meeting begins; null leaves it as it is.
    """

    name: str
    capacity: int | None = None
    setup_minutes: int | None = None
    id: int | None = None


@dataclass(frozen=True)
class VenueDefinition:
    """A venue as somebody typed it; a feature that is not named is unknown."""

    slug: str
    name: Translated
    address: str
    district: District | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accessibility: Mapping[str, str] = field(default_factory=dict)
    directions: Translated = field(default_factory=dict)
    rooms: tuple[RoomDefinition, ...] = ()


@retried
def create_venue(definition: VenueDefinition, *, by: User, at: datetime) -> Venue:  # noqa: ARG001 - every action says who and when
    """Make a venue with its rooms."""
    _require_fitting(definition, of=None)
    venue = Venue.objects.create(**_columns(definition))
    _save_rooms(venue, definition.rooms, at=at)
    return venue


@retried
def edit_venue(venue: Venue, definition: VenueDefinition, *, by: User, at: datetime) -> Venue:
    """Change a venue; search and the calendar entries of its events say so at once.

    More time for setting up a room counts for every meeting to come; refused where one follows another too closely.
    Whoever counts on a feature that the place does not have any more is told.
    """
    _require_fitting(definition, of=venue)
    # As it is now, and nobody else's until this is saved.
    promised = Venue.objects.select_for_update(no_key=True).values_list("accessibility", flat=True).get(pk=venue.pk)
    for name, value in _columns(definition).items():
        setattr(venue, name, value)
    venue.save()
    # Events first, then rooms: in the order of whoever saves an event.
    keep_search_words_of(Event.objects.filter(venue=venue).values_list("pk", flat=True))
    _save_rooms(venue, definition.rooms, at=at)
    _record_lost_features(venue, promised, by=by, at=at)
    refresh_for(venue_ids=[venue.pk], at=at)
    return venue


def _record_lost_features(venue: Venue, promised: Mapping[str, str], *, by: User, at: datetime) -> None:
    """Say of every announced event to come what it had from its place alone, and has no more."""
    now = merged_accessibility(venue.accessibility)
    lost = {name for name, value in promised.items() if value == Accessibility.YES and now[name] in _GONE}
    if not lost:
        return
    to_come = Q(status=EventStatus.POSTPONED) | Q(status=EventStatus.PUBLISHED, ends_at__gt=at)
    events = Event.objects.filter(to_come, venue=venue, is_template=False).exclude(mode=EventMode.ONLINE)
    changes = []
    for event_id, own_words in events.order_by("pk").values_list("pk", "accessibility"):
        if missed := sorted(lost - own_words.keys()):
            kind, before = EventChangeKind.FEATURE_LOST, {"features": missed}
            changes.append(EventChange(event_id=event_id, kind=kind, by=by, at=at, before=before, notify=True))
    record_all(changes)


def _columns(definition: VenueDefinition) -> dict[str, object]:
    return {
        "slug": definition.slug,
        "name": definition.name,
        "address": definition.address,
        "district": definition.district,
        "latitude": definition.latitude,
        "longitude": definition.longitude,
        "accessibility": dict(definition.accessibility),
        "directions": definition.directions,
    }


def _require_fitting(definition: VenueDefinition, *, of: Venue | None) -> None:
    errors: dict[str, list[str | Promise]] = {}
    faults = chain(_faults_of_words(definition, of), _faults_of_facts(definition), _faults_of_rooms(definition, of))
    for name, fault in faults:
        errors.setdefault(name, []).append(fault)
    if errors:
        raise FieldErrors(errors)


def _faults_of_words(definition: VenueDefinition, of: Venue | None) -> Iterator[tuple[str, Promise]]:
    if not definition.name.get("pl", "").strip():
        yield "name", _("Give the name in Polish.")
    if not definition.address.strip():
        yield "address", _("Give the address.")
    if not definition.slug:
        yield "slug", _("Give a short name for the address of the page.")
    elif Venue.objects.filter(slug=definition.slug).exclude(pk=of.pk if of else 0).exists():
        yield "slug", _("Another place has this short name already.")


def _faults_of_facts(definition: VenueDefinition) -> Iterator[tuple[str, Promise]]:
    latitude, longitude = definition.latitude, definition.longitude
    if (latitude is None) != (longitude is None):
        yield "latitude", _("Give both coordinates or none.")
    if abs(latitude or Decimal(0)) > _NORTH or abs(longitude or Decimal(0)) > _EAST:
        yield "latitude", _("These coordinates are not on the globe.")
    features, values = set(definition.accessibility), set(definition.accessibility.values())
    if features - set(AccessibilityFeature.values) or values - set(Accessibility.values):
        yield "accessibility", _("Say yes, no, unknown or on_request, of features that exist.")


def _faults_of_rooms(definition: VenueDefinition, of: Venue | None) -> Iterator[tuple[str, Promise]]:
    after: dict[int, str] = dict(of.rooms.values_list("id", "name")) if of else {}
    renamed = {room.id: room.name for room in definition.rooms if room.id is not None}
    if not set(after).issuperset(renamed):
        yield "rooms", _("This room belongs to another place.")
    after.update(renamed)
    added = {room.name.strip() for room in definition.rooms if room.id is None}
    names = [name.strip().casefold() for name in (*after.values(), *(added - set(after.values())))]
    if "" in names or len(set(names)) < len(names):
        yield "rooms", _("Every room has a name of its own.")
    if any(not 0 <= (room.setup_minutes or 0) <= _LONGEST_SET_UP for room in definition.rooms):
        yield "rooms", _("Setting a room up takes a day at most.")


def _save_rooms(venue: Venue, rooms: tuple[RoomDefinition, ...], *, at: datetime) -> None:
    # A room that is not named stays: sessions of past events stand in it.
    before = dict(venue.rooms.order_by("pk").values_list("pk", "setup_minutes"))
    for room in sorted(rooms, key=lambda room: room.id or 0):
        values: dict[str, object] = {"name": room.name.strip(), "capacity": room.capacity}
        if room.setup_minutes is not None:
            values["setup_minutes"] = room.setup_minutes
        if room.id is None:
            Room.objects.update_or_create(venue=venue, name=values["name"], defaults=values)
        else:
            Room.objects.filter(venue=venue, pk=room.id).update(**values)
    after = venue.rooms.filter(pk__in=before).order_by("pk")
    for each in after:
        if each.setup_minutes != before[each.pk]:
            rebook_room(each, at=at)
