"""Somebody is invited by name: to what, until when they can register, and the link that is theirs alone."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_starts

INVITED = Kind(
    name="invited",
    priority=Priority.CONFIRMATION,
    event_true_while=(EventStatus.PUBLISHED,),
    # Each is of use until registration closes; see actions.planning.invitations.
    useful_until=until_event_starts,
)
