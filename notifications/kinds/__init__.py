"""The kinds of messages: one file each, listed once here."""

from collections.abc import Mapping
from typing import Final

from notifications.kinds.accessibility_alert import ACCESSIBILITY_ALERT
from notifications.kinds.already_registered import ALREADY_REGISTERED
from notifications.kinds.base import CalendarPart, Kind
from notifications.kinds.confirmed import CONFIRMED
from notifications.kinds.event_cancelled import EVENT_CANCELLED
from notifications.kinds.event_changed import EVENT_CHANGED
from notifications.kinds.event_postponed import EVENT_POSTPONED
from notifications.kinds.feature_lost import FEATURE_LOST, needs_served_by
from notifications.kinds.hold_to_confirm import HOLD_TO_CONFIRM
from notifications.kinds.link_again import LINK_AGAIN
from notifications.kinds.link_replaced import LINK_REPLACED
from notifications.kinds.moved_online import MOVED_ONLINE
from notifications.kinds.my_registrations import MY_REGISTRATIONS
from notifications.kinds.need_answered import NEED_ANSWERED
from notifications.kinds.new_date import NEW_DATE
from notifications.kinds.offer_lapsed import OFFER_LAPSED
from notifications.kinds.offered import OFFERED
from notifications.kinds.own_cancellation import OWN_CANCELLATION
from notifications.kinds.promoted import PROMOTED
from notifications.kinds.reminder import REMINDER
from notifications.kinds.supplier_cancelled import SUPPLIER_CANCELLED
from notifications.kinds.supplier_changed import SUPPLIER_CHANGED
from notifications.kinds.supplier_postponed import SUPPLIER_POSTPONED
from notifications.kinds.waitlisted import WAITLISTED
from notifications.kinds.wheelchair_alert import WHEELCHAIR_ALERT

__all__ = [
    "ACCESSIBILITY_ALERT",
    "EVENT_CANCELLED",
    "EVENT_CHANGED",
    "EVENT_POSTPONED",
    "FEATURE_LOST",
    "KINDS",
    "KIND_OF_CHANGE",
    "MOVED_ONLINE",
    "MY_REGISTRATIONS",
    "NEED_ANSWERED",
    "NEW_DATE",
    "REMINDER",
    "SUPPLIER_CANCELLED",
    "SUPPLIER_CHANGED",
    "SUPPLIER_POSTPONED",
    "WHEELCHAIR_ALERT",
    "CalendarPart",
    "Kind",
    "needs_served_by",
]

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        HOLD_TO_CONFIRM,
        CONFIRMED,
        WAITLISTED,
        OFFERED,
        OFFER_LAPSED,
        PROMOTED,
        OWN_CANCELLATION,
        ALREADY_REGISTERED,
        LINK_AGAIN,
        LINK_REPLACED,
        MY_REGISTRATIONS,
        REMINDER,
        EVENT_CHANGED,
        EVENT_CANCELLED,
        EVENT_POSTPONED,
        NEW_DATE,
        MOVED_ONLINE,
        FEATURE_LOST,
        SUPPLIER_CANCELLED,
        SUPPLIER_POSTPONED,
        SUPPLIER_CHANGED,
        ACCESSIBILITY_ALERT,
        NEED_ANSWERED,
        WHEELCHAIR_ALERT,
    )
}

# A change that is not here is nobody's news: a hold that ran out, an offer that its own person declined.
KIND_OF_CHANGE: Final[Mapping[tuple[str, str], Kind]] = {
    (cause.value, state.value): kind for kind in KINDS.values() for cause, state in kind.causes
}
