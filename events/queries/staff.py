"""Who works in which unit."""

from django.db.models import Prefetch, QuerySet

from events.models import UnitMembership, User
from events.permissions import May, units_where


def colleagues(user: User) -> QuerySet[User]:
    """The members of the units whose staff this person may see, by address, with their roles there."""
    units = units_where(user, May.SEE_STAFF)
    memberships = UnitMembership.objects.filter(unit__in=units).select_related("unit").order_by("unit__slug", "role")
    return (
        User.objects.filter(pk__in=UnitMembership.objects.filter(unit__in=units).values("user"))
        .prefetch_related(Prefetch("memberships", memberships))
        .order_by("email")
    )
