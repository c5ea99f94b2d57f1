"""Who comes, for organisers: the list of registrations, one of them, calling one off, and the figures."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.fields import Body
from events.api.manage import signed_in
from events.api.pagination import Pages
from events.permissions import May, get_managed_event
from registrations.actions.moves import cancel_registration
from registrations.api.needs import ANSWERS_SCHEMA, said
from registrations.api.own import PersonShape
from registrations.api.parties import PartyMemberShape
from registrations.enums import ChangeCause, RegistrationState
from registrations.models import Answer, PartyMember, Registration, RegistrationChange
from registrations.queries.doors import get_event_registration
from registrations.queries.lists import event_registrations, report_figures


class HappeningShape(serializers.Serializer[RegistrationChange]):
    """One move of a registration; `by` null: its person, or the queue itself."""

    cause = serializers.ChoiceField(choices=ChangeCause.choices)
    from_state = serializers.SerializerMethodField()
    to_state = serializers.ChoiceField(choices=RegistrationState.choices)
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


class RegistrationQuery(serializers.Serializer[Any]):
    """Filters of the list of registrations."""

    q = serializers.CharField(
        required=False, max_length=200, help_text="Words of name, organisation or reference, without diacritics."
    )
    state = serializers.ChoiceField(choices=RegistrationState.choices, required=False)


class ManagedRegistrations(generics.GenericAPIView[Registration]):
    """The registrations of an event, in the order they came in."""

    pagination_class = Pages
    serializer_class = ManagedRegistrationShape
    queryset = Registration.objects.none()

    def get_queryset(self) -> QuerySet[Registration]:
        """With their people, sessions and history."""
        event = get_managed_event(signed_in(self.request), self.kwargs["slug"], May.SEE_PEOPLE)
        wish = RegistrationQuery(data={name: value for name, value in self.request.query_params.items() if value})
        wish.is_valid(raise_exception=True)
        state = wish.validated_data.get("state")
        rows = event_registrations(
            event, q=wish.validated_data.get("q", ""), state=RegistrationState(state) if state else None
        )
        return rows.prefetch_related(
            Prefetch("members", PartyMember.objects.order_by("id")),
            Prefetch("answers", Answer.objects.order_by("question__position", "question__id")),
            Prefetch("changes", RegistrationChange.objects.select_related("by").order_by("id")),
        )

    @extend_schema(parameters=[RegistrationQuery], responses=ManagedRegistrationShape(many=True))
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - the query reads them
        """List them in pages."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ManagedRegistration(APIView):
    """One registration of an event."""

    @extend_schema(responses=ManagedRegistrationShape)
    def get(self, request: Request, slug: str, reference: str) -> Response:
        """With its history."""
        event = get_managed_event(signed_in(request), slug, May.SEE_PEOPLE)
        return Response(ManagedRegistrationShape(get_event_registration(event, reference)).data)


class WithdrawBody(Body):
    """Why the organiser takes the seat back; the person reads it."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class CancelManagedRegistration(APIView):
    """Calling a registration off on the organiser's side."""

    @extend_schema(request=WithdrawBody, responses=ManagedRegistrationShape)
    def post(self, request: Request, slug: str, reference: str) -> Response:
        """Give the seat back, or the place in the queue; once more changes nothing."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        registration = get_event_registration(event, reference)
        body = WithdrawBody(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data.get("reason", "")
        cancel_registration(registration, by=user, reason=reason, at=timezone.now())
        return Response(ManagedRegistrationShape(get_event_registration(event, reference)).data)


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
