"""What happened to registrations: one row each, which is history for people and the intent to tell them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from events.models import User
from registrations.actions.entries import enter_changes
from registrations.enums import ChangeCause
from registrations.models import PartyMember, Registration, RegistrationChange

LETTERS_PER_HOUR: Final = 3


def record(
    registrations: Sequence[Registration],
    cause: ChangeCause,
    *,
    was: str,
    by: User | None,
    at: datetime,
    reason: str = "",
    notify: bool = True,
    member: PartyMember | None = None,
) -> None:
    """Write one row for each registration, which stands in its new state already, and send the ids up.

    `was` is the state it comes from, "" for a new one; `by` null: its person, or the queue itself. `member`: whom of the
    party it is about; null: whoever registered, or all of them.
    """
    change = RegistrationChange(member=member, cause=cause, from_state=was, by=by, at=at, reason=reason, notify=notify)
    enter_changes(registrations, change)


def may_write_again(registration: Registration, cause: ChangeCause, *, at: datetime) -> bool:
    """Whether a person may be written to once more for a cause that strangers can bring about as often as they like."""
    lately = registration.changes.filter(cause=cause, notify=True, at__gt=at - timedelta(hours=1))
    return lately.count() < LETTERS_PER_HOUR
