"""Which events are so long over that data about their people have to go, and which are held or come next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db.models import Q, QuerySet

from events.enums import EventStatus
from events.models import AccessLog, Event, EventKind, Question

# What a kind of event has a time for.
Data = Literal["contact", "needs"]

# Two years with a leap day in them: never a day too early.
ACCESSES_KEPT: Final = timedelta(days=731)


def events_over(data: Data, *, at: datetime) -> QuerySet[Event]:
    """Events whose data of this sort have had their time, by their number.

    What is postponed has no end yet, and what is under a legal hold stays.
    """
    passed = Q(pk__in=[])
    for kind_id, days in EventKind.objects.order_by("id").values_list("pk", f"{data}_retention_days"):
        passed |= Q(kind=kind_id, ends_at__lte=at - timedelta(days=days))
    return _ended().filter(passed).order_by("id")


def questions_over(*, at: datetime) -> QuerySet[Question]:
    """Questions whose answers have had their time, by their number."""
    passed = Q(pk__in=[])
    for days in Question.objects.order_by("retention_days").values_list("retention_days", flat=True).distinct():
        passed |= Q(retention_days=days, event__ends_at__lte=at - timedelta(days=days))
    return Question.objects.filter(passed, event__in=_ended()).order_by("id")


def accesses_over(*, at: datetime) -> QuerySet[AccessLog]:
    """Rows of the access log that have had their time, the oldest first."""
    old = AccessLog.objects.filter(at__lte=at - ACCESSES_KEPT)
    return old.exclude(event__in=held_events()).order_by("id")


def held_events() -> QuerySet[Event]:
    """Events under a legal hold, the latest first."""
    return Event.objects.exclude(legal_hold="").order_by("-starts_at", "id")


@dataclass(frozen=True)
class NextPurge:
    """When data of an event have had their time."""

    event: Event
    data: Data
    due_at: datetime


def next_purges(*, at: datetime, most: int) -> list[NextPurge]:
    """What comes next, the soonest first; whether there is anything to delete by then shows when it is done."""
    found: list[NextPurge] = []
    for kind in EventKind.objects.order_by("id"):
        days: dict[Data, int] = {"needs": kind.needs_retention_days, "contact": kind.contact_retention_days}
        for data, kept in days.items():
            after = timedelta(days=kept)
            coming = _ended().filter(kind=kind, ends_at__gt=at - after, ends_at__lte=at).order_by("ends_at", "id")
            found += [NextPurge(event, data, event.ends_at + after) for event in coming[:most] if event.ends_at]
    return sorted(found, key=lambda one: (one.due_at, one.event.pk, one.data))[:most]


def _ended() -> QuerySet[Event]:
    """Events that have an end; nobody has to keep what is about them."""
    return Event.objects.filter(legal_hold="").exclude(status=EventStatus.POSTPONED)
