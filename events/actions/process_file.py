"""Reads a process file: strict, typed, and every problem named with its line before anything is saved. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar

import yaml

from events.enums import EventMode, Qualifier
from events.errors import DomainError

Fact = str | int | float | bool | list["Fact"] | dict[str, "Fact"] | None

LONGEST_TEXT: Final = 20_000
DEEPEST: Final = 50
HIGHEST_NUMBER: Final = 2_147_483_647
# A year outside of these is a slip of the pen.
YEARS: Final = range(1900, 2201)
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class ProcessFileRefused(DomainError):
    """The file cannot be loaded; `problems` has one sentence for each thing that is wrong."""

    code = "process_file_refused"
    default_message = "The file cannot be loaded."

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(details={"problems": list(self.problems)})


@dataclass(frozen=True)
class Figure:
    """A number as its source words it; `value` null: not stated."""

    name: str
    value: int | None = None
    qualifier: str = ""
    text: str = ""
    note: str = ""
    is_estimate: bool = False


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """The department behind the process."""

    name: str
    parent_name: str
    definition: str
    cooperation_model: str
    contact_email: str
    contact_phone: str
    tasks: list[str]
    stakeholder_groups: list[Fact]
    activity_types: list[Fact]


@dataclass(frozen=True, kw_only=True)
class StageFacts:
    """A stage with the figures given for all of it."""

    number: int
    roman: str
    title: str
    description: str
    period_text: str
    start: tuple[int, int]
    end: tuple[int, int]
    consultation: tuple[date, date] | None
    figures: list[Figure]
    source_facts: dict[str, Fact]


@dataclass(frozen=True, kw_only=True)
class ActivityFacts:
    """One form of activity; `dates` null: not stated."""

    code: str
    stage: int | None
    form: str
    form_text: str
    title: str
    abbreviation: str
    place_text: str
    date_text: str
    dates: list[date] | None
    period: tuple[date, date] | None
    mode: str
    mode_basis: str
    planned_only: bool
    target_groups: list[str] | None
    outcomes: str
    figures: list[Figure]
    source_facts: dict[str, Fact]


@dataclass(frozen=True)
class SeatRuleFacts:
    """How many people of a role sit in a working group."""

    role: str
    label: str
    seats: int


@dataclass(frozen=True)
class MilestoneFacts:
    """A dated fact in the source's words."""

    date: date
    stage: int | None
    code: str
    text: str
    planned_only: bool


@dataclass(frozen=True, kw_only=True)
class ProcessFacts:
    """A whole file."""

    slug: str
    title: str
    motto: str
    project_title: str
    campaign_title: str
    guiding_question: str
    description: str
    website: str
    social_partner: str
    predecessor_documents: list[str]
    unit: UnitFacts
    figures: list[Figure]
    stages: list[StageFacts]
    activities: list[ActivityFacts]
    topics: dict[int, str]
    seat_rules: list[SeatRuleFacts]
    working_group_stage: int | None
    working_group_figures: list[Figure]
    milestones: list[MilestoneFacts]
    source_facts: dict[str, Fact]


def read_process_file(content: bytes) -> ProcessFacts:
    """The facts of a file, or a refusal with all its problems."""
    reader = _Reader()
    root = reader.root(content)
    facts = _process(root)
    reader.refuse_unknown_keys()
    if reader.problems:
        raise ProcessFileRefused(problem for _line, problem in sorted(reader.problems.values()))
    return facts


# Reading one value at a time


