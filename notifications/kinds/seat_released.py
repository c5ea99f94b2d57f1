"""Somebody did not say whether they still come, and their seat has gone to others."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, for_a_week
from registrations.enums import ChangeCause, RegistrationState

SEAT_RELEASED = Kind(
    name="seat_released",
    priority=Priority.CONFIRMATION,
    causes=((ChangeCause.NO_ANSWER, RegistrationState.CANCELLED_BY_ORGANIZER),),
    true_while=(RegistrationState.CANCELLED_BY_ORGANIZER,),
    # Whatever happens to the event afterwards, this stays true.
    event_true_while=tuple(EventStatus),
    waits_for_daytime=True,
    useful_until=for_a_week,
    calendar=CalendarPart.WITHDRAWAL,
)
