"""Series of events, copies and templates: made together, changed together, called off together."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.copying import save_as_template
from events.actions.series import (
    SeriesOutcome,
    SeriesRow,
    cancel_series,
    create_series,
    create_series_from_table,
    edit_series,
)
from events.api.bodies import (
    MOST_SESSIONS,
    EventEditBody,
    ManagedEventShape,
    ManagedEventSummaryShape,
    NewEventBody,
    SessionBody,
)
from events.api.fields import Body, WallClockField, WholeBody, count, row_id, several
from events.api.manage import IF_MATCH, shown, signed_in, version_in
from events.api.moves import LONGEST_REASON, NothingBody
from events.api.pagination import Pages
from events.api.programme import LONGEST_TITLE
from events.api.shapes import Shape
from events.enums import SeriesScope
from events.forms.series_table import read_table
from events.models import District, Event, EventSeries, OrganizationalUnit, Room, User, Venue
from events.permissions import May, get_managed_event, get_managed_series, get_managed_unit
from events.queries.series import series_events, series_list
from events.queries.templates import templates
from events.recurrence import MOST_EVENTS, SeriesRule

LONGEST_TABLE: Final = 100_000


class RuleBody(WholeBody):
    """When a series takes place, on the clock on the wall; `weekdays`: Monday is 0. Either `count` or `until`."""

    frequency = serializers.ChoiceField(choices=["daily", "weekly", "monthly"])
    interval = count(min_value=1, max_value=52)
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), required=False, max_length=7
    )
    week_of_month = serializers.IntegerField(required=False, allow_null=True, min_value=-1, max_value=4)
    count = count(min_value=1, max_value=MOST_EVENTS, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True)

    @staticmethod
    def definition(said: dict[str, Any]) -> SeriesRule:
        """As its action wants it."""
        return SeriesRule(**{**said, "weekdays": tuple(said.get("weekdays", ()))})


class SeriesRowBody(WholeBody):
    """One meeting of a table; what is left out is as in the event that all rows share. `title` is in Polish."""

    starts_at = WallClockField()
    ends_at = WallClockField()
    venue = serializers.SlugRelatedField(
        slug_field="slug", queryset=Venue.objects.all(), required=False, allow_null=True
    )
    room = serializers.PrimaryKeyRelatedField(
        queryset=Room.objects.all(), required=False, allow_null=True, pk_field=row_id()
    )
    title = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TITLE)
    district = serializers.SlugRelatedField(
        slug_field="slug", queryset=District.objects.all(), required=False, allow_null=True
    )


class SeriesBody(NewEventBody):
    """The event that is repeated, with a rule, rows, or a pasted table; with a rule its `sessions` are the first ones."""

    name = serializers.CharField(max_length=200)
    sessions = several(SessionBody, most=MOST_SESSIONS, required=False)
    rule = RuleBody(required=False)
    rows = several(SeriesRowBody, most=MOST_EVENTS, required=False)
    table = serializers.CharField(required=False, max_length=LONGEST_TABLE, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the three ways."""
        if sum(name in attrs for name in ("rule", "rows", "table")) != 1:
            raise serializers.ValidationError(_("Give either a rule, or rows, or a table."))
        return super().validate(attrs)

    def parts(self) -> dict[str, Any]:
        """What was said of the event itself."""
        said = {"sessions": (), **super().parts()}
        return {name: value for name, value in said.items() if name not in {"name", "rule", "rows", "table"}}

    def make(self, unit: OrganizationalUnit, *, by: User) -> EventSeries:
        """Make the series."""
        said, definition, at = self.validated_data, self.definition(unit), timezone.now()
        if "rule" in said:
            rule = RuleBody.definition(said["rule"])
            return create_series(definition, name=said["name"], rule=rule, by=by, at=at)
        if "table" in said:
            rows = read_table(said["table"])
        else:
            rows = [SeriesRow(row_number=number, **row) for number, row in enumerate(said["rows"])]
        return create_series_from_table(definition, name=said["name"], rows=rows, by=by, at=at)


class ScopeBody(Body):
    """Which events of a series are meant, seen from one of them (left out: the first one)."""

    event = serializers.SlugField(required=False, max_length=120)
    scope = serializers.ChoiceField(choices=SeriesScope.choices, default=SeriesScope.ALL)


class SeriesEditBody(EventEditBody):
    """An edit of one event of a series, and for which others it is meant as well; times travel on the wall's clock."""

    event = serializers.SlugField(required=False, max_length=120)
    scope = serializers.ChoiceField(choices=SeriesScope.choices, required=False)

    def parts(self) -> dict[str, Any]:
        """What was said of the event itself."""
        return {name: value for name, value in super().parts().items() if name not in {"event", "scope"}}


class SeriesCancelBody(ScopeBody):
    """Why the events do not take place, and whether people are told."""

    reason = serializers.CharField(max_length=LONGEST_REASON)
    notify = serializers.BooleanField(default=True)


