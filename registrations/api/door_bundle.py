"""What a phone at the door may carry for the time without network."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.models import DoorActor, DoorPass, Event, User, answers_for
from registrations.api.door import DoorView
from registrations.exports.door_bundle import SealedTicket, seal
from registrations.queries.door_tickets import day_of, tickets_at_the_door

# What the access log calls it.
ABOUT: Final = "door bundle"


class SealedTicketShape(serializers.Serializer[SealedTicket]):
    """One record, base64: found by `key`, opened with AES-256-GCM; both keys come from the entry code alone."""

    key = serializers.CharField()
    iv = serializers.CharField()
    data = serializers.CharField(  # type: ignore[assignment]  # a declared field
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


class DoorBundle(DoorView):
    """People of today's door, each encrypted with their own entry code."""

    @extend_schema(responses=DoorBundleShape)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - `door` reads it
        """Make it anew, under a salt of its own."""
        now = timezone.now()
        event, actor = self.door(slug)
        day = day_of(event, at=now)
        sealed = seal(tickets_at_the_door(event, at=now) if day is not None else ())
        if sealed.records:
            _note_bundle(actor, event, people=len(sealed.records), at=now)
        ends_at = day[1] if day is not None else now
        # With a pass that ends before the day does, so do the people it let one keep.
        ends_at = min(ends_at, actor.valid_until) if isinstance(actor, DoorPass) else ends_at
        facts = {**vars(sealed), "event": event.slug, "made_at": now, "ends_at": ends_at}
        return Response(DoorBundleShape(facts).data, headers={"Cache-Control": "no-store"})


def _note_bundle(actor: DoorActor, event: Event, *, people: int, at: datetime) -> None:
    user = answers_for(actor)
    assert user is not None  # a pass without somebody who answers for it opens no door
    about = ABOUT if isinstance(actor, User) else f"pass {actor.pk}"
    note_access(user, AccessKind.REGISTRATIONS, event=event, about=about, people=people, at=at)