@dataclass
class _Reader:
    """Collects what is wrong, so that a file is mended in one go."""

    # By path, with the line: the first complaint about a value is the one that helps.
    problems: dict[str, tuple[int, str]] = field(default_factory=dict)
    rows: list["_Row"] = field(default_factory=list)

    def root(self, content: bytes) -> "_Row":
        try:
            text = content.decode()
            _refuse_traps(text)
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except UnicodeDecodeError as error:
            raise ProcessFileRefused([f"The file is not UTF-8 text (byte {error.start + 1})."]) from error
        except yaml.YAMLError as error:
            raise ProcessFileRefused([_yaml_problem(error)]) from error
        if not isinstance(node, yaml.MappingNode):
            raise ProcessFileRefused(["The file has to be a mapping of keys to values."])
        return _Row(self, node, "")

    def complain(self, node: yaml.Node, path: str, problem: str) -> None:
        line = node.start_mark.line + 1
        self.problems.setdefault(path, (line, f"Line {line}, {path}: {problem}"))

    def refuse_unknown_keys(self) -> None:
        for row in self.rows:
            for key, (name, _value) in row.entries.items():
                if key not in row.known:
                    self.complain(name, row.path_of(key), "this key is not known.")


def _refuse_traps(text: str) -> None:
    """Refuse a file that could unfold without end, or that takes the parser ever longer the deeper it goes."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ProcessFileRefused(["The file uses YAML aliases (*name): write the values out."])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ProcessFileRefused(["The file is nested too deeply."])


def _yaml_problem(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"Line {error.problem_mark.line + 1}: this is not YAML ({error.problem})."
    return "The file holds characters that YAML does not allow."


class _Row:
    """A mapping of the file; what is asked of it is known, the rest is refused."""

    def __init__(self, reader: _Reader, node: yaml.MappingNode | None, path: str) -> None:
        self.reader = reader
        self.node = node
        self.path = path
        self.known: set[str] = set()
        self.entries: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for name, value in node.value if node else ():
            key = _scalar(name) if isinstance(name, yaml.ScalarNode) else None
            if not isinstance(key, str):
                self.complain(name, path or "the file", "a key has to be a text.")
            elif key in self.entries:
                self.complain(name, self.path_of(key), "this key is there twice.")
            else:
                self.entries[key] = (name, value)
        reader.rows.append(self)

    @property
    def is_missing(self) -> bool:
        """Whether it only stands in for a row that is not there: asked like any other, it complains of nothing."""
        return self.node is None

    def path_of(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def complain(self, node: yaml.Node, path: str, problem: str) -> None:
        self.reader.complain(node, path, problem)

    def refuse(self, key: str, problem: str) -> None:
        """Complain of the value of a key, or of the row where the key is missing."""
        if self.node is None:
            return
        _name, value = self.entries.get(key, (None, self.node))
        self.complain(value, self.path_of(key), problem)

    def _value(self, key: str) -> tuple[yaml.Node | None, object]:
        """The node and, for a scalar, its value; null and absent are both (None, None)."""
        self.known.add(key)
        if key not in self.entries:
            return None, None
        _name, node = self.entries[key]
        if not isinstance(node, yaml.ScalarNode):
            return node, node
        value = _scalar(node)
        return (None, None) if value is None else (node, value)

    def text(self, key: str, *, most: int = LONGEST_TEXT) -> str:
        text = self.text_or_nothing(key, most=most)
        if not text.strip():
            self.refuse(key, "the text is missing.")
        return text

    def text_or_nothing(self, key: str, *, most: int = LONGEST_TEXT) -> str:
        node, value = self._value(key)
        return "" if node is None else self._checked_text(value, key, most=most)

    def _checked_text(self, value: object, key: str, *, most: int = LONGEST_TEXT) -> str:
        if not isinstance(value, str):
            self.refuse(key, "this has to be a text.")
        elif "\x00" in value or not _is_encodable(value):
            self.refuse(key, "the text holds a character that cannot be kept.")
        elif len(value) > most:
            self.refuse(key, f"the text is longer than {most} characters.")
        else:
            return value
        return ""

    def code(self, key: str) -> str:
        text = self.text(key)
        if text and not _CODE.fullmatch(text):
            self.refuse(key, "this has to be a short name of small letters, digits, - and _.")
            return ""
        return text

    def number(self, key: str, *, least: int = 0, most: int = HIGHEST_NUMBER) -> int:
        number = self.number_or_nothing(key, least=least, most=most)
        if number is None:
            self.refuse(key, "the number is missing.")
        return number or 0

    def number_or_nothing(self, key: str, *, least: int = 0, most: int = HIGHEST_NUMBER) -> int | None:
        node, value = self._value(key)
        if node is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(key, f"this has to be a whole number from {least} to {most}.")
            return None
        return value

    def yes_no(self, key: str) -> bool:
        node, value = self._value(key)
        if node is not None and not isinstance(value, bool):
            self.refuse(key, "this has to be true or false.")
        return value is True

    def choice(self, key: str, values: Iterable[str]) -> str:
        text = self.text_or_nothing(key)
        if text and text not in set(values):
            self.refuse(key, f"this has to be one of {', '.join(values)}, or null.")
        return text

    def day(self, key: str) -> date:
        node, value = self._value(key)
        if node is None:
            self.refuse(key, "the date is missing.")
            return date.min
        return self._checked_day(node, value, self.path_of(key))

    def days_or_nothing(self, key: str) -> list[date] | None:
        nodes = self._items(key)
        if nodes is None:
            return None
        days = [
            self._checked_day(node, _scalar(node), f"{self.path_of(key)}[{number}]")
            for number, node in enumerate(nodes)
        ]
        if not days or len(set(days)) < len(days):
            self.refuse(key, "name every date once, or write null.")
        return sorted(days)

    def _checked_day(self, node: yaml.Node, value: object, path: str) -> date:
        if type(value) is date and value.year in YEARS:
            return value
        self.complain(node, path, "this is not a date (write 2021-12-31).")
        return date.min

    def _items(self, key: str) -> list[yaml.Node] | None:
        node, _ = self._value(key)
        if node is None:
            return None
        if not isinstance(node, yaml.SequenceNode):
            self.refuse(key, "this has to be a list.")
            return None
        return list(node.value)

    def texts(self, key: str) -> list[str]:
        return self.texts_or_nothing(key) or []

    def texts_or_nothing(self, key: str) -> list[str] | None:
        nodes = self._items(key)
        return None if nodes is None else [self._checked_text(_scalar(node), key) for node in nodes]

    def row(self, key: str) -> "_Row":
        row = self.row_or_nothing(key)
        if row.is_missing:
            self.refuse(key, "this part is missing.")
        return row

    def row_or_nothing(self, key: str) -> "_Row":
        node, _ = self._value(key)
        if node is None:
            return _Row(self.reader, None, self.path_of(key))
        return self._as_row(node, self.path_of(key))

    def _as_row(self, node: yaml.Node, path: str) -> "_Row":
        if isinstance(node, yaml.MappingNode):
            return _Row(self.reader, node, path)
        self.complain(node, path, "this has to be a mapping of keys to values.")
        return _Row(self.reader, None, path)

    def list_of_rows(self, key: str) -> "list[_Row]":
        nodes = self._items(key) or []
        return [self._as_row(node, f"{self.path_of(key)}[{number}]") for number, node in enumerate(nodes)]

    def fact(self, key: str) -> Fact:
        """Any value, kept as it is."""
        node, _ = self._value(key)
        return None if node is None else self._plain(node, key)

    def facts(self, *keys: str) -> dict[str, Fact]:
        """Those of the keys that are there, with their values; null stays null."""
        return {key: self.fact(key) for key in keys if key in self.entries}

    def _plain(self, node: yaml.Node, key: str) -> Fact:
        if isinstance(node, yaml.MappingNode):
            return {str(_scalar(name)): self._plain(value, key) for name, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, key) for item in node.value]
        value = _scalar(node)
        if isinstance(value, date):
            return value.isoformat()
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            # Not a number and infinity are no JSON.
            return value if abs(value) < HIGHEST_NUMBER else str(value)
        return self._checked_text(value, key)

    def nothing(self, *keys: str) -> None:
        """Keys for what the source does not state; a value would have no place to be kept in, so it is refused."""
        for key in keys:
            node, _ = self._value(key)
            if node is not None:
                self.refuse(key, "only null can be kept here.")

    def figure(self, key: str, *, name: str = "") -> list[Figure]:
        """A figure, also when it is null; none when the key is not there."""
        if key not in self.entries:
            return []
        name = name or key
        row = self.row_or_nothing(key)
        if row.is_missing:
            return [Figure(name)]
        value = row.number_or_nothing("value")
        qualifier = row.choice("qualifier", Qualifier.values)
        if value is not None and not qualifier:
            row.refuse("qualifier", "a number needs a qualifier.")
        notes = [row.text_or_nothing(note) for note in ("note", "scope", "basis", "ambiguity")]
        row.facts("lines")
        parts = [part for part in row.entries if part.startswith("split_")]
        row.nothing(*parts)
        return [
            Figure(
                name,
                value,
                qualifier,
                row.text_or_nothing("text_pl"),
                "; ".join(note for note in notes if note),
                row.yes_no("is_estimate"),
            ),
            *(Figure(f"{name}_{part.removeprefix('split_')}") for part in parts),
        ]


class _NotConstructible:
    """The value of a scalar that looks like a date or a number and is none."""


def _scalar(node: yaml.Node) -> object:
    """What a scalar stands for."""
    if not isinstance(node, yaml.ScalarNode):
        return node
    try:
        value: object = yaml.SafeLoader("").construct_object(node)
    except (ValueError, yaml.YAMLError):
        return _NotConstructible()
    return value.isoformat() if isinstance(value, datetime) else value


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# The parts of the file


def _process(root: _Row) -> ProcessFacts:
    _require_version(root)
    meta = root.row("meta")
    process = root.row("process")
    groups = root.row_or_nothing("working_groups")
    rule = groups.row_or_nothing("composition_rule")
    report = groups.row_or_nothing("final_report")
    dataset = meta.code("dataset_id")
    grant = process.row_or_nothing("grant")
    stages = root.list_of_rows("stages")
    numbers = _once(stages, "number", [row.number("number", least=1, most=99) for row in stages])
    activities = root.list_of_rows("activities")
    by_code = dict(
        zip(
            _once(activities, "id", [row.code("id") for row in activities]),
            [_activity(row, numbers) for row in activities],
            strict=True,
        )
    )
    seats = rule.list_of_rows("seats")
    roles = _once(seats, "role", [row.code("role") for row in seats])
    return ProcessFacts(
        slug=dataset.removesuffix("-process"),
        title=process.text("title_pl"),
        motto=process.text_or_nothing("motto_pl"),
        project_title=process.text_or_nothing("project_title_pl"),
        campaign_title=process.text_or_nothing("campaign_title_pl"),
        guiding_question=process.text_or_nothing("guiding_question_pl"),
        description="\n\n".join(process.texts("description_pl")),
        website=process.text_or_nothing("website", most=200),
        social_partner=process.text_or_nothing("social_partner_pl"),
        predecessor_documents=process.texts("predecessor_documents_pl"),
        unit=_unit(root.row("organization")),
        figures=[*process.figure("total_participants"), *process.figure("experts_involved")],
        stages=[_stage(row, by_code) for row in stages],
        activities=list(by_code.values()),
        topics=_topics(root.row_or_nothing("business_meeting_topics")),
        seat_rules=[
            SeatRuleFacts(role, row.text("label_pl", most=120), row.number("seats", least=1, most=1000))
            for role, row in zip(roles, seats, strict=True)
        ],
        working_group_stage=_stage_number(groups, numbers),
        working_group_figures=[
            *groups.figure("group_count", name="working_group_count"),
            *groups.figure("people_total", name="working_group_people"),
            *groups.figure("applications_received", name="working_group_applications"),
            *groups.figure("workshops"),
            *groups.figure("conferences"),
            *report.figure("pages", name="final_report_pages"),
        ],
        milestones=[_milestone(row, numbers) for row in root.list_of_rows("milestones")],
        source_facts={
            "meta": {
                **meta.facts("dataset_id", "extracted_on", "conventions"),
                "sources": [row.facts("id", "file", "sha256", "title") for row in meta.list_of_rows("sources")],
                "language": meta.choice("language_of_values", ["pl"]),
            },
            "process": process.facts("source"),
            "grant": grant.facts("competition_pl", "organizer_pl", "amount", "award_date", "lines"),
            "working_groups": {
                **groups.facts(
                    "lines",
                    "group_names_pl",
                    "recruitment_pl",
                    "recruitment_dates",
                ),
                "composition_rule": rule.facts("text_pl", "size", "may_one_person_sit_in_two_groups", "substitutes"),
                "final_report": report.facts("published_on"),
            },
            **root.facts("derived", "ambiguities"),
        },
    )


T = TypeVar("T", int, str)


def _once(rows: list[_Row], key: str, values: list[T]) -> list[T]:
    """The values, of which none may be there twice."""
    for position, (row, value) in enumerate(zip(rows, values, strict=True)):
        if value in values[:position]:
            row.refuse(key, "this is there twice.")
    return values


def _stage_number(row: _Row, stages: list[int]) -> int | None:
    number = row.number_or_nothing("stage")
    if number is not None and number not in stages:
        row.refuse("stage", "there is no such stage.")
    return number


def _require_version(root: _Row) -> None:
    if root.text("schema_version") not in {"", "1.0"}:
        root.refuse("schema_version", "this has to be “1.0”.")


def _unit(row: _Row) -> UnitFacts:
    contact = row.row_or_nothing("contact")
    contact.nothing("address", "head", "staff_count")
    row.facts("source", "lines")
    return UnitFacts(
        name=row.text("unit_pl"),
        parent_name=row.text_or_nothing("parent_name", most=200),
        definition=row.text_or_nothing("definition_pl"),
        cooperation_model=row.text_or_nothing("cooperation_model_pl"),
        contact_email=contact.text_or_nothing("email", most=254),
        contact_phone=contact.text_or_nothing("phone", most=32),
        tasks=row.texts("tasks_pl"),
        stakeholder_groups=[
            {"code": group.code("code"), "text_pl": group.text("text_pl")}
            for group in row.list_of_rows("stakeholder_groups")
        ],
        activity_types=[
            {"code": kind.code("code"), "label_pl": kind.text("label_pl"), "text_pl": kind.text("text_pl")}
            for kind in row.list_of_rows("activity_types")
        ],
    )


_OUTCOME_FIGURES: Final = (
    "remarks_submitted",
    "remarks_submitted_correctly",
    "submitters",
    "remarks_accepted",
    "remarks_partially_accepted",
    "remarks_rejected",
)


def _stage(row: _Row, activities: Mapping[str, ActivityFacts]) -> StageFacts:
    number = row.number("number", least=1, most=99)
    start, end = _quarter(row.row("start")), _quarter(row.row("end"))
    if end < start:
        row.refuse("end", "the stage ends before it starts.")
    if set(row.texts("activities")) != {code for code, activity in activities.items() if activity.stage == number}:
        row.refuse("activities", "these are not the activities that name the stage as theirs.")
    consultation = row.row_or_nothing("consultation")
    outcomes = row.row_or_nothing("outcomes")
    figures = [*row.figure("participants_total"), *row.figure("written_replies")]
    for name in _OUTCOME_FIGURES:
        figures += outcomes.figure(name)
    source_facts = row.facts("lines") | outcomes.facts("report_published_on")
    if not consultation.is_missing:
        source_facts["consultation"] = consultation.facts("ordinal_pl", "year_basis", "text_pl")
    return StageFacts(
        number=number,
        roman=row.text("roman", most=8),
        title=row.text("title_pl"),
        description="\n\n".join(row.texts("description_pl")),
        period_text=row.text("quarters_pl", most=100),
        start=start,
        end=end,
        consultation=_span(consultation),
        figures=figures,
        source_facts=source_facts,
    )


def _quarter(row: _Row) -> tuple[int, int]:
    return row.number("year", least=YEARS.start, most=YEARS.stop - 1), row.number("quarter", least=1, most=4)


def _span(row: _Row) -> tuple[date, date] | None:
    if row.is_missing:
        return None
    start, end = row.day("start"), row.day("end")
    if date.min < end < start:
        row.refuse("end", "the end is before the start.")
    return start, end


_ACTIVITY_FIGURES: Final = (
    "event_count",
    "participants",
    "days_count",
    "opinions",
    "entities",
    "topic_count",
    "speakers_count",
)
_ACTIVITY_FACTS: Final = (
    "lines",
    "parent_pl",
    "includes",
    "sub_forms_pl",
    "channels_pl",
    "districts_pl",
    "composition",
    "year_basis",
    "start_times",
    "duration_hours",
    "topics",
    "topics_pl",
    "venue",
    "registration_deadline",
    "goal_pl",
    "votes",
    "resolution_number",
)


def _activity(row: _Row, stages: list[int]) -> ActivityFacts:
    period = row.row_or_nothing("period")
    dates = row.days_or_nothing("dates")
    source_facts = row.facts(*_ACTIVITY_FACTS)
    if "sessions" in row.entries:
        source_facts["sessions"] = [_past_session(session, dates) for session in row.list_of_rows("sessions")]
    if not period.is_missing:
        source_facts["period"] = period.facts("text_pl", "year_basis")
    return ActivityFacts(
        code=row.code("id"),
        stage=_stage_number(row, stages),
        form=row.code("form"),
        form_text=row.text("form_pl"),
        title=row.text_or_nothing("title_pl"),
        abbreviation=row.text_or_nothing("abbreviation_pl", most=20),
        place_text=row.text_or_nothing("place_pl"),
        date_text=row.text_or_nothing("date_text_pl"),
        dates=dates,
        period=_span(period),
        mode=row.choice("mode", EventMode.values),
        mode_basis=row.text_or_nothing("mode_basis_pl"),
        planned_only=row.yes_no("planned_only"),
        target_groups=row.texts_or_nothing("target_groups_pl"),
        outcomes=row.text_or_nothing("outcomes_pl"),
        figures=[figure for name in _ACTIVITY_FIGURES for figure in row.figure(name)],
        source_facts=source_facts,
    )


def _past_session(row: _Row, dates: list[date] | None) -> dict[str, Fact]:
    day = row.day("date")
    if date.min < day and day not in (dates or []):
        row.refuse("date", "this is none of the activity's dates.")
    # With an hour the session would not be all-day, which is all that is made of past meetings.
    row.nothing("start_time")
    facts = row.facts(
        "topic_pl", "mode", "venue", "speakers", "duration_hours", "time_per_speaker_minutes", "order_rule"
    )
    return {"date": day.isoformat(), **facts}


def _topics(row: _Row) -> dict[int, str]:
    row.facts("stage", "lines")
    items = row.list_of_rows("items")
    for item in items:
        item.nothing("date", "start_time", "end_time", "venue", "mode", "capacity", "registered", "participants")
        item.nothing("target_groups_pl")
    numbers = _once(items, "number", [item.number("number", least=1, most=1000) for item in items])
    return dict(zip(numbers, [item.text("title_pl") for item in items], strict=True))


def _milestone(row: _Row, stages: list[int]) -> MilestoneFacts:
    return MilestoneFacts(
        date=row.day("date"),
        stage=_stage_number(row, stages),
        code=row.code("event") if "event" in row.entries else "",
        text=row.text("text_pl"),
        planned_only=row.yes_no("planned_only"),
    )
