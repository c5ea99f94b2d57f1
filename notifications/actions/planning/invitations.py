"""Invitations that somebody wants to be sent, as messages to the people invited."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from events.enums import EventStatus
from events.queries.registration_windows import registration_closes_at
from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import INVITED
from notifications.models import Message
from registrations.enums import ACTIVE_STATES
from registrations.models import Invitation, Registration

BATCH: Final = 500
# What is not announced (any more) may be later; until then its invitations wait.
_WAITS: Final = (EventStatus.DRAFT, EventStatus.IN_REVIEW, EventStatus.POSTPONED)


@transaction.atomic
def plan_invitations(*, at: datetime) -> int | None:
    """One batch; None when there is none left."""
    taken_up = Registration.objects.filter(invitation=OuterRef("pk"), state__in=ACTIVE_STATES)
    invitations = list(
        Invitation.objects.filter(planned_at=None, send_requested_at__isnull=False)
        .exclude(Q(event__status__in=_WAITS) & Q(revoked_at=None))
        .annotate(is_taken_up=Exists(taken_up))
        .select_related("event__policy")
        .prefetch_related("event__sessions")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")[:BATCH]
    )
    if not invitations:
        return None
    messages = [
        _message(invitation, at=at)
        for invitation in invitations
        if invitation.email
        and invitation.revoked_at is None
        and invitation.event.status == EventStatus.PUBLISHED
        and not invitation.is_taken_up
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    Invitation.objects.filter(pk__in=[invitation.pk for invitation in invitations]).update(planned_at=at)
    return len(messages)


def _message(invitation: Invitation, *, at: datetime) -> Message:
    assert invitation.send_requested_at is not None
    closes_at = registration_closes_at(invitation.event) or at
    is_late = at >= closes_at
    return Message(
        # Asked for once more, it is sent once more.
        dedupe_key=f"{INVITED.name}:{invitation.pk}:{invitation.send_requested_at:%Y%m%d%H%M%S%f}:{Channel.EMAIL}",
        kind=INVITED.name,
        channel=Channel.EMAIL,
        priority=INVITED.priority,
        invitation=invitation,
        event=invitation.event,
        language=invitation.language,
        state=MessageState.MISSED if is_late else MessageState.PLANNED,
        state_reason=StateReason.TOO_LATE if is_late else "",
        created_at=at,
        due_at=invitation.send_requested_at,
        useful_until=closes_at,
        next_attempt_at=at,
    )
