"""Personal invitations, for organisers: listed, made one by one or from a table, changed, sent, taken back.

The link of an invitation is in no answer: it goes to the mailbox of whoever is invited.
"""

from datetime import datetime
from typing import Any, Final

from django.core.files import File
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.accesses import note_access
from events.actions.rules import GROUP_MAX
from events.api.fields import Body, count, row_id
from events.api.manage import signed_in
from events.api.pagination import Pages
from events.api.queries import OnlyKnown
from events.enums import AccessKind, Language
from events.errors import FieldErrors
from events.models import Event, User
from events.permissions import May, get_managed_event
from registrations.actions.invitations import (
    LONGEST_INVITATION_NOTE,
    MOST_INVITEES,
    Invitee,
    change_invitation,
    invite,
    revoke_invitation,
    send_invitations,
)
from registrations.enums import InvitationState
from registrations.forms.invitees_table import read_invitees
from registrations.forms.table_files import MOST_BYTES, table_of_file
from registrations.models import Invitation
from registrations.queries.invitations import event_invitations, get_event_invitation, standing_of

# What the access log calls the list.
ABOUT: Final = "invitations"
_SEND: Final = OpenApiParameter("send", bool, description="True: they are written to at once.")


class InvitationShape(serializers.Serializer[Invitation]):
    """An invitation and what came of it; `registration`: the reference of the one that came of it."""

    id = serializers.IntegerField(allow_null=True, help_text="Null of people who are not invited yet (`dry_run`).")
    email = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    organisation = serializers.CharField()
    category = serializers.CharField(source="category.code", allow_null=True)
    language = serializers.ChoiceField(choices=Language.choices)
    seats = serializers.IntegerField()
    skips_approval = serializers.BooleanField()
    uses_reserved = serializers.BooleanField()
    note = serializers.CharField(help_text="A word to the invited person, who reads it in the letter.")
    state = serializers.SerializerMethodField()
    registration = serializers.SerializerMethodField()
    by = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    send_requested_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=InvitationState.choices))
    def get_state(self, invitation: Invitation) -> str:
        """Computed from what has happened."""
        return standing_of(invitation).state.value

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_registration(self, invitation: Invitation) -> str | None:
        """The active one before those that have ended."""
        registration = standing_of(invitation).registration
        return registration.reference if registration else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_by(self, invitation: Invitation) -> str | None:
        """The colleague who invited."""
        return str(invitation.by) if invitation.by else None


class InviteeBody(Body):
    """Somebody to be invited: an address, and a name or an organisation; the rest is as usual where it is left out."""

    email = serializers.CharField(max_length=254)
    first_name = serializers.CharField(required=False, allow_blank=True, max_length=100)
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=100)
    organisation = serializers.CharField(required=False, allow_blank=True, max_length=200)
    category = serializers.CharField(
        required=False, allow_null=True, max_length=40, help_text="Null: the person chooses."
    )
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    seats = count(
        min_value=1, max_value=GROUP_MAX, help_text="How many people may come on it, the invited one included."
    )
    skips_approval = serializers.BooleanField(required=False)
    uses_reserved = serializers.BooleanField(
        required=False, help_text="The seats that are kept for invited people are meant for them."
    )
    note = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_INVITATION_NOTE,
        help_text="A word to the invited person, who reads it in the letter.",
    )


class InvitationEditBody(InviteeBody):
    """What is different; a new address gets a new link, and has to be written to."""

    email = serializers.CharField(required=False, max_length=254)


_INVITEES: Final = PolymorphicProxySerializer(
    component_name="Invitees",
    serializers=[InviteeBody, InviteeBody(many=True)],
    resource_type_field_name=None,
    many=False,
)
_INVITED: Final = PolymorphicProxySerializer(
    component_name="Invited",
    serializers=[InvitationShape, InvitationShape(many=True)],
    resource_type_field_name=None,
    many=False,
)


class InvitationQuery(OnlyKnown):
    """Filters of the list of invitations."""

    q = serializers.CharField(required=False, max_length=200, help_text="Words of name, organisation or address.")
    state = serializers.ChoiceField(choices=InvitationState.choices, required=False)


class SendQuery(OnlyKnown):
    """Whether people are written to at once."""

    send = serializers.BooleanField(required=False)


