"""The door over the API: devices check people in, one or many at once after having been offline, and count heads."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.fields import Body, WallClockField, row_id
from events.api.manage import signed_in
from events.errors import DomainError, FieldErrors
from events.models import Event, User
from events.permissions import May, get_managed_event, may_do
from registrations.actions.attendance import (
    HEADCOUNT_STEP_MAX,
    CheckInAnswer,
    add_headcount,
    check_in,
    void_check_in,
)
from registrations.actions.people import coming_members
from registrations.enums import Attendance, CheckInResult, CheckInSource
from registrations.models import PartyMember, Registration
from registrations.queries.doors import get_check_in

MOST_AT_ONCE: Final = 500
REFUSED: Final = "refused"


class CheckInBody(Body):
    """One tap at the door: a ticket code or a reference; the same `nonce` again gives the same answer."""

    code = serializers.CharField(required=False, max_length=300)
    reference = serializers.CharField(required=False, max_length=32)
    member = row_id(help_text="With a reference: who of the party it is; left out: whoever registered.")
    nonce = serializers.CharField(max_length=64)
    at = WallClockField(required=False, allow_null=True, help_text="What the device's clock said.")
    device = serializers.CharField(required=False, allow_blank=True, max_length=80)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a declared field
        choices=CheckInSource.choices, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two says who it is; a code is one person's already."""
        if ("code" in attrs) == ("reference" in attrs):
            raise serializers.ValidationError({"code": [_("Give either the entry code or the registration number.")]})
        if "code" in attrs and attrs.get("member") is not None:
            raise serializers.ValidationError({"member": [_("Give this with the registration number only.")]})
        moment = attrs.get("at")
        if moment is not None and timezone.is_naive(moment):
            attrs["at"] = timezone.make_aware(moment)
        return attrs


class MemberAtDoorShape(serializers.Serializer[PartyMember]):
    """Somebody who comes along; admitted by the reference of the registration and this `id` as `member`."""

    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    attendance = serializers.ChoiceField(choices=Attendance.choices)


class AdmittedPersonShape(serializers.Serializer[Registration]):
    """What the door may know about a registration: who made it, whether they come themselves, and who comes along."""

    reference = serializers.CharField()
    first_name = serializers.CharField(source="participant.first_name")
    last_name = serializers.CharField(source="participant.last_name")
    category = serializers.CharField(source="category.code", allow_null=True)
    seats = serializers.IntegerField()
    contact_comes = serializers.BooleanField()
    attendance = serializers.ChoiceField(choices=Attendance.choices)
    no_photo = serializers.BooleanField(help_text="Whoever takes photographs is to leave this party out.")
    party = serializers.SerializerMethodField()

    @extend_schema_field(MemberAtDoorShape(many=True))
    def get_party(self, registration: Registration) -> list[Mapping[str, Any]]:
        """Those who come along."""
        return [MemberAtDoorShape(member).data for member in coming_members(registration)]


class CheckInShape(serializers.Serializer[Any]):
    """What the door is told; `at` and `by` are those of the admission.

    `event` is the right one for `wrong_event`; null: this person may not know of it. `member` is whom of the party it is
    about; null: whoever registered.
    """

    nonce = serializers.CharField()
    result = serializers.ChoiceField(choices=[*CheckInResult.values, REFUSED])
    event = serializers.CharField(allow_null=True)
    event_title = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField(allow_null=True)
    registration = AdmittedPersonShape(allow_null=True)
    member = MemberAtDoorShape(allow_null=True)
    code = serializers.CharField(required=False, help_text="Why, where the result is refused.")
    detail = serializers.CharField(required=False)


CHECK_INS: Final = PolymorphicProxySerializer(
    component_name="CheckIns",
    serializers=[CheckInBody, CheckInBody(many=True)],
    resource_type_field_name=None,
    many=False,
)
ANSWERS: Final = PolymorphicProxySerializer(
    component_name="CheckInAnswers",
    serializers=[CheckInShape, CheckInShape(many=True)],
    resource_type_field_name=None,
    many=False,
)


