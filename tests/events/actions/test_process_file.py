"""What a process file may say, and how it is told what is wrong."""
# ruff: noqa: E501 - a bad value stands beside its sentence

from pathlib import Path

import pytest
from django.conf import settings

from events.actions.process_file import Figure, ProcessFileRefused, read_process_file

TEXT = (Path(settings.BASE_DIR) / "events/data/lublin2030.yaml").read_text(encoding="utf-8")

SMALL = """\
schema_version: "1.0"
meta: {dataset_id: maly-proces}
organization: {unit_pl: Wydział}
process: {title_pl: Proces}
stages:
  - {number: 1, roman: I, title_pl: Początek, quarters_pl: I kwartał, start: {year: 2027, quarter: 1}, end: {year: 2027, quarter: 2}, activities: [a]}
activities:
  - {id: a, stage: 1, form: workshop, form_pl: Warsztat, dates: null}
"""


def problems(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(ProcessFileRefused) as refusal:
        read_process_file(text if isinstance(text, bytes) else text.encode())
    return refusal.value.problems


def small(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_a_small_file_may_leave_out_what_it_does_not_have():
    facts = read_process_file(SMALL.encode())

    assert (facts.slug, facts.topics, facts.seat_rules, facts.milestones, facts.figures) == (
        "maly-proces",
        {},
        [],
        [],
        [],
    )
    assert (facts.activities[0].dates, facts.activities[0].figures) == (None, [])


def test_a_figure_that_is_null_is_a_figure_that_is_not_stated():
    facts = read_process_file(small("dates: null", "participants: null").encode())

    assert facts.activities[0].figures == [Figure("participants")]


def test_figures_say_how_exact_they_are():
    text = small("dates: null", "participants: {value: 5, qualifier: about, note: x, scope: y, split_men: null}")

    assert read_process_file(text.encode()).activities[0].figures == [
        Figure("participants", 5, "about", "", "x; y"),
        Figure("participants_men"),
    ]


def test_facts_of_any_shape_are_kept_as_json():
    text = small("dates: null", "composition: {a: [1, 2.5, .inf, true, null, 2021-12-01, 2021-12-01 10:00:00, x]}")

    facts = read_process_file(text.encode()).activities[0].source_facts["composition"]

    assert facts == {"a": [1, 2.5, "inf", True, None, "2021-12-01", "2021-12-01T10:00:00", "x"]}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff", "The file is not UTF-8 text (byte 1)."),
        (b"", "The file has to be a mapping of keys to values."),
        (b"[1]", "The file has to be a mapping of keys to values."),
        (b"a: [", "Line 1: this is not YAML (expected the node content, but found '<stream end>')."),
        (b"a: \x00", "The file holds characters that YAML does not allow."),
        (b"a: &x 1\nb: *x", "The file uses YAML aliases (*name): write the values out."),
        (b"[" * 5000 + b"]" * 5000, "The file is nested too deeply."),
    ],
)
def test_what_is_no_process_file_at_all(content, problem):
    assert problems(content) == (problem,)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"1.0"', '"2.0"', "Line 1, schema_version: this has to be “1.0”."),
        ('"1.0"', "1.0", "Line 1, schema_version: this has to be a text."),
        ("maly-proces", "Mały proces", "Line 2, meta.dataset_id: this has to be a short name of small letters, digits, - and _."),
        ("meta: {", "meta: {language_of_values: de, ", "Line 2, meta.language_of_values: this has to be one of pl, or null."),
        ("organization: {unit_pl: Wydział}", "organization: 5", "Line 3, organization: this has to be a mapping of keys to values."),
        ("organization: {unit_pl: Wydział}\n", "", "Line 1, organization: this part is missing."),
        ("{unit_pl: Wydział}", '{unit_pl: "  "}', "Line 3, organization.unit_pl: the text is missing."),
        ("{unit_pl: Wydział}", '{unit_pl: "a\\0b"}', "Line 3, organization.unit_pl: the text holds a character that cannot be kept."),
        ("{unit_pl: Wydział}", '{unit_pl: "\\uD800"}', "Line 3, organization.unit_pl: the text holds a character that cannot be kept."),
        ("{unit_pl: Wydział}", "{unit_pl: Wydział, contact: {head: Kto}}", "Line 3, organization.contact.head: only null can be kept here."),
        ("roman: I,", "roman: IIIIIIIII,", "Line 6, stages[0].roman: the text is longer than 8 characters."),
        ("title_pl: Proces", "title_pl: Proces, title_pl: Inny", "Line 4, process.title_pl: this key is there twice."),
        ("title_pl: Proces", "title_pl: Proces, 5: x", "Line 4, process: a key has to be a text."),
        ("title_pl: Proces", "title_pl: Proces, [5]: x", "Line 4, process: a key has to be a text."),
        ("process: {", "5: x\nprocess: {", "Line 4, the file: a key has to be a text."),
        ("number: 1", "number: one", "Line 6, stages[0].number: this has to be a whole number from 1 to 99."),
        ("number: 1", "number: true", "Line 6, stages[0].number: this has to be a whole number from 1 to 99."),
        ("quarter: 2", "quarter: 5", "Line 6, stages[0].end.quarter: this has to be a whole number from 1 to 4."),
        ("year: 2027, quarter: 2", "year: 2026, quarter: 2", "Line 6, stages[0].end: the stage ends before it starts."),
        ("activities: [a]", "activities: []", "Line 6, stages[0].activities: these are not the activities that name the stage as theirs."),
        ("activities: [a]", "activities: a", "Line 6, stages[0].activities: this has to be a list."),
        ("stage: 1, form", "stage: 2, form", "Line 8, activities[0].stage: there is no such stage."),
        ("dates: null", "dates: [2021-02-30]", "Line 8, activities[0].dates[0]: this is not a date (write 2021-12-31)."),
        ("dates: null", "dates: [2021-02-03 10:00:00]", "Line 8, activities[0].dates[0]: this is not a date (write 2021-12-31)."),
        ("dates: null", "dates: [0021-02-03]", "Line 8, activities[0].dates[0]: this is not a date (write 2021-12-31)."),
        ("dates: null", "dates: []", "Line 8, activities[0].dates: name every date once, or write null."),
        ("dates: null", "dates: [2021-02-03, 2021-02-03]", "Line 8, activities[0].dates: name every date once, or write null."),
        ("dates: null", "planned_only: perhaps", "Line 8, activities[0].planned_only: this has to be true or false."),
        ("dates: null", "mode: by_mail", "Line 8, activities[0].mode: this has to be one of in_person, online, hybrid, or null."),
        ("dates: null", "period: {start: 2021-02-03, end: 2021-02-01}", "Line 8, activities[0].period.end: the end is before the start."),
        ("dates: null", "period: {start: 2021-02-03}", "Line 8, activities[0].period.end: the date is missing."),
        ("dates: null", "participants: {value: 5}", "Line 8, activities[0].participants.qualifier: a number needs a qualifier."),
        ("dates: null", "participants: 5", "Line 8, activities[0].participants: this has to be a mapping of keys to values."),
        ("dates: null", "composition: [2021-13-13]", "Line 8, activities[0].composition: this has to be a text."),
        ("dates: null", "sessions: [{date: 2021-02-03}]", "Line 8, activities[0].sessions[0].date: this is none of the activity's dates."),
        ("dates: null", "target_groups_pl: [{a: b}]", "Line 8, activities[0].target_groups_pl: this has to be a text."),
        ("dates: null", "colour: red", "Line 8, activities[0].colour: this key is not known."),
        ("id: a, ", "", "Line 8, activities[0].id: the text is missing."),
        ("activities:\n", "activities:\n  - {id: a, stage: 1, form: workshop, form_pl: Warsztat}\n", "Line 9, activities[1].id: this is there twice."),
    ],
)  # fmt: skip
def test_every_problem_is_named_with_its_line(old, new, problem):
    assert problem in problems(small(old, new))


def test_all_problems_are_named_at_once_in_the_order_of_the_file():
    text = TEXT.replace("    form: campaign\n", "    form: campaign\n    colour: red\n", 1)
    text = text.replace("dates: [2021-12-03]", "dates: [2021-13-03]", 1)
    text = text.replace("{value: 773, qualifier: exact", "{value: -773, qualifier: exactly", 1)

    assert problems(text) == (
        "Line 222, activities[1].participants.qualifier: this has to be one of exact, about, nearly, over, dozen_or_so, or null.",
        "Line 222, activities[1].participants.value: this has to be a whole number from 0 to 2147483647.",
        "Line 329, activities[9].colour: this key is not known.",
        "Line 529, activities[23].dates[0]: this is not a date (write 2021-12-31).",
    )
