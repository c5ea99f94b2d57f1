"""A registration was cancelled, by its person or by the organiser."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, for_a_week
from registrations.enums import ChangeCause, RegistrationState

_CANCELLED = (RegistrationState.CANCELLED_BY_PARTICIPANT, RegistrationState.CANCELLED_BY_ORGANIZER)

OWN_CANCELLATION = Kind(
    name="own_cancellation",
    priority=Priority.CONFIRMATION,
    causes=tuple((ChangeCause.CANCELLED, state) for state in _CANCELLED),
    true_while=_CANCELLED,
    # Whatever happens to the event afterwards, this stays true.
    event_true_while=tuple(EventStatus),
    useful_until=for_a_week,
    calendar=CalendarPart.WITHDRAWAL,
)