class CheckIns(APIView):
    """Admitting people."""

    @extend_schema(request=CHECK_INS, responses=ANSWERS)
    def post(self, request: Request, slug: str) -> Response:
        """One tap is answered by one answer, a list by a list in the same order, each of them on its own."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.CHECK_IN)
        if isinstance(request.data, list):
            body: serializers.ListSerializer[Any] = serializers.ListSerializer(
                child=CheckInBody(), data=request.data, max_length=MOST_AT_ONCE
            )
            body.is_valid(raise_exception=True)
            return Response([_one_of_many(event, tap, by=user) for tap in body.validated_data])
        single = CheckInBody(data=request.data)
        single.is_valid(raise_exception=True)
        return Response(_one(event, single.validated_data, by=user))


def _one_of_many(event: Event, tap: Mapping[str, Any], *, by: User) -> Mapping[str, Any]:
    """A tap that is refused must not keep the others of a device that was offline from getting in."""
    try:
        return _one(event, tap, by=by)
    except DomainError as refusal:
        errors = refusal.errors if isinstance(refusal, FieldErrors) else {}
        sentences = [str(sentence) for several in errors.values() for sentence in several] or [refusal.message]
        facts = {
            "nonce": tap["nonce"],
            "result": REFUSED,
            "event": event.slug,
            "event_title": str(event),
            "at": None,
            "by": None,
        }
        return {**facts, "registration": None, "member": None, "code": refusal.code, "detail": " ".join(sentences)}


def _one(event: Event, tap: Mapping[str, Any], *, by: User) -> Mapping[str, Any]:
    usual = CheckInSource.QR if "code" in tap else CheckInSource.LIST
    answer = check_in(
        event,
        code=tap.get("code"),
        reference=tap.get("reference"),
        member_id=tap.get("member"),
        nonce=tap["nonce"],
        device=tap.get("device", ""),
        device_at=tap.get("at"),
        source=CheckInSource(tap.get("source", usual)),
        by=by,
        at=timezone.now(),
    )
    knows_event = answer.event == event or answer.event.is_public or may_do(by, answer.event, May.CHECK_IN)
    return _told(answer, tap["nonce"], event=answer.event if knows_event else None)


def _told(answer: CheckInAnswer, nonce: str, *, event: Event | None) -> Mapping[str, Any]:
    facts = {
        "nonce": nonce,
        "result": answer.result.value,
        "event": event.slug if event is not None else None,
        "event_title": str(event) if event is not None else None,
        "at": answer.at,
        "by": str(answer.by) if answer.by else None,
        "registration": answer.registration,
        "member": answer.member,
    }
    return CheckInShape(facts).data


class VoidBody(Body):
    """Why an admission is taken back."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class VoidedShape(serializers.Serializer[Any]):
    """The admission that no longer counts."""

    nonce = serializers.CharField()
    result = serializers.ChoiceField(choices=["voided"])


class VoidCheckIn(APIView):
    """Taking an admission back."""

    @extend_schema(request=VoidBody, responses=VoidedShape)
    def post(self, request: Request, slug: str, nonce: str) -> Response:
        """Another row says so; once more changes nothing."""
        user = signed_in(request)
        row = get_check_in(get_managed_event(user, slug, May.CHECK_IN), nonce)
        body = VoidBody(data=request.data)
        body.is_valid(raise_exception=True)
        void_check_in(row, reason=body.validated_data.get("reason", ""), by=user, at=timezone.now())
        return Response({"nonce": nonce, "result": "voided"})


class HeadcountBody(Body):
    """So many people more (or fewer) than before, each tap once by its nonce."""

    delta = serializers.IntegerField(min_value=-HEADCOUNT_STEP_MAX, max_value=HEADCOUNT_STEP_MAX)
    nonce = serializers.CharField(max_length=64)
    category = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=40)


class HeadcountShape(serializers.Serializer[Any]):
    """How many people have been counted at the event without their names."""

    headcount = serializers.IntegerField()


class Headcounts(APIView):
    """Counting people without names."""

    @extend_schema(request=HeadcountBody, responses=HeadcountShape)
    def post(self, request: Request, slug: str) -> Response:
        """Add the tap and say the sum."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.CHECK_IN)
        body = HeadcountBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = {**body.validated_data, "category": body.validated_data.get("category") or None}
        return Response({"headcount": add_headcount(event, **said, by=user, at=timezone.now())})
