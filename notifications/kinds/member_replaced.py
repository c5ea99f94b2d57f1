"""Somebody else comes instead of somebody of a party: the old code no longer works."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import CalendarPart, Kind, for_a_week
from registrations.enums import ChangeCause, MemberState, RegistrationState

MEMBER_REPLACED = Kind(
    name="member_replaced",
    priority=Priority.CONFIRMATION,
    # Who waits has been sent nothing that could be void now.
    member_causes=((ChangeCause.MEMBER_SUBSTITUTED, RegistrationState.CONFIRMED),),
    tells_replaced=True,
    true_while=tuple(RegistrationState),
    event_true_while=tuple(EventStatus),
    member_true_while=(MemberState.REPLACED,),
    useful_until=for_a_week,
    calendar=CalendarPart.WITHDRAWAL,
)
