"""Somebody of a party in bodies and answers."""

from typing import Any

from rest_framework import serializers

from events.api.fields import Body
from registrations.actions.signing_up import Guest
from registrations.enums import Attendance, MemberState
from registrations.models import PartyMember


class PartyMemberShape(serializers.Serializer[PartyMember]):
    """Somebody who comes along, or did before; the address only of those who come."""

    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.SerializerMethodField()
    ticket_code = serializers.CharField()
    state = serializers.ChoiceField(choices=MemberState.choices)
    attendance = serializers.ChoiceField(choices=Attendance.choices)

    def get_email(self, member: PartyMember) -> str:
        """Nobody writes to who does not come: for whoever took the registration over it may be a stranger's."""
        return member.email if member.state == MemberState.COMING else ""


class GuestBody(Body):
    """Somebody who comes along."""

    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    email = serializers.EmailField(required=False, allow_blank=True, allow_null=True, max_length=254)


class ContactBody(GuestBody):
    """Somebody who takes a registration over; the link to it goes to the address."""

    email = serializers.EmailField(max_length=254)


def guest_in(said: dict[str, Any]) -> Guest:
    """A person, as the action wants them."""
    return Guest(said["first_name"], said["last_name"], said.get("email") or "")
