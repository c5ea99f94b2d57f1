"""Writing to the people of a meeting: what was announced, who would get it, and off it goes."""

from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.fields import Body, TextsField, row_id
from events.api.manage import signed_in
from events.api.pagination import Pages
from events.enums import Language
from events.permissions import May, get_managed_event
from notifications.actions.announcing import LONGEST_SUBJECT, LONGEST_TEXT, Draft, announce, look_at_draft
from notifications.enums import Channel
from notifications.models import Announcement
from notifications.queries.announcements import STATES, Selection, event_announcements
from notifications.rendering.announcement_previews import portions_of
from registrations.enums import RegistrationState

_MOST: Final = 200


class AnnouncementShape(serializers.Serializer[Announcement]):
    """An announcement and to whom it went; `planned_at` null: its messages are still to be made."""

    id = serializers.IntegerField()
    subject = TextsField()
    body = TextsField()
    states = serializers.ListField(child=serializers.ChoiceField(choices=RegistrationState.choices))
    sessions = serializers.SerializerMethodField()
    categories = serializers.SerializerMethodField()
    by = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    planned_at = serializers.DateTimeField(allow_null=True)
    messages = serializers.IntegerField(source="messages_planned")

    def get_sessions(self, announcement: Announcement) -> list[int]:
        """Dates by id; none: all of them."""
        return [session.pk for session in announcement.sessions.all()]

    def get_categories(self, announcement: Announcement) -> list[str]:
        """Groups by code; none: all of them."""
        return [category.code for category in announcement.categories.all()]

    def get_by(self, announcement: Announcement) -> str | None:
        """The colleague who wrote it."""
        return str(announcement.by) if announcement.by else None


class DraftBody(Body):
    """What to say, and to whom; what is left out means everybody with a confirmed seat."""

    subject = TextsField(longest=LONGEST_SUBJECT)
    body = TextsField(longest=LONGEST_TEXT)
    states = serializers.ListField(
        child=serializers.ChoiceField(choices=[state.value for state in STATES]),
        required=False,
        allow_empty=False,
        max_length=len(STATES),
    )
    sessions = serializers.ListField(child=row_id(required=True), required=False, max_length=_MOST)
    categories = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=_MOST)

    def draft(self) -> Draft:
        """The same as the action wants it."""
        said = self.validated_data
        chosen = {name: tuple(said[name]) for name in ("states", "sessions", "categories") if name in said}
        return Draft(subject=said["subject"], body=said["body"], selection=Selection(**chosen))


class AnnouncementBody(DraftBody):
    """The same with a number of your own, by which a request that is repeated is one announcement."""

    nonce = serializers.UUIDField()


class PortionShape(serializers.Serializer[Any]):
    """What people of one language get on one channel; `segments`: of one SMS."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    language = serializers.ChoiceField(choices=Language.choices)
    people = serializers.IntegerField()
    subject = serializers.CharField(source="example.subject")
    text = serializers.CharField(source="example.text")
    html = serializers.CharField(source="example.html")
    segments = serializers.IntegerField(source="example.segments")


class AnnouncementPreviewShape(serializers.Serializer[Any]):
    """Exactly how many people would get it, and how it would look."""

    people = serializers.IntegerField()
    portions = PortionShape(many=True)


class EventAnnouncements(generics.GenericAPIView[Announcement]):
    """What was announced to the people of an event."""

    pagination_class = Pages
    serializer_class = AnnouncementShape
    queryset = Announcement.objects.none()

    def get_queryset(self) -> QuerySet[Announcement]:
        """The newest first."""
        return event_announcements(get_managed_event(signed_in(self.request), self.kwargs["slug"], May.SEE_MESSAGES))

    @extend_schema(responses=AnnouncementShape(many=True))
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - the query reads them
        """List them in pages."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=AnnouncementBody, responses={201: AnnouncementShape})
    def post(self, request: Request, slug: str) -> Response:
        """Write to everybody in the selection; it goes out within a minute."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = AnnouncementBody(data=request.data)
        body.is_valid(raise_exception=True)
        announcement = announce(event, body.draft(), nonce=body.validated_data["nonce"], by=user, at=timezone.now())
        return Response(AnnouncementShape(announcement).data, status=201)


class AnnouncementPreview(APIView):
    """Looking before writing."""

    @extend_schema(request=DraftBody, responses=AnnouncementPreviewShape)
    def post(self, request: Request, slug: str) -> Response:
        """Who would get it and how it would look; nothing is kept."""
        event = get_managed_event(signed_in(request), slug, May.MANAGE_PEOPLE)
        body = DraftBody(data=request.data)
        body.is_valid(raise_exception=True)
        now = timezone.now()
        draft, readers = look_at_draft(event, body.draft(), at=now)
        portions = portions_of(event, subject=draft.subject, body=draft.body, readers=readers, at=now)
        return Response(AnnouncementPreviewShape({"people": len(readers), "portions": portions}).data)
