"""Counting people without names over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.fields import Body
from registrations.actions.attendance import HEADCOUNT_STEP_MAX, add_headcount
from registrations.api.door import DoorView
from registrations.queries.headcounts import headcount_groups


class HeadcountBody(Body):
    """So many people more (or fewer) than before, each tap once by its nonce."""

    delta = serializers.IntegerField(min_value=-HEADCOUNT_STEP_MAX, max_value=HEADCOUNT_STEP_MAX)
    nonce = serializers.CharField(max_length=64)
    category = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=40)


class HeadcountShape(serializers.Serializer[Any]):
    """How many people have been counted at the event without their names."""

    headcount = serializers.IntegerField()


class GroupCountShape(serializers.Serializer[Any]):
    """How many of a group; `category` null: of nobody in particular."""

    category = serializers.CharField(source="category.code", allow_null=True, default=None)
    headcount = serializers.IntegerField(source="people")


class HeadcountsShape(serializers.Serializer[Any]):
    """How many have been counted, and of which groups."""

    headcount = serializers.IntegerField()
    categories = GroupCountShape(many=True)


class Headcounts(DoorView):
    """Counting people without names."""

    @extend_schema(responses=HeadcountsShape)
    def get(self, _request: Request, slug: str) -> Response:
        """The sum, and the sums of the groups that the event lists or that were counted."""
        event, _actor = self.door(slug)
        groups = headcount_groups(event)
        return Response(
            HeadcountsShape({"headcount": sum(group.people for group in groups), "categories": groups}).data
        )

    @extend_schema(request=HeadcountBody, responses=HeadcountShape)
    def post(self, request: Request, slug: str) -> Response:
        """Add the tap and say the sum."""
        event, actor = self.door(slug)
        body = HeadcountBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = {**body.validated_data, "category": body.validated_data.get("category") or None}
        return Response({"headcount": add_headcount(event, **said, by=actor, at=timezone.now())})
