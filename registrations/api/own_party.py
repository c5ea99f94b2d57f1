"""The people of one's party behind the own door over the API: one does not come, or somebody else comes instead."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.actions.parties import cancel_contact, cancel_member, substitute_contact, substitute_member
from registrations.api.own import OwnDoor, OwnRegistrationShape, shown
from registrations.api.parties import ContactBody, GuestBody, guest_in
from registrations.queries.doors import get_party_member, get_registration_by_token


class HandedOverShape(serializers.Serializer[Any]):
    """The same words whatever was found, because the new address may be that of somebody who is registered."""

    message = serializers.CharField()


class CancelMember(OwnDoor):
    """Letting one of the party not come."""

    @extend_schema(request=None, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str, member_id: int) -> Response:  # noqa: ARG002 - the key is in the address
        """Their seat goes to the next; with the last person the registration is cancelled. Once more changes nothing."""
        cancel_member(get_party_member(get_registration_by_token(token), member_id), by=None, at=timezone.now())
        return shown(get_registration_by_token(token))


class SubstituteMember(OwnDoor):
    """Letting somebody else come instead of one of the party."""

    @extend_schema(request=GuestBody, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str, member_id: int) -> Response:
        """The seat stays; the old entry code admits nobody any more."""
        member = get_party_member(get_registration_by_token(token), member_id)
        body = GuestBody(data=request.data)
        body.is_valid(raise_exception=True)
        substitute_member(member, guest=guest_in(body.validated_data), by=None, at=timezone.now())
        return shown(get_registration_by_token(token))


class Leave(OwnDoor):
    """Giving up the own place and looking after the others."""

    @extend_schema(request=None, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """The seat goes to the next; who is alone cancels the registration. Once more changes nothing."""
        cancel_contact(get_registration_by_token(token), by=None, at=timezone.now())
        return shown(get_registration_by_token(token))


class SubstituteContact(OwnDoor):
    """Passing the registration on to somebody else."""

    @extend_schema(request=ContactBody, responses={202: HandedOverShape})
    def post(self, request: Request, token: str) -> Response:
        """The seats stay, and this door is closed: the new key goes to the new address."""
        registration = get_registration_by_token(token)
        body = ContactBody(data=request.data)
        body.is_valid(raise_exception=True)
        substitute_contact(registration, guest=guest_in(body.validated_data), by=None, at=timezone.now())
        return Response({"message": _("We write to the address you gave. Your link no longer works.")}, status=202)
