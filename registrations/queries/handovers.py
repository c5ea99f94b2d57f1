"""What of a registration is of an earlier person: whoever took it over sees nothing from before."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from registrations.enums import ChangeCause
from registrations.models import RegistrationChange


def is_of_earlier_person(*, registration: str = "registration", moment: str) -> Exists:
    """Whether somebody else took the registration over after the moment of a row; both are names of its columns."""
    handovers = RegistrationChange.objects.filter(cause=ChangeCause.MEMBER_SUBSTITUTED, member=None)
    return Exists(handovers.filter(registration=OuterRef(registration), at__gt=OuterRef(moment)))


def own_history(changes: Sequence[RegistrationChange]) -> list[RegistrationChange]:
    """What has happened since the registration is of the person who has it now, in the order of the rows given."""
    taken_over_at = _taken_over_at(changes)
    return [change for change in changes if taken_over_at is None or change.at >= taken_over_at]


def _taken_over_at(changes: Sequence[RegistrationChange]) -> datetime | None:
    of_whole = (
        change.at for change in changes if change.cause == ChangeCause.MEMBER_SUBSTITUTED and change.member_id is None
    )
    return max(of_whole, default=None)
