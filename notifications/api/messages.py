"""The delivery log of an event: every message with its tries; secret links are never in it."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.accesses import note_access
from events.api.fields import Body
from events.api.manage import signed_in
from events.api.pagination import Pages
from events.api.queries import OnlyKnown
from events.enums import AccessKind, Language
from events.models import Event
from events.permissions import May, get_managed_event
from notifications.actions.resending import resend
from notifications.actions.seeing import mark_seen
from notifications.enums import AttemptResult, Channel, MessageState
from notifications.kinds import KINDS
from notifications.models import Message
from notifications.queries.log import event_messages, get_event_message
from notifications.rendering.log_rows import PRIVATE_KINDS, log_row

_MOST_SEEN: Final = 500


class AttemptShape(serializers.Serializer[Any]):
    """One try to hand a message to a provider."""

    at = serializers.DateTimeField()
    result = serializers.ChoiceField(choices=AttemptResult.choices)
    code = serializers.CharField()
    detail = serializers.CharField()
    provider_id = serializers.CharField()


class MessageShape(serializers.Serializer[Any]):
    """A message to one person; texts are empty until it is written.

    A word stands in place of every link that opens a door; of a message about somebody's need, neither name nor address
    nor text is shown. `has_no_receipt`: an SMS that nobody has reported as arrived for a day.
    """

    id = serializers.UUIDField(source="message.id")
    kind = serializers.CharField(source="message.kind")
    person = serializers.CharField(help_text="The name of whom it went to, for as long as it is kept.")
    registration = serializers.CharField(help_text="The reference of the registration that it is about.")
    channel = serializers.ChoiceField(source="message.channel", choices=Channel.choices)
    to = serializers.CharField()
    language = serializers.ChoiceField(source="message.language", choices=Language.choices)
    subject = serializers.CharField()
    body = serializers.CharField()
    state = serializers.ChoiceField(source="message.state", choices=MessageState.choices)
    state_reason = serializers.CharField()
    due_at = serializers.DateTimeField(source="message.due_at")
    created_at = serializers.DateTimeField(source="message.created_at")
    sent_at = serializers.DateTimeField(source="message.sent_at", allow_null=True)
    segments = serializers.IntegerField(source="message.segments", allow_null=True)
    has_no_receipt = serializers.BooleanField()
    seen_at = serializers.DateTimeField(source="message.seen_at", allow_null=True)
    instead_of = serializers.UUIDField(source="message.instead_of_id", allow_null=True)
    attempts = AttemptShape(many=True)


class MessageQuery(OnlyKnown):
    """Filters of the log."""

    state = serializers.ChoiceField(choices=MessageState.choices, required=False)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False)
    kind = serializers.ChoiceField(choices=sorted(KINDS), required=False)
    unseen = serializers.BooleanField(required=False, help_text="What failed for good and nobody has seen.")
    q = serializers.CharField(
        required=False, max_length=200, help_text="Words of a name, an address or a reference; needs are never found."
    )


class EventMessages(generics.GenericAPIView[Message]):
    """What went out about an event, the newest first."""

    pagination_class = Pages
    serializer_class = MessageShape
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        """With all tries."""
        wish = MessageQuery(data=MessageQuery.said_in(self.request.query_params))
        wish.is_valid(raise_exception=True)
        return event_messages(self._event(), **wish.validated_data, private=PRIVATE_KINDS)

    def _event(self) -> Event:
        return get_managed_event(signed_in(self.request), self.kwargs["slug"], May.SEE_MESSAGES)

    @extend_schema(parameters=[MessageQuery], responses=MessageShape(many=True))
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - the query reads them
        """List them in pages; the access log keeps that they were looked at."""
        event, now = self._event(), timezone.now()
        rows = [log_row(message, at=now) for message in self.paginate_queryset(self.get_queryset()) or ()]
        if people := sum(bool(row.person) for row in rows):
            kind = AccessKind.REGISTRATIONS
            note_access(signed_in(request), kind, event=event, people=people, at=now)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


class SeenBody(Body):
    """Which failed messages somebody has seen; left out: all of the event."""

    only = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=_MOST_SEEN)


class SeenShape(serializers.Serializer[Any]):
    """How many messages are off the list."""

    count = serializers.IntegerField()


class SeenMessages(APIView):
    """Taking note of what did not arrive."""

    @extend_schema(request=SeenBody, responses=SeenShape)
    def post(self, request: Request, slug: str) -> Response:
        """Failed messages stand in a list until somebody has seen them."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = SeenBody(data=request.data)
        body.is_valid(raise_exception=True)
        count = mark_seen(event, only=body.validated_data.get("only"), by=user, at=timezone.now())
        return Response({"count": count})


class ResendMessage(APIView):
    """Sending a message once more."""

    @extend_schema(request=None, responses={201: MessageShape})
    def post(self, request: Request, slug: str, message_id: UUID) -> Response:
        """A new message of the same kind about the same occasion, as long as what it says is still so; three times at most."""
        user, now = signed_in(request), timezone.now()
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        again = resend(get_event_message(event, message_id), by=user, at=now)
        row = log_row(get_event_message(event, again.pk), at=now)
        return Response(MessageShape(row).data, status=201)
