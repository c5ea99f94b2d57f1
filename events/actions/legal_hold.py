"""Keeping everything personal about an event, whatever its retention says and whoever asks to be erased."""

from datetime import datetime

from events.actions.history import record
from events.actions.retries import retried
from events.actions.seats import lock_queue
from events.enums import EventChangeKind
from events.models import Event, User


@retried
def set_legal_hold(event: Event, *, reason: str, by: User, at: datetime) -> Event:
    """Hold the data of an event for a reason; an empty reason lifts the hold. The same reason again changes nothing."""
    current = Event.objects.select_for_update(no_key=True, of=("self",)).get(pk=event.pk)
    # Whoever erases holds the same lock, so from here on nobody is half-way through.
    lock_queue(event.pk)
    was, reason = current.legal_hold, reason.strip()
    if reason != was:
        Event.objects.filter(pk=event.pk).update(legal_hold=reason)
        # Why it was held stays in the history when the hold is lifted.
        record(
            current,
            EventChangeKind.LEGAL_HOLD,
            by=by,
            at=at,
            reason=reason,
            before={"legal_hold": was},
            after={"legal_hold": reason},
        )
    event.legal_hold = reason
    return event
