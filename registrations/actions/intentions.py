"""Whether people who have a place still come: asked after a new date and some days before, answered by each."""

from datetime import datetime
from typing import Final

from events.actions.retries import retried
from events.actions.seats import lock_queue
from registrations.actions.history import record
from registrations.actions.openings import require_not_cancelled
from registrations.enums import ACTIVE_STATES, AttendanceIntent, ChangeCause, RegistrationState
from registrations.errors import NotActive, NothingAsked
from registrations.models import Registration

# Who has not confirmed their address has that to do first.
_ASKED: Final = tuple(state for state in ACTIVE_STATES if state != RegistrationState.HELD)


def ask_who_comes(event_id: int) -> None:
    """Ask everybody who has a place or waits for one; what they said of an earlier date does not count."""
    asked = Registration.objects.filter(event=event_id, state__in=_ASKED)
    asked.update(attendance_intent=AttendanceIntent.ASKED, intent_due_at=None)


def forget_who_comes(event_id: int) -> None:
    """Take the question and its answers back, because the date they were about is gone; history keeps what was said."""
    known = Registration.objects.filter(event=event_id).exclude(attendance_intent=AttendanceIntent.NOT_ASKED)
    known.update(attendance_intent=AttendanceIntent.NOT_ASKED, intent_due_at=None)


@retried
def say_coming(registration: Registration, *, at: datetime) -> Registration:
    """Answer that one still comes; once more changes nothing. Who does not come cancels."""
    lock_queue(registration.event_id)
    # A statement of its own: only now nobody else can move it.
    current = Registration.objects.select_related("event").get(pk=registration.pk)
    if not current.is_active:
        raise NotActive
    if current.attendance_intent == AttendanceIntent.COMING:
        return current
    event = current.event
    require_not_cancelled(event)
    is_over = event.ends_at is not None and event.ends_at <= at
    if current.attendance_intent != AttendanceIntent.ASKED or is_over:
        raise NothingAsked
    current.attendance_intent, current.intent_due_at = AttendanceIntent.COMING, None
    current.save(update_fields=["attendance_intent", "intent_due_at"])
    record([current], ChangeCause.SAID_COMING, was=current.state, by=None, at=at, notify=False)
    return current
