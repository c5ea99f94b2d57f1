"""Where events were announced before they moved online: nobody is to go there any more."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from events.enums import EventChangeKind, EventMode
from events.models import Event, EventChange, Translated

_KINDS: Final = (EventChangeKind.MODE_CHANGED, EventChangeKind.RELOCATED)


@dataclass(frozen=True)
class FormerPlace:
    """Where an event was announced before it moved online."""

    name: Translated
    address: str


def former_places(events: Iterable[Event]) -> Mapping[int, FormerPlace]:
    """The places that these events have left for being online, by event; one statement for many, none without any."""
    online = {event.pk: event for event in events if event.mode == EventMode.ONLINE}
    if not online:
        return {}
    changes: dict[int, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    rows = EventChange.objects.filter(event__in=online, kind__in=_KINDS).order_by("id")
    for event_id, kind, before, at in rows.values_list("event_id", "kind", "before", "at"):
        announced = online[event_id].published_at
        if announced is None or at > announced:
            changes[event_id].append((kind, before))
    found = {event_id: former_place(online[event_id], list(happened)) for event_id, happened in changes.items()}
    return {event_id: place for event_id, place in found.items() if place is not None}


def former_place(event: Event, changes: Collection[tuple[str, Mapping[str, Any]]]) -> FormerPlace | None:
    """The place that an event has left, from what has changed since it was announced: kind and old values, in order."""
    if event.mode != EventMode.ONLINE or EventChangeKind.MODE_CHANGED not in {kind for kind, _before in changes}:
        return None
    if event.venue is not None:
        return FormerPlace(event.venue.name, event.venue.address)
    # The place was taken out of the event; its history still knows it.
    places = [before for kind, before in changes if kind == EventChangeKind.RELOCATED and before.get("venue")]
    return FormerPlace(places[-1]["name"], places[-1].get("address", "")) if places else None
