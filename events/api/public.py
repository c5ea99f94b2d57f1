"""What strangers may read of events: lists and one event, cacheable and without anybody's personal data."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.pagination import Pages
from events.api.queries import EventQuery, said_in
from events.api.shapes import EventShape, EventSummaryShape
from events.models import Event
from events.permissions import get_visible_event
from events.queries.event_pages import event_page_facts
from events.queries.events import listed_public_events
from events.queries.programmes import event_programme
from events.queries.questions import asked_questions

JSON_TYPE = "application/json"


@method_decorator([gzip_page, conditional_page], name="dispatch")
class PublicView(APIView):
    """Open to everybody: nobody is asked who they are, so no cookie is read and every cache may keep the answer."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    max_age = 30

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say how long the answer is good, and what it depends on."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Accept-Language", "Accept-Encoding"])
        if response.status_code == Response.status_code:
            patch_cache_control(response, public=True, max_age=self.max_age)
        return response


class PublicList(PublicView, generics.ListAPIView[Any]):
    """A list in pages; a subclass names its query and its shape."""

    pagination_class = Pages


@extend_schema(parameters=[EventQuery])
class EventList(PublicList):
    """Listed events, by start unless asked otherwise."""

    serializer_class = EventSummaryShape

    def get_queryset(self) -> QuerySet[Event]:
        """The events that fit, with everything their shape shows."""
        wish = EventQuery(data=said_in(self.request.query_params))
        wish.is_valid(raise_exception=True)
        events = listed_public_events(wish.filters(), at=timezone.now())
        ordering = wish.validated_data.get("ordering")
        return with_parts(events.order_by(ordering, "id") if ordering else events)

    def get_serializer_context(self) -> dict[str, Any]:
        """The moment at which windows are open or not."""
        return {**super().get_serializer_context(), "at": timezone.now()}


class EventDetail(PublicView):
    """One event that a stranger may open: listed ones, and unlisted ones by their address."""

    @extend_schema(responses=EventShape)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - nothing in the request matters
        """Everything that is public about the event."""
        now = timezone.now()
        event = event_page_facts(get_visible_event(slug), at=now).event
        known = {"at": now, "programme": event_programme(event), "questions": asked_questions(event.pk)}
        return Response(EventShape(event, context=known).data)


def with_parts(events: QuerySet[Event]) -> QuerySet[Event]:
    """The events with the rows that `EventSummaryShape` reads, in a fixed number of statements."""
    return events.select_related(
        "unit", "kind", "process", "stage", "policy", "district", "venue__district"
    ).prefetch_related("sessions__room", "topics", "pools__category")
