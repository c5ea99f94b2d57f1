"""Takes a process file into the database: all of it or nothing, and twice gives the same."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Final

from django.db import models, transaction
from django.utils.text import slugify

from events.actions.calendar import refresh_for
from events.actions.definitions import EventDefinition, RegistrationDefinition, SessionDefinition
from events.actions.editing import create_event
from events.actions.history import record
from events.actions.process_file import ActivityFacts, Figure, ProcessFacts, ProcessFileRefused, StageFacts
from events.enums import EventChangeKind, EventMode, EventStatus
from events.models import (
    Event,
    EventKind,
    Milestone,
    OrganizationalUnit,
    ParticipationProcess,
    RecordedActivity,
    RecordedFigure,
    SeatRule,
    Stage,
    Topic,
    Translated,
    User,
)
from events.queries.search import fold

SLUG_LENGTH: Final = 100


@dataclass(frozen=True)
class ImportResult:
    """What stands in the database now, and how many events were new to it."""

    process: ParticipationProcess
    stages: int
    activities: int
    topics: int
    new_events: int


@transaction.atomic
def import_process(facts: ProcessFacts, *, unit_slug: str, by: User | None, at: datetime) -> ImportResult:
    """Make the process what the file says, and put its dated meetings into the calendar as past events.

    What has left the file leaves the process. An event that is there already is the organisers': they may have
    completed it, so it stays as it is.
    """
    if not re.fullmatch(r"[a-z0-9-]{1,80}", unit_slug):
        raise ProcessFileRefused([f"“{unit_slug}” is no short name of a unit: use small letters, digits and -."])
    unit = _unit(facts, unit_slug)
    process = _process(facts, unit)
    stages = {stage.number: _stage(process, stage) for stage in facts.stages}
    activities = [_activity(process, stages, row, position) for position, row in enumerate(facts.activities, start=1)]
    _drop_activities(process, keep=activities)
    _drop_stages(process, keep=stages.values())
    topics = _topics(process, facts.topics)
    _figures(process, facts, stages, activities)
    _seat_rules(process, facts)
    _milestones(process, facts, stages)
    kinds = EventKind.objects.in_bulk(field_name="code")
    events = [
        event
        for row in facts.activities
        if row.dates and row.form in kinds
        and (event := _past_event(process, stages, row, kind=kinds[row.form], by=by, at=at)) is not None
    ]  # fmt: skip
    # Their entries show the names of the unit and the topics, which may have changed as well.
    refresh_for(unit_ids=[unit.pk], topic_ids=[topic.pk for topic in topics], at=at)
    return ImportResult(process, len(stages), len(activities), len(topics), len(events))


def _in_polish(row: models.Model | None, name: str, text: str) -> Translated:
    """The text of the file beside translations that somebody has added since."""
    return {**(getattr(row, name, None) or {}), "pl": text}


def _unit(facts: ProcessFacts, slug: str) -> OrganizationalUnit:
    unit = OrganizationalUnit.objects.filter(slug=slug).first() or OrganizationalUnit(slug=slug)
    unit.name = _in_polish(unit, "name", facts.unit.name)
    unit.parent_name = facts.unit.parent_name
    unit.definition = facts.unit.definition
    unit.cooperation_model = facts.unit.cooperation_model
    unit.tasks = facts.unit.tasks
    unit.stakeholder_groups = facts.unit.stakeholder_groups
    unit.activity_types = facts.unit.activity_types
    # A contact that the file does not state may have been entered by hand.
    unit.contact_email = facts.unit.contact_email or unit.contact_email
    unit.contact_phone = facts.unit.contact_phone or unit.contact_phone
    unit.save()
    return unit


def _process(facts: ProcessFacts, unit: OrganizationalUnit) -> ParticipationProcess:
    known = ParticipationProcess.objects.filter(slug=facts.slug).first()
    process, _created = ParticipationProcess.objects.update_or_create(
        slug=facts.slug,
        defaults={
            "unit": unit,
            "title": _in_polish(known, "title", facts.title),
            "motto": _in_polish(known, "motto", facts.motto),
            "project_title": facts.project_title,
            "campaign_title": facts.campaign_title,
            "guiding_question": _in_polish(known, "guiding_question", facts.guiding_question),
            "description": _in_polish(known, "description", facts.description),
            "website": facts.website,
            "social_partner": facts.social_partner,
            "predecessor_documents": facts.predecessor_documents,
            "source_facts": facts.source_facts,
        },
    )
    return process


def _stage(process: ParticipationProcess, facts: StageFacts) -> Stage:
    known = process.stages.filter(number=facts.number).first()
    starts_on, ends_on = facts.consultation or (None, None)
    stage, _created = Stage.objects.update_or_create(
        process=process,
        number=facts.number,
        defaults={
            "roman": facts.roman,
            "title": _in_polish(known, "title", facts.title),
            "description": _in_polish(known, "description", facts.description),
            "period_text": facts.period_text,
            "start_year": facts.start[0],
            "start_quarter": facts.start[1],
            "end_year": facts.end[0],
            "end_quarter": facts.end[1],
            "consultation_starts_on": starts_on,
            "consultation_ends_on": ends_on,
            "source_facts": facts.source_facts,
        },
    )
    return stage


def _activity(
    process: ParticipationProcess, stages: Mapping[int, Stage], facts: ActivityFacts, position: int
) -> RecordedActivity:
    starts_on, ends_on = facts.period or (None, None)
    activity, _created = RecordedActivity.objects.update_or_create(
        process=process,
        code=facts.code,
        defaults={
            "stage": stages[facts.stage] if facts.stage else None,
            "position": position,
            "form": facts.form,
            "form_text": facts.form_text,
            "title": facts.title,
            "abbreviation": facts.abbreviation,
            "place_text": facts.place_text,
            "date_text": facts.date_text,
            "dates": None if facts.dates is None else [day.isoformat() for day in facts.dates],
            "period_starts_on": starts_on,
            "period_ends_on": ends_on,
            "mode": facts.mode,
            "mode_basis": facts.mode_basis,
            "planned_only": facts.planned_only,
            "target_groups": facts.target_groups,
            "outcomes": facts.outcomes,
            "source_facts": facts.source_facts,
        },
    )
    return activity


def _drop_activities(process: ParticipationProcess, *, keep: Iterable[RecordedActivity]) -> None:
    process.activities.exclude(pk__in=[activity.pk for activity in keep]).delete()


def _drop_stages(process: ParticipationProcess, *, keep: Iterable[Stage]) -> None:
    gone = process.stages.exclude(pk__in=[stage.pk for stage in keep])
    needed = gone.filter(events__isnull=False).order_by("number").values_list("number", flat=True).distinct()
    problems = [f"Stage {number} is not in the file any more, but events belong to it." for number in needed]
    if problems:
        raise ProcessFileRefused(problems)
    gone.delete()


def _topics(process: ParticipationProcess, titles: Mapping[int, str]) -> list[Topic]:
    topics = []
    for number, title in titles.items():
        topic = process.topics.filter(position=number).first()
        if topic is None:
            topic = Topic(process=process, position=number, slug=_topic_slug(process, number, title))
        topic.name = _in_polish(topic, "name", title)
        topic.save()
        topics.append(topic)
    # A topic that events are about stays with them.
    process.topics.exclude(position__in=list(titles)).filter(events__isnull=True).delete()
    return topics


def _topic_slug(process: ParticipationProcess, number: int, title: str) -> str:
    slug = slugify(fold(title))[:SLUG_LENGTH].strip("-")
    return slug if slug and not Topic.objects.filter(slug=slug).exists() else f"{process.slug}-{number}"


def _figures(
    process: ParticipationProcess,
    facts: ProcessFacts,
    stages: Mapping[int, Stage],
    activities: list[RecordedActivity],
) -> None:
    group_stage = stages.get(facts.working_group_stage or 0)
    placed: list[tuple[Figure, Stage | None, RecordedActivity | None]] = [
        *((figure, None, None) for figure in facts.figures),
        *((figure, stages[row.number], None) for row in facts.stages for figure in row.figures),
        *((figure, group_stage, None) for figure in facts.working_group_figures),
        *(
            (figure, activity.stage, activity)
            for activity, row in zip(activities, facts.activities, strict=True)
            for figure in row.figures
        ),
    ]
    rows = [
        RecordedFigure(process=process, stage=stage, activity=activity, **asdict(figure))
        for figure, stage, activity in placed
    ]
    RecordedFigure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["process", "stage", "activity", "name"],
        update_fields=["value", "qualifier", "text", "note", "is_estimate"],
    )
    process.figures.exclude(pk__in=[row.pk for row in rows]).delete()


def _seat_rules(process: ParticipationProcess, facts: ProcessFacts) -> None:
    for position, rule in enumerate(facts.seat_rules, start=1):
        SeatRule.objects.update_or_create(
            process=process,
            role=rule.role,
            defaults={"position": position, "label": rule.label, "seats": rule.seats},
        )
    process.seat_rules.exclude(role__in=[rule.role for rule in facts.seat_rules]).delete()


def _milestones(process: ParticipationProcess, facts: ProcessFacts, stages: Mapping[int, Stage]) -> None:
    for position, row in enumerate(facts.milestones, start=1):
        Milestone.objects.update_or_create(
            process=process,
            position=position,
            defaults={
                "stage": stages[row.stage] if row.stage else None,
                "date": row.date,
                "code": row.code,
                "text": row.text,
                "planned_only": row.planned_only,
            },
        )
    process.milestones.filter(position__gt=len(facts.milestones)).delete()


def _past_event(
    process: ParticipationProcess,
    stages: Mapping[int, Stage],
    facts: ActivityFacts,
    *,
    kind: EventKind,
    by: User | None,
    at: datetime,
) -> Event | None:
    """The activity as an event on its days; the times are not stated, so none are made up."""
    slug = f"{process.slug}-{facts.code}"[:SLUG_LENGTH]
    if Event.objects.filter(slug=slug).exists():
        return None
    event = create_event(
        EventDefinition(
            unit=process.unit,
            kind=kind,
            slug=slug,
            title={"pl": facts.title or facts.form_text},
            description={"pl": facts.date_text},
            mode=EventMode(facts.mode) if facts.mode else None,
            process=process,
            stage=stages[facts.stage] if facts.stage else None,
            sessions=tuple(_all_day(day) for day in facts.dates or ()),
            registration=RegistrationDefinition(required=False, waitlist=False),
            reminders=(),
        ),
        by=by,
        at=at,
    )
    # History does not move through the states that it would have moved through at the time.
    status = EventStatus.PUBLISHED if facts.planned_only else EventStatus.CLOSED
    change = EventChangeKind.PUBLISHED if facts.planned_only else EventChangeKind.CLOSED
    Event.objects.filter(pk=event.pk).update(status=status, planned_only=facts.planned_only, published_at=at)
    record(event, change, by=by, at=at, after={"source": process.slug})
    return event


def _all_day(day: date) -> SessionDefinition:
    midnight = datetime.combine(day, time())
    return SessionDefinition(midnight, midnight, all_day=True)
