"""What an organiser wants the people of a meeting to know, in the organiser's own words."""

from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends

ANNOUNCEMENT = Kind(
    name="announcement",
    priority=Priority.OPTIONAL,
    useful_until=until_event_ends,
    waits_for_daytime=True,
    is_optional=True,
)
