"""Who comes, for organisers: the list of registrations, also as a file, somebody who called or wrote, and the figures."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.accesses import note_access
from events.api.fields import row_id
from events.api.manage import signed_in
from events.api.open_data import OneAnswer
from events.api.pagination import Pages
from events.api.queries import OnlyKnown
from events.enums import AccessKind, Language
from events.permissions import May, get_managed_event
from registrations.actions.desk import register_for
from registrations.actions.exporting import take_people_away
from registrations.api.needs import ANSWERS_SCHEMA, said
from registrations.api.own import PersonShape
from registrations.api.parties import PartyMemberShape
from registrations.api.signing_up import SignUpBody, applicant_of
from registrations.enums import Attendance, ChangeCause, RegistrationSource, RegistrationState
from registrations.exports.downloads import CSV_TYPE, XLSX_TYPE, download
from registrations.forms.desk import LONGEST_DESK_NOTE, SOURCES
from registrations.models import Answer, PartyMember, Registration, RegistrationChange
from registrations.queries.doors import get_event_registration
from registrations.queries.lists import ListFilters, event_registrations, report_figures


class HappeningShape(serializers.Serializer[RegistrationChange]):
    """One move of a registration; `by` null: its person, or the queue itself; `member`: of whom of the party it tells."""

    cause = serializers.ChoiceField(choices=ChangeCause.choices)
    from_state = serializers.SerializerMethodField()
    to_state = serializers.ChoiceField(choices=RegistrationState.choices)
    member = serializers.IntegerField(source="member_id", allow_null=True)
    by = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()

    @extend_schema_field(serializers.ChoiceField(choices=RegistrationState.choices, allow_null=True))
    def get_from_state(self, change: RegistrationChange) -> str | None:
        """Null at the beginning."""
        return change.from_state or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_by(self, change: RegistrationChange) -> str | None:
        """The colleague who did it."""
        return str(change.by) if change.by else None


class ManagedRegistrationShape(PersonShape):
    """A registration as its organisers see it."""

    sessions = serializers.SerializerMethodField()
    party = PartyMemberShape(many=True, source="members.all")
    answers = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_sessions(self, registration: Registration) -> list[int]:
        """The ids of the sessions that were chosen; empty: all of them."""
        return [session.pk for session in registration.sessions.all()]

    @extend_schema_field(ANSWERS_SCHEMA)
    def get_answers(self, registration: Registration) -> dict[str, Any]:
        """What the person answered to the organiser's questions; what they need stands elsewhere."""
        return said(list(registration.answers.all()))

    @extend_schema_field(HappeningShape(many=True))
    def get_history(self, registration: Registration) -> list[Any]:
        """In the order in which it happened; that a need was answered is for those alone who may see needs."""
        changes = [change for change in registration.changes.all() if change.cause != ChangeCause.NEED_ANSWERED]
        return [HappeningShape(change).data for change in changes]


class StaffSignUpBody(SignUpBody):
    """What somebody says by telephone or on paper; `note` stands in the history of the registration."""

    email = serializers.EmailField(required=False, allow_blank=True, allow_null=True, max_length=254)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a declared field
        choices=[(source.value, source.label) for source in SOURCES]
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_DESK_NOTE)


class RegistrationQuery(OnlyKnown):
    """Filters of the list of registrations; AND across them."""

    q = serializers.CharField(
        required=False, max_length=200, help_text="Words of name, organisation or reference, without diacritics."
    )
    state = serializers.ChoiceField(choices=RegistrationState.choices, required=False)
    category = serializers.SlugField(required=False, max_length=40, help_text="The code of a group.")
    source = serializers.ChoiceField(choices=RegistrationSource.choices, required=False)  # type: ignore[assignment]  # a declared field
    session = row_id(help_text="Whoever takes part in all sessions is in each.")
    attendance = serializers.ChoiceField(
        choices=Attendance.choices, required=False, help_text="Of anybody of the party."
    )

    def filters(self) -> ListFilters:
        """What the list is narrowed to, once valid."""
        said = self.validated_data
        return {
            "q": said.get("q", ""),
            "state": said.get("state", ""),
            "category": said.get("category", ""),
            "source": said.get("source", ""),
            "session": said.get("session"),
            "attendance": said.get("attendance", ""),
        }


