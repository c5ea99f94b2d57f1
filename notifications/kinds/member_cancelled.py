"""Somebody of a party does not come: told to them, and to the person who registered the party."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, for_a_week
from notifications.kinds.own_cancellation import OWN_CANCELLATION
from notifications.kinds.seat_released import SEAT_RELEASED
from registrations.enums import ACTIVE_STATES, ChangeCause, MemberState, RegistrationState

MEMBER_CANCELLED = Kind(
    name="member_cancelled",
    priority=Priority.CONFIRMATION,
    causes=tuple((ChangeCause.MEMBER_CANCELLED, state) for state in ACTIVE_STATES),
    # Whoever registered is told of the end of the whole registration by a message of its own.
    member_causes=(
        (ChangeCause.MEMBER_CANCELLED, RegistrationState.CONFIRMED),
        *OWN_CANCELLATION.causes,
        *SEAT_RELEASED.causes,
    ),
    true_while=tuple(RegistrationState),
    event_true_while=tuple(EventStatus),
    member_true_while=tuple(MemberState),
    useful_until=for_a_week,
    calendar=CalendarPart.WITHDRAWAL,
)
