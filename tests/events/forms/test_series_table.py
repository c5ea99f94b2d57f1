"""Pasted tables: what is understood, what is refused, and that every fault is named by its row."""
# ruff: noqa: DTZ001 - tables speak of the clock on the wall

from datetime import datetime

import pytest
from django.utils import translation

from events.actions.series import SeriesRow, create_series_from_table
from events.errors import FieldErrors
from events.forms.series_table import read_table
from events.models import District, Event, Room
from tests.make import make_user, make_venue
from tests.make.definitions import a_definition
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def faults_of(text: str) -> dict[str, list[str]]:
    with pytest.raises(FieldErrors) as refusal:
        read_table(text)
    return {path: [str(sentence) for sentence in sentences] for path, sentences in refusal.value.errors.items()}


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_thirteen_districts_become_thirteen_drafts(delimiter, django_assert_num_queries):
    for number in range(1, 14):
        venue = make_venue(f"szkola-{number}", name=f"Szkoła nr {number}")
        Room.objects.create(venue=venue, name="Sala gimnastyczna")
        District.objects.create(slug=f"dzielnica-{number}", name=f"Dzielnica {number}")
    lines = [("Data", "Od", "Do", "Miejsce", "Sala", "Dzielnica", "Tytuł")]
    lines += [
        (
            f"{number:02}.03.2027",
            "17:00",
            "19:00",
            f"Szkoła nr {number}",
            "sala gimnastyczna",
            f"dzielnica-{number}",
            "Spotkanie",
        )
        for number in range(1, 14)
    ]
    text = "\r\n".join(delimiter.join(line) for line in lines) + "\r\n\r\n"

    with django_assert_num_queries(3):
        rows = read_table(text)
    series = create_series_from_table(a_definition(sessions=()), name="Cykl", rows=rows, by=make_user(), at=NOW)

    assert [row.row_number for row in rows] == list(range(2, 15))
    assert series.events.count() == 13
    assert {event.venue and event.venue.slug for event in series.events.all()} == {f"szkola-{n}" for n in range(1, 14)}


def test_a_cell_may_hold_a_day_and_a_time_and_titles_may_hold_commas():
    rows = read_table(
        '\ufeffstart,end,title\n2027-03-01 22:00,2027-03-02T01.30,"Noc, muzea"\n\n 2.03.2027 9:00:00 ,10:00,,\n'
    )

    assert rows == [
        SeriesRow(
            row_number=2,
            starts_at=datetime(2027, 3, 1, 22),
            ends_at=datetime(2027, 3, 2, 1, 30),
            title="Noc, muzea",
        ),
        SeriesRow(row_number=4, starts_at=datetime(2027, 3, 2, 9), ends_at=datetime(2027, 3, 2, 10)),
    ]


def test_every_fault_of_every_row_is_named_at_once():
    make_venue("a", name="Świetlica")
    make_venue("b", name="Świetlica")
    make_venue("c", name="Aula")
    text = "\n".join(
        [
            "date;from;to;place;room;district;title",
            "31.02.2027;17:00;19:00;;;;",
            "2027-03-28;02:30;04:00;Nigdzie;1;Nigdzie;",
            "2027-03-01;19:00;17:00;swietlica;1;;" + "x" * 301,
            "2027-03-01;17:00;18:00;Aula;1;;",
            "2027-03-01;17:00;18:00;;1;;",
            ";17:00;18:00;;;;",
            "2027-03-01;wieczorem;25:00;;;;",
            "2027-03-01;;18:60;;;;",
            "2027-03-01;17:00;18:00;;;;;za dużo",
            "2027-03-01;17:00;18:00;;;;",
        ]
    )

    assert faults_of(text) == {
        "rows.2.date": ["Write a date like 2027-01-31 or 31.01.2027."],
        "rows.3.starts_at": [
            "On March 28, 2027 there is no 02:30: the clock is put forward that night. Choose another hour."
        ],
        "rows.3.venue": ["There is no place with this name."],
        "rows.3.district": ["There is no district with this name."],
        "rows.4.venue": ["More than one has this name: write its short name."],
        "rows.4.title": ["A title has 300 characters at most."],
        "rows.4.ends_at": ["The end has to be after the start. Where it is on another day, write that day, too."],
        "rows.5.room": ["There is no such room in this place."],
        "rows.6.room": ["Name the place of this room."],
        "rows.7.starts_at": ["Say on which day."],
        "rows.8.starts_at": ["Write a time like 17:00."],
        "rows.8.ends_at": ["Write a time like 17:00."],
        "rows.9.starts_at": ["Write a time like 17:00."],
        "rows.9.ends_at": ["Write a time like 17:00."],
        "rows.10.cells": ["This row has more cells than the first one."],
    }
    assert not Event.objects.exists()


def test_a_place_that_has_one_name_in_all_languages_is_found():
    venue = make_venue(name="Aula")
    venue.name = {"pl": "Aula", "en": "AULA"}
    venue.save()

    [row] = read_table("date;from;to;place\n2027-03-01;17:00;18:00;aula")

    assert row.venue == venue


@pytest.mark.parametrize(
    "text",
    [
        "",
        "date;from;to",
        "date;from;to\n" + "2027-03-01;17:00;18:00\n" * 201,
        "date;from;to;colour\n2027-03-01;17:00;18:00;red",
        "date;from\n2027-03-01;17:00",
        "date;data;from;to\n;;17:00;18:00",
        'date;from;to\n2027-03-01;17:00;"' + "x" * 140_000 + '"',
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(text):
    assert list(faults_of(text)) == ["table"]
