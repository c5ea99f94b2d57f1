"""What providers report later: states only move forward, and nothing here sends."""

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from notifications.enums import Delivery, MessageState
from notifications.models import Message, ProviderReport

_S = MessageState

# A report may come before the provider's own answer, or after we gave up waiting for it.
_OPEN: Final = (_S.PLANNED, _S.SENDING, _S.UNKNOWN)
_LEADS_TO: Final = {
    Delivery.ON_ITS_WAY: (_S.SENT, _OPEN),
    Delivery.DELIVERED: (_S.DELIVERED, (*_OPEN, _S.SENT)),
    Delivery.LOST: (_S.FAILED, (*_OPEN, _S.SENT)),
}


@transaction.atomic
def record_report(
    message_id: uuid.UUID, *, provider_id: str, status: str, delivery: Delivery, code: str, at: datetime
) -> bool:
    """Keep the report and move the message on; False: we have no such message."""
    message = Message.objects.filter(pk=message_id).only("pk", "provider_id").first()
    if message is None:
        return False
    report = ProviderReport(message=message, provider_id=provider_id, status=status, code=code, at=at)
    ProviderReport.objects.bulk_create([report], ignore_conflicts=True)
    to, sources = _LEADS_TO[delivery]
    reason = f"{status} {code}".strip() if delivery == Delivery.LOST else ""
    Message.objects.filter(pk=message_id, state__in=sources).update(
        state=to,
        state_reason=reason,
        provider_id=provider_id,
        provider_status=status,
        lease_token=None,
        lease_until=None,
    )
    Message.objects.filter(pk=message_id, sent_at=None).update(sent_at=at)
    return True
