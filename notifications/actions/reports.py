"""What providers report later: states only move forward, and nothing here sends; what stands in is planned."""

import uuid
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q

from notifications.actions.channel_states import note_trouble
from notifications.actions.standing_in import plan_instead
from notifications.actions.suppressing import suppress
from notifications.enums import Channel, Delivery, Loss, MessageState, SuppressionReason
from notifications.models import Message, ProviderReport
from notifications.models.messages import status_to_keep

log = structlog.get_logger(__name__)

_S = MessageState

# A report may come before the provider's own answer, or after we gave up waiting for it.
_OPEN: Final = (_S.PLANNED, _S.SENDING, _S.UNKNOWN)
_LEADS_TO: Final = {
    Delivery.ON_ITS_WAY: (_S.SENT, _OPEN),
    Delivery.DELIVERED: (_S.DELIVERED, (*_OPEN, _S.SENT)),
    Delivery.LOST: (_S.FAILED, (*_OPEN, _S.SENT)),
}
_SUPPRESSES: Final = {
    Loss.NO_MOBILE_PHONE: SuppressionReason.INVALID,
    Loss.OPTED_OUT: SuppressionReason.OPTED_OUT,
}


@transaction.atomic
def record_report(
    message_id: uuid.UUID,
    *,
    provider_id: str,
    status: str,
    delivery: Delivery,
    code: str,
    loss: Loss = Loss.FOR_GOOD,
    segments: int | None = None,
    at: datetime,
) -> bool:
    """Keep the report and move the message on; False: we have no such message.

    `loss`: what it tells of the number when the message was lost. What stands in for it is planned once, however often
    that is reported.
    """
    message = Message.objects.select_related("registration__participant").filter(pk=message_id).first()
    if message is None:
        return False
    status = status_to_keep(status)
    report = ProviderReport(message=message, provider_id=provider_id, status=status, code=code, at=at)
    ProviderReport.objects.bulk_create([report], ignore_conflicts=True)
    to, sources = _LEADS_TO[delivery]
    reason = f"{status} {code}".strip() if delivery == Delivery.LOST else ""
    rows = Message.objects.filter(pk=message_id, state__in=sources)
    if delivery == Delivery.LOST:
        # Of two that went out after an unclear answer, the loss of one says nothing of the other.
        rows = rows.filter(Q(provider_id="") | Q(provider_id=provider_id))
    has_moved = rows.update(
        state=to,
        state_reason=reason,
        provider_id=provider_id,
        provider_status=status,
        lease_token=None,
        lease_until=None,
    )
    Message.objects.filter(pk=message_id, sent_at=None).update(sent_at=at)
    if segments is not None:
        Message.objects.filter(pk=message_id).update(segments=segments)
    if has_moved and delivery == Delivery.LOST:
        _settle_loss(message, loss, code=code, at=at)
    return True


def _settle_loss(message: Message, loss: Loss, *, code: str, at: datetime) -> None:
    channel = Channel(message.channel)
    if loss in _SUPPRESSES and message.to:
        suppress(channel, message.to, reason=_SUPPRESSES[loss], detail=code, message=message, at=at)
    if loss == Loss.FILTERED:
        # The same words will be taken for spam again: somebody has to look at them.
        log.warning("message filtered", channel=channel.value, kind=message.kind, message=str(message.pk), code=code)
        note_trouble(channel, f"{code} {message.kind}")
    plan_instead(message, may_repeat=loss == Loss.FOR_NOW, at=at)
