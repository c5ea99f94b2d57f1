"""The one function by which needs change their state."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from events.models import User
from registrations.enums import NEED_MOVES, NeedState
from registrations.errors import NeedMoveNotAllowed
from registrations.models import AccommodationRequest, NeedChange


def move_needs(
    needs: Sequence[AccommodationRequest],
    *,
    to: NeedState,
    by: User | None,
    at: datetime,
    reason: str = "",
    columns: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Move needs: one conditional UPDATE for each state that some of them stand in, one change row for each need.

    `by` null: the person, or the end of their registration. `columns` change along with it. A move that is not in
    `NEED_MOVES` is refused, and so is one that somebody else was quicker with.
    """
    changes = [NeedChange(need=need, from_state=need.state, to_state=to, by=by, at=at, reason=reason) for need in needs]
    for was in sorted({need.state for need in needs}):
        moving = [need.pk for need in needs if need.state == was]
        standing = AccommodationRequest.objects.filter(pk__in=moving, state=was)
        if to not in NEED_MOVES[NeedState(was)] or standing.update(state=to, **columns) != len(moving):
            raise NeedMoveNotAllowed
    NeedChange.objects.bulk_create(changes)
    for need in needs:
        need.state = to
        for name, value in columns.items():
            setattr(need, name, value)
