"""A meeting is put off without a date: people keep their places and are told on every channel we have."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import A_DAY, CalendarPart, Kind, until_event_ends

EVENT_POSTPONED = Kind(
    name="event_postponed",
    # As urgent as a cancellation: the old date is one to which people would go in vain.
    priority=Priority.CANCELLATION,
    event_true_while=(EventStatus.POSTPONED,),
    useful_until=until_event_ends,
    # That a new date will follow is news even when the old one has passed.
    useful_for_at_least=A_DAY,
    calendar=CalendarPart.REQUEST,
    also_by_sms=True,
    waits_for_daytime=True,
)
