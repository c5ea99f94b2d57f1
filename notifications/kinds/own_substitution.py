"""Somebody of one's party is replaced by somebody else: both names, and the codes that count now."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends
from registrations.enums import ACTIVE_STATES, ChangeCause

OWN_SUBSTITUTION = Kind(
    name="own_substitution",
    priority=Priority.CONFIRMATION,
    causes=tuple((ChangeCause.MEMBER_SUBSTITUTED, state) for state in ACTIVE_STATES),
    useful_until=until_event_ends,
)
