"""Kinds and ends of messages in plain words for staff."""

from collections.abc import Mapping
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import ngettext, pgettext_lazy

from notifications.enums import StateReason

register = template.Library()
_MINUTE: Final = 60
_HOUR: Final = 3600

_KINDS: Final[Mapping[str, str | Promise]] = {
    "hold_to_confirm": pgettext_lazy("message kind", "Please confirm your address"),
    "confirmed": pgettext_lazy("message kind", "You have a seat"),
    "waitlisted": pgettext_lazy("message kind", "You are on the reserve list"),
    "offered": pgettext_lazy("message kind", "A seat is offered to you"),
    "offer_lapsed": pgettext_lazy("message kind", "The offer has run out"),
    "promoted": pgettext_lazy("message kind", "You have moved up and have a seat"),
    "own_cancellation": pgettext_lazy("message kind", "Your registration is cancelled"),
    "already_registered": pgettext_lazy("message kind", "You are registered already"),
    "link_again": pgettext_lazy("message kind", "Your link again"),
    "link_replaced": pgettext_lazy("message kind", "A new link, the old ones are closed"),
    "my_registrations": pgettext_lazy("message kind", "All your registrations"),
    "application_received": pgettext_lazy("message kind", "The application has arrived"),
    "application_accepted": pgettext_lazy("message kind", "The application is accepted: you have a seat"),
    "application_to_confirm": pgettext_lazy("message kind", "The application is accepted: please confirm"),
    "application_waitlisted": pgettext_lazy("message kind", "The application is accepted: reserve list"),
    "application_rejected": pgettext_lazy("message kind", "The application is rejected"),
    "forced_in": pgettext_lazy("message kind", "The organiser has made room for you"),
    "invited": pgettext_lazy("message kind", "Invitation"),
    "member_confirmed": pgettext_lazy("message kind", "To somebody of a group: you have a seat"),
    "member_replaced": pgettext_lazy("message kind", "To somebody of a group: somebody else comes instead"),
    "member_cancelled": pgettext_lazy("message kind", "Somebody of a group does not come"),
    "own_substitution": pgettext_lazy("message kind", "Somebody else of your group comes"),
    "registration_taken_over": pgettext_lazy("message kind", "A registration is passed on to you"),
    "still_coming": pgettext_lazy("message kind", "Do you still come?"),
    "seat_released": pgettext_lazy("message kind", "No answer: the seat has gone to others"),
    "reminder": pgettext_lazy("message kind", "Reminder"),
    "reminder_waitlisted": pgettext_lazy("message kind", "Reminder to the reserve list"),
    "reminder_speaker": pgettext_lazy("message kind", "To people who work there: reminder"),
    "after_event": pgettext_lazy("message kind", "Thank you for taking part"),
    "event_changed": pgettext_lazy("message kind", "The event has changed"),
    "event_cancelled": pgettext_lazy("message kind", "The event is cancelled"),
    "event_postponed": pgettext_lazy("message kind", "The event is postponed"),
    "new_date": pgettext_lazy("message kind", "A new date: do you still come?"),
    "moved_online": pgettext_lazy("message kind", "The event is online now"),
    "feature_lost": pgettext_lazy("message kind", "Something you asked for will not be there"),
    "supplier_cancelled": pgettext_lazy("message kind", "To people who work there: cancelled"),
    "supplier_postponed": pgettext_lazy("message kind", "To people who work there: postponed"),
    "supplier_changed": pgettext_lazy("message kind", "To people who work there: changed"),
    "accessibility_alert": pgettext_lazy("message kind", "To the coordinator: less accessible than announced"),
    "need_answered": pgettext_lazy("message kind", "An answer about what somebody needs"),
    "wheelchair_alert": pgettext_lazy("message kind", "To the coordinator: more wheelchairs than places"),
    "filling_up": pgettext_lazy("message kind", "To the organisers: filling up"),
    "needs_unmet": pgettext_lazy("message kind", "To the coordinator: needs not arranged yet"),
    "failing_messages": pgettext_lazy("message kind", "To the owners: messages that did not arrive"),
    "announcement": pgettext_lazy("message kind", "Announcement of the organiser"),
}


@register.filter
def kind_in_words(kind: str) -> str:
    """What a kind of message says, in one phrase; a new kind shows by its own name."""
    return str(_KINDS.get(kind, kind))


@register.filter
def reason_in_words(reason: str) -> str:
    """Why a message ended as it did: our own reasons in words, a provider's as it gave them."""
    return str(StateReason(reason).label) if reason in StateReason.values else reason


@register.filter
def age(seconds: int) -> str:
    """How long ago, in one unit: seconds, minutes or hours."""
    if seconds < _MINUTE:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    if seconds < _HOUR:
        minutes = seconds // _MINUTE
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = seconds // _HOUR
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
