"""People of the reserve list as the door sees them: who of them stands there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from events.models import Event
from registrations.enums import SCANS, RegistrationState
from registrations.models import CheckIn, Registration
from registrations.queries.at_the_door import SHORTEST_SEARCH
from registrations.queries.lists import narrowed_registrations
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
    return _waiting(event).filter(pk__in=standing.values("registration")).order_by(*QUEUE_ORDER)


def has_reserve_list(event: Event) -> bool:
    """Whether anybody waits for a seat."""
    return _waiting(event).exists()


def reserve_list_at_door(event: Event, *, at: datetime, q: str = "", whole: bool = True) -> list[WaitingPerson]:
    """The reserve list, in the order of the queue: first who is at the door; three statements at most.

    With letters of a name, of the others only those who are found by them; without `whole` none but those.
    """
    here = list(waiting_here(event, at=at).values_list("pk", flat=True))
    rows = _waiting(event).select_related("participant", "category").order_by(*QUEUE_ORDER)
    shown = [WaitingPerson(row, is_here=True) for row in rows.filter(pk__in=here)[:_SHOWN_AT_MOST]]
    if len(q.strip()) >= SHORTEST_SEARCH:
        rows = rows.filter(pk__in=narrowed_registrations(event, q=q).values("pk"))
    elif q.strip() or not whole:
        return shown
    others = rows.exclude(pk__in=here)[: _SHOWN_AT_MOST - len(shown)]
    return [*shown, *(WaitingPerson(row, is_here=False) for row in others)]


def _waiting(event: Event) -> QuerySet[Registration]:
    return Registration.objects.filter(event=event, state=RegistrationState.WAITLISTED)
