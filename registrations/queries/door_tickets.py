"""The entry codes of a meeting and what the door may know behind each of them, for a phone that may lose its network."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper

from events.models import Event, Session
from registrations.enums import Attendance, MemberState, RegistrationState
from registrations.models import PartyMember, Registration
from registrations.queries.door_days import is_here, midnight_of, runs_on

_S: Final = RegistrationState

# What the door makes of a code: who is confirmed comes in, who waits has no seat yet, who is cancelled does not come.
TicketState = Literal["confirmed", "waitlisted", "cancelled"]


@dataclass(frozen=True)
class TicketAtDoor:
    """One entry code; whose it is stands there only while they are expected."""

    code: str
    state: TicketState
    name: str = ""
    category: str | None = None
    seats: int = 0
    attendance: str = Attendance.NOT_RECORDED
    no_photo: bool = False


def day_of(event: Event, *, at: datetime) -> tuple[datetime, datetime] | None:
    """From when to when the event's present day lasts: midnight to midnight on its clock, longer while a session runs on.

    Null: nothing of it is today.
    """
    zone = ZoneInfo(event.time_zone)
    sessions = list(event.sessions.filter(is_cancelled=False).order_by("starts_at", "id"))
    starts = midnight_of(min([at, *(one.starts_at for one in sessions if runs_on(one, at=at))]), zone)
    # On a clock, so that a day may have 23 hours.
    ends = starts + timedelta(days=1)
    here = [session for session in sessions if _overlaps(session, starts, ends)]
    if not here:
        return None
    # A session of several days is no reason to keep people on a phone overnight; one that runs into the night is.
    night = [s.ends_at for s in here if s.ends_at > ends and s.ends_at - s.starts_at < timedelta(days=1)]
    return starts, max([ends, *night])


def tickets_at_the_door(event: Event, *, at: datetime) -> Iterator[TicketAtDoor]:
    """Every code of the event, in no order; codes that admit nobody come without a name.

    Who came to a meeting of several days on another of them has not come yet.
    """
    registrations = Registration.objects.filter(event=event, erased_at=None)
    came = ExpressionWrapper(is_here(event, at=at), BooleanField())
    people = registrations.select_related("participant", "category").annotate(came=came).order_by()
    for registration in people:
        state = _state(registration) if registration.contact_comes else "cancelled"
        if state == "cancelled":
            yield TicketAtDoor(registration.ticket_code, state)
        else:
            name, seats = registration.participant.full_name, registration.seats
            yield _ticket(registration, registration, name, state, seats, came=registration.came)
    came = ExpressionWrapper(is_here(event, at=at, member=True), BooleanField())
    members = PartyMember.objects.filter(registration__in=registrations).annotate(came=came).order_by()
    for member in members.select_related("registration__category"):
        state = _state(member.registration) if member.state == MemberState.COMING else "cancelled"
        if state == "cancelled":
            yield TicketAtDoor(member.ticket_code, state)
        else:
            yield _ticket(member.registration, member, member.full_name, state, 1, came=member.came)


def _ticket(
    registration: Registration,
    holder: Registration | PartyMember,
    name: str,
    state: TicketState,
    seats: int,
    *,
    came: bool,
) -> TicketAtDoor:
    category = registration.category.code if registration.category is not None else None
    was_here = holder.attendance == Attendance.PRESENT and not came
    attendance = Attendance.NOT_RECORDED if was_here else holder.attendance
    return TicketAtDoor(holder.ticket_code, state, name, category, seats, attendance, no_photo=registration.no_photo)


def _state(registration: Registration) -> TicketState:
    # A seat that is held or offered is good at the door (`settle_at_the_door`).
    if registration.state in {_S.CONFIRMED, _S.HELD, _S.OFFERED} and registration.holds_seat:
        return "confirmed"
    return "waitlisted" if registration.is_active else "cancelled"


def _overlaps(session: Session, starts: datetime, ends: datetime) -> bool:
    return session.starts_at < ends and session.ends_at > starts
