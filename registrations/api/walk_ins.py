"""People who come without a registration, over the API."""

from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.fields import Body
from events.enums import Language
from events.permissions import May, get_managed_event
from registrations.actions.people import coming_members
from registrations.actions.walk_ins import MOST_TOGETHER, WalkIn, walk_in
from registrations.api.door import AdmittedPersonShape, DoorView
from registrations.enums import CheckInResult

_LONGEST_REASON: Final = 300


class WalkInBody(Body):
    """Who stands at the door; a first name is enough. The same `nonce` again is the same person.

    `seats`: so many people, those who come along unnamed. `force`, with a reason, is for those who may let people in
    over the number of seats.
    """

    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=100)
    email = serializers.CharField(required=False, allow_blank=True, max_length=254)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=32)
    category = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=40)
    seats = serializers.IntegerField(required=False, min_value=1, max_value=MOST_TOGETHER)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    nonce = serializers.CharField(max_length=64)
    force = serializers.BooleanField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=_LONGEST_REASON)


class WalkedInShape(serializers.Serializer[Any]):
    """Who was let in; `forced`: over the number of seats, or past the reserve list."""

    nonce = serializers.CharField()
    result = serializers.ChoiceField(choices=[CheckInResult.ADMITTED.value])
    forced = serializers.BooleanField()
    registration = AdmittedPersonShape()


class WalkIns(DoorView):
    """Registering and admitting in one go."""

    @extend_schema(request=WalkInBody, responses={201: WalkedInShape, 200: WalkedInShape})
    def post(self, request: Request, slug: str) -> Response:
        """201 for somebody new, 200 when this tap had come before; `waiting_here` of a refusal says who comes first."""
        event, actor = self.door(slug)
        body = WalkInBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        if said.get("force"):
            get_managed_event(request.user, slug, May.OVERRIDE)
        done = walk_in(
            event,
            WalkIn(
                first_name=said["first_name"],
                last_name=said.get("last_name", ""),
                email=said.get("email", ""),
                phone=said.get("phone", ""),
                category=said.get("category") or None,
                seats=said.get("seats", 1),
            ),
            language=said.get("language", Language.PL),
            nonce=said["nonce"],
            force=said.get("force", False),
            reason=said.get("reason", ""),
            by=actor,
            at=timezone.now(),
        )
        registration = done.registration
        facts = {
            "nonce": said["nonce"],
            "result": CheckInResult.ADMITTED.value,
            "forced": done.is_forced,
            "registration": registration,
        }
        shape = WalkedInShape(facts, context={"party": coming_members(registration)})
        return Response(shape.data, status=201 if done.is_new else 200)
