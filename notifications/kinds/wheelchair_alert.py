"""More wheelchairs come than there are places for: whoever coordinates accessibility in the unit has to know."""

from events.enums import EventChangeKind
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends

WHEELCHAIR_ALERT = Kind(
    name="wheelchair_alert",
    priority=Priority.CHANGE,
    tells=(EventChangeKind.NEED_ALERT,),
    useful_until=until_event_ends,
)