class SeriesShape(Shape):
    """A series; `rule` null: it was made from a table."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    unit = serializers.CharField(source="unit.slug")
    rule = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(RuleBody(allow_null=True))
    def get_rule(self, series: EventSeries) -> dict[str, Any] | None:
        """As it is sent."""
        return series.rule or None


class SeriesSummaryShape(SeriesShape):
    """A series with the number of its events."""

    events = serializers.IntegerField(source="event_count")


class SeriesWithEventsShape(SeriesShape):
    """A series with its events in time order."""

    events = serializers.SerializerMethodField()

    @extend_schema_field(ManagedEventSummaryShape(many=True))
    def get_events(self, series: EventSeries) -> list[dict[str, Any]]:
        """Those without a date are last."""
        return [dict(ManagedEventSummaryShape(event).data) for event in series_events(series)]


class OutcomeShape(Shape):
    """What was changed, and what was left alone because it is over, called off or not announced."""

    changed = serializers.SerializerMethodField()
    left_alone = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_changed(self, outcome: SeriesOutcome) -> list[str]:
        """By their slugs."""
        return [event.slug for event in outcome.changed]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_left_alone(self, outcome: SeriesOutcome) -> list[str]:
        """By their slugs."""
        return [event.slug for event in outcome.left_alone]


class SeriesList(generics.GenericAPIView[EventSeries]):
    """The series of one's units."""

    pagination_class = Pages
    serializer_class = SeriesSummaryShape
    queryset = EventSeries.objects.none()

    @extend_schema(responses=SeriesSummaryShape(many=True))
    def get(self, request: Request) -> Response:
        """List them in pages, the newest first."""
        page = self.paginate_queryset(series_list(signed_in(request)))
        return self.get_paginated_response(SeriesSummaryShape(page, many=True).data)

    @extend_schema(request=SeriesBody, responses={201: SeriesWithEventsShape})
    def post(self, request: Request) -> Response:
        """Make a draft for every time of a rule or every row of a table; one bad row refuses all of them."""
        user = signed_in(request)
        body = SeriesBody(data=request.data)
        body.is_valid(raise_exception=True)
        unit = get_managed_unit(user, body.validated_data["unit"], May.EDIT)
        return Response(SeriesWithEventsShape(body.make(unit, by=user)).data, status=201)


class SeriesItem(APIView):
    """One series."""

    @extend_schema(responses=SeriesWithEventsShape)
    def get(self, request: Request, series_id: int) -> Response:
        """The series with its events."""
        return Response(SeriesWithEventsShape(get_managed_series(signed_in(request), series_id)).data)

    @extend_schema(request=SeriesEditBody, responses=OutcomeShape, parameters=[IF_MATCH])
    def patch(self, request: Request, series_id: int) -> Response:
        """Change one event and carry what changes over to the others that are meant (left out: all of them)."""
        user = signed_in(request)
        event = _one_of(get_managed_series(user, series_id, May.EDIT), _event_in(request))
        body = SeriesEditBody(event, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        outcome = edit_series(
            event,
            body.edit(),
            scope=SeriesScope(body.validated_data.get("scope", SeriesScope.ALL)),
            notify=body.validated_data.get("notify"),
            expected_version=version_in(request),
            by=user,
            at=timezone.now(),
        )
        return Response(OutcomeShape(outcome).data)


class CancelSeries(APIView):
    """Calling a series off."""

    @extend_schema(request=SeriesCancelBody, responses={200: OutcomeShape}, parameters=[IF_MATCH])
    def post(self, request: Request, series_id: int) -> Response:
        """Call off the announced events that are meant; drafts are left to be deleted."""
        user = signed_in(request)
        series = get_managed_series(user, series_id, May.PUBLISH)
        body = SeriesCancelBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        outcome = cancel_series(
            _one_of(series, said.get("event", "")),
            scope=SeriesScope(said["scope"]),
            reason=said["reason"],
            notify=said["notify"],
            expected_version=version_in(request),
            by=user,
            at=timezone.now(),
        )
        return Response(OutcomeShape(outcome).data)


def _event_in(request: Request) -> str:
    said = request.data.get("event") if isinstance(request.data, dict) else None
    return said if isinstance(said, str) else ""


def _one_of(series: EventSeries, slug: str) -> Event:
    """The event from which the series is seen: the one that is named, else the first."""
    events = series_events(series)
    event = (events.filter(slug=slug) if slug else events).first()
    if event is None:
        raise Http404
    return event


class Templates(generics.ListAPIView[Event]):
    """Patterns that new events are copied from."""

    pagination_class = Pages
    serializer_class = ManagedEventSummaryShape
    queryset = Event.objects.none()

    def get_queryset(self) -> QuerySet[Event]:
        """Those of one's units, by kind."""
        return templates(signed_in(self.request)).select_related("venue")


class TemplateFromEvent(APIView):
    """Keeping an event as a pattern."""

    @extend_schema(request=NothingBody, responses={201: ManagedEventShape})
    def post(self, request: Request, slug: str) -> Response:
        """Make a template like it, without its people; copy it to make events."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.EDIT)
        NothingBody(data=request.data).is_valid(raise_exception=True)
        return shown(save_as_template(event, by=user, at=timezone.now()), status=201)
