"""An announced meeting is less accessible than it was: whoever coordinates accessibility in the unit has to know."""

from events.enums import EventChangeKind
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends

ACCESSIBILITY_ALERT = Kind(
    name="accessibility_alert",
    priority=Priority.CHANGE,
    tells=(EventChangeKind.FEATURE_LOST,),
    useful_until=until_event_ends,
)
