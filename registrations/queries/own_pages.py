"""Everything that a person's own page shows about one registration, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from events.enums import EventStatus
from events.models import Event, Session
from registrations.enums import Attendance, ChangeCause, MemberState, RegistrationState
from registrations.models import (
    AccommodationRequest,
    Answer,
    CalendarFeed,
    NoShowPause,
    PartyMember,
    Registration,
    RegistrationChange,
)
from registrations.queries.handovers import own_history
from registrations.queries.lists import position_of
from registrations.queries.needs import needs_of
from registrations.queries.no_shows import pause_of
from registrations.queries.questions import answers_of

_S = RegistrationState


@dataclass(frozen=True)
class OwnPageFacts:
    """A registration with its dates, its place in the queue, its calendar and what happened to it.

    `pause`: it was made while its person queues last, or did until they objected.
    """

    registration: Registration
    sessions: list[Session]
    position: int | None
    feed: CalendarFeed | None
    changes: list[RegistrationChange]
    answers: list[Answer]
    needs: list[AccommodationRequest]
    members: list[PartyMember]
    pause: NoShowPause | None

    @property
    def history(self) -> list[RegistrationChange]:
        """What happened since the registration is this person's."""
        return own_history(self.changes)

    @property
    def coming(self) -> list[PartyMember]:
        """Who of the party comes beside the person who registered."""
        return [member for member in self.members if member.state == MemberState.COMING]

    @property
    def people(self) -> int:
        """How many people come, an assistant apart."""
        return len(self.coming) + int(self.registration.contact_comes)

    @property
    def rejection(self) -> str:
        """Why the application was rejected, in the organiser's words."""
        reasons = [change.reason for change in self.changes if change.cause == ChangeCause.REJECTED]
        return reasons[-1] if reasons else ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended for good; one that ran out may come back."""
        return not self.registration.is_active and self.registration.state != _S.EXPIRED

    @property
    def has_lapsed_offer(self) -> bool:
        """Whether an offered seat ran out, rather than the time to confirm the address."""
        return self.registration.state == _S.EXPIRED and self.registration.offer_expires_at is not None

    @property
    def was_asked_before_date(self) -> bool:
        """Whether people were asked because the date is near, and not only because it was a new one."""
        return any(change.cause == ChangeCause.ASKED_STILL_COMING for change in self.changes)

    @property
    def was_released(self) -> bool:
        """Whether the seat has gone to others because no answer came in time."""
        lost = {change.to_state for change in self.changes if change.cause == ChangeCause.NO_ANSWER}
        return self.registration.state == _S.CANCELLED_BY_ORGANIZER and _S.CANCELLED_BY_ORGANIZER in lost


def is_too_late_to_cancel(registration: Registration, *, at: datetime) -> bool:
    """Whether a person can no longer cancel by themselves: they, or some of their party, have come; or the event is over."""
    if registration.attendance == Attendance.PRESENT or is_over(registration.event, at=at):
        return True
    has_party = registration.seats > 1 or not registration.contact_comes
    return has_party and registration.members.filter(attendance=Attendance.PRESENT).exists()


def is_over(event: Event, *, at: datetime) -> bool:
    """Whether the event has ended; a meeting without a date is ahead, whenever it was to be at first."""
    return event.status != EventStatus.POSTPONED and event.ends_at is not None and event.ends_at <= at


def own_page_facts(registration: Registration) -> OwnPageFacts:
    """The facts behind a person's own door."""
    chosen = list(registration.sessions.select_related("room").order_by("starts_at", "id"))
    everything = registration.event.sessions.select_related("room").order_by("starts_at", "position", "id")
    key = registration.email_key
    return OwnPageFacts(
        registration=registration,
        sessions=chosen or list(everything),
        position=position_of(registration),
        feed=CalendarFeed.objects.filter(email_key=key).first() if key else None,
        changes=list(registration.changes.order_by("id")),
        answers=answers_of(registration),
        needs=needs_of(registration),
        members=list(registration.members.order_by("id")),
        pause=pause_of(registration),
    )
