"""Attendance over the API: the figures, who came, who is excused, closing it and opening it again."""

from collections.abc import Mapping
from typing import Any

from django.core.files import File
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.accesses import note_access
from events.api.fields import Body, row_id
from events.api.manage import signed_in
from events.api.queries import OnlyKnown
from events.enums import AccessKind
from events.models import Event
from events.permissions import May, get_managed_event
from registrations.actions.closing import REASON_MAX, close_attendance, excuse, reopen_attendance, take_excuse_back
from registrations.actions.online_attendance import note_online_attendance
from registrations.api.people import FiguresShape
from registrations.enums import Attendance
from registrations.forms.online_list import read_online_list
from registrations.forms.table_files import MOST_BYTES
from registrations.models import PartyMember, Registration
from registrations.queries.attendance import Attendee, attendees
from registrations.queries.doors import get_event_registration, get_party_member
from registrations.queries.lists import report_figures
from registrations.queries.online_attendance import OnlineMatch, OnlineRow, online_matches


class AttendanceQuery(OnlyKnown):
    """Whom the list names."""

    attendance = serializers.ChoiceField(choices=Attendance.choices, required=False)


class AttendeeShape(serializers.Serializer[Attendee]):
    """Somebody with a confirmed seat; `member` is null for whoever registered, `excuse` empty unless excused."""

    reference = serializers.CharField(source="registration.reference")
    member = serializers.IntegerField(source="member.pk", allow_null=True, default=None)
    first_name = serializers.CharField(source="named.first_name")
    last_name = serializers.CharField(source="named.last_name")
    category = serializers.CharField(source="registration.category.code", allow_null=True, default=None)
    attendance = serializers.ChoiceField(choices=Attendance.choices)
    excuse = serializers.CharField()


class AttendanceShape(serializers.Serializer[Any]):
    """When attendance was closed (null: it is open), the figures, and everybody with a seat in Polish order."""

    closed_at = serializers.DateTimeField(allow_null=True)
    figures = FiguresShape()
    by_category = serializers.DictField(child=FiguresShape())
    people = AttendeeShape(many=True)


class ClosedShape(serializers.Serializer[Any]):
    """When attendance was closed, and how many people did not come; both null: it is open."""

    closed_at = serializers.DateTimeField(allow_null=True)
    no_show = serializers.IntegerField(allow_null=True)


class PersonBody(Body):
    """Whom it is about: a registration, and who of its party; left out: whoever registered."""

    reference = serializers.CharField(max_length=32)
    member = row_id()


class ExcuseBody(PersonBody):
    """An excuse has a reason."""

    reason = serializers.CharField(max_length=REASON_MAX)


class SaidShape(serializers.Serializer[Any]):
    """What is written down of them now."""

    reference = serializers.CharField()
    member = serializers.IntegerField(allow_null=True)
    attendance = serializers.ChoiceField(choices=Attendance.choices)


class EventAttendance(APIView):
    """Who came to an event."""

    @extend_schema(parameters=[AttendanceQuery], responses=AttendanceShape)
    def get(self, request: Request, slug: str) -> Response:
        """The figures are of everybody, whomever the list names; the access log keeps who looked."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.SEE_PEOPLE)
        wish = AttendanceQuery(data=AttendanceQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        people = attendees(event, attendance=wish.validated_data.get("attendance", ""))
        if people:
            kind = AccessKind.REGISTRATIONS
            note_access(user, kind, event=event, about="attendance", people=len(people), at=timezone.now())
        report = report_figures(event)
        facts = {
            "closed_at": event.attendance_closed_at,
            "figures": report.total,
            "by_category": report.by_category,
            "people": people,
        }
        return Response(AttendanceShape(facts).data)


class CloseAttendance(APIView):
    """Writing down who did not come."""

    @extend_schema(request=None, responses=ClosedShape)
    def post(self, request: Request, slug: str) -> Response:
        """Everybody with a seat of whom nothing is recorded did not come."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        absent = close_attendance(event, by=user, at=timezone.now())
        return Response(ClosedShape({"closed_at": event.attendance_closed_at, "no_show": absent}).data)


