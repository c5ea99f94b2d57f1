"""The Lublin 2030 data set in the database: complete, byte for byte, nothing made up, twice the same."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import CommandError

from events.actions.editing import create_event
from events.actions.importing import import_process
from events.actions.process_file import ProcessFacts, ProcessFileRefused, read_process_file
from events.enums import EventStatus, Visibility
from events.models import (
    CalendarEntry,
    Event,
    EventChange,
    Milestone,
    OrganizationalUnit,
    ParticipationProcess,
    RecordedActivity,
    RecordedFigure,
    SeatRule,
    Session,
    Stage,
    Topic,
)
from tests.make import make_event, make_topic
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

FILE = Path(settings.BASE_DIR) / "events/data/lublin2030.yaml"
WARSAW = ZoneInfo("Europe/Warsaw")
MODELS = (
    OrganizationalUnit,
    ParticipationProcess,
    Stage,
    RecordedActivity,
    RecordedFigure,
    SeatRule,
    Milestone,
    Topic,
    Event,
    Session,
    EventChange,
    CalendarEntry,
)


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    source: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return source


@pytest.fixture(scope="module")
def facts() -> ProcessFacts:
    return read_process_file(FILE.read_bytes())


@pytest.fixture
def process(facts: ProcessFacts) -> ParticipationProcess:
    return import_process(facts, unit_slug="strategia", by=None, at=NOW).process


def everything() -> str:
    return "".join(serializers.serialize("json", model.objects.order_by("pk")) for model in MODELS)


def test_the_department_stands_as_the_source_words_it(process, source):
    unit, stated = process.unit, source["organization"]

    assert (unit.slug, unit.name) == ("strategia", {"pl": stated["unit_pl"]})
    assert (unit.tasks, unit.cooperation_model) == (stated["tasks_pl"], stated["cooperation_model_pl"])
    assert unit.stakeholder_groups == stated["stakeholder_groups"]
    assert unit.activity_types == stated["activity_types"]
    assert (unit.definition, unit.parent_name) == (stated["definition_pl"], stated["parent_name"])
    assert (unit.contact_email, unit.contact_phone) == ("", "")


def test_titles_are_those_of_the_source_byte_for_byte(process, source):
    assert process.title["pl"] == source["process"]["title_pl"]
    assert process.motto["pl"] == source["process"]["motto_pl"]
    assert [stage.title["pl"] for stage in process.stages.all()] == [row["title_pl"] for row in source["stages"]]
    rows = [(row["id"], row["form_pl"], row.get("title_pl") or "") for row in source["activities"]]
    assert list(process.activities.values_list("code", "form_text", "title")) == rows
    topics = [(row["number"], row["title_pl"]) for row in source["business_meeting_topics"]["items"]]
    assert [(topic.position, topic.name["pl"]) for topic in process.topics.all()] == topics
    assert len(topics) == 14
    texts = [(str(row["date"]), row["text_pl"]) for row in source["milestones"]]
    assert [(str(row.date), row.text) for row in process.milestones.all()] == texts


FIGURES_OF_ACTIVITIES = {
    "event_count", "participants", "days_count", "opinions", "entities", "topic_count", "speakers_count",
}  # fmt: skip


def stated_figures(source: dict[str, Any]) -> Iterator[tuple[int | None, str | None, str, dict[str, Any] | None]]:
    for name in ("total_participants", "experts_involved"):
        yield None, None, name, source["process"][name]
    for stage in source["stages"]:
        for name in ("participants_total", "written_replies"):
            if name in stage:
                yield stage["number"], None, name, stage[name]
        for name, figure in stage.get("outcomes", {}).items():
            if name != "report_published_on":
                yield stage["number"], None, name, figure
    groups = source["working_groups"]
    names = {
        "working_group_count": groups["group_count"],
        "working_group_people": groups["people_total"],
        "working_group_applications": groups["applications_received"],
        "workshops": groups["workshops"],
        "conferences": groups["conferences"],
        "final_report_pages": groups["final_report"]["pages"],
    }
    for name, figure in names.items():
        yield 3, None, name, figure
    yield 6, None, "submitters_persons", None
    yield 6, None, "submitters_organizations", None
    for row in source["activities"]:
        for name in FIGURES_OF_ACTIVITIES & set(row):
            yield row["stage"], row["id"], name, row[name]


def test_every_figure_keeps_its_value_its_qualifier_and_its_null(process, source):
    stated = {
        (stage, activity, name): (figure or {}).get("value")
        if figure is None or figure.get("value") is not None
        else None
        for stage, activity, name, figure in stated_figures(source)
    }
    qualifiers = {
        (stage, activity, name): (figure or {}).get("qualifier", "")
        for stage, activity, name, figure in stated_figures(source)
    }
    rows = {
        (figure.stage.number if figure.stage else None, figure.activity.code if figure.activity else None, figure.name):
        figure
        for figure in process.figures.select_related("stage", "activity")
    }  # fmt: skip

    assert {key: row.value for key, row in rows.items()} == stated
    assert {key: row.qualifier for key, row in rows.items()} == qualifiers
    assert rows[6, None, "remarks_submitted"].value == 202
    assert rows[6, None, "remarks_submitted_correctly"].value == 199
    assert rows[6, None, "submitters"].value == 59
    assert rows[6, None, "remarks_accepted"].value is None
    assert rows[None, None, "total_participants"].is_estimate
    assert (
        rows[4, "s4-community-meetings", "event_count"].value,
        qualifiers[4, "s4-community-meetings", "event_count"],
    ) == (
        None,
        "dozen_or_so",
    )
    assert not [key for key, row in rows.items() if row.value == 0]


def test_working_groups_have_ten_seats(process):
    rules = [(rule.role, rule.label, rule.seats) for rule in process.seat_rules.all()]

    assert rules == [
        ("leader", "lider", 1),
        ("city_staff", "pracowników miejskiego samorządu", 3),
        ("resident", "przedstawiciele mieszkańców", 3),
        ("ngo", "organizacji trzeciego sektora", 1),
        ("business", "biznesu", 1),
        ("university", "uczelni wyższych", 1),
    ]


def test_dated_meetings_are_past_events_on_their_days_without_times(process):
    events = Event.objects.order_by("starts_at", "slug")

    shown = [
        (
            event.kind.code,
            [f"{session.starts_at.astimezone(WARSAW):%Y-%m-%d}" for session in event.sessions.all()],
            event.status,
            event.visibility,
            event.planned_only,
        )
        for event in events
    ]
    assert shown == [
        ("open_debate", ["2021-12-01", "2021-12-02"], "closed", "public", False),
        ("district_councils_meeting", ["2021-12-03"], "closed", "restricted", False),
        ("city_councillors_meeting", ["2021-12-08"], "closed", "restricted", False),
        ("public_hearing", ["2021-12-09", "2021-12-10", "2021-12-11"], "closed", "public", False),
        ("council_session", ["2022-01-27"], "closed", "public", False),
        ("workshop", ["2022-11-21"], "published", "public", True),
        ("conference", ["2022-11-22"], "published", "public", True),
    ]
    for session in Session.objects.all():
        assert session.all_day
        assert session.ends_at - session.starts_at == timedelta(days=1)
    for event in events:
        assert (event.mode, event.venue, event.policy.required, event.policy.waitlist) == ("", None, False, False)
        assert [pool.capacity for pool in event.pools.all()] == [None]
        assert not event.reminders.exists()
    assert not EventChange.objects.filter(notify=True).exists()


def test_what_was_only_planned_is_tentative_in_calendars(process):
    entries = CalendarEntry.objects.filter(language="pl").order_by("session__starts_at")

    assert ["STATUS:TENTATIVE" in entry.content for entry in entries][-2:] == [True, True]
    assert "STATUS:TENTATIVE" not in entries[0].content


def test_twice_gives_the_same(process, facts):
    before = everything()

    result = import_process(facts, unit_slug="strategia", by=None, at=NOW + timedelta(days=1))

    assert everything() == before
    assert (result.stages, result.activities, result.topics, result.new_events) == (8, 32, 14, 0)


def test_what_people_added_stays(process, facts):
    stage = process.stages.get(number=1)
    stage.title["en"] = "Concept"
    stage.save()
    event = Event.objects.get(slug="lublin2030-s7-council-session")
    Event.objects.filter(pk=event.pk).update(summary={"pl": "Uzupełnione"})
    OrganizationalUnit.objects.update(contact_email="strategia@example.org")

    import_process(facts, unit_slug="strategia", by=None, at=NOW)

    stage.refresh_from_db()
    event.refresh_from_db()
    assert stage.title["en"] == "Concept"
    assert event.summary == {"pl": "Uzupełnione"}
    assert OrganizationalUnit.objects.get().contact_email == "strategia@example.org"


def edited(old: str, new: str) -> bytes:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1).encode()


def test_what_left_the_file_leaves_the_process(process, facts):
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    less = "".join(line for line in lines if "number: 14, title_pl" not in line and "conference_planned" not in line)
    start, end = less.index("  - id: s2-contest\n"), less.index("  - id: s2-ambient-campaign\n")
    less = (less[:start] + less[end:]).replace("s2-contest, ", "")

    import_process(read_process_file(less.encode()), unit_slug="strategia", by=None, at=NOW)

    assert (process.topics.count(), process.milestones.count(), process.activities.count()) == (13, 16, 31)
    assert not process.figures.filter(activity=None, name="event_count").exists()


def test_a_topic_that_events_are_about_stays_with_them(process):
    topic = process.topics.get(position=14)
    make_event().topics.add(topic)
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    less = "".join(line for line in lines if "number: 14, title_pl" not in line)

    import_process(read_process_file(less.encode()), unit_slug="strategia", by=None, at=NOW)

    assert process.topics.count() == 14


def test_a_stage_that_events_belong_to_cannot_leave(process):
    text = FILE.read_text(encoding="utf-8")
    start, end = text.index("  - id: s7-council-session\n"), text.index("  - id: s8-strategic")
    text = text[:start] + text[end:]
    start, end = text.index("  - number: 7\n"), text.index("  - number: 8\n")
    text = (text[:start] + text[end:]).replace("date: 2022-01-27, stage: 7", "date: 2022-01-27, stage: null")
    before = everything()

    with pytest.raises(ProcessFileRefused) as refusal:
        import_process(read_process_file(text.encode()), unit_slug="strategia", by=None, at=NOW)

    assert refusal.value.problems == ("Stage 7 is not in the file any more, but events belong to it.",)
    assert everything() == before


def test_topics_get_an_address_that_nobody_has(facts):
    make_topic("obcokrajowcy-w-lublinie")

    process = import_process(facts, unit_slug="strategia", by=None, at=NOW).process

    assert process.topics.get(position=9).slug == "lublin2030-9"
    assert process.topics.get(position=6).slug == "wspolpraca-uczelni-z-firmami-z-branzy-bpo"


def test_a_unit_has_a_short_name(facts):
    with pytest.raises(ProcessFileRefused):
        import_process(facts, unit_slug="Wydział Strategii", by=None, at=NOW)

    assert not OrganizationalUnit.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing(facts, monkeypatch):
    calls: list[object] = []

    def fails_at_the_third(*given: Any, **more: Any) -> Event:
        calls.append(given)
        if len(calls) == 3:
            raise RuntimeError
        return create_event(*given, **more)

    monkeypatch.setattr("events.actions.importing.create_event", fails_at_the_third)

    with pytest.raises(RuntimeError):
        import_process(facts, unit_slug="strategia", by=None, at=NOW)

    assert not OrganizationalUnit.objects.exists()
    assert not Event.objects.exists()


# The command


def test_the_command_says_what_it_did(capsys):
    call_command("import_process", str(FILE))
    call_command("import_process", str(FILE))

    counts = "8 stages, 32 activities, 14 topics"
    assert capsys.readouterr().out.splitlines() == [
        f"PROCES OPRACOWYWANIA STRATEGII LUBLIN 2030: {counts}; 7 events are new.",
        f"PROCES OPRACOWYWANIA STRATEGII LUBLIN 2030: {counts}; 0 events are new.",
    ]
    assert Event.objects.filter(visibility=Visibility.PUBLIC, status=EventStatus.CLOSED).count() == 3


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "    form: campaign\n",
            "    form: campaign\n    colour: red\n",
            "activities[9].colour: this key is not known.",
        ),
        (
            "dates: [2021-12-03]",
            "dates: [2021-13-03]",
            "activities[23].dates[0]: this is not a date (write 2021-12-31).",
        ),
        ('title_pl: "Uchwalenie', 'titel_pl: "Uchwalenie', "stages[6].title_pl: the text is missing."),
    ],
)
def test_a_bad_row_refuses_the_file_by_name(tmp_path, old, new, problem):
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(edited(old, new))

    with pytest.raises(CommandError) as refusal:
        call_command("import_process", str(bad))

    heading, *problems = str(refusal.value).splitlines()
    assert heading == f"{bad} was not loaded:"
    assert any(line.startswith("Line ") and line.endswith(problem) for line in problems), problems
    assert not OrganizationalUnit.objects.exists()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.yaml cannot be read: No such file or directory\.$"):
        call_command("import_process", str(tmp_path / "nowhere.yaml"))
