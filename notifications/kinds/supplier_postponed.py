"""A meeting is put off without a date: told to everybody who was to speak, chair, interpret or help."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import A_DAY, Kind, until_event_ends

SUPPLIER_POSTPONED = Kind(
    name="supplier_postponed",
    priority=Priority.CANCELLATION,
    event_true_while=(EventStatus.POSTPONED,),
    useful_until=until_event_ends,
    useful_for_at_least=A_DAY,
)
