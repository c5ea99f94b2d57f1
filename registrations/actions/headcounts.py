"""Taking back what one has counted: an opposite tap, nothing is changed or deleted."""

from datetime import datetime

from events.actions.retries import retried
from events.models import DoorActor
from registrations.actions.attendance import add_headcount
from registrations.models import HeadcountEntry
from registrations.queries.headcounts import undo_nonce


@retried
def undo_tap(entry: HeadcountEntry, *, by: DoorActor, at: datetime) -> int:
    """Count the opposite of this tap; once more changes nothing. Returns how many are counted at the event."""
    return add_headcount(
        entry.event,
        delta=-entry.delta,
        nonce=undo_nonce(entry),
        category=entry.category.code if entry.category is not None else None,
        by=by,
        at=at,
    )
