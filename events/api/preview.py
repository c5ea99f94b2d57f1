"""What a change would do, and what is in its way: asked before anything is saved."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.previewing import (
    Preview,
    preview_cancellation,
    preview_edit,
    preview_new_date,
    preview_postponement,
)
from events.api.bodies import EventEditBody
from events.api.fields import TextsField
from events.api.manage import IF_MATCH, kept_by_the_asker, signed_in, version_in, without_facts
from events.api.moves import LONGEST_REASON
from events.api.shapes import Shape
from events.enums import EventChangeKind
from events.errors import EditConflict
from events.models import Event, User
from events.permissions import May, get_managed_event
from events.queries.conflicts import ConflictKind, Severity, conflicts_of


class PreviewedMove(StrEnum):
    """The moves that people are told of."""

    CANCEL = "cancel"
    POSTPONE = "postpone"
    NEW_DATE = "new_date"


class PreviewBody(EventEditBody):
    """An edit, or a move: then only `notify` counts besides, and `sessions` of a new date."""

    move = serializers.ChoiceField(choices=[move.value for move in PreviewedMove], required=False)
    override_reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A new date has one."""
        attrs = super().validate(attrs)
        if attrs.get("move") == PreviewedMove.NEW_DATE and not attrs.get("sessions"):
            raise serializers.ValidationError({"sessions": [_("Give the new date.")]})
        return attrs

    def preview(self, event: Event, *, expected_version: int | None, by: User) -> Preview:
        """What it would do now."""
        said, at = self.validated_data, timezone.now()
        notify = said.get("notify")
        told = True if notify is None else notify
        if "move" in said and expected_version not in {None, event.version}:
            raise EditConflict
        match said.get("move"):
            case PreviewedMove.CANCEL:
                return preview_cancellation(event, notify=told, by=by, at=at)
            case PreviewedMove.POSTPONE:
                return preview_postponement(event, notify=told, by=by, at=at)
            case PreviewedMove.NEW_DATE:
                return preview_new_date(
                    event,
                    self.parts()["sessions"],
                    override_reason=said.get("override_reason", ""),
                    room_override_reason=said.get("room_override_reason", ""),
                    notify=told,
                    by=by,
                    at=at,
                )
        return preview_edit(event, self.edit(), notify=notify, expected_version=expected_version, by=by, at=at)

    def parts(self) -> dict[str, Any]:
        """What was said of the event itself."""
        said = super().parts()
        return {name: value for name, value in said.items() if name not in {"move", "override_reason"}}


class ConflictShape(Shape):
    """Another meeting that wants the same room, people or public; `event` null: you may not know its name."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in ConflictKind])
    severity = serializers.ChoiceField(choices=[severity.value for severity in Severity])
    message = serializers.CharField()
    event = serializers.CharField(source="other_event.slug", default=None, allow_null=True)
    title = TextsField(source="other_event.title", default=None, allow_null=True)
    unit = serializers.CharField(source="unit.slug")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class DifferenceShape(Shape):
    """A row of history that there would be; `notify`: people would be told of it."""

    kind = serializers.ChoiceField(choices=EventChangeKind.choices)
    session = serializers.IntegerField(source="session_id", allow_null=True)
    before = serializers.DictField()
    after = serializers.DictField()
    notify = serializers.BooleanField()


class ToldShape(Shape):
    """How many messages there would be."""

    email = serializers.IntegerField()
    sms = serializers.IntegerField()


class PreviewShape(Shape):
    """What would change, how many people would be told, and what would be in the way."""

    differences = DifferenceShape(many=True)
    told = ToldShape()
    conflicts = ConflictShape(many=True)


class PreviewOfEvent(APIView):
    """Looking before saving."""

    @extend_schema(request=PreviewBody, responses={200: PreviewShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Say what an edit or a move would do to whoever may make it; nothing is saved, and what it would refuse is refused."""
        user = signed_in(request)
        is_move = isinstance(request.data, Mapping) and "move" in request.data
        event = get_managed_event(user, slug, May.PUBLISH if is_move else May.EDIT)
        body = PreviewBody(
            event, data=without_facts(request.data, event, also=("move", "override_reason")), partial=True
        )
        body.is_valid(raise_exception=True)
        preview = body.preview(event, expected_version=version_in(request), by=user)
        return Response(PreviewShape(preview).data, headers=kept_by_the_asker(event))


class ConflictsOfEvent(APIView):
    """What is in the way of an event."""

    @extend_schema(responses=ConflictShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Shared rooms, people who are wanted elsewhere, and other meetings for the same people; the weightiest first."""
        event = get_managed_event(signed_in(request), slug, May.SEE)
        return Response(ConflictShape(conflicts_of(event), many=True).data, headers=kept_by_the_asker(event))
