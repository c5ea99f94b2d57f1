"""Participation processes as their page and the API show them; what a source does not state stays null."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from events.models import (
    Milestone,
    ParticipationProcess,
    RecordedActivity,
    RecordedFigure,
    SeatRule,
    Stage,
    Topic,
)


@dataclass(frozen=True)
class ActivityFacts:
    """One form of activity with what its source counts."""

    activity: RecordedActivity
    figures: list[RecordedFigure]


@dataclass(frozen=True)
class StageFacts:
    """A stage with its own figures and its activities."""

    stage: Stage
    figures: list[RecordedFigure]
    activities: list[ActivityFacts]


@dataclass(frozen=True)
class ProcessFacts:
    """A process with everything that hangs on it; `activities` are those of no stage."""

    process: ParticipationProcess
    figures: list[RecordedFigure]
    stages: list[StageFacts]
    activities: list[ActivityFacts]
    topics: list[Topic]
    seat_rules: list[SeatRule]
    milestones: list[Milestone]


def public_processes() -> QuerySet[ParticipationProcess]:
    """All processes with their units, by slug."""
    return ParticipationProcess.objects.select_related("unit").order_by("slug")


def process_page(slug: str) -> ProcessFacts:
    """One process whole, in a fixed number of queries; 404 where there is none."""
    process = get_object_or_404(public_processes(), slug=slug)
    figures: defaultdict[tuple[int | None, int | None], list[RecordedFigure]] = defaultdict(list)
    for figure in process_figures(process):
        figures[figure.stage_id if figure.activity_id is None else None, figure.activity_id].append(figure)
    activities: defaultdict[int | None, list[ActivityFacts]] = defaultdict(list)
    for activity in process.activities.order_by("position"):
        activities[activity.stage_id].append(ActivityFacts(activity, figures[None, activity.pk]))
    return ProcessFacts(
        process=process,
        figures=figures[None, None],
        stages=[
            StageFacts(stage, figures[stage.pk, None], activities[stage.pk])
            for stage in process.stages.order_by("number")
        ],
        activities=activities[None],
        topics=list(process.topics.order_by("position", "slug")),
        seat_rules=list(process.seat_rules.order_by("position")),
        milestones=list(process.milestones.select_related("stage").order_by("position")),
    )


def process_figures(process: ParticipationProcess) -> QuerySet[RecordedFigure]:
    """Every figure of a process: of the whole, then by stage and activity, each in the order of the source."""
    return process.figures.select_related("stage", "activity").order_by(
        F("activity__position").asc(nulls_first=True), F("stage__number").asc(nulls_first=True), "id"
    )
