"""Writing down that somebody of the staff has seen a registration."""

from datetime import datetime

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.models import Event, User
from registrations.models import Registration


def note_look(event: Event, registration: Registration, *, by: User, at: datetime) -> None:
    """One row for one look at one registration with its whole party."""
    people = 1 + registration.members.count()
    note_access(by, AccessKind.REGISTRATION, event=event, about=registration.reference, people=people, at=at)
