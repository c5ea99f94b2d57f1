"""Somebody of a party comes, and has an address of their own: their own ticket code, and who registered them."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.application_accepted import APPLICATION_ACCEPTED
from notifications.kinds.base import CalendarPart, Kind, until_event_ends
from notifications.kinds.confirmed import CONFIRMED
from notifications.kinds.forced_in import FORCED_IN
from notifications.kinds.promoted import PROMOTED
from registrations.enums import ChangeCause, RegistrationState

MEMBER_CONFIRMED = Kind(
    name="member_confirmed",
    priority=Priority.CONFIRMATION,
    member_causes=(
        *(pair for kind in (CONFIRMED, PROMOTED, APPLICATION_ACCEPTED, FORCED_IN) for pair in kind.causes),
        (ChangeCause.MEMBER_ADDED, RegistrationState.CONFIRMED),
        (ChangeCause.MEMBER_SUBSTITUTED, RegistrationState.CONFIRMED),
    ),
    true_while=(RegistrationState.CONFIRMED,),
    event_true_while=(EventStatus.PUBLISHED, EventStatus.POSTPONED, EventStatus.HELD),
    useful_until=until_event_ends,
    calendar=CalendarPart.REQUEST,
    has_ticket=True,
)
