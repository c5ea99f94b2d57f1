"""What organisers do with a whole event: send it for review, announce it, put it off, call it off, end it, copy it."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.copying import copy_event
from events.actions.publishing import (
    cancel_event,
    close_event,
    hold_event,
    postpone_event,
    publish_event,
    send_back,
    set_new_date,
    submit_for_review,
)
from events.api.bodies import MOST_SESSIONS, ManagedEventShape, SessionBody
from events.api.fields import Body, WallClockField, several
from events.api.manage import IF_MATCH, shown, signed_in, version_in
from events.api.programme import refuse_strangers
from events.models import Event
from events.permissions import May, get_managed_event

LONGEST_REASON = 2_000


class NothingBody(Body):
    """A move that needs no word."""


class WordBody(Body):
    """A word to the colleagues who read it next."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)


class SendBackBody(Body):
    """What has to be changed before the event can be announced."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class PublishBody(Body):
    """Why what is missing may be passed over, where a role may do that."""

    override_reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)


class PostponeBody(WordBody):
    """Why the event is put off, and whether people are told."""

    notify = serializers.BooleanField(default=True)


class CancelBody(Body):
    """Why the event does not take place, and whether people are told."""

    reason = serializers.CharField(max_length=LONGEST_REASON)
    notify = serializers.BooleanField(default=True)


class NewDateBody(PublishBody):
    """When a postponed event takes place instead; a session with its `id` is moved, one that is missing goes."""

    sessions = several(SessionBody, most=MOST_SESSIONS)
    room_override_reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)
    notify = serializers.BooleanField(default=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The dates as their action wants them."""
        sessions = tuple(SessionBody.definition(session) for session in attrs["sessions"])
        assert isinstance(self.instance, Event)
        refuse_strangers((), sessions, unit=self.instance.unit, event=self.instance)
        return {**attrs, "sessions": sessions}


class Move(APIView):
    """One way on in the life of an event; a move that its state does not have is 409 `move_not_allowed`."""

    may = May.PUBLISH

    def moved(self, request: Request, slug: str, *, body: type[Body], action: Callable[..., object]) -> Response:
        """Ask the door, read the body, make the move, and show the event as it is now."""
        user = signed_in(request)
        event = get_managed_event(user, slug, self.may)
        said = body(event, data=request.data)
        said.is_valid(raise_exception=True)
        action(event, **said.validated_data, expected_version=version_in(request), by=user, at=timezone.now())
        return shown(event)


class SubmitEvent(Move):
    """Asking for a review."""

    may = May.EDIT

    @extend_schema(request=WordBody, responses={200: ManagedEventShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Send a draft to whoever may announce it."""
        return self.moved(request, slug, body=WordBody, action=submit_for_review)


class SendBackEvent(Move):
    """Answering a review with a word."""

    @extend_schema(request=SendBackBody, responses={200: ManagedEventShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Make a draft of it again, and say what has to be changed."""
        return self.moved(request, slug, body=SendBackBody, action=send_back)


class PublishEvent(Move):
    """Announcing an event."""

    @extend_schema(request=PublishBody, responses={200: ManagedEventShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Show it to the public, or name everything that is missing at once."""
        return self.moved(request, slug, body=PublishBody, action=publish_event)


class PostponeEvent(Move):
    """Putting an event off."""

    @extend_schema(request=PostponeBody, responses={200: ManagedEventShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Leave it without a date; everybody keeps their place."""
        return self.moved(request, slug, body=PostponeBody, action=postpone_event)


class NewDateOfEvent(Move):
    """A date for what was put off."""

    @extend_schema(request=NewDateBody, responses={200: ManagedEventShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Announce it again with these sessions; people are asked whether they still come."""
        return self.moved(request, slug, body=NewDateBody, action=set_new_date)


class CancelEvent(Move):
    """Calling an event off."""

    @extend_schema(request=CancelBody, responses={200: ManagedEventShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Say why; people are told unless that is refused."""
        return self.moved(request, slug, body=CancelBody, action=cancel_event)


class HoldEvent(Move):
    """Saying that an event took place."""

    @extend_schema(request=NothingBody, responses={200: ManagedEventShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Once it has begun."""
        return self.moved(request, slug, body=NothingBody, action=hold_event)


class CloseEvent(Move):
    """Ending the work on an event."""

    @extend_schema(request=NothingBody, responses={200: ManagedEventShape}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Once it was held or is over."""
        return self.moved(request, slug, body=NothingBody, action=close_event)


class CopyBody(Body):
    """When the first session of the copy begins; left out: the copy keeps the dates, to be given its own."""

    first_start = WallClockField(required=False)


class CopyEvent(APIView):
    """Taking an event as the pattern of another one."""

    @extend_schema(request=CopyBody, responses={201: ManagedEventShape})
    def post(self, request: Request, slug: str) -> Response:
        """Make a draft like it, without its people and without the names on its agenda."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.EDIT)
        body = CopyBody(data=request.data)
        body.is_valid(raise_exception=True)
        return shown(copy_event(event, **body.validated_data, by=user, at=timezone.now()), status=201)
