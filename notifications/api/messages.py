"""The delivery log of an event: every message with its tries; secret links are never in it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.manage import signed_in
from events.api.pagination import Pages
from events.enums import Language
from events.permissions import May, get_managed_event
from notifications.enums import AttemptResult, Channel, MessageState
from notifications.models import Message
from notifications.queries.log import event_messages
from notifications.rendering.log_rows import log_row


class AttemptShape(serializers.Serializer[Any]):
    """One try to hand a message to a provider."""

    at = serializers.DateTimeField()
    result = serializers.ChoiceField(choices=AttemptResult.choices)
    code = serializers.CharField()
    detail = serializers.CharField()
    provider_id = serializers.CharField()


class MessageShape(serializers.Serializer[Any]):
    """A message to one person; texts are empty until it is written.

    A word stands in place of every link that opens a door; of a message about somebody's need, neither address nor text
    is shown.
    """

    id = serializers.UUIDField(source="message.id")
    kind = serializers.CharField(source="message.kind")
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
    attempts = AttemptShape(many=True)


class MessageQuery(serializers.Serializer[Any]):
    """Filters of the log."""

    state = serializers.ChoiceField(choices=MessageState.choices, required=False)


class EventMessages(generics.GenericAPIView[Message]):
    """What went out about an event, the newest first."""

    pagination_class = Pages
    serializer_class = MessageShape
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        """With all tries."""
        event = get_managed_event(signed_in(self.request), self.kwargs["slug"], May.SEE_MESSAGES)
        wish = MessageQuery(data={name: value for name, value in self.request.query_params.items() if value})
        wish.is_valid(raise_exception=True)
        state = wish.validated_data.get("state")
        return event_messages(event, state=MessageState(state) if state else None)

    @extend_schema(parameters=[MessageQuery], responses=MessageShape(many=True))
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - the query reads them
        """List them in pages."""
        page = self.paginate_queryset(self.get_queryset()) or ()
        return self.get_paginated_response(self.get_serializer([log_row(message) for message in page], many=True).data)
