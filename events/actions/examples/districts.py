"""Meetings in districts, made as an organiser makes them: one definition and a table of dates and places."""

from datetime import datetime, time
from typing import Final

from events.actions.definitions import EventDefinition, RegistrationDefinition
from events.actions.examples.scene import CONTACT, THURSDAY, Scene, kind_of, mark, marked, venue_of
from events.actions.publishing import publish_event
from events.actions.series import SeriesRow, create_series_from_table
from events.models import District, Event, EventSeries
from events.queries.series import series_events

_SERIES: Final = "Spotkania w dzielnicach (przykład)"

# Short name, Polish name of the district
_DISTRICTS: Final = (
    ("czuby-poludniowe", "Czuby Południowe"),
    ("kalinowszczyzna", "Kalinowszczyzna"),
    ("dziesiata", "Dziesiąta"),
    ("slawin", "Sławin"),
)


def district_meetings(scene: Scene) -> list[Event]:
    """The series, announced; none when it is there already."""
    unit = scene.process.unit
    if EventSeries.objects.filter(unit=unit, name=_SERIES).exists():
        return []
    definition = EventDefinition(
        unit=unit,
        kind=kind_of("open_district_meeting"),
        title=marked("Spotkanie otwarte w dzielnicy", "Open district meeting", "Відкрита зустріч у районі"),
        summary={
            "pl": "O tym, czego dzielnica potrzebuje najbardziej.",
            "en": "About what the district needs most.",
            "uk": "Про те, що району потрібно найбільше.",
        },
        process=scene.process,
        contact_email=CONTACT,
        audiences=(scene.audiences["rady-dzielnic"],),
        sessions=(),
        registration=RegistrationDefinition(capacity=30),
    )
    rows = [_row(number, slug, name, scene) for number, (slug, name) in enumerate(_DISTRICTS)]
    series = create_series_from_table(definition, name=_SERIES, rows=rows, by=scene.by, at=scene.at)
    events = list(series_events(series))
    for event in events:
        mark(event)
        publish_event(event, by=scene.by, at=scene.at)
    return events


def _row(number: int, slug: str, name: str, scene: Scene) -> SeriesRow:
    district, _created = District.objects.get_or_create(slug=slug, defaults={"name": name})
    day = scene.next_weekday(THURSDAY, weeks=number)
    return SeriesRow(
        row_number=number + 1,
        starts_at=datetime.combine(day, time(17)),
        ends_at=datetime.combine(day, time(19)),
        venue=venue_of(
            f"swietlica-przykladowa-{slug}",
            f"Świetlica przykładowa {name}",
            f"Example club room {name}",
            f"Зразкова світлиця {name}",
            latitude=f"51.2{number + 1}0000",
            district=district,
        ),
        district=district,
    )
