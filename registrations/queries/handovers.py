"""What of a registration is of an earlier person: whoever took it over sees nothing from before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q

from registrations.enums import ChangeCause
from registrations.models import Registration, RegistrationChange

_OF_WHOLE: Final = Q(cause=ChangeCause.MEMBER_SUBSTITUTED, member=None)


def is_of_earlier_person(*, registration: str = "registration", moment: str) -> Exists:
    """Whether somebody else took the registration over after the moment of a row; both are names of its columns."""
    handovers = RegistrationChange.objects.filter(_OF_WHOLE, registration=OuterRef(registration))
    return Exists(handovers.filter(at__gt=OuterRef(moment)))


def is_passed_on(registration: Registration) -> bool:
    """Whether somebody else has taken the registration over."""
    return registration.changes.filter(_OF_WHOLE).exists()


def own_history(changes: Sequence[RegistrationChange]) -> list[RegistrationChange]:
    """What has happened since the registration is of the person who has it now, in the order of the rows given."""
    taken_over_at = _taken_over_at(changes)
    return [change for change in changes if taken_over_at is None or change.at >= taken_over_at]


def _taken_over_at(changes: Sequence[RegistrationChange]) -> datetime | None:
    of_whole = (
        change.at for change in changes if change.cause == ChangeCause.MEMBER_SUBSTITUTED and change.member_id is None
    )
    return max(of_whole, default=None)
