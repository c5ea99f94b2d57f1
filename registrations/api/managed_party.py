"""The people of somebody's party for organisers: one does not come, or somebody else comes instead."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.manage import signed_in
from events.permissions import May, get_managed_event
from registrations.actions.parties import cancel_member, substitute_member
from registrations.api.desk import WithdrawBody, shown
from registrations.api.parties import GuestBody, guest_in
from registrations.api.people import ManagedRegistrationShape
from registrations.queries.doors import get_event_registration, get_party_member


class CancelManagedMember(APIView):
    """Noting that one of a party does not come."""

    @extend_schema(request=WithdrawBody, responses=ManagedRegistrationShape)
    def post(self, request: Request, slug: str, reference: str, member_id: int) -> Response:
        """Their seat goes to the next; with the last person the registration is cancelled. Once more changes nothing."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        member = get_party_member(get_event_registration(event, reference), member_id)
        body = WithdrawBody(data=request.data)
        body.is_valid(raise_exception=True)
        cancel_member(member, by=user, reason=body.validated_data.get("reason", ""), at=timezone.now())
        return shown(event, reference, by=user)


class SubstituteManagedMember(APIView):
    """Noting that somebody else comes instead of one of a party."""

    @extend_schema(request=GuestBody, responses=ManagedRegistrationShape)
    def post(self, request: Request, slug: str, reference: str, member_id: int) -> Response:
        """The seat stays; the old entry code admits nobody any more."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        member = get_party_member(get_event_registration(event, reference), member_id)
        body = GuestBody(data=request.data)
        body.is_valid(raise_exception=True)
        substitute_member(member, guest=guest_in(body.validated_data), by=user, at=timezone.now())
        return shown(event, reference, by=user)
