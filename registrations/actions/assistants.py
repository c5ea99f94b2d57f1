"""The seat of an assistant, where the event counts assistants: taken and given back when somebody's needs change.

The event's queue is locked by the caller, before the registration.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from events.actions.seats import SeatBook
from events.enums import SeatSource
from events.models import User
from registrations.actions.history import record
from registrations.actions.openings import require_queue
from registrations.actions.queues import claim_of, may_pass_queue, move_up, pools_of
from registrations.enums import ChangeCause, NeedKind, NeedState
from registrations.errors import EventFull
from registrations.models import Registration


def assistant_takes_seat(registration: Registration) -> bool:
    """Whether an assistant comes along and takes a seat: one for the whole party, where the event counts them."""
    if not registration.event.policy.assistants_take_seats:
        return False
    return registration.needs.filter(kind=NeedKind.ASSISTANT).exclude(state=NeedState.WITHDRAWN).exists()


def seat_assistant(registration: Registration, *, at: datetime) -> None:
    """Take one seat more for an assistant; who waits, waits for one more.

    Refused when there is none or, under strict order, when somebody waits for it.
    """
    event = registration.event
    book = SeatBook(event.pk)
    if registration.holds_seat:
        pools = pools_of([registration], book.pools)[registration.pk]
        source = SeatSource(registration.seat_source)
        if book.take(pools, 1, source=source, past_queue=may_pass_queue(event)) is not None:
            raise EventFull(_("There is no free seat for an assistant. Ask the organiser what can be done."))
    elif registration.waiting_pool_id is not None:
        require_queue(event, next(pool for pool in book.pools if pool.pk == registration.waiting_pool_id), 1)
        book.queue(registration.waiting_pool_id, 1)
    book.write()
    registration.seats += 1
    registration.save(update_fields=["seats"])
    record([registration], ChangeCause.SEATS_CHANGED, was=registration.state, by=None, at=at, notify=False)


def unseat_assistant(registration: Registration, *, by: User | None, at: datetime) -> None:
    """Give the seat of an assistant back; it goes to whoever is next."""
    claim = claim_of(registration, seats=1)
    registration.seats -= 1
    registration.save(update_fields=["seats"])
    record([registration], ChangeCause.SEATS_CHANGED, was=registration.state, by=by, at=at, notify=False)
    move_up(registration.event_id, [claim], at=at)
    registration.refresh_from_db()
