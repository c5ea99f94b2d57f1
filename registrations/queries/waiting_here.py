"""People of the reserve list as the door sees them: who of them stands there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from events.models import Event
from registrations.enums import SCANS, RegistrationState
from registrations.models import CheckIn, Registration
from registrations.queries.queue_order import QUEUE_ORDER

# Who stood at the door longer ago than this is not taken to stand there still: a meeting of several days has a new
# door on each of them.
STANDS_AT_MOST: Final = timedelta(hours=12)
_SHOWN_AT_MOST: Final = 100


@dataclass(frozen=True)
class WaitingPerson:
    """Somebody of the reserve list, and whether they are at the door."""

    registration: Registration
    is_here: bool

    @property
    def full_name(self) -> str:
        """First and last name; the reference when there is none."""
        return self.registration.participant.full_name or self.registration.reference


def waiting_here(event: Event, *, at: datetime) -> QuerySet[Registration]:
    """Who of the reserve list is at the door, in the order of the queue.

    It stands in the door's log: the newest row about somebody who waits is a scan, as that of anybody who was there.
    """
    newest = CheckIn.objects.filter(registration=OuterRef("registration"), member=None).order_by("-id").values("pk")[:1]
    standing = CheckIn.objects.filter(
        registration__event=event,
        registration__state=RegistrationState.WAITLISTED,
        pk=Subquery(newest),
        kind__in=SCANS,
        at__gt=at - STANDS_AT_MOST,
    )
    rows = Registration.objects.filter(event=event, state=RegistrationState.WAITLISTED)
    return rows.filter(pk__in=standing.values("registration")).order_by(*QUEUE_ORDER)


def reserve_list_at_door(event: Event, *, at: datetime) -> list[WaitingPerson]:
    """The reserve list, in the order of the queue: first who is at the door; two statements."""
    here = set(waiting_here(event, at=at).values_list("pk", flat=True))
    rows = Registration.objects.filter(event=event, state=RegistrationState.WAITLISTED)
    shown = rows.select_related("participant", "category").order_by(*QUEUE_ORDER)[:_SHOWN_AT_MOST]
    return sorted((WaitingPerson(row, row.pk in here) for row in shown), key=lambda person: not person.is_here)
