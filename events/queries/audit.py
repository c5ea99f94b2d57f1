"""Who did what: the changes of all events of one's units."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from events.enums import EventChangeKind
from events.models import EventChange, User
from events.permissions import managed_events


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """What the list is narrowed by; `user` is an address, `before` is not included any more."""

    event: str = ""
    user: str = ""
    kind: tuple[EventChangeKind, ...] = ()
    after: datetime | None = None
    before: datetime | None = None


def audit_trail(user: User, filters: AuditFilter) -> QuerySet[EventChange]:
    """The changes that this person may see, with their events and who made them; the latest first."""
    changes = EventChange.objects.filter(event__in=managed_events(user)).select_related("event", "by")
    if filters.event:
        changes = changes.filter(event__slug=filters.event)
    if filters.user:
        changes = changes.filter(by__email__iexact=filters.user)
    if filters.kind:
        changes = changes.filter(kind__in=filters.kind)
    if filters.after is not None:
        changes = changes.filter(at__gte=filters.after)
    if filters.before is not None:
        changes = changes.filter(at__lt=filters.before)
    return changes.order_by("-id")
