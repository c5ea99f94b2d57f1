"""A whole registration is passed on: the new person gets its link, the code, and the date for the calendar."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends
from registrations.enums import ACTIVE_STATES, ChangeCause

REGISTRATION_TAKEN_OVER = Kind(
    name="registration_taken_over",
    priority=Priority.CONFIRMATION,
    causes_of_whole=tuple((ChangeCause.MEMBER_SUBSTITUTED, state) for state in ACTIVE_STATES),
    event_true_while=(EventStatus.PUBLISHED, EventStatus.POSTPONED, EventStatus.HELD),
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    has_ticket=True,
)
