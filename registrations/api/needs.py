"""Answers and needs in bodies, and what people need at an event for those who arrange it."""

from datetime import date
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.accesses import note_access
from events.api.fields import Body
from events.api.manage import signed_in
from events.api.pagination import Pages
from events.api.queries import OnlyKnown
from events.enums import AccessKind
from events.models import Event, User
from events.permissions import May, get_managed_event
from registrations.actions.needs import LONGEST_NOTE, LONGEST_WORD, Need, answer_need
from registrations.enums import NeedKind, NeedState, RegistrationState
from registrations.models import AccommodationRequest, Answer, NeedChange
from registrations.queries.needs import certain_until, event_needs, get_event_need

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
    is_late = serializers.BooleanField(
        help_text="Asked for when it could no longer be promised; it is tried all the same."
    )
    certain_until = serializers.SerializerMethodField()
    reason = serializers.CharField(help_text="A word of the organiser, or why it is not possible.")
    alternative = serializers.CharField(help_text="What is offered instead of what is not possible.")

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_certain_until(self, need: AccommodationRequest) -> date | None:
        """The last day on which sign language could be promised; null for everything else."""
        return certain_until(need)


class NeedHappeningShape(serializers.Serializer[NeedChange]):
    """One move of a need; `by` null: its person, or the end of their registration."""

    from_state = serializers.SerializerMethodField()
    to_state = serializers.ChoiceField(choices=NeedState.choices)
    by = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()

    @extend_schema_field(serializers.ChoiceField(choices=NeedState.choices, allow_null=True))
    def get_from_state(self, change: NeedChange) -> str | None:
        """Null at the beginning."""
        return change.from_state or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_by(self, change: NeedChange) -> str | None:
        """The colleague who did it."""
        return str(change.by) if change.by else None


class EventNeedShape(NeedShape):
    """The same for those who arrange it: a number to speak of, no name and no address."""

    id = serializers.IntegerField()
    reference = serializers.CharField(source="registration.reference")
    registration_state = serializers.ChoiceField(choices=RegistrationState.choices, source="registration.state")
    asked_at = serializers.DateTimeField(source="created_at")
    history = NeedHappeningShape(many=True, source="changes.all")


def said(answers: list[Answer]) -> dict[str, Any]:
    """Answers by their question's id, as they came in."""
    return {str(answer.question_id): answer.value for answer in answers}


class NeedQuery(OnlyKnown):
    """What the list is narrowed by."""

    state = serializers.ChoiceField(choices=NeedState.choices, required=False)


class EventNeeds(generics.GenericAPIView[AccommodationRequest]):
    """What people need to take part in an event; every look is written down."""

    pagination_class = Pages
    serializer_class = EventNeedShape
    queryset = AccommodationRequest.objects.none()

    @extend_schema(parameters=[NeedQuery], responses=EventNeedShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List them in pages, first asked first; withdrawn ones too, because somebody may have arranged them."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.SEE_NEEDS)
        wish = NeedQuery(data=NeedQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        state = wish.validated_data.get("state")
        page = self.paginate_queryset(event_needs(event, state=NeedState(state) if state else None)) or []
        response = self.get_paginated_response(self.get_serializer(page, many=True).data)
        people = len({need.registration_id for need in page})
        note_access(user, AccessKind.NEEDS, event=event, people=people, at=timezone.now())
        return _unkept(response)


class NeedAnswerBody(Body):
    """What the coordinator says of a need; its person reads the words."""

    state = serializers.ChoiceField(
        choices=[
            state.value
            for state in (NeedState.ACKNOWLEDGED, NeedState.ARRANGED, NeedState.FULFILLED, NeedState.NOT_POSSIBLE)
        ]
    )
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_WORD,
        help_text="A word to the person; required where it is not possible.",
    )
    alternative = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_WORD,
        help_text="Required where it is not possible, and only for that.",
    )


class EventNeed(APIView):
    """One need at an event; every look is written down."""

    @extend_schema(responses=EventNeedShape)
    def get(self, request: Request, slug: str, need_id: int) -> Response:
        """With its history."""
        user = signed_in(request)
        return self._shown(user, get_managed_event(user, slug, May.SEE_NEEDS), need_id)

    @extend_schema(request=NeedAnswerBody, responses=EventNeedShape)
    def patch(self, request: Request, slug: str, need_id: int) -> Response:
        """Answer it; its person is told. The same answer once more changes nothing."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.SEE_NEEDS)
        need = get_event_need(event, need_id)
        body = NeedAnswerBody(data=request.data)
        body.is_valid(raise_exception=True)
        answer_need(
            need,
            to=NeedState(body.validated_data["state"]),
            reason=body.validated_data.get("reason", ""),
            alternative=body.validated_data.get("alternative", ""),
            by=user,
            at=timezone.now(),
        )
        return self._shown(user, event, need_id)

    def _shown(self, user: User, event: Event, need_id: int) -> Response:
        need = get_event_need(event, need_id)
        response = Response(EventNeedShape(need).data)
        about = need.registration.reference
        note_access(user, AccessKind.NEEDS, event=event, about=about, people=1, at=timezone.now())
        return _unkept(response)


def _unkept(response: Response) -> Response:
    """What may tell of somebody's health is kept nowhere on the way."""
    response["Cache-Control"] = "private, no-store"
    return response
