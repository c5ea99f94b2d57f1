"""Taking the list of people away as a file: never without a row in the access log."""

from datetime import datetime

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.models import Event, User
from registrations.exports.people import PeopleTable
from registrations.queries.exports import people_in
from registrations.queries.lists import ListFilters


def take_people_away(
    event: Event, filters: ListFilters, *, in_words: bool, language: str, by: User, at: datetime
) -> PeopleTable:
    """The table of the people whom the filters leave; that it was taken is written down before its first line."""
    note_access(by, AccessKind.EXPORT, event=event, people=people_in(event, **filters), at=at)
    return PeopleTable(event, filters, in_words=in_words, language=language)
