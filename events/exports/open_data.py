"""Listed events as a table for everybody: one line per event, safe to open in a spreadsheet."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from events.enums import Language
from events.exports.cells import UTF8_MARK, csv_line
from events.models import Event
from events.queries.seats import seat_figures

COLUMNS: Final = (
    "slug",
    "uid",
    "kind",
    *(f"title_{language}" for language in Language.values),
    *(f"summary_{language}" for language in Language.values),
    "status",
    "mode",
    "planned_only",
    "is_example",
    "starts_at",
    "ends_at",
    "time_zone",
    "sessions",
    "venue",
    "address",
    "district",
    "unit",
    "process",
    "stage",
    "topics",
    "registration_required",
    "capacity",
    "seats_taken",
    "seats_free",
    "waiting",
    "page",
)


def csv_lines(events: Iterable[Event], *, page_address: str) -> Iterator[str]:
    """A header and a line per event (RFC 4180, UTF-8 with a mark, so that spreadsheets read Polish letters).

    `page_address` is the address of an event's page with `{slug}` in it.
    """
    yield UTF8_MARK + csv_line(COLUMNS)
    for event in events:
        yield csv_line(_values(event, page_address))


def _values(event: Event, page_address: str) -> Iterator[object]:
    seats = seat_figures(event).event
    yield from (event.slug, event.uid, event.kind.code)
    yield from (event.title.get(language, "") for language in Language.values)
    yield from (event.summary.get(language, "") for language in Language.values)
    yield from (event.status, event.mode, event.planned_only, event.is_example)
    zone = ZoneInfo(event.time_zone)
    yield from (_moment(event.starts_at, zone), _moment(event.ends_at, zone), event.time_zone)
    yield len(event.sessions.all())
    yield from (event.venue.slug, event.venue.address) if event.venue else (None, None)
    district = event.district or (event.venue.district if event.venue else None)
    yield district.slug if district else None
    yield event.unit.slug
    yield event.process.slug if event.process else None
    yield event.stage.number if event.stage else None
    yield " ".join(topic.slug for topic in event.topics.all())
    yield event.policy.required
    # Where nobody registers, nobody is counted, and that is not 0.
    yield from (seats.capacity, seats.taken, seats.free, seats.waiting) if event.policy.required else [None] * 4
    yield page_address.format(slug=event.slug)


def _moment(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None
