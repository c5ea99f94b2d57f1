"""Who looked at personal data of one's units."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.enums import AccessKind
from events.models import AccessLog, Event, UnitMembership, User
from events.permissions import May, units_where


@dataclass(frozen=True, kw_only=True)
class AccessFilter:
    """What the log is narrowed by; `event` is its short name, `user` an address, `before` is not included any more."""

    event: str = ""
    user: str = ""
    kind: tuple[AccessKind, ...] = ()
    after: datetime | None = None
    before: datetime | None = None


def access_log(user: User, filters: AccessFilter) -> QuerySet[AccessLog]:
    """The accesses that this person may see, with who it was; the latest first.

    Those at the events of one's units, and those at no event (any more) by people of one's units. Rows outlive their
    event, so only `event_slug` is safe to read.
    """
    accesses = _of_units(user).select_related("user")
    if filters.event:
        accesses = accesses.filter(event_slug=filters.event)
    if filters.user:
        accesses = accesses.filter(user__email__iexact=filters.user)
    if filters.kind:
        accesses = accesses.filter(kind__in=filters.kind)
    if filters.after is not None:
        accesses = accesses.filter(at__gte=filters.after)
    if filters.before is not None:
        accesses = accesses.filter(at__lt=filters.before)
    return accesses.order_by("-id")


def _of_units(user: User) -> QuerySet[AccessLog]:
    if user.is_superuser and user.is_active:
        return AccessLog.objects.all()
    units = units_where(user, May.SEE_ACCESS_LOG)
    event = Event.objects.filter(pk=OuterRef("event_id"))
    colleague = UnitMembership.objects.filter(user=OuterRef("user_id"), unit__in=units)
    return AccessLog.objects.filter(Q(Exists(event.filter(unit__in=units))) | Q(~Exists(event), Exists(colleague)))