class EventInvitations(generics.GenericAPIView[Invitation]):
    """The invitations to an event."""

    pagination_class = Pages
    serializer_class = InvitationShape
    queryset = Invitation.objects.none()

    @extend_schema(parameters=[InvitationQuery], responses=InvitationShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """In the order in which people were invited; the access log keeps that they were looked at."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.SEE_PEOPLE)
        wish = InvitationQuery(data=InvitationQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        state = wish.validated_data.get("state")
        rows = event_invitations(
            event, q=wish.validated_data.get("q", ""), state=InvitationState(state) if state else None
        )
        page = self.paginate_queryset(rows) or []
        if page:
            kind = AccessKind.REGISTRATIONS
            note_access(user, kind, event=event, about=ABOUT, people=len(page), at=timezone.now())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=_INVITEES, responses={201: _INVITED}, parameters=[_SEND])
    def post(self, request: Request, slug: str) -> Response:
        """Invite one person, or all of a list or nobody; faults of a list are named by their place in it, from 0."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        wish = SendQuery(data=SendQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        send, now = wish.validated_data.get("send", False), timezone.now()
        if isinstance(request.data, list):
            body: serializers.ListSerializer[Any] = serializers.ListSerializer(
                child=InviteeBody(), data=request.data, max_length=MOST_INVITEES
            )
            body.is_valid(raise_exception=True)
            invited = _invite(event, [Invitee(**said) for said in body.validated_data], send=send, by=user, at=now)
            return Response([InvitationShape(row).data for row in invited], status=201)
        single = InviteeBody(data=request.data)
        single.is_valid(raise_exception=True)
        [row] = _invite(event, [Invitee(**single.validated_data)], send=send, by=user, at=now, is_one=True)
        return Response(InvitationShape(row).data, status=201)


def _invite(
    event: Event, invitees: list[Invitee], *, send: bool, by: User, at: datetime, is_one: bool = False
) -> list[Invitation]:
    prefix = "rows.0." if is_one else "rows."
    try:
        return invite(event, invitees, send=send, by=by, at=at)
    except FieldErrors as refusal:
        named = {name.removeprefix(prefix): sentences for name, sentences in refusal.errors.items()}
        raise FieldErrors(named) from refusal


class ImportBody(Body):
    """A table as a file; with `dry_run` (the default) nothing is stored."""

    file = serializers.FileField(help_text="CSV (UTF-8 or Windows-1250) or XLSX, at most 2 MB and 2000 rows.")
    dry_run = serializers.BooleanField(default=True)
    send = serializers.BooleanField(default=False)


class ImportedShape(serializers.Serializer[Any]):
    """Whom the table invites; `dry_run`: nobody has been invited."""

    dry_run = serializers.BooleanField()
    count = serializers.IntegerField()
    invitations = InvitationShape(many=True)


class ImportInvitations(APIView):
    """Inviting people from a table."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": ImportBody}, responses=ImportedShape)
    def post(self, request: Request, slug: str) -> Response:
        """Everybody in it or nobody; what is wrong is named by row and column (`rows.3.email`), all of it at once."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = ImportBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        file: File[bytes] = said["file"]
        # One byte too many is enough to be refused for its size.
        table = read_invitees(table_of_file(file.read(MOST_BYTES + 1)))
        dry_run = said["dry_run"]
        invited = table.invite(event, dry_run=dry_run, send=said["send"], by=user, at=timezone.now())
        shown = [{**InvitationShape(row).data, "id": None} if dry_run else InvitationShape(row).data for row in invited]
        return Response({"dry_run": dry_run, "count": len(invited), "invitations": shown})


class SendBody(Body):
    """To whom letters go: left out, to everybody who has had none."""

    only = serializers.ListField(
        child=row_id(required=True),
        required=False,
        max_length=MOST_INVITEES,
        help_text="The ids of invitations; they are written to once more, too.",
    )


class SentShape(serializers.Serializer[Any]):
    """How many letters go out."""

    count = serializers.IntegerField()


class SendInvitations(APIView):
    """Writing to invited people."""

    @extend_schema(request=SendBody, responses=SentShape)
    def post(self, request: Request, slug: str) -> Response:
        """Ask for their letters; nobody whose invitation was used or taken back gets one."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = SendBody(data=request.data)
        body.is_valid(raise_exception=True)
        sent = send_invitations(event, only=body.validated_data.get("only"), by=user, at=timezone.now())
        return Response({"count": sent})


class EventInvitation(APIView):
    """One invitation."""

    @extend_schema(request=InvitationEditBody, responses=InvitationShape)
    def patch(self, request: Request, slug: str, number: int) -> Response:
        """Change one that nobody has used; what is not named stays."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        invitation = get_event_invitation(event, number)
        body = InvitationEditBody(data=request.data)
        body.is_valid(raise_exception=True)
        change_invitation(invitation, body.validated_data, by=user, at=timezone.now())
        return _shown(event, number, by=user)


class RevokeInvitation(APIView):
    """Taking an invitation back."""

    @extend_schema(request=None, responses=InvitationShape)
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Its link is dead at once; once more changes nothing. Whoever has registered with it stays registered."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        revoke_invitation(get_event_invitation(event, number), by=user, at=timezone.now())
        return _shown(event, number, by=user)


def _shown(event: Event, number: int, *, by: User) -> Response:
    """The invitation as it stands now; whoever acts sees it too, so it is in the access log."""
    note_access(by, AccessKind.REGISTRATIONS, event=event, about=ABOUT, people=1, at=timezone.now())
    return Response(InvitationShape(get_event_invitation(event, number)).data)