class ReopenAttendance(APIView):
    """Taking back that people did not come."""

    @extend_schema(request=None, responses=ClosedShape)
    def post(self, request: Request, slug: str) -> Response:
        """Of nobody is it said any more that they did not come."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        reopen_attendance(event, by=user, at=timezone.now())
        return Response(ClosedShape({"closed_at": None, "no_show": None}).data)


class ExcusePerson(APIView):
    """Excusing somebody."""

    @extend_schema(request=ExcuseBody, responses=SaidShape)
    def post(self, request: Request, slug: str) -> Response:
        """With a reason, which stands in the log."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = ExcuseBody(data=request.data)
        body.is_valid(raise_exception=True)
        registration, member = _person(event, body.validated_data)
        excuse(registration, member, reason=body.validated_data["reason"], by=user, at=timezone.now())
        return Response(_said(registration, member))


class TakeExcuseBack(APIView):
    """Taking an excuse back."""

    @extend_schema(request=PersonBody, responses=SaidShape)
    def post(self, request: Request, slug: str) -> Response:
        """By another row of the log; once more changes nothing."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = PersonBody(data=request.data)
        body.is_valid(raise_exception=True)
        registration, member = _person(event, body.validated_data)
        take_excuse_back(registration, member, by=user, at=timezone.now())
        return Response(_said(registration, member))


def _person(event: Event, said: Mapping[str, Any]) -> tuple[Registration, PartyMember | None]:
    registration = get_event_registration(event, said["reference"])
    number = said.get("member")
    return registration, get_party_member(registration, number) if number is not None else None


def _said(registration: Registration, member: PartyMember | None) -> Mapping[str, Any]:
    person = member or registration
    person.refresh_from_db(fields=["attendance"])
    number = member.pk if member is not None else None
    return SaidShape({"reference": registration.reference, "member": number, "attendance": person.attendance}).data


class OnlineListBody(Body):
    """The list of an online meeting as a file; with `dry_run` (the default) nothing is written down."""

    file = serializers.FileField(
        help_text="As Zoom, Teams or Webex write it: CSV (UTF-8, UTF-16) or XLSX, at most 2 MB."
    )
    dry_run = serializers.BooleanField(default=True)


class OnlineMatchShape(serializers.Serializer[OnlineMatch]):
    """Somebody of the list and whoever it is, or may be."""

    name = serializers.CharField(source="row.name")
    email = serializers.CharField(source="row.email")
    person = AttendeeShape()


class OnlineRowShape(serializers.Serializer[OnlineRow]):
    """Somebody of the list who is not registered."""

    name = serializers.CharField()
    email = serializers.CharField()


class OnlineListShape(serializers.Serializer[Any]):
    """`admitted`: how many of the `matched` were not present before; the `proposed` are for a person to decide."""

    dry_run = serializers.BooleanField()
    admitted = serializers.IntegerField()
    matched = OnlineMatchShape(many=True)
    proposed = OnlineMatchShape(many=True)
    unmatched = OnlineRowShape(many=True)


class ImportOnlineList(APIView):
    """Carrying the list of an online meeting over."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": OnlineListBody}, responses=OnlineListShape)
    def post(self, request: Request, slug: str) -> Response:
        """Whoever is found by address was present; the same list again changes nothing, and no file is kept."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = OnlineListBody(data=request.data)
        body.is_valid(raise_exception=True)
        file: File[bytes] = body.validated_data["file"]
        # One byte too many is enough to be refused for its size.
        found = online_matches(event, read_online_list(file.read(MOST_BYTES + 1)))
        at, dry_run, admitted = timezone.now(), body.validated_data["dry_run"], 0
        if people := len(found.matched) + len(found.proposed):
            note_access(user, AccessKind.REGISTRATIONS, event=event, about="online list", people=people, at=at)
        if not dry_run:
            admitted = note_online_attendance(event, (match.person.key for match in found.matched), by=user, at=at)
        lists = {"matched": found.matched, "proposed": found.proposed, "unmatched": found.unmatched}
        return Response(OnlineListShape({"dry_run": dry_run, "admitted": admitted, **lists}).data)
