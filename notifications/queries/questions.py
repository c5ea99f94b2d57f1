"""Questions whether people still come that never left, so that nobody has failed to answer them."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from notifications.enums import MessageState
from notifications.models import Message
from registrations.queries.asking import unanswered

_LEFT = (MessageState.SENT, MessageState.DELIVERED)


def unreached_people(*, kind: str, at: datetime) -> frozenset[int]:
    """The registrations whose limit has passed while no message of this kind that names it has left for sure."""
    left = Message.objects.filter(
        kind=kind,
        registration=OuterRef("pk"),
        useful_until=OuterRef("intent_due_at"),
        state__in=_LEFT,
    )
    return frozenset(unanswered(at=at).filter(~Exists(left)).values_list("pk", flat=True))
