"""What a phone at the door may carry for the time without network."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.accesses import note_access
from events.api.manage import signed_in
from events.enums import AccessKind
from events.permissions import May, get_managed_event
from registrations.exports.door_bundle import SealedTicket, seal
from registrations.queries.door_tickets import day_of, tickets_at_the_door


class SealedTicketShape(serializers.Serializer[SealedTicket]):
    """One record, base64: found by `key`, opened with AES-256-GCM; both keys come from the entry code alone."""

    key = serializers.CharField()
    iv = serializers.CharField()
    data = serializers.CharField(
        help_text="JSON {state: confirmed|waitlisted|cancelled, name, category, seats, attendance, no_photo}, encrypted."
    )


class DoorBundleShape(serializers.Serializer[Any]):
    """To be deleted at `ends_at`; without records where the event is not today.

    The keys of a record: PBKDF2-SHA256 of the code under `salt` with `iterations`, 32 bytes; of these HKDF-SHA256
    without salt, info "wiec door bundle 1", 64 bytes: half finds the record, half opens it.
    """

    event = serializers.CharField()
    made_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    salt = serializers.CharField()
    iterations = serializers.IntegerField()
    records = SealedTicketShape(many=True)


class DoorBundle(APIView):
    """People of today's door, each encrypted with their own entry code."""

    @extend_schema(responses=DoorBundleShape)
    def get(self, request: Request, slug: str) -> Response:
        """Make it anew, under a salt of its own."""
        user, now = signed_in(request), timezone.now()
        event = get_managed_event(user, slug, May.CHECK_IN)
        day = day_of(event, at=now)
        sealed = seal(tickets_at_the_door(event) if day is not None else ())
        if sealed.records:
            people = len(sealed.records)
            note_access(user, AccessKind.REGISTRATIONS, event=event, about="door bundle", people=people, at=now)
        made = {"event": event.slug, "made_at": now, "ends_at": day[1] if day is not None else now}
        facts = {**made, "salt": sealed.salt, "iterations": sealed.iterations, "records": sealed.records}
        return Response(DoorBundleShape(facts).data, headers={"Cache-Control": "no-store"})
