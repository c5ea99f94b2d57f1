"""Who is in a party, from rows that are loaded already: who comes, whom a change is about, whom it replaced. Pure."""

from collections.abc import Iterable
from typing import Final

from registrations.enums import ChangeCause, MemberState
from registrations.models import PartyMember, RegistrationChange

# Without somebody named they are about the person who registered.
_OF_ONE: Final = (ChangeCause.MEMBER_ADDED, ChangeCause.MEMBER_CANCELLED, ChangeCause.MEMBER_SUBSTITUTED)


def coming(members: Iterable[PartyMember]) -> list[PartyMember]:
    """Those who come, in the order in which they were named."""
    return [member for member in members if member.state == MemberState.COMING]


def concerned(change: RegistrationChange, members: Iterable[PartyMember]) -> list[PartyMember]:
    """Whom a change is about; where it is about the whole registration, all who came until then or come now."""
    if change.member_id is not None or change.cause in _OF_ONE:
        return [member for member in members if member.pk == change.member_id]
    return [member for member in members if member.state == MemberState.COMING or member.ended_at == change.at]


def replaced(change: RegistrationChange, members: Iterable[PartyMember]) -> list[PartyMember]:
    """Whom somebody else has replaced by this change; nobody: the person who registered has given up the own place."""
    return [member for member in members if member.state == MemberState.REPLACED and member.ended_at == change.at]
