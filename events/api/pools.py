"""The seats of an event over the API: counted, changed, opened to everybody."""

from typing import Any

from django.db.models import F, Q
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.releasing import release_seats
from events.api.bodies import ManagedEventShape
from events.api.fields import Body, count
from events.api.manage import IF_MATCH, kept_by_the_asker, signed_in
from events.api.moves import LONGEST_REASON
from events.api.parts import Said, save
from events.api.shapes import SeatsShape
from events.errors import FieldErrors
from events.models import Event, ParticipantCategory, SeatPool
from events.permissions import May, get_managed_event


class PoolShape(SeatsShape):
    """Seats of the event, of a session or of a category; `waiting`: seats that the queue asks for."""

    id = serializers.IntegerField()
    session = serializers.IntegerField(source="session_id", allow_null=True)
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    waiting = serializers.IntegerField()
    overbooked = serializers.IntegerField(help_text="Taken beyond the capacity, by somebody's choice.")
    reserved = serializers.IntegerField(help_text="Kept for invited people; only of the whole event.")
    released = serializers.IntegerField(help_text="Given up by groups for everybody; only of the whole event.")


class PoolBody(Body):
    """How many seats there are; null: no limit."""

    capacity = count(required=True, allow_null=True)
    allow_overbooking = serializers.BooleanField(
        required=False, help_text="True: where more seats are taken than that, the rest is kept as overbooked."
    )


class EventPools(APIView):
    """The seats of an event."""

    @extend_schema(responses=PoolShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Those of the whole event first, then by category and by session."""
        event = get_managed_event(signed_in(request), slug, May.SEE)
        return Response(PoolShape(_pools(event), many=True).data, headers=kept_by_the_asker(event))


class EventPool(APIView):
    """One count of seats."""

    @extend_schema(request=PoolBody, responses=PoolShape, parameters=[IF_MATCH])
    def patch(self, request: Request, slug: str, item: int) -> Response:
        """Change the number of seats; fewer than are taken are refused, unless the rest may count as overbooked."""
        event = get_managed_event(signed_in(request), slug, May.EDIT)
        pool = next((pool for pool in _pools(event) if pool.pk == item), None)
        if pool is None:
            raise Http404
        body = PoolBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            event = save(request, event, _edit_of(event, pool, body.validated_data))
        except FieldErrors as refusal:
            raise FieldErrors({"capacity": [each for texts in refusal.errors.values() for each in texts]}) from refusal
        pool.refresh_from_db()
        return Response(PoolShape(pool).data, headers=kept_by_the_asker(event))


def _pools(event: Event) -> list[SeatPool]:
    pools = event.pools.filter(Q(session=None) | Q(category=None)).select_related("category")
    whole_first = (F(name).asc(nulls_first=True) for name in ("session__starts_at", "session", "category__position"))
    return list(pools.order_by(*whole_first, "id"))


def _edit_of(event: Event, pool: SeatPool, said: dict[str, Any]) -> Said:
    edit = _with_capacity(event, pool, said["capacity"])
    allow_overbooking = said.get("allow_overbooking", False)
    return {**edit, "registration": {**edit.get("registration", {}), "allow_overbooking": allow_overbooking}}


class ReleaseBody(Body):
    """Seats of a group that everybody may have from now on, and why."""

    category = serializers.SlugRelatedField(slug_field="code", queryset=ParticipantCategory.objects.all())
    seats = count(required=True, min_value=1)
    reason = serializers.CharField(max_length=LONGEST_REASON)


class ReleaseSeats(APIView):
    """Opening seats of one group to everybody."""

    @extend_schema(request=ReleaseBody, responses=PoolShape(many=True))
    def post(self, request: Request, slug: str) -> Response:
        """Take free seats from a group and let every group have them; whoever waits moves up in order."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.EDIT)
        body = ReleaseBody(data=request.data)
        body.is_valid(raise_exception=True)
        release_seats(event, **body.validated_data, by=user, at=timezone.now())
        event = get_managed_event(user, slug, May.EDIT)
        return Response(PoolShape(_pools(event), many=True).data, headers=kept_by_the_asker(event))


def _with_capacity(event: Event, pool: SeatPool, capacity: int | None) -> Said:
    """The edit that gives the pool so many seats."""
    if pool.session_id is not None:
        sessions = ManagedEventShape(event, context={"contacts": True}).data["sessions"]
        return {
            "sessions": [
                {**session, "capacity": capacity} if session["id"] == pool.session_id else session
                for session in sessions
            ]
        }
    if pool.category is None:
        return {"registration": {"capacity": capacity}}
    categories = [
        {"category": other.category.code, "capacity": capacity if other == pool else other.capacity}
        for other in _pools(event)
        if other.category is not None and other.session_id is None
    ]
    return {"registration": {"categories": categories}}
