"""Which addresses must not be used any more, and which may be used again."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction

from events.models import User
from notifications.enums import Channel, SuppressionReason, SuppressionScope
from notifications.models import Message, Suppression
from notifications.queries.suppressions import address_key, standing_suppressions

log = structlog.get_logger(__name__)

_LONGEST_DETAIL: Final = 200


@transaction.atomic
def suppress(
    channel: Channel,
    address: str,
    *,
    reason: SuppressionReason,
    scope: SuppressionScope = SuppressionScope.ALL,
    detail: str = "",
    message: Message | None = None,
    at: datetime,
) -> bool:
    """Use an address no more, of which only the keyed hash is kept; False: somebody has said so before.

    `detail`: the provider's code or words, without an address. `message`: the one that showed it.
    """
    _row, is_new = Suppression.objects.get_or_create(
        channel=channel,
        address_key=address_key(channel, address),
        scope=scope,
        lifted_at=None,
        defaults={"reason": reason, "detail": detail[:_LONGEST_DETAIL], "message": message, "at": at},
    )
    if is_new:
        log.info("address suppressed", channel=channel.value, scope=scope.value, reason=reason.value)
    return is_new


@transaction.atomic
def lift(
    channel: Channel,
    address: str,
    *,
    reasons: Collection[SuppressionReason] = tuple(SuppressionReason),
    by: User | None = None,
    at: datetime,
) -> int:
    """Use an address again, as far as it was given up for one of these reasons; how many suppressions that ends.

    `by` null: the person, who wrote START.
    """
    standing = standing_suppressions(channel, [address]).filter(reason__in=list(reasons))
    return standing.update(lifted_at=at, lifted_by=by)
