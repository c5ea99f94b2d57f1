"""The door over the API: devices check people in, one or many at once after having been offline."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.accesses import note_access
from events.api.fields import Body, WallClockField, row_id
from events.api.manage import signed_in
from events.enums import AccessKind
from events.errors import DomainError, FieldErrors
from events.models import DoorActor, DoorPass, Event
from events.permissions import May, get_door, get_managed_event, may_know
from registrations.actions.attendance import CheckInAnswer, check_in, void_check_in
from registrations.enums import Attendance, CheckInResult, CheckInSource
from registrations.models import CheckIn, PartyMember, Registration
from registrations.queries.door_log import repeated_check_ins
from registrations.queries.doors import get_check_in

MOST_AT_ONCE: Final = 500
REFUSED: Final = "refused"
# What the access log calls a look here.
ABOUT: Final = "door"


class CheckInBody(Body):
    """One tap at the door: a ticket code or a reference; the same `nonce` again gives the same answer."""

    code = serializers.CharField(required=False, max_length=300)
    reference = serializers.CharField(required=False, max_length=32)
    member = row_id(help_text="With a reference: who of the party it is; left out: whoever registered.")
    nonce = serializers.CharField(max_length=64)
    at = WallClockField(required=False, allow_null=True, help_text="What the device's clock said.")
    sent_at = WallClockField(
        required=False,
        allow_null=True,
        help_text="What the same clock says now: how far it is off is how far `at` is put right.",
    )
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
        for name in ("at", "sent_at"):
            moment = attrs.get(name)
            if moment is not None and timezone.is_naive(moment):
                attrs[name] = timezone.make_aware(moment)
        return attrs


class MemberAtDoorShape(serializers.Serializer[PartyMember]):
    """Somebody who comes along; admitted by the reference of the registration and this `id` as `member`."""

    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    attendance = serializers.ChoiceField(choices=Attendance.choices)


class AdmittedPersonShape(serializers.Serializer[Registration]):
    """What the door may know about a registration: who made it, whether they come themselves, and who comes along.

    `no_photo`: nobody is to take pictures of this party. What people need is not for the door.
    """

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
    def get_party(self, _registration: Registration) -> list[Mapping[str, Any]]:
        """Those who come along."""
        return [MemberAtDoorShape(member).data for member in self.context["party"]]


class EventFactsShape(serializers.Serializer[Event]):
    """What people are told at the door before they come in."""

    is_streamed = serializers.BooleanField()
    is_recorded = serializers.BooleanField()


class CheckInShape(serializers.Serializer[Any]):
    """What the door is told; `at` and `by` are those of the admission that counts, the earliest by our clock.

    `event` is the right one for `wrong_event`; null: this person may not know of it. `member` is whom of the party it is
    about; null: whoever registered. `position`: the place in the queue of somebody `waitlisted`. `event_facts` are those
    of the event at whose door this is.
    """

    nonce = serializers.CharField()
    result = serializers.ChoiceField(choices=[*CheckInResult.values, REFUSED])
    event = serializers.CharField(allow_null=True)
    event_title = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField(allow_null=True)
    position = serializers.IntegerField(allow_null=True)
    registration = serializers.SerializerMethodField()
    member = MemberAtDoorShape(allow_null=True)
    event_facts = EventFactsShape()
    code = serializers.CharField(required=False, help_text="Why, where the result is refused.")
    detail = serializers.CharField(required=False)

    @extend_schema_field(AdmittedPersonShape(allow_null=True))
    def get_registration(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Whose registration it is."""
        registration = facts["registration"]
        return AdmittedPersonShape(registration, context={"party": facts["party"]}).data if registration else None


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


