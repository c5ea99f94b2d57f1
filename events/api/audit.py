"""Who did what, who looked at what, and who belongs to a unit."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.actions.accesses import note_access
from events.api.manage import ChangeShape, signed_in
from events.api.pagination import Pages
from events.api.queries import MomentField, OnlyKnown
from events.api.shapes import Shape
from events.enums import AccessKind, EventChangeKind, Role
from events.models import AccessLog, EventChange, User
from events.permissions import May, require_anywhere
from events.queries.accesses import AccessFilter, access_log
from events.queries.audit import AuditFilter, audit_trail
from events.queries.staff import colleagues


class AuditQuery(OnlyKnown):
    """What the list is narrowed by; `user` is the address with which a colleague signs in."""

    event = serializers.SlugField(required=False, max_length=120)
    user = serializers.EmailField(required=False)
    kind = serializers.MultipleChoiceField(choices=EventChangeKind.choices, required=False)
    after = MomentField(required=False)
    before = MomentField(required=False)

    def filters(self) -> AuditFilter:
        """The same as the query wants it."""
        said = dict(self.validated_data)
        kinds = tuple(EventChangeKind(kind) for kind in sorted(said.pop("kind", ())))
        return AuditFilter(**said, kind=kinds)


class AuditShape(ChangeShape):
    """A change with the event that it happened to."""

    event = serializers.CharField(source="event.slug")


class Audit(generics.ListAPIView[EventChange]):
    """The changes of all events of one's units."""

    pagination_class = Pages
    serializer_class = AuditShape
    queryset = EventChange.objects.none()

    @extend_schema(parameters=[AuditQuery])
    def get(self, *args: Any, **kwargs: Any) -> Any:
        """List them in pages, the latest first."""
        return super().get(*args, **kwargs)

    def get_queryset(self) -> QuerySet[EventChange]:
        """With the events and who made the changes."""
        user = signed_in(self.request)
        require_anywhere(user, May.SEE)
        wish = AuditQuery(data=AuditQuery.said_in(self.request.query_params))
        wish.is_valid(raise_exception=True)
        return audit_trail(user, wish.filters())


class AccessQuery(OnlyKnown):
    """What the log is narrowed by; `user` is the address with which a colleague signs in."""

    event = serializers.SlugField(required=False, max_length=120)
    user = serializers.EmailField(required=False)
    kind = serializers.MultipleChoiceField(choices=AccessKind.choices, required=False)
    after = MomentField(required=False)
    before = MomentField(required=False)

    def filters(self) -> AccessFilter:
        """The same as the query wants it."""
        said = dict(self.validated_data)
        kinds = tuple(AccessKind(kind) for kind in sorted(said.pop("kind", ())))
        return AccessFilter(**said, kind=kinds)


class AccessShape(serializers.Serializer[AccessLog]):
    """One look at personal data, or one export; `event` null: at no event in particular."""

    id = serializers.IntegerField()
    by = serializers.CharField(source="user")
    kind = serializers.ChoiceField(choices=AccessKind.choices)
    event = serializers.SerializerMethodField()
    about = serializers.CharField(help_text="The reference of the registration, where it was one.")
    people = serializers.IntegerField(help_text="How many persons' data it was.")
    at = serializers.DateTimeField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_event(self, access: AccessLog) -> str | None:
        """Its short name, which stays known when a draft is deleted."""
        return access.event_slug or None


class Accesses(generics.GenericAPIView[AccessLog]):
    """Who looked at personal data of one's units; looking at this is written down, too."""

    pagination_class = Pages
    serializer_class = AccessShape
    queryset = AccessLog.objects.none()

    @extend_schema(parameters=[AccessQuery], responses=AccessShape(many=True))
    def get(self, request: Request) -> Response:
        """List them in pages, the latest first."""
        user = signed_in(request)
        require_anywhere(user, May.SEE_ACCESS_LOG)
        wish = AccessQuery(data=AccessQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        page = self.paginate_queryset(access_log(user, wish.filters())) or []
        people = len({access.user_id for access in page})
        response = self.get_paginated_response(self.get_serializer(page, many=True).data)
        note_access(user, AccessKind.ACCESS_LOG, people=people, at=timezone.now())
        return response


class MembershipShape(Shape):
    """A role in a unit."""

    unit = serializers.CharField(source="unit.slug")
    role = serializers.ChoiceField(choices=Role.choices)


class ColleagueShape(Shape):
    """Somebody who belongs to one's units, with their roles there."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    full_name = serializers.CharField()
    is_active = serializers.BooleanField()
    memberships = MembershipShape(many=True)


class Staff(generics.ListAPIView[User]):
    """The members of the units that one owns."""

    pagination_class = Pages
    serializer_class = ColleagueShape
    queryset = User.objects.none()

    def get_queryset(self) -> QuerySet[User]:
        """By address."""
        user = signed_in(self.request)
        require_anywhere(user, May.SEE_STAFF)
        return colleagues(user)
