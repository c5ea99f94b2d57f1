"""What became of what somebody needs: every need with where it stands, for its person alone."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends
from registrations.enums import ACTIVE_STATES, ChangeCause, RegistrationState

# Nobody has shown yet that the address is theirs, and this may tell of a person's health.
_ADDRESS_SHOWN = tuple(state for state in ACTIVE_STATES if state != RegistrationState.HELD)

NEED_ANSWERED = Kind(
    name="need_answered",
    priority=Priority.CHANGE,
    causes=tuple((ChangeCause.NEED_ANSWERED, state) for state in _ADDRESS_SHOWN),
    true_while=_ADDRESS_SHOWN,
    useful_until=until_event_ends,
    # A coordinator goes through a list; what is said of several needs, or put right at once, is one message.
    gathers=True,
    sms_needs_link=True,
    waits_for_daytime=True,
    tells_of_needs=True,
)
