"""What happened to a registration, as its person reads it: whole sentences about "you"."""

from collections.abc import Iterator, Mapping
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from registrations.enums import ChangeCause, RegistrationState
from registrations.models import RegistrationChange

register = template.Library()

_C: Final = ChangeCause
_Words = Mapping[ChangeCause, str | Promise]

_BY_ITSELF: Final[_Words] = {
    _C.SIGNED_UP: pgettext_lazy("to a person", "You registered."),
    _C.ADDRESS_CONFIRMED: pgettext_lazy("to a person", "You confirmed your address."),
    _C.HOLD_EXPIRED: pgettext_lazy("to a person", "The time to confirm your address ran out."),
    _C.PROMOTED: pgettext_lazy("to a person", "A seat became free for you."),
    _C.QUEUE_CHANGED: pgettext_lazy(
        "to a person", "You wait for another kind of seat and keep your place in the queue."
    ),
    _C.OFFER_ACCEPTED: pgettext_lazy("to a person", "You took the seat that was offered."),
    _C.OFFER_DECLINED: pgettext_lazy("to a person", "You gave up the seat that was offered to you."),
    _C.OFFER_LAPSED: pgettext_lazy("to a person", "The seat was offered to you, and the time to answer ran out."),
    _C.CANCELLED: pgettext_lazy("to a person", "You cancelled your registration."),
    _C.EVENT_CANCELLED: pgettext_lazy("to a person", "The event was cancelled."),
    _C.ADDRESS_CORRECTED: pgettext_lazy("to a person", "The address was corrected, and the link went to the new one."),
    _C.LINK_REQUESTED: pgettext_lazy("to a person", "Somebody asked us to send the link to you again."),
    _C.OVERVIEW_REQUESTED: pgettext_lazy(
        "to a person", "Somebody asked us to send you the links to everything of yours."
    ),
    _C.ASKED_AGAIN: pgettext_lazy("to a person", "Somebody tried to register with your address again."),
    _C.EDITED: pgettext_lazy("to a person", "You changed your details."),
    _C.SAID_COMING: pgettext_lazy("to a person", "You said that you are coming."),
    _C.ERASED: pgettext_lazy("to a person", "Your data were erased."),
    _C.APPROVED: pgettext_lazy("to a person", "The organiser accepted your application."),
    _C.REJECTED: pgettext_lazy("to a person", "The organiser did not accept your application."),
    _C.FORCED_IN: pgettext_lazy("to a person", "The organiser gave you a seat beyond the number of seats."),
    _C.MEMBER_ADDED: pgettext_lazy("to a person", "Somebody joined your group."),
    _C.MEMBER_CANCELLED: pgettext_lazy("to a person", "Somebody of your group does not come."),
    _C.MEMBER_SUBSTITUTED: pgettext_lazy("to a person", "Somebody of your group comes instead of another person."),
    _C.SEATS_CHANGED: pgettext_lazy("to a person", "The number of your seats changed."),
    _C.ASKED_STILL_COMING: pgettext_lazy("to a person", "We asked you whether you still come."),
    _C.NO_ANSWER: pgettext_lazy("to a person", "You did not answer whether you still come."),
    _C.NEED_ANSWERED: pgettext_lazy("to a person", "We answered what you need to take part."),
    _C.LINK_REVOKED: pgettext_lazy("to a person", "You closed the old links."),
}
# The same when the organiser did it for the person.
_BY_STAFF: Final[_Words] = {
    _C.SIGNED_UP: pgettext_lazy("to a person", "The organiser registered you."),
    _C.ADDRESS_CONFIRMED: pgettext_lazy("to a person", "You were let in at the door."),
    _C.OFFER_ACCEPTED: pgettext_lazy("to a person", "You were let in at the door."),
    _C.CANCELLED: pgettext_lazy("to a person", "The organiser cancelled your registration."),
    _C.EDITED: pgettext_lazy("to a person", "The organiser changed your details."),
    _C.ERASED: pgettext_lazy("to a person", "The organiser erased your data."),
    _C.PROMOTED: pgettext_lazy("to a person", "The organiser gave you a seat."),
}
# The same where it is about nobody else of the party.
_OF_THEMSELVES: Final[_Words] = {
    _C.MEMBER_CANCELLED: pgettext_lazy(
        "to a person", "You gave up your own place and look after the others of your group."
    ),
    _C.MEMBER_SUBSTITUTED: pgettext_lazy("to a person", "You took the registration over from somebody else."),
}
_OF_THEMSELVES_BY_STAFF: Final[_Words] = {
    _C.MEMBER_CANCELLED: pgettext_lazy("to a person", "The organiser noted that you do not come yourself."),
}
_TO_THE_QUEUE: Final = pgettext_lazy("to a person", "You registered and joined the reserve list.")


@register.filter
def change_in_words(change: RegistrationChange) -> str:
    """The row as a sentence to its person."""
    cause = ChangeCause(change.cause)
    by_staff = change.by_id is not None
    if cause == _C.SIGNED_UP and not by_staff and change.to_state == RegistrationState.WAITLISTED:
        return str(_TO_THE_QUEUE)
    return str(next(words[cause] for words in _words_for(change, by_staff=by_staff) if cause in words))


def _words_for(change: RegistrationChange, *, by_staff: bool) -> Iterator[_Words]:
    """Where to look, the most particular first."""
    if change.member_id is None:
        if by_staff:
            yield _OF_THEMSELVES_BY_STAFF
        yield _OF_THEMSELVES
    if by_staff:
        yield _BY_STAFF
    yield _BY_ITSELF
