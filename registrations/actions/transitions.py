"""The one function by which registrations change their state."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from events.models import User
from registrations.actions.history import record
from registrations.actions.needs import ask_anew, let_needs_go
from registrations.enums import ACTIVE_STATES, REGISTRATION_MOVES, ChangeCause, RegistrationState
from registrations.errors import NotActive
from registrations.models import Registration


def move(
    registrations: Sequence[Registration],
    *,
    to: RegistrationState,
    cause: ChangeCause,
    by: User | None,
    at: datetime,
    reason: str = "",
    notify: bool = True,
    columns: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Move registrations that all stand in one state: one conditional UPDATE, one change row for each.

    `columns` change along with it. A move that is not in `REGISTRATION_MOVES` is refused, and so is one that somebody
    else was quicker with. What people need goes when they do not come, and comes back with them.
    """
    was = RegistrationState(registrations[0].state)
    if to not in REGISTRATION_MOVES[was]:
        raise NotActive
    standing = Registration.objects.filter(pk__in=[registration.pk for registration in registrations], state=was)
    if standing.update(state=to, **columns) != len(registrations):
        raise NotActive
    for registration in registrations:
        registration.state = to
        for name, value in columns.items():
            setattr(registration, name, value)
    if to not in ACTIVE_STATES:
        let_needs_go(registrations, by=by, at=at)
    elif was == RegistrationState.EXPIRED:
        for registration in registrations:
            ask_anew(registration, at=at)
    record(registrations, cause, was=was, by=by, at=at, reason=reason, notify=notify)
