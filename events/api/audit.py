"""Who did what, and who belongs to a unit."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers

from events.api.manage import ChangeShape, signed_in
from events.api.pagination import Pages
from events.api.queries import MomentField, OnlyKnown
from events.api.shapes import Shape
from events.enums import EventChangeKind, Role
from events.models import EventChange, User
from events.permissions import May, require_anywhere
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
