"""Places as organisers keep them: shared by all units, made and changed by whoever edits events."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.places import RoomDefinition, VenueDefinition, create_venue, edit_venue
from events.api.bodies import AccessibilityField
from events.api.fields import Body, TextsField, count, row_id, several
from events.api.manage import signed_in
from events.api.pagination import Pages
from events.api.queries import MomentField, OnlyKnown
from events.api.shapes import Shape, VenueShape
from events.enums import Visibility
from events.models import District, Room, RoomBooking, Venue
from events.permissions import May, get_editable_venue, require_anywhere, units_where
from events.queries import reference
from events.queries.rooms import booked_rooms

USUAL_PERIOD: Final = timedelta(days=31)
LONGEST_PERIOD: Final = timedelta(days=366)


class RoomBody(Body):
    """A room; its legal number of people limits every event in it."""

    id = row_id()
    name = serializers.CharField(max_length=120)
    capacity = count(allow_null=True)
    setup_minutes = count(max_value=24 * 60)


class VenueBody(Body):
    """A place; both coordinates or none."""

    slug = serializers.SlugField(max_length=80)
    name = TextsField(longest=200)
    address = serializers.CharField(max_length=250)
    district = serializers.SlugRelatedField(
        slug_field="slug", queryset=District.objects.all(), required=False, allow_null=True
    )
    latitude = serializers.DecimalField(8, 6, required=False, allow_null=True, coerce_to_string=False)
    longitude = serializers.DecimalField(9, 6, required=False, allow_null=True, coerce_to_string=False)
    accessibility = AccessibilityField(required=False)
    directions = TextsField(required=False, blank=True)
    rooms = several(RoomBody, most=200, required=False)

    def definition(self, venue: Venue | None = None) -> VenueDefinition:
        """The place as its action wants it; what is left out stays as it was."""
        said = dict(self.validated_data)
        said["rooms"] = tuple(RoomDefinition(**room) for room in said.get("rooms", ()))
        if venue is not None:
            names = ("slug", "name", "address", "district", "latitude", "longitude", "accessibility", "directions")
            said = {**{name: getattr(venue, name) for name in names}, **said}
        return VenueDefinition(**said)


class RoomShape(Shape):
    """A room with its legal number of people, and how long before a meeting it is taken."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    capacity = serializers.IntegerField(allow_null=True)
    setup_minutes = serializers.IntegerField()


class ManagedVenueShape(VenueShape):
    """A place with its rooms."""

    rooms = serializers.SerializerMethodField()

    def get_rooms(self, venue: Venue) -> list[dict[str, Any]]:
        """By name."""
        return [dict(RoomShape(room).data) for room in venue.rooms.all()]


class ManagedVenues(generics.GenericAPIView[Venue]):
    """All places."""

    pagination_class = Pages
    serializer_class = ManagedVenueShape

    def get_queryset(self) -> QuerySet[Venue]:
        """By slug, with their rooms."""
        return reference.venues()

    @extend_schema(responses=ManagedVenueShape(many=True))
    def get(self, request: Request) -> Response:
        """List them in pages."""
        require_anywhere(signed_in(request), May.EDIT)
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=VenueBody, responses={201: ManagedVenueShape})
    def post(self, request: Request) -> Response:
        """Make a place with its rooms."""
        user = signed_in(request)
        require_anywhere(user, May.EDIT)
        body = VenueBody(data=request.data)
        body.is_valid(raise_exception=True)
        venue = create_venue(body.definition(), by=user, at=timezone.now())
        return Response(ManagedVenueShape(venue).data, status=201)


class ManagedVenue(APIView):
    """One place."""

    @extend_schema(responses=ManagedVenueShape)
    def get(self, request: Request, slug: str) -> Response:
        """The place with its rooms."""
        return Response(ManagedVenueShape(get_editable_venue(signed_in(request), slug)).data)

    @extend_schema(request=VenueBody, responses=ManagedVenueShape)
    def patch(self, request: Request, slug: str) -> Response:
        """Change what is named; a room that is not named stays."""
        user = signed_in(request)
        venue = get_editable_venue(user, slug)
        body = VenueBody(venue, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(ManagedVenueShape(edit_venue(venue, body.definition(venue), by=user, at=timezone.now())).data)


class RoomQuery(OnlyKnown):
    """The period whose bookings are shown: a month from now unless said otherwise, a year at most."""

    after = MomentField(required=False)
    before = MomentField(required=False)

    def period(self, *, at: datetime) -> tuple[datetime, datetime]:
        """From when until when."""
        after: datetime = self.validated_data.get("after", at)
        before: datetime = self.validated_data.get("before", after + USUAL_PERIOD)
        if not timedelta(0) < before - after <= LONGEST_PERIOD:
            raise serializers.ValidationError({"before": [_("Give a period of a year at most.")]})
        return after, before


class BookingShape(Shape):
    """When a room is taken, from the set-up to the end; `event` null: you may not know its name."""

    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    is_shared = serializers.BooleanField()
    unit = serializers.CharField(source="session.event.unit.slug")
    event = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_event(self, booking: RoomBooking) -> str | None:
        """The event, where everybody finds it or it is of one's own unit."""
        event = booking.session.event
        is_listed = event.is_public and event.visibility == Visibility.PUBLIC
        return event.slug if is_listed or event.unit_id in self.context["units"] else None


class BookedRoomShape(RoomShape):
    """A room and when it is taken."""

    venue = serializers.CharField(source="venue.slug")
    bookings = BookingShape(many=True)


class ManagedRooms(generics.GenericAPIView[Room]):
    """All rooms, and when they are taken."""

    pagination_class = Pages
    serializer_class = BookedRoomShape
    queryset = Room.objects.none()

    @extend_schema(parameters=[RoomQuery], responses=BookedRoomShape(many=True))
    def get(self, request: Request) -> Response:
        """List them in pages, by place and name."""
        user = signed_in(request)
        require_anywhere(user, May.EDIT)
        wish = RoomQuery(data=RoomQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        after, before = wish.period(at=timezone.now())
        page = self.paginate_queryset(booked_rooms(after=after, before=before))
        known = {"units": frozenset(units_where(user, May.SEE).values_list("pk", flat=True))}
        return self.get_paginated_response(BookedRoomShape(page, many=True, context=known).data)
