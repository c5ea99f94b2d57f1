"""Keeping the data of an event from being deleted, over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.legal_hold import set_legal_hold
from events.api.fields import Body
from events.api.manage import signed_in
from events.forms.legal_hold import LONGEST_REASON
from events.permissions import May, get_managed_event


class LegalHoldBody(Body):
    """Why the data have to be kept; empty lifts the hold."""

    reason = serializers.CharField(allow_blank=True, max_length=LONGEST_REASON)


class LegalHoldShape(serializers.Serializer[Any]):
    """Why the data of the event are kept; empty: they are not held."""

    legal_hold = serializers.CharField()


class LegalHold(APIView):
    """Whether anything personal about the event may be deleted."""

    @extend_schema(request=LegalHoldBody, responses=LegalHoldShape)
    def post(self, request: Request, slug: str) -> Response:
        """Hold the data for a reason, whatever their time and whoever asks to be erased; or lift the hold."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.OVERRIDE)
        body = LegalHoldBody(data=request.data)
        body.is_valid(raise_exception=True)
        set_legal_hold(event, reason=body.validated_data["reason"], by=user, at=timezone.now())
        return Response({"legal_hold": event.legal_hold})
