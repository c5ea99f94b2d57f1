"""The kinds of messages: one file each, listed once here."""

from collections.abc import Mapping, Sequence
from typing import Final

from notifications.kinds.accessibility_alert import ACCESSIBILITY_ALERT
from notifications.kinds.after_event import AFTER_EVENT
from notifications.kinds.already_registered import ALREADY_REGISTERED
from notifications.kinds.announcement import ANNOUNCEMENT
from notifications.kinds.application_accepted import APPLICATION_ACCEPTED
from notifications.kinds.application_received import APPLICATION_RECEIVED
from notifications.kinds.application_rejected import APPLICATION_REJECTED
from notifications.kinds.application_to_confirm import APPLICATION_TO_CONFIRM
from notifications.kinds.application_waitlisted import APPLICATION_WAITLISTED
from notifications.kinds.base import CalendarPart, Kind
from notifications.kinds.confirmed import CONFIRMED
from notifications.kinds.event_cancelled import EVENT_CANCELLED
from notifications.kinds.event_changed import EVENT_CHANGED
from notifications.kinds.event_postponed import EVENT_POSTPONED
from notifications.kinds.failing_messages import FAILING_MESSAGES
from notifications.kinds.feature_lost import FEATURE_LOST, needs_served_by
from notifications.kinds.filling_up import FILLING_UP
from notifications.kinds.forced_in import FORCED_IN
from notifications.kinds.hold_to_confirm import HOLD_TO_CONFIRM
from notifications.kinds.invited import INVITED
from notifications.kinds.link_again import LINK_AGAIN
from notifications.kinds.link_replaced import LINK_REPLACED
from notifications.kinds.member_cancelled import MEMBER_CANCELLED
from notifications.kinds.member_confirmed import MEMBER_CONFIRMED
from notifications.kinds.member_replaced import MEMBER_REPLACED
from notifications.kinds.moved_online import MOVED_ONLINE
from notifications.kinds.my_registrations import MY_REGISTRATIONS
from notifications.kinds.need_answered import NEED_ANSWERED
from notifications.kinds.needs_unmet import NEEDS_UNMET
from notifications.kinds.new_date import NEW_DATE
from notifications.kinds.offer_lapsed import OFFER_LAPSED
from notifications.kinds.offered import OFFERED
from notifications.kinds.own_cancellation import OWN_CANCELLATION
from notifications.kinds.own_substitution import OWN_SUBSTITUTION
from notifications.kinds.promoted import PROMOTED
from notifications.kinds.registration_taken_over import REGISTRATION_TAKEN_OVER
from notifications.kinds.reminder import REMINDER
from notifications.kinds.reminder_speaker import REMINDER_SPEAKER
from notifications.kinds.reminder_waitlisted import REMINDER_WAITLISTED
from notifications.kinds.seat_released import SEAT_RELEASED
from notifications.kinds.still_coming import STILL_COMING
from notifications.kinds.supplier_cancelled import SUPPLIER_CANCELLED
from notifications.kinds.supplier_changed import SUPPLIER_CHANGED
from notifications.kinds.supplier_postponed import SUPPLIER_POSTPONED
from notifications.kinds.waitlisted import WAITLISTED
from notifications.kinds.wheelchair_alert import WHEELCHAIR_ALERT

__all__ = [
    "ACCESSIBILITY_ALERT",
    "AFTER_EVENT",
    "ANNOUNCEMENT",
    "EVENT_CANCELLED",
    "EVENT_CHANGED",
    "EVENT_POSTPONED",
    "FAILING_MESSAGES",
    "FEATURE_LOST",
    "FILLING_UP",
    "INVITED",
    "KINDS",
    "KIND_OF_CHANGE",
    "KIND_OF_WHOLE",
    "MEMBER_KINDS_OF_CHANGE",
    "MOVED_ONLINE",
    "MY_REGISTRATIONS",
    "NEEDS_UNMET",
    "NEED_ANSWERED",
    "NEW_DATE",
    "REMINDER",
    "REMINDER_SPEAKER",
    "REMINDER_WAITLISTED",
    "STILL_COMING",
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
        APPLICATION_RECEIVED,
        APPLICATION_ACCEPTED,
        APPLICATION_TO_CONFIRM,
        APPLICATION_WAITLISTED,
        APPLICATION_REJECTED,
        FORCED_IN,
        INVITED,
        MEMBER_CONFIRMED,
        MEMBER_REPLACED,
        MEMBER_CANCELLED,
        OWN_SUBSTITUTION,
        REGISTRATION_TAKEN_OVER,
        STILL_COMING,
        SEAT_RELEASED,
        REMINDER,
        REMINDER_WAITLISTED,
        REMINDER_SPEAKER,
        AFTER_EVENT,
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
        FILLING_UP,
        NEEDS_UNMET,
        FAILING_MESSAGES,
        ANNOUNCEMENT,
    )
}

# A change that is not here is nobody's news: a hold that ran out, an offer that its own person declined.
KIND_OF_CHANGE: Final[Mapping[tuple[str, str], Kind]] = {
    (cause.value, state.value): kind for kind in KINDS.values() for cause, state in kind.causes
}

# The same where nobody of the party is concerned, and that is another message.
KIND_OF_WHOLE: Final[Mapping[tuple[str, str], Kind]] = {
    (cause.value, state.value): kind for kind in KINDS.values() for cause, state in kind.causes_of_whole
}

# The same for people of the party who have an address of their own.
MEMBER_KINDS_OF_CHANGE: Final[Mapping[tuple[str, str], Sequence[Kind]]] = {
    pair: [kind for kind in KINDS.values() if pair in kind.member_causes]
    for pair in dict.fromkeys(pair for kind in KINDS.values() for pair in kind.member_causes)
}
