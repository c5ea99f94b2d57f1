"""What organisers do with one registration: read it, put it right, call it off, decide about it, let somebody in."""

from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.fields import Body
from events.api.manage import signed_in
from events.enums import Language
from events.models import Event, User
from events.permissions import May, get_managed_event
from registrations.actions.approvals import approve_registration, reject_registration
from registrations.actions.desk import edit_registration
from registrations.actions.letting_in import let_in
from registrations.actions.looks import note_look
from registrations.actions.moves import cancel_registration
from registrations.api.needs import AnswersField
from registrations.api.people import ManagedRegistrationShape
from registrations.models import Registration
from registrations.queries.doors import get_event_registration

LONGEST_REASON: Final = 2_000


class StaffEditBody(Body):
    """What is put right; what is not named stays. What people need is not here."""

    first_name = serializers.CharField(required=False, max_length=100)
    last_name = serializers.CharField(required=False, max_length=100)
    email = serializers.CharField(
        required=False, max_length=254, help_text="Another address gets a new link, and the old one is dead."
    )
    phone = serializers.CharField(required=False, allow_blank=True, max_length=32)
    organisation = serializers.CharField(required=False, allow_blank=True, max_length=200)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    sms_reminders = serializers.BooleanField(required=False)
    no_photo = serializers.BooleanField(required=False)
    answers = AnswersField(required=False, help_text="What is not named stays; null takes an answer back.")


class WithdrawBody(Body):
    """Why the organiser takes the seat back; the person reads it."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)


class LetInBody(Body):
    """Why somebody gets a seat whose turn it is not, for colleagues; `force`: also where none is free."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)
    force = serializers.BooleanField(required=False)


class RejectBody(Body):
    """Why an application is not accepted; the person reads it."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)


class ManagedRegistration(APIView):
    """One registration of an event."""

    @extend_schema(responses=ManagedRegistrationShape)
    def get(self, request: Request, slug: str, reference: str) -> Response:
        """With its history; the access log keeps that it was looked at."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.SEE_PEOPLE)
        registration = get_event_registration(event, reference)
        note_look(event, registration, by=user, at=timezone.now())
        return Response(ManagedRegistrationShape(registration).data)

    @extend_schema(request=StaffEditBody, responses=ManagedRegistrationShape)
    def patch(self, request: Request, slug: str, reference: str) -> Response:
        """Put right what its person said; the history says who did."""
        user, event, registration = _found(request, slug, reference)
        body = StaffEditBody(data=request.data)
        body.is_valid(raise_exception=True)
        changes = dict(body.validated_data)
        email, answers = changes.pop("email", None), changes.pop("answers", None)
        edit_registration(registration, changes, email=email, answers=answers, by=user, at=timezone.now())
        return shown(event, reference, by=user)


class CancelManagedRegistration(APIView):
    """Calling a registration off on the organiser's side."""

    @extend_schema(request=WithdrawBody, responses=ManagedRegistrationShape)
    def post(self, request: Request, slug: str, reference: str) -> Response:
        """Give the seat back, or the place in the queue; once more changes nothing."""
        user, event, registration = _found(request, slug, reference)
        body = WithdrawBody(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data.get("reason", "")
        cancel_registration(registration, by=user, reason=reason, at=timezone.now())
        return shown(event, reference, by=user)


class PromoteManagedRegistration(APIView):
    """Letting somebody in whose turn it is not."""

    @extend_schema(request=LetInBody, responses=ManagedRegistrationShape)
    def post(self, request: Request, slug: str, reference: str) -> Response:
        """Give a free seat, with a reason; `force`, for those who may override, counts it as overbooked where none is."""
        user, event, registration = _found(request, slug, reference)
        body = LetInBody(data=request.data)
        body.is_valid(raise_exception=True)
        force, reason = body.validated_data.get("force", False), body.validated_data.get("reason", "")
        if force:
            get_managed_event(user, slug, May.OVERRIDE)
        let_in(registration, force=force, reason=reason, by=user, at=timezone.now())
        return shown(event, reference, by=user)


class ApproveManagedRegistration(APIView):
    """Accepting an application."""

    @extend_schema(request=None, responses=ManagedRegistrationShape)
    def post(self, request: Request, slug: str, reference: str) -> Response:
        """Give it a seat or its place in the queue, which counts from when it was made; once more changes nothing."""
        user, event, registration = _found(request, slug, reference)
        approve_registration(registration, by=user, at=timezone.now())
        return shown(event, reference, by=user)


class RejectManagedRegistration(APIView):
    """Rejecting an application."""

    @extend_schema(request=RejectBody, responses=ManagedRegistrationShape)
    def post(self, request: Request, slug: str, reference: str) -> Response:
        """With a reason that its person reads; once more changes nothing."""
        user, event, registration = _found(request, slug, reference)
        body = RejectBody(data=request.data)
        body.is_valid(raise_exception=True)
        reject_registration(registration, reason=body.validated_data.get("reason", ""), by=user, at=timezone.now())
        return shown(event, reference, by=user)


def _found(request: Request, slug: str, reference: str) -> tuple[User, Event, Registration]:
    user = signed_in(request)
    event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
    return user, event, get_event_registration(event, reference)


def shown(event: Event, reference: str, *, by: User) -> Response:
    """The registration as it stands now; whoever acts sees it too, so it is in the access log."""
    registration = get_event_registration(event, reference)
    note_look(event, registration, by=by, at=timezone.now())
    data: dict[str, Any] = dict(ManagedRegistrationShape(registration).data)
    return Response(data)
