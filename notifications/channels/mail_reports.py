"""Mails that report on a mail of ours (RFC 3464), and what a report means for its address. Pure."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as RawMail
from email.parser import BytesParser
from typing import Final

from notifications.enums import Delivery, SuppressionReason, SuppressionScope
from notifications.tokens import message_of_bounce

BOUNCED: Final = "bounced"
_DELAYED: Final = "delayed"
# Who got it, as servers write it down when they hand a mail to a program.
_ADDRESSED: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_RETURNED: Final = frozenset({"message/rfc822", "text/rfc822-headers"})
_CODE: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_OWN_ID: Final = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
# RFC 3463: 5.1.x is about the address, but for those that are about ours or say that it was right; 5.2.1 is a mailbox
# that takes nothing any more.
_ADDRESS_IS_GONE: Final = re.compile(r"5\.(?:1\.(?!5$|7$|8$)\d+|2\.1)")
# What a server did (RFC 3464, 2.3.3), the worst first: of several, the worst is the news.
_ACTIONS: Final = {
    "failed": (BOUNCED, Delivery.LOST),
    "delayed": (_DELAYED, Delivery.ON_ITS_WAY),
    "relayed": ("relayed", Delivery.ON_ITS_WAY),
    "expanded": ("expanded", Delivery.ON_ITS_WAY),
    "delivered": ("delivered", Delivery.DELIVERED),
}


@dataclass(frozen=True, kw_only=True)
class MailReport:
    """What became of a mail: `status` in one word, `code` as in RFC 3463 where there is one."""

    message_id: uuid.UUID
    status: str
    delivery: Delivery
    code: str = ""
    suppression: tuple[SuppressionReason, SuppressionScope] | None = None


def report_of(raw: bytes, *, recipient: str = "") -> MailReport | None:
    """What a mail says about one of ours; None: it is no report, or about nothing that we know.

    `recipient`: whom it was sent to, where the mail server says so. Who answers by hand or by a program (out of office)
    writes to the same address, and reports nothing.
    """
    mail = BytesParser().parsebytes(raw)
    if mail.get_content_type() != "multipart/report":
        return None
    parts = _inner(mail)
    said = sorted(_of_recipients(parts), key=lambda one: list(_ACTIONS).index(one[0]))
    message_id = _message_of(mail, recipient) or _returned(parts)
    if message_id is None or not said:
        return None
    action, code = said[0]
    status, delivery = _ACTIONS[action]
    return MailReport(
        message_id=message_id,
        status=status,
        delivery=delivery,
        code=code,
        suppression=gone(code) if delivery == Delivery.LOST else None,
    )


def gone(code: str) -> tuple[SuppressionReason, SuppressionScope] | None:
    """What a permanent failure says about the address: nothing, unless nobody will ever read there."""
    if _ADDRESS_IS_GONE.fullmatch(code):
        return SuppressionReason.BOUNCED, SuppressionScope.ALL
    return None


def code_in(text: str) -> str:
    """The first enhanced status code in a server's words; "" where there is none."""
    found = _CODE.search(text)
    return found[0] if found else ""


def _of_recipients(parts: list[RawMail]) -> Iterator[tuple[str, str]]:
    """Action and code of everybody whom the report is about; the first block is about the mail as a whole."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            for block in _inner(part):
                action = str(block["Action"] or "").strip().lower()
                if action in _ACTIONS:
                    yield action, _code(block)


def _code(block: RawMail) -> str:
    code = code_in(str(block["Status"] or ""))
    if code and not code.endswith(".0.0"):
        return code
    # Some servers (Exim) only say that it failed, and leave the reason to the words of the other one.
    return code_in(str(block["Diagnostic-Code"] or "")) or code


def _message_of(mail: RawMail, recipient: str) -> uuid.UUID | None:
    named = [recipient, *(str(value) for name in _ADDRESSED for value in mail.get_all(name, ()))]
    return next((found for address in named if (found := message_of_bounce(address)) is not None), None)


def _returned(parts: list[RawMail]) -> uuid.UUID | None:
    """The id of the mail that came back: only who got or carried it knows that."""
    for part in parts:
        if part.get_content_type() in _RETURNED:
            headers = next(iter(_inner(part)), None) or BytesParser().parsebytes(_bytes_of(part), headersonly=True)
            if found := _OWN_ID.search(str(headers["Message-ID"] or "").lower()):
                return uuid.UUID(found[1])
    return None


def _inner(part: RawMail) -> list[RawMail]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, RawMail)] if isinstance(payload, list) else []


def _bytes_of(part: RawMail) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
