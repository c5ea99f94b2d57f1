"""A mailbox is spared what one may do without, and gets it again; its reader alone decides, by the key in every mail."""

from datetime import datetime

import structlog
from django.db import transaction

from notifications.enums import Channel, SuppressionReason, SuppressionScope
from notifications.models import Suppression

log = structlog.get_logger(__name__)

_OPTIONAL_MAIL = {"channel": Channel.EMAIL, "scope": SuppressionScope.OPTIONAL, "lifted_at": None}


@transaction.atomic
def stop_reminders(mailbox_key: str, *, at: datetime) -> None:
    """No more reminders to this mailbox, of which the key knows the keyed hash alone; again is the same."""
    defaults = {"reason": SuppressionReason.OPTED_OUT, "at": at}
    _row, is_new = Suppression.objects.get_or_create(**_OPTIONAL_MAIL, address_key=mailbox_key, defaults=defaults)
    if is_new:
        log.info("mailbox unsubscribed")


@transaction.atomic
def resume_reminders(mailbox_key: str, *, at: datetime) -> None:
    """Reminders again, also where a mail provider has taken a complaint for the reader's wish."""
    Suppression.objects.filter(**_OPTIONAL_MAIL, address_key=mailbox_key).update(lifted_at=at)
