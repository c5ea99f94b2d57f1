"""Rooms and when they are taken."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from events.models import Room, RoomBooking


def booked_rooms(*, after: datetime, before: datetime) -> QuerySet[Room]:
    """All rooms by place and name, each with its bookings that touch the period, in time order."""
    bookings = RoomBooking.objects.filter(begins_at__lt=before, ends_at__gt=after).select_related(
        "session__event__unit"
    )
    return (
        Room.objects.select_related("venue")
        .prefetch_related(Prefetch("bookings", bookings.order_by("begins_at", "session")))
        .order_by("venue__slug", "name")
    )
