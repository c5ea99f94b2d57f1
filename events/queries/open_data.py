"""Everything that is listed, whole: what goes out as open data."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from events.models import Event
from events.queries.events import EventFilter, listed_public_events

_AT_ONCE: Final = 500


def open_data_events(*, at: datetime) -> Iterator[Event]:
    """Listed events by start, with the rows their lines show, a few hundred in memory at a time."""
    return (
        listed_public_events(EventFilter(), at=at)
        .select_related("unit", "kind", "process", "stage", "policy", "district", "venue__district")
        .prefetch_related("sessions__room", "topics", "pools__category")
        .iterator(chunk_size=_AT_ONCE)
    )
