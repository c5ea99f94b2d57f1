"""A postponed meeting has a new date: everybody who kept a place is asked whether they still come."""

from events.enums import EventChangeKind, EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, until_event_ends
from registrations.enums import ACTIVE_STATES, RegistrationState

NEW_DATE = Kind(
    name="new_date",
    priority=Priority.CHANGE,
    # Who is offered a seat on the new date learns of it from the offer, and answers that.
    true_while=tuple(state for state in ACTIVE_STATES if state != RegistrationState.OFFERED),
    event_true_while=(EventStatus.PUBLISHED,),
    tells=(
        EventChangeKind.NEW_DATE,
        # What changed while there was no date is told together with it.
        EventChangeKind.RELOCATED,
        EventChangeKind.MODE_CHANGED,
        EventChangeKind.EDITED,
    ),
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    also_by_sms=True,
    sms_needs_link=True,
    waits_for_daytime=True,
)
