"""After a restore from backup: what may have been sent since the backup must not be sent again."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from notifications.enums import Channel, MessageState, StateReason
from notifications.models import Message

_S = MessageState


@transaction.atomic
def end_messages(*, due_before: datetime, is_rehearsal: bool = False) -> Counter[tuple[str, str]]:
    """End what was due before a moment and would go out now; how many of each kind and channel.

    `due_before` is when the lost database was last at work. What was put off to a later moment has not gone, and stays.
    A mail that was being sent stays unknown and is not repeated; of an SMS the provider knows, and is asked.
    """
    put_off = Q(created_at__lt=due_before, next_attempt_at__gte=due_before)
    waiting = Message.objects.filter(state=_S.PLANNED, due_at__lt=due_before).exclude(put_off)
    begun = Message.objects.filter(channel=Channel.EMAIL, due_at__lt=due_before).filter(
        Q(state=_S.SENDING) | Q(state=_S.UNKNOWN, lease_until__isnull=False)
    )
    rows = Message.objects.filter(pk__in=[*waiting.values_list("pk", flat=True), *begun.values_list("pk", flat=True)])
    counts: Counter[tuple[str, str]] = Counter(rows.order_by("id").values_list("kind", "channel"))
    if not is_rehearsal:
        no_lease = {"lease_token": None, "lease_until": None}
        begun.update(state=_S.UNKNOWN, state_reason=StateReason.NOT_REPEATED, **no_lease)
        waiting.update(state=_S.MISSED, state_reason=StateReason.RESTORED, **no_lease)
    return counts
