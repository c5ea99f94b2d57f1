"""What a message says of a registration: who of the party comes with which code, and whether people will be asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from events.enums import EventStatus, NoAnswer
from events.models import Event
from notifications.rendering.words import moment
from registrations.enums import AttendanceIntent, RegistrationState
from registrations.models import PartyMember, Registration
from registrations.queries.asking import asks_at

# An SMS has room for so many codes; the others are on the person's page.
_MOST_CODES: Final = 4


@dataclass(frozen=True)
class Holder:
    """Somebody who comes, and the code that admits them."""

    name: str
    code: str


def asking_values(event: Event, registration: Registration, zone: ZoneInfo, *, at: datetime) -> dict[str, object]:
    """That people will be asked whether they still come, or until when they are to answer; and what follows if not."""
    policy, moment_of_asking = event.policy, asks_at(event)
    will_ask = (
        registration.state == RegistrationState.CONFIRMED
        and event.status == EventStatus.PUBLISHED
        and moment_of_asking is not None
        and at < moment_of_asking
    )
    due_at = registration.intent_due_at
    return {
        "ask_days": policy.ask_days_before if will_ask else 0,
        "is_asked": registration.attendance_intent == AttendanceIntent.ASKED,
        "answer_by": moment(due_at, zone) if due_at else "",
        "seat_is_released": policy.ask_no_answer == NoAnswer.RELEASE,
    }


def party_values(registration: Registration, party: Sequence[PartyMember], *, is_short: bool) -> dict[str, object]:
    """Everybody of the party with their codes, for the person who registered; `is_short`: what an SMS has room for."""
    if registration.state != RegistrationState.CONFIRMED:
        return {}
    holders = [Holder(member.full_name, member.ticket_code) for member in party]
    own_code = registration.ticket_code if registration.contact_comes else ""
    if own_code:
        holders.insert(0, Holder(_name_of(registration), own_code))
    return {
        "holders": holders if party else [],
        "ticket_code": _codes(holders) if is_short else own_code,
    }


def member_values(registration: Registration, member: PartyMember) -> dict[str, object]:
    """The same for one of them: the own code, and whom to turn to; the page of the registration is not theirs."""
    return {
        "registered_by": _name_of(registration),
        "holders": [],
        "ticket_code": member.ticket_code,
        "seats": 1,
        "ask_days": 0,
        "is_asked": False,
        "manage_link": "",
    }


def _codes(holders: Sequence[Holder]) -> str:
    codes = ", ".join(holder.code for holder in holders[:_MOST_CODES])
    left_out = len(holders) - _MOST_CODES
    return f"{codes} (+{left_out})" if left_out > 0 else codes


def _name_of(registration: Registration) -> str:
    participant = getattr(registration, "participant", None)
    return participant.full_name if participant is not None else ""