class ExportQuery(RegistrationQuery):
    """The same filters, and for whom the file is."""

    words = serializers.BooleanField(
        required=False,
        help_text="True: headings and values in the asker's language; else names of columns, codes and ids.",
    )


class ManagedRegistrations(generics.GenericAPIView[Registration]):
    """The registrations of an event, in the order they came in."""

    pagination_class = Pages
    serializer_class = ManagedRegistrationShape
    queryset = Registration.objects.none()

    @extend_schema(parameters=[RegistrationQuery], responses=ManagedRegistrationShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List them in pages; the access log keeps that they were looked at."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.SEE_PEOPLE)
        wish = RegistrationQuery(data=RegistrationQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        page = self.paginate_queryset(_with_details(event_registrations(event, **wish.filters()))) or []
        if page:
            note_access(user, AccessKind.REGISTRATIONS, event=event, people=len(page), at=timezone.now())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=StaffSignUpBody, responses={201: ManagedRegistrationShape})
    def post(self, request: Request, slug: str) -> Response:
        """Register somebody by telephone or on paper, in the same queue; without an address nobody is written to by mail."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = StaffSignUpBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        registration = register_for(
            event,
            applicant_of(said),
            source=RegistrationSource(said["source"]),
            language=said.get("language") or Language.PL,
            note=said.get("note", ""),
            by=user,
            at=timezone.now(),
        )
        made = get_event_registration(event, registration.reference)
        return Response(ManagedRegistrationShape(made).data, status=201)


def _with_details(rows: QuerySet[Registration]) -> QuerySet[Registration]:
    return rows.prefetch_related(
        Prefetch("answers", Answer.objects.order_by("question__position", "question__id")),
        Prefetch("members", PartyMember.objects.order_by("id")),
        Prefetch("changes", RegistrationChange.objects.select_related("by", "member").order_by("id")),
    )


class ExportRegistrations(APIView):
    """The list of registrations as a file."""

    content_negotiation_class = OneAnswer

    @extend_schema(
        parameters=[ExportQuery],
        responses={
            (200, CSV_TYPE): OpenApiResponse(OpenApiTypes.STR),
            (200, XLSX_TYPE): OpenApiResponse(OpenApiTypes.BINARY),
        },
    )
    def get(self, request: Request, slug: str, ending: str) -> StreamingHttpResponse:
        """A row for whoever registered and for every member of the party; the access log keeps who took it."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.EXPORT_PEOPLE)
        wish = ExportQuery(data=ExportQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        table = take_people_away(
            event,
            wish.filters(),
            in_words=wish.validated_data.get("words", False),
            language=get_language() or "",
            by=user,
            at=timezone.now(),
        )
        return download(table, ending)


class FiguresShape(serializers.Serializer[Any]):
    """How many people are registered and what became of them; `headcount` null: nobody was counted without a name."""

    registered = serializers.IntegerField()
    awaiting_approval = serializers.IntegerField()
    held = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    waitlisted = serializers.IntegerField()
    offered = serializers.IntegerField()
    declined = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    expired = serializers.IntegerField()
    rejected = serializers.IntegerField()
    present = serializers.IntegerField()
    no_show = serializers.IntegerField()
    excused = serializers.IntegerField()
    walk_ins = serializers.IntegerField()
    headcount = serializers.IntegerField(allow_null=True)


class ReportShape(FiguresShape):
    """The figures of an event as a whole, by category code ("" for none) and by session id."""

    by_category = serializers.DictField(child=FiguresShape())
    by_session = serializers.DictField(child=FiguresShape())


class EventReport(APIView):
    """The figures of an event."""

    @extend_schema(responses=ReportShape)
    def get(self, request: Request, slug: str) -> Response:
        """Each figure equals the list that can be asked for."""
        report = report_figures(get_managed_event(signed_in(request), slug, May.SEE_PEOPLE))
        by_category = {code: FiguresShape(figures).data for code, figures in report.by_category.items()}
        by_session = {str(session): FiguresShape(figures).data for session, figures in report.by_session.items()}
        return Response({**FiguresShape(report.total).data, "by_category": by_category, "by_session": by_session})
