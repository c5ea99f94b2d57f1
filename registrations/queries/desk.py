"""One registration as staff look at it, with everything that happened."""

from dataclasses import dataclass
from datetime import datetime

from events.models import User
from registrations.enums import ChangeCause
from registrations.models import CheckIn, Registration, RegistrationChange


@dataclass(frozen=True)
class Happening:
    """One line of a registration's history: it was moved or asked for, or its person came to the door."""

    at: datetime
    what: str
    state: str
    by: User | None
    reason: str


def registration_history(registration: Registration) -> list[Happening]:
    """Everything that happened to a registration, the latest first; two queries however much it is.

    That a need was answered is left out: who reads this knows the name, and is not to know that there is a need.
    """
    rows = registration.changes.exclude(cause=ChangeCause.NEED_ANSWERED)
    changes: list[RegistrationChange] = list(rows.select_related("by").order_by("id"))
    check_ins: list[CheckIn] = list(registration.check_ins.select_related("by").order_by("id"))
    lines = [
        Happening(
            at=change.at,
            what=change.get_cause_display(),
            state=change.get_to_state_display() if change.from_state != change.to_state else "",
            by=change.by,
            reason=change.reason,
        )
        for change in changes
    ]
    lines += [
        Happening(at=row.at, what=row.get_kind_display(), state=row.get_source_display(), by=row.by, reason=row.reason)
        for row in check_ins
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)
