"""Participation processes as data: what was done in which stage, and the figures as their sources give them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.fields import TextsField
from events.api.public import PublicList, PublicView
from events.api.shapes import Shape
from events.enums import EventMode, Qualifier
from events.models import ParticipationProcess, RecordedActivity, RecordedFigure
from events.queries.processes import ProcessFacts, process_figures, process_page, public_processes


class FigureShape(Shape):
    """A number as its source states it; `value` null: the source does not state it, which is not 0."""

    name = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    qualifier = serializers.SerializerMethodField()
    text = serializers.CharField()
    note = serializers.CharField()
    is_estimate = serializers.BooleanField()

    @extend_schema_field(serializers.ChoiceField(choices=[qualifier.value for qualifier in Qualifier], allow_null=True))
    def get_qualifier(self, figure: RecordedFigure) -> str | None:
        """How exact the number is; null where there is none."""
        return figure.qualifier or None


class ActivityShape(Shape):
    """One form of activity in the words of its source; `planned_only`: announced there, never counted as held."""

    code = serializers.CharField(source="activity.code")
    form = serializers.CharField(source="activity.form")
    form_text = serializers.CharField(source="activity.form_text")
    title = serializers.CharField(source="activity.title")
    place_text = serializers.CharField(source="activity.place_text")
    date_text = serializers.CharField(source="activity.date_text")
    dates = serializers.ListField(child=serializers.JSONField(), source="activity.dates", allow_null=True)
    period_starts_on = serializers.DateField(source="activity.period_starts_on", allow_null=True)
    period_ends_on = serializers.DateField(source="activity.period_ends_on", allow_null=True)
    mode = serializers.SerializerMethodField()
    planned_only = serializers.BooleanField(source="activity.planned_only")
    outcomes = serializers.CharField(source="activity.outcomes")
    figures = FigureShape(many=True)

    @extend_schema_field(serializers.ChoiceField(choices=[mode.value for mode in EventMode], allow_null=True))
    def get_mode(self, facts: Any) -> str | None:
        """How people took part; null where the source does not say."""
        activity: RecordedActivity = facts.activity
        return activity.mode or None


class StageShape(Shape):
    """A stage with its period in quarters, its figures and its activities."""

    number = serializers.IntegerField(source="stage.number")
    roman = serializers.CharField(source="stage.roman")
    title = TextsField(source="stage.title")
    description = TextsField(source="stage.description")
    period_text = serializers.CharField(source="stage.period_text")
    start_year = serializers.IntegerField(source="stage.start_year")
    start_quarter = serializers.IntegerField(source="stage.start_quarter")
    end_year = serializers.IntegerField(source="stage.end_year")
    end_quarter = serializers.IntegerField(source="stage.end_quarter")
    consultation_starts_on = serializers.DateField(source="stage.consultation_starts_on", allow_null=True)
    consultation_ends_on = serializers.DateField(source="stage.consultation_ends_on", allow_null=True)
    figures = FigureShape(many=True)
    activities = ActivityShape(many=True)


class SeatRuleShape(Shape):
    """How many people of a role sit in each thematic working group."""

    role = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field, which the framework takes out
    seats = serializers.IntegerField()


class MilestoneShape(Shape):
    """A dated fact in the words of its source."""

    date = serializers.DateField()
    stage = serializers.IntegerField(source="stage.number", allow_null=True)
    code = serializers.CharField()
    text = serializers.CharField()
    planned_only = serializers.BooleanField()


class ProcessSummaryShape(Shape):
    """A process as it stands in the list."""

    slug = serializers.CharField()
    unit = serializers.CharField(source="unit.slug")
    title = TextsField()
    motto = TextsField()
    description = TextsField()
    guiding_question = TextsField()
    project_title = serializers.CharField()
    campaign_title = serializers.CharField()
    website = serializers.CharField()
    social_partner = serializers.CharField()


class ProcessShape(ProcessSummaryShape):
    """A process with everything its sources say."""

    stages = StageShape(many=True)
    figures = FigureShape(many=True)
    activities = ActivityShape(many=True)
    topics = serializers.ListField(child=serializers.CharField())
    seat_rules = SeatRuleShape(many=True)
    milestones = MilestoneShape(many=True)

    def to_representation(self, facts: ProcessFacts) -> dict[str, Any]:
        """The process and what hangs on it, in one object."""
        return {
            **ProcessSummaryShape(facts.process).data,
            "stages": StageShape(facts.stages, many=True).data,
            "figures": FigureShape(facts.figures, many=True).data,
            "activities": ActivityShape(facts.activities, many=True).data,
            "topics": [topic.slug for topic in facts.topics],
            "seat_rules": SeatRuleShape(facts.seat_rules, many=True).data,
            "milestones": MilestoneShape(facts.milestones, many=True).data,
        }


class ReportFigureShape(FigureShape):
    """A figure with what it counts: the whole process, a stage or an activity."""

    stage = serializers.IntegerField(source="stage.number", allow_null=True)
    activity = serializers.CharField(source="activity.code", allow_null=True)
    planned_only = serializers.SerializerMethodField()

    def get_planned_only(self, figure: RecordedFigure) -> bool:
        """Whether it counts something that is announced and never counted as held."""
        return figure.activity is not None and figure.activity.planned_only


class ProcessReportShape(Shape):
    """Every figure of a process in the order of its sources: nothing is added up that a source keeps apart."""

    slug = serializers.CharField()
    title = TextsField()
    figures = ReportFigureShape(many=True)


class ProcessList(PublicList):
    """All processes."""

    serializer_class = ProcessSummaryShape

    def get_queryset(self) -> QuerySet[ParticipationProcess]:
        """By slug."""
        return public_processes()


class ProcessDetail(PublicView):
    """One process with its stages, activities and figures."""

    @extend_schema(responses=ProcessShape)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - nothing in the request matters
        """Everything its sources say."""
        return Response(ProcessShape(process_page(slug)).data)


class ProcessReport(PublicView):
    """The figures of one process."""

    @extend_schema(responses=ProcessReportShape)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - nothing in the request matters
        """All figures, each with its qualifier."""
        process = process_page(slug).process
        facts = {"slug": process.slug, "title": process.title, "figures": process_figures(process)}
        return Response(ProcessReportShape(facts).data)
