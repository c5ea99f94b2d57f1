"""What a kind of message is: who gets it, when it is still true, and for how long it is worth sending."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.enums import EventChangeKind, EventStatus
from notifications.enums import Priority
from registrations.enums import ACTIVE_STATES, ChangeCause, MemberState, RegistrationState
from registrations.models import Registration

# After this nobody looks for an answer to a click any more.
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)


class CalendarPart(enum.Enum):
    """What a mail tells the calendar of its reader."""

    NONE = "NONE"
    REQUEST = "REQUEST"  # put it in, or put it right
    CANCEL = "CANCEL"  # the event is off
    WITHDRAWAL = "WITHDRAWAL"  # only this person does not come


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of message; its texts are in `templates/messages/<name>/`.

    `causes`: the change rows of a registration it answers, as (cause, state after it); `tells`: the change rows of an
    event that it speaks of. `true_while` and `event_true_while`: the states in which what it says is still so; it is
    checked again right before sending. News of an event are of use until its end, and for `useful_for_at_least`.
    `tells_of_needs`: who gets it has a need that this says, so it is nobody else's to read. `gathers`: it waits a while for
    more of the same, which one message then says.

    `member_causes`: the change rows that it answers to people of a party, as far as they have an address of their own: to
    whom the row is about, else to everybody who comes; with `tells_replaced` to whom the row has replaced. `is_question`:
    it is true only until it is answered. `causes_of_whole`: as `causes`, of rows that are about nobody of the party.
    `is_optional`: one may do without it, so who wants no such messages to an address does not get it there.
    """

    name: str
    priority: Priority
    useful_until: Callable[[Registration, datetime], datetime]
    true_while: tuple[RegistrationState, ...] = ACTIVE_STATES
    event_true_while: tuple[EventStatus, ...] = (EventStatus.PUBLISHED, EventStatus.POSTPONED)
    causes: tuple[tuple[ChangeCause, RegistrationState], ...] = ()
    causes_of_whole: tuple[tuple[ChangeCause, RegistrationState], ...] = ()
    member_causes: tuple[tuple[ChangeCause, RegistrationState], ...] = ()
    tells_replaced: bool = False
    member_true_while: tuple[MemberState, ...] = (MemberState.COMING,)
    tells: tuple[EventChangeKind, ...] = ()
    useful_for_at_least: timedelta = timedelta(0)
    gathers: bool = False
    calendar: CalendarPart = CalendarPart.NONE
    has_ticket: bool = False
    also_by_sms: bool = False
    sms_needs_link: bool = False
    needs_sms_consent: bool = False
    waits_for_daytime: bool = False
    repeat_when_unclear: bool = True
    tells_of_needs: bool = False
    is_question: bool = False
    is_optional: bool = False


def until_event_ends(registration: Registration, at: datetime) -> datetime:
    """A message about taking part is of use until the event is over."""
    return registration.event.ends_at or at + A_WEEK


def until_event_starts(registration: Registration, at: datetime) -> datetime:
    """A message about a seat that one does not have is of use until the event begins."""
    return registration.event.starts_at or at + A_WEEK


def for_a_day(registration: Registration, at: datetime) -> datetime:  # noqa: ARG001 - the same question to every kind
    """The answer to a click is of use for a day."""
    return at + A_DAY


def for_a_week(registration: Registration, at: datetime) -> datetime:  # noqa: ARG001 - as above
    """An acknowledgement is of use for a week."""
    return at + A_WEEK


def until_hold_expires(registration: Registration, at: datetime) -> datetime:
    """A link that confirms is of use while the seat is held."""
    return registration.hold_expires_at or at + A_DAY


def until_offer_expires(registration: Registration, at: datetime) -> datetime:
    """An offer is of use while it stands."""
    return registration.offer_expires_at or until_event_starts(registration, at)


def until_answer_is_due(registration: Registration, at: datetime) -> datetime:
    """A question is of use until it is to be answered."""
    return registration.intent_due_at or until_event_starts(registration, at)
