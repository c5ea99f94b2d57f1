"""Taking the list of people away, as a file or on paper: never without a row in the access log."""

from collections.abc import Iterable
from datetime import datetime

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.models import Event, User
from registrations.enums import RegistrationState
from registrations.exports.people import PeopleTable
from registrations.queries.attendance import Attendee, attendees
from registrations.queries.exports import people_in
from registrations.queries.lists import ListFilters


def take_people_away(
    event: Event, filters: ListFilters, *, in_words: bool, language: str, by: User, at: datetime
) -> PeopleTable:
    """The table of the people whom the filters leave; that it was taken is written down before its first line."""
    note_access(by, AccessKind.EXPORT, event=event, people=people_in(event, **filters), at=at)
    return PeopleTable(event, filters, in_words=in_words, language=language)


def print_people(
    event: Event, *, about: str, states: Iterable[RegistrationState], by: User, at: datetime
) -> list[Attendee]:
    """Everybody whose registration stands there and who has a name, for paper in Polish order.

    `about`: what the access log calls the paper. Whoever was erased is not on it.
    """
    people = [person for person in attendees(event, states=states) if person.listed_name]
    note_access(by, AccessKind.EXPORT, event=event, about=about, people=len(people), at=at)
    return people
