"""What organisers do with their events: list, make, change, and see what happened."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.copying import delete_draft
from events.actions.editing import create_event, edit_event
from events.api.bodies import EventEditBody, ManagedEventShape, ManagedEventSummaryShape, NewEventBody
from events.api.pagination import Pages
from events.api.queries import ManagedEventQuery, said_in
from events.enums import EventChangeKind
from events.errors import EditConflict
from events.models import Event, EventChange, User
from events.permissions import May, get_managed_event, get_managed_unit, may_do
from events.queries.changes import event_history
from events.queries.events import unit_events

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the event as the editor saw it; when somebody has saved since: 409 edit_conflict.",
)


class ManagedEvents(generics.GenericAPIView[Event]):
    """The events of one's units."""

    pagination_class = Pages
    serializer_class = ManagedEventSummaryShape

    def get_queryset(self) -> QuerySet[Event]:
        """In every state, the latest start first."""
        wish = ManagedEventQuery(data=said_in(self.request.query_params))
        wish.is_valid(raise_exception=True)
        events = unit_events(signed_in(self.request), filters=wish.filters(), at=timezone.now())
        return events.select_related("unit", "kind", "venue")

    @extend_schema(parameters=[ManagedEventQuery], responses=ManagedEventSummaryShape(many=True))
    def get(self, request: Request) -> Response:  # noqa: ARG002 - the query reads it
        """List them in pages."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=NewEventBody, responses={201: ManagedEventShape})
    def post(self, request: Request) -> Response:
        """Make a draft; what is left out is as usual for its kind."""
        body = NewEventBody(data=request.data)
        body.is_valid(raise_exception=True)
        user = signed_in(request)
        unit = get_managed_unit(user, body.validated_data["unit"], May.EDIT)
        event = create_event(body.definition(unit), by=user, at=timezone.now())
        return shown(event, status=201)


class ManagedEvent(APIView):
    """One event as its organisers said it."""

    @extend_schema(responses=ManagedEventShape)
    def get(self, request: Request, slug: str) -> Response:
        """The event in the shape in which it is sent, with its version as ETag."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.SEE)
        return shown(event, contacts=may_do(user, event, May.SEE_PEOPLE))

    @extend_schema(request=EventEditBody, responses=ManagedEventShape, parameters=[IF_MATCH])
    def patch(self, request: Request, slug: str) -> Response:
        """Change what is named and leave the rest."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.EDIT)
        body = EventEditBody(event, data=without_facts(request.data, event), partial=True)
        body.is_valid(raise_exception=True)
        edited = edit_event(
            event,
            body.edit(),
            expected_version=version_in(request),
            notify=body.validated_data.get("notify"),
            by=user,
            at=timezone.now(),
        )
        return shown(edited)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def delete(self, request: Request, slug: str) -> Response:
        """Take a draft away that was never published and has no registrations."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.EDIT)
        delete_draft(event, expected_version=version_in(request), by=user, at=timezone.now())
        return Response(status=204)


class ChangeShape(serializers.Serializer[EventChange]):
    """Something that happened to an event; `by` null: nobody, the service itself did it."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EventChangeKind.choices)
    session = serializers.IntegerField(source="session_id", allow_null=True)
    by = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    before = serializers.DictField()
    after = serializers.DictField()
    notify = serializers.BooleanField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_by(self, change: EventChange) -> str | None:
        """The colleague who did it."""
        return str(change.by) if change.by else None


class EventChanges(generics.ListAPIView[EventChange]):
    """The history of an event, the latest change first."""

    pagination_class = Pages
    serializer_class = ChangeShape
    queryset = EventChange.objects.none()

    def get_queryset(self) -> QuerySet[EventChange]:
        """With who did it."""
        return event_history(get_managed_event(signed_in(self.request), self.kwargs["slug"], May.SEE))


def signed_in(request: Request) -> User:
    """The member of staff who asks; the permission in front has let nobody else through."""
    assert isinstance(request.user, User)
    return request.user


def shown(event: Event, *, status: int = 200, contacts: bool = True) -> Response:
    """The event read back, with its version as ETag; how speakers are reached only for whoever may see people."""
    said = ManagedEventShape(event, context={"contacts": contacts}).data
    return Response(said, status=status, headers=kept_by_the_asker(event))


def kept_by_the_asker(event: Event) -> dict[str, str]:
    """What an answer about an event of one's own says about itself."""
    return {"ETag": f'"{event.version}"', "Cache-Control": "private, no-cache"}


def version_in(request: Request) -> int | None:
    """The version that the editor saw; null when they do not say. What is no version of ours can only be an old one."""
    said = request.headers.get("If-Match", "").strip()
    if said in {"", "*"}:
        return None
    found = re.fullmatch(r'(?:W/)?"([0-9]{1,9})"', said)
    if found is None:
        raise EditConflict
    return int(found[1])


def without_facts(data: Any, event: Event, *, also: Collection[str] = ()) -> Any:
    """The body without what only the system decides, where it is sent back as it was read.

    So an event can be read, changed and sent back whole; another status or unit is still refused as unknown. `also`: names
    that a body has besides.
    """
    if not isinstance(data, Mapping):
        return data
    editable = {*EventEditBody().fields, *also}
    facts = ManagedEventShape(event, context={"contacts": True}).data
    return {name: value for name, value in data.items() if name in editable or facts.get(name, ...) != value}
