"""Forgetting what was said to people whose data are erased, and what was still to be said."""

from collections.abc import Collection
from typing import Final

from django.db.models import Q, QuerySet

from notifications.enums import MessageState, StateReason
from notifications.models import DeliveryAttempt, Message
from registrations.models import PartyMember
from registrations.queries.handovers import is_of_earlier_person

NO_TEXT: Final = {"body": "", "html": "", "calendar": "", "calendar_method": ""}
NOTHING_SAID: Final = {"to": "", "subject": "", **NO_TEXT}


def erase_messages(
    *, registration_ids: Collection[int], invitation_ids: Collection[int] = (), replaced_ids: Collection[int] = ()
) -> int:
    """Empty every message to these people, in the caller's transaction; how many there were.

    `replaced_ids`: members of parties whom somebody else has replaced; what was said to who passed a registration on goes too.
    What is planned is called off. What is being sent ends as its provider says, and is not asked about afterwards.
    """
    of_them = Q(registration__in=registration_ids) | Q(invitation__in=invitation_ids)
    if replaced_ids:
        passed_on = PartyMember.objects.filter(pk__in=replaced_ids).values("registration")
        before = Q(is_of_earlier_person(moment="created_at"), registration__in=passed_on, member=None)
        of_them |= Q(member__in=replaced_ids) | before
    theirs = Message.objects.filter(of_them)
    # Whoever sends one of them right now finishes its own short statement first, and then finds it called off.
    theirs.filter(state=MessageState.PLANNED).update(
        state=MessageState.CANCELLED, state_reason=StateReason.ERASED, lease_token=None, lease_until=None
    )
    # Nobody can be asked about it any more: it stays unknown.
    theirs.filter(state=MessageState.UNKNOWN).update(state_reason=StateReason.ERASED, lease_until=None)
    return empty_messages(theirs)


def empty_messages(messages: QuerySet[Message]) -> int:
    """Empty address, subject and texts, and what providers said, which may repeat the address; how many there were."""
    ids = list(messages.values_list("pk", flat=True))
    DeliveryAttempt.objects.filter(message__in=ids).exclude(detail="").update(detail="")
    rows = Message.objects.filter(pk__in=ids)
    rows.exclude(state_reason__in=["", *StateReason.values]).update(state_reason="")
    return rows.update(**NOTHING_SAID)