class StandsAtADoor(BasePermission):
    """Staff, and whoever has a pass; which door it is, `get_door` says."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - the framework's signature
        """Whether it is known who asks."""
        return request.user.is_authenticated or isinstance(request.auth, DoorPass)


class DoorView(APIView):
    """An endpoint of a door, open to a pass of its event as well."""

    opens_with_pass = True
    permission_classes = (StandsAtADoor,)

    def door(self, slug: str) -> tuple[Event, DoorActor]:
        """The event and who stands at its door; else 404."""
        auth = self.request.auth
        return get_door(self.request.user, auth if isinstance(auth, DoorPass) else None, slug)


class CheckIns(DoorView):
    """Admitting people."""

    @extend_schema(request=CHECK_INS, responses=ANSWERS)
    def post(self, request: Request, slug: str) -> Response:
        """One tap is answered by one answer, a list by a list in the same order, each of them on its own."""
        event, actor = self.door(slug)
        if isinstance(request.data, list):
            body: serializers.ListSerializer[Any] = serializers.ListSerializer(
                child=CheckInBody(), data=request.data, max_length=MOST_AT_ONCE
            )
            body.is_valid(raise_exception=True)
            return Response([_one_of_many(event, tap, by=actor) for tap in body.validated_data])
        single = CheckInBody(data=request.data)
        single.is_valid(raise_exception=True)
        return Response(_one(event, single.validated_data, by=actor))


def _one_of_many(event: Event, tap: Mapping[str, Any], *, by: DoorActor) -> Mapping[str, Any]:
    """A tap that is refused must not keep the others of a device that was offline from getting in."""
    try:
        return _one(event, tap, by=by)
    except DomainError as refusal:
        errors = refusal.errors if isinstance(refusal, FieldErrors) else {}
        sentences = [str(sentence) for several in errors.values() for sentence in several] or [refusal.message]
        facts = {"nonce": tap["nonce"], "result": REFUSED, "event": event.slug, "at": None, "by": None}
        nobody = {"position": None, "registration": None, "member": None, "event_facts": EventFactsShape(event).data}
        return {**facts, "event_title": str(event), **nobody, "code": refusal.code, "detail": " ".join(sentences)}


def _one(event: Event, tap: Mapping[str, Any], *, by: DoorActor) -> Mapping[str, Any]:
    usual = CheckInSource.QR if "code" in tap else CheckInSource.LIST
    answer = check_in(
        event,
        code=tap.get("code"),
        reference=tap.get("reference"),
        member_id=tap.get("member"),
        nonce=tap["nonce"],
        device=tap.get("device", ""),
        device_at=tap.get("at"),
        sent_at=tap.get("sent_at"),
        source=CheckInSource(tap.get("source", usual)),
        by=by,
        at=timezone.now(),
    )
    return _told(event, answer, tap["nonce"], by=by)


def _told(event: Event, answer: CheckInAnswer, nonce: str, *, by: DoorActor) -> Mapping[str, Any]:
    knows_event = answer.event == event or may_know(by, answer.event)
    facts = {
        "nonce": nonce,
        "result": answer.result.value,
        "event": answer.event.slug if knows_event else None,
        "event_title": str(answer.event) if knows_event else None,
        "at": answer.at,
        "by": str(answer.by) if answer.by else None,
        "position": answer.position,
        "registration": answer.registration,
        "party": answer.party,
        "member": answer.member,
        "event_facts": event,
    }
    return CheckInShape(facts).data


class VoidBody(Body):
    """Why an admission is taken back."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class VoidedShape(serializers.Serializer[Any]):
    """The admission that no longer counts."""

    nonce = serializers.CharField()
    result = serializers.ChoiceField(choices=["voided"])


class VoidCheckIn(DoorView):
    """Taking an admission back."""

    @extend_schema(request=VoidBody, responses=VoidedShape)
    def post(self, request: Request, slug: str, nonce: str) -> Response:
        """Another row says so; once more changes nothing."""
        event, actor = self.door(slug)
        row = get_check_in(event, nonce)
        body = VoidBody(data=request.data)
        body.is_valid(raise_exception=True)
        void_check_in(row, reason=body.validated_data.get("reason", ""), by=actor, at=timezone.now())
        return Response({"nonce": nonce, "result": "voided"})


class ScanShape(serializers.Serializer[CheckIn]):
    """One scan: `at` by our clock, `device_at` as the device's clock said, and when it arrived."""

    nonce = serializers.CharField()
    at = serializers.DateTimeField(source="happened_at")
    device_at = serializers.DateTimeField(allow_null=True)
    arrived_at = serializers.DateTimeField(source="at")
    device = serializers.CharField()
    by = serializers.CharField(source="who", allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a declared field
        choices=CheckInSource.choices
    )


class RepeatedCheckInShape(serializers.Serializer[Any]):
    """Somebody whom several devices scanned, with every scan; the first one counts."""

    reference = serializers.CharField(source="registration.reference")
    member = serializers.IntegerField(source="member.pk", allow_null=True, default=None)
    first_name = serializers.CharField(source="named.first_name")
    last_name = serializers.CharField(source="named.last_name")
    scans = ScanShape(many=True)


class CheckInConflicts(APIView):
    """Who was scanned by more than one device."""

    @extend_schema(responses=RepeatedCheckInShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List them by name, each with all scans."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.CHECK_IN)
        people = repeated_check_ins(event)
        if people:
            kind = AccessKind.REGISTRATIONS
            note_access(user, kind, event=event, about=ABOUT, people=len(people), at=timezone.now())
        return Response(RepeatedCheckInShape(people, many=True).data)
