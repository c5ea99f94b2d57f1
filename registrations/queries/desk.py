"""One registration as staff look at it, with everything that happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registrations.enums import ChangeCause
from registrations.models import CheckIn, Registration, RegistrationChange

# What nobody of the staff did is done by the person, or by the service when something is due.
_BY_ITSELF: Final = frozenset(
    {
        ChangeCause.HOLD_EXPIRED,
        ChangeCause.PROMOTED,
        ChangeCause.QUEUE_CHANGED,
        ChangeCause.OFFER_LAPSED,
        ChangeCause.EVENT_CANCELLED,
        ChangeCause.SEATS_CHANGED,
        ChangeCause.ASKED_STILL_COMING,
        ChangeCause.NO_ANSWER,
    }
)
_THE_PERSON: Final = _("the person")
_THE_SERVICE: Final = _("the service itself")
# Nobody knows whether it was the owner of the address.
_SOMEBODY: Final = _("somebody with this address")


@dataclass(frozen=True)
class Happening:
    """One line of a registration's history: it was moved or asked for, or its person came to the door.

    `whom`: the member of the party whom it is about, "" for the whole of it.
    """

    at: datetime
    what: str
    state: str
    whom: str
    who: str | Promise
    reason: str


def registration_history(registration: Registration) -> list[Happening]:
    """Everything that happened to a registration, the latest first; two queries however much it is.

    That a need was answered is left out: who reads this knows the name, and is not to know that there is a need.
    """
    rows = registration.changes.exclude(cause=ChangeCause.NEED_ANSWERED)
    changes: list[RegistrationChange] = list(rows.select_related("by", "member").order_by("id"))
    check_ins: list[CheckIn] = list(registration.check_ins.select_related("by", "door_pass").order_by("id"))
    lines = [
        Happening(
            at=change.at,
            what=change.get_cause_display(),
            state=change.get_to_state_display() if change.from_state != change.to_state else "",
            whom=change.member.full_name if change.member else "",
            who=_who_did(change),
            reason=change.reason,
        )
        for change in changes
    ]
    lines += [
        Happening(
            at=row.happened_at,
            what=row.get_kind_display(),
            state=row.get_source_display(),
            whom="",
            who=str(row.who) if row.who else "",
            reason=row.reason,
        )
        for row in check_ins
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _who_did(change: RegistrationChange) -> str | Promise:
    if change.by is not None:
        return str(change.by)
    if change.cause == ChangeCause.ASKED_AGAIN:
        return _SOMEBODY
    return _THE_SERVICE if change.cause in _BY_ITSELF else _THE_PERSON
