"""A person's own data over the API: erase them, close old links, take a consent back."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.fields import TextsField
from registrations.actions.addresses import revoke_links
from registrations.actions.consents import withdraw_consent
from registrations.actions.erasing import erase_registration
from registrations.api.own import OwnDoor
from registrations.enums import ConsentPurpose
from registrations.models import Consent
from registrations.queries.doors import get_consent_by_token, get_registration_by_token


class DoneShape(serializers.Serializer[Any]):
    """What was done, in a sentence."""

    message = serializers.CharField()


class ConsentShape(serializers.Serializer[Consent]):
    """What somebody has allowed, with the exact words."""

    purpose = serializers.ChoiceField(choices=ConsentPurpose.choices)
    text = TextsField(source="text.text", read_only=True)
    text_version = serializers.IntegerField(source="text.version")
    given_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class EraseRegistration(OwnDoor):
    """Being forgotten."""

    @extend_schema(request=None, responses=DoneShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Give the seat back and erase the person's data; the key is dead afterwards. 409 `legal_hold`: they must stay."""
        erase_registration(get_registration_by_token(token), by=None, at=timezone.now())
        return Response({"message": _("Your data are erased. This link opens nothing any more.")})


class CloseLinks(OwnDoor):
    """Keeping others out who have learnt the key."""

    @extend_schema(request=None, responses=DoneShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Close every link that was sent, this key included; a new one goes to the mailbox."""
        revoke_links(get_registration_by_token(token), at=timezone.now())
        return Response({"message": _("The old links are closed. We have sent you a new one.")})


class OwnConsent(OwnDoor):
    """One thing that a person has allowed."""

    @extend_schema(responses=ConsentShape)
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """The words, and since when and until when they hold."""
        return Response(ConsentShape(get_consent_by_token(token)).data)

    @extend_schema(request=None, responses=ConsentShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Take it back; once more changes nothing."""
        return Response(ConsentShape(withdraw_consent(get_consent_by_token(token), at=timezone.now())).data)
