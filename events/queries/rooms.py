"""Rooms and when they are taken."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from events.enums import PUBLIC_STATUSES, Visibility
from events.models import Event, Room, RoomBooking, Venue
from events.permissions import May, Person, units_where


@dataclass(frozen=True)
class BookingLine:
    """A booking as one person may see it; `event` null: they may know only whose it is."""

    booking: RoomBooking
    event: Event | None


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


def coming_bookings(venue: Venue, *, user: Person, at: datetime) -> list[BookingLine]:
    """When the rooms of a place are taken from now on, in time order; meetings of other units only where announced."""
    own = set(units_where(user, May.SEE).values_list("pk", flat=True))
    bookings = RoomBooking.objects.filter(room__venue=venue, ends_at__gt=at).select_related(
        "room", "session__event__unit"
    )
    return [
        BookingLine(booking, event if event.unit_id in own or _is_announced(event) else None)
        for booking in bookings.order_by("begins_at", "session")
        for event in [booking.session.event]
    ]


def _is_announced(event: Event) -> bool:
    return event.status in PUBLIC_STATUSES and event.visibility == Visibility.PUBLIC
