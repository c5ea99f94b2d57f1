"""Answers and needs in bodies, and what people need at an event for those who arrange it."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.fields import Body
from events.api.manage import signed_in
from events.api.pagination import Pages
from events.permissions import May, get_managed_event
from registrations.actions.needs import LONGEST_NOTE, Need
from registrations.enums import NeedKind, NeedState, RegistrationState
from registrations.models import AccommodationRequest, Answer
from registrations.queries.needs import event_needs

ANSWERS_SCHEMA: Final = {
    "type": "object",
    "description": "Question id → answer: a text, a choice's value, a list of values, a number, true or false.",
    "additionalProperties": {
        "oneOf": [
            {"type": "string"},
            {"type": "number"},
            {"type": "boolean"},
            {"type": "array", "items": {"type": "string"}},
        ],
        "nullable": True,
    },
}


@extend_schema_field(ANSWERS_SCHEMA)
class AnswersField(serializers.DictField):
    """Answers by the question's id; what each of them may be is the question's business."""

    child = serializers.JSONField(allow_null=True)


class NeedBody(Body):
    """Something that a person needs to take part."""

    kind = serializers.ChoiceField(choices=NeedKind.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE)


def needs_in(said: list[dict[str, str]] | None) -> tuple[Need, ...]:
    """The needs of a body as the action takes them."""
    return tuple(Need(need["kind"], need.get("note", "")) for need in said or ())


class NeedShape(serializers.Serializer[AccommodationRequest]):
    """A need and what became of it."""

    kind = serializers.ChoiceField(choices=NeedKind.choices)
    note = serializers.CharField()
    state = serializers.ChoiceField(choices=NeedState.choices)


class EventNeedShape(NeedShape):
    """The same for those who arrange it: a number to speak of, no name and no address."""

    reference = serializers.CharField(source="registration.reference")
    registration_state = serializers.ChoiceField(choices=RegistrationState.choices, source="registration.state")
    asked_at = serializers.DateTimeField(source="created_at")


def said(answers: list[Answer]) -> dict[str, Any]:
    """Answers by their question's id, as they came in."""
    return {str(answer.question_id): answer.value for answer in answers}


class EventNeeds(generics.GenericAPIView[AccommodationRequest]):
    """What people need to take part in an event."""

    pagination_class = Pages
    serializer_class = EventNeedShape
    queryset = AccommodationRequest.objects.none()

    @extend_schema(responses=EventNeedShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List them in pages, first asked first; withdrawn ones too, because somebody may have arranged them."""
        event = get_managed_event(signed_in(request), slug, May.SEE_NEEDS)
        page = self.paginate_queryset(event_needs(event))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
