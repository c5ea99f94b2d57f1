"""What a mail provider tells us by its webhook, in the words of django-anymail, as a report. Pure."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final, Protocol

from notifications.channels.mail_reports import BOUNCED, MailReport, code_in, gone
from notifications.enums import Delivery, SuppressionReason, SuppressionScope

_Suppression = tuple[SuppressionReason, SuppressionScope]

_DELIVERIES: Final = {
    "delivered": Delivery.DELIVERED,
    "deferred": Delivery.ON_ITS_WAY,
    BOUNCED: Delivery.LOST,
    "rejected": Delivery.LOST,
    "failed": Delivery.LOST,
    # Who can say so has got it.
    "complained": Delivery.DELIVERED,
    "unsubscribed": Delivery.DELIVERED,
}
_GONE: Final = (SuppressionReason.BOUNCED, SuppressionScope.ALL)
# Somebody who calls one mail unwanted still has to know when a meeting is called off.
_UNWANTED: Final = (SuppressionReason.COMPLAINT, SuppressionScope.OPTIONAL)
_DONE_WITHOUT: Final = (SuppressionReason.OPTED_OUT, SuppressionScope.OPTIONAL)
_OF_EVENT: Final[Mapping[str, _Suppression]] = {"complained": _UNWANTED, "unsubscribed": _DONE_WITHOUT}
# Why a provider did not even try: what it knows of the address from before.
_NOT_TRIED: Final[Mapping[str, _Suppression]] = {
    "invalid": _GONE,
    "bounced": _GONE,
    "spam": _UNWANTED,
    "unsubscribed": _DONE_WITHOUT,
}
_ID: Final = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@[^>]*>?)?", re.IGNORECASE)


class MailEvent(Protocol):
    """Of `anymail.signals.AnymailTrackingEvent` what is read here."""

    event_type: str
    message_id: str | None
    metadata: Mapping[str, Any] | None
    mta_response: str | None
    reject_reason: str | None


def report_of_event(event: MailEvent) -> MailReport | None:
    """The report; None: it is about no mail of ours, or about nothing that we want to know (opened, clicked)."""
    delivery = _DELIVERIES.get(event.event_type)
    message_id = _message_of(event)
    if delivery is None or message_id is None:
        return None
    code = code_in(event.mta_response or "")
    return MailReport(
        message_id=message_id,
        status=event.event_type,
        delivery=delivery,
        code=code,
        suppression=_suppression(event, code, is_lost=delivery == Delivery.LOST),
    )


def _message_of(event: MailEvent) -> uuid.UUID | None:
    """As our own `Message-ID`, or as the metadata `message` where the provider gives ids of its own."""
    for said in ((event.metadata or {}).get("message"), event.message_id):
        if said and (found := _ID.fullmatch(str(said).strip())):
            return uuid.UUID(found[1])
    return None


def _suppression(event: MailEvent, code: str, *, is_lost: bool) -> _Suppression | None:
    if not is_lost:
        return _OF_EVENT.get(event.event_type)
    if code:
        # The other server's own words say more than the provider's class of them.
        return gone(code)
    if event.event_type == BOUNCED:
        # A full mailbox is a bounce too; only an address that is none needs no further word.
        return _GONE if event.reject_reason == "invalid" else None
    return _NOT_TRIED.get(event.reject_reason or "")
