"""A meeting does not take place: told to everybody who was to speak, chair, interpret or help."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends

SUPPLIER_CANCELLED = Kind(
    name="supplier_cancelled",
    priority=Priority.CANCELLATION,
    event_true_while=(EventStatus.CANCELLED,),
    useful_until=until_event_ends,
)
