"""A message as an e-mail (RFC 5322, 2045, 6047), put together as bytes. Pure.

The library's message objects take every header apart and put it together again, twenty times the work of the rest. It
still writes addresses with names, and names of files that are not ASCII.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from email.headerregistry import Address, HeaderRegistry
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Final

from notifications.channels.outgoing import Attachment, Outgoing

_CRLF: Final = b"\r\n"
# What a line may be long (RFC 5322, 2.1.1).
_LINE: Final = 78
_BASE64_LINE: Final = 76
# Bytes of an encoded word, so that it fits into a line with the name of its header before it.
_WORD: Final = 39
# Letters and marks that need no quotes (RFC 5322, 3.2.3), as nearly all addresses.
_ATOMS: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN_ADDRESS: Final = re.compile(rf"({_ATOMS}(?:\.{_ATOMS})*)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)")
_REGISTRY: Final = HeaderRegistry()

_Headers = list[bytes]


def mail_of(outgoing: Outgoing, *, sender: str, domain: str) -> bytes:
    """The mail: text, HTML with its pictures and calendar part as alternatives, the calendar file beside them."""
    headers = [
        _address_header("From", sender),
        _recipient(outgoing.to),
        *([_address_header("Reply-To", outgoing.reply_to)] if outgoing.reply_to else []),
        _text_header("Subject", " ".join(outgoing.subject.split())),
        _plain("Date", format_datetime(outgoing.sent_at)),
        _plain("Message-ID", message_id(outgoing, domain=domain)),
        *_of_conversation(outgoing, domain),
        *_of_list(outgoing),
        b"Auto-Submitted: auto-generated",
        b"X-Auto-Response-Suppress: OOF, AutoReply",
        b"MIME-Version: 1.0",
        _plain("Content-Language", outgoing.language),
    ]
    return _CRLF.join([*headers, _content(outgoing)])


def _of_conversation(outgoing: Outgoing, domain: str) -> _Headers:
    """What keeps the mails of a registration together."""
    if not outgoing.references:
        return []
    return [_plain(name, f"<{outgoing.references}@{domain}>") for name in ("In-Reply-To", "References")]


def _of_list(outgoing: Outgoing) -> _Headers:
    """One click (RFC 8058), without a page to look at, in mails that one may do without."""
    if not outgoing.unsubscribe_url:
        return []
    return [
        _plain("List-Unsubscribe", f"<{outgoing.unsubscribe_url}>"),
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]


def message_id(outgoing: Outgoing, *, domain: str) -> str:
    """The same for every try, so that a mailbox can tell a repetition."""
    return f"<{outgoing.id}@{domain}>"


def address_of(text: str) -> Address:
    """A mailbox for a header, its domain in the form that every relay knows."""
    if plain := _PLAIN_ADDRESS.fullmatch(text):
        return Address(username=plain[1], domain=plain[2])
    name, address = parseaddr(text)
    local, _, host = address.rpartition("@")
    return Address(display_name=name, username=local, domain=host.encode("idna").decode() if host else "")


# Parts. Each is its headers, an empty line and its content, and ends with its last line.


def _content(outgoing: Outgoing) -> bytes:
    body = _text_part("text/plain", outgoing.text)
    alternatives = [body]
    if outgoing.html:
        alternatives.append(_html(outgoing))
    if outgoing.calendar and outgoing.calendar_method:
        # Programs that answer invitations read the alternative, the others open the file.
        method = f'; method="{outgoing.calendar_method}"'
        alternatives.append(_text_part("text/calendar", outgoing.calendar, method))
    files = [_file(file) for file in outgoing.attachments if not file.content_id]
    if outgoing.calendar:
        # Several dates at once may not be an invitation (RFC 5546 wants one UID): a plain file to open.
        name = "invite.ics" if outgoing.calendar_method else "calendar.ics"
        files.insert(0, _file(Attachment(name=name, media_type="application/ics", content=outgoing.calendar.encode())))
    if len(alternatives) > 1:
        body = _multipart("alternative", alternatives, outgoing)
    return _multipart("mixed", [body, *files], outgoing) if files else body


def _html(outgoing: Outgoing) -> bytes:
    html = _text_part("text/html", outgoing.html)
    pictures = [_file(picture) for picture in outgoing.attachments if picture.content_id]
    return _multipart("related", [html, *pictures], outgoing) if pictures else html


def _multipart(kind: str, parts: list[bytes], outgoing: Outgoing) -> bytes:
    # No line of quoted-printable or base64 can begin like this, and a repetition is the same to the last byte.
    boundary = f"=_{kind}_{outgoing.id.hex}"
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    # The line end before a boundary is the boundary's own.
    between = f"\r\n--{boundary}\r\n".encode()
    return b"%s%s%s\r\n--%s--\r\n" % (head, between[2:], between.join(parts), boundary.encode())


def _text_part(kind: str, text: str, parameters: str = "") -> bytes:
    """Text in quoted-printable: a relay that has to re-encode 8-bit text would break the signature."""
    # With a line end in any case: from the first one the encoder learns how lines end.
    lines = _CRLF.join([*text.encode().splitlines(), b""]) or _CRLF
    head = f'Content-Type: {kind}; charset="utf-8"{parameters}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + binascii.b2a_qp(lines, istext=True)


def _file(file: Attachment) -> bytes:
    where = "inline" if file.content_id else "attachment"
    headers: _Headers = [
        _plain("Content-Type", file.media_type),
        b"Content-Transfer-Encoding: base64",
        _disposition(where, file.name),
        *([_plain("Content-ID", f"<{file.content_id}>")] if file.content_id else []),
    ]
    return _CRLF.join([*headers, b"", _base64(file.content)])


def _base64(content: bytes) -> bytes:
    encoded = base64.b64encode(content)
    lines = [encoded[start : start + _BASE64_LINE] for start in range(0, len(encoded), _BASE64_LINE)]
    return b"".join(b"%s\r\n" % line for line in lines)


# Headers


def _plain(name: str, value: str) -> bytes:
    """A header of ours, short and ASCII."""
    return f"{name}: {value}".encode("ascii")


def _text_header(name: str, value: str) -> bytes:
    header = f"{name}: {value}"
    # What looks like an encoded word would be read as one.
    if header.isascii() and len(header) <= _LINE and "=?" not in header:
        return header.encode("ascii")
    return _plain(name, "\r\n ".join(_encoded_words(value.encode())))


def _encoded_words(text: bytes) -> Iterator[str]:
    """The text in words of RFC 2047, each of whole letters; what stands between them is not part of it."""
    start = 0
    while start < len(text):
        end = start + _WORD
        # Within a letter: back to where it begins.
        while end < len(text) and text[end] & 0xC0 == 0x80:  # noqa: PLR2004 - how UTF-8 marks a byte that goes on
            end -= 1
        yield f"=?utf-8?b?{base64.b64encode(text[start:end]).decode()}?="
        start = end


def _recipient(text: str) -> bytes:
    address = address_of(text)
    header = f"To: {address}"
    return header.encode() if header.isascii() and len(header) <= _LINE else _folded("To", address)


@lru_cache(maxsize=64)
def _address_header(name: str, text: str) -> bytes:
    """The sender or an office: alike in many mails."""
    return _folded(name, address_of(text))


def _folded(name: str, value: Address | str) -> bytes:
    """A header as the library writes it."""
    return bytes(_REGISTRY(name, value).fold(policy=SMTP).rstrip("\r\n").encode("ascii"))


@lru_cache(maxsize=32)
def _disposition(where: str, name: str) -> bytes:
    value = f'{where}; filename="{name}"'
    return _plain("Content-Disposition", value) if value.isascii() else _folded_file_name(where, name)


def _folded_file_name(where: str, name: str) -> bytes:
    part = MIMEPart(policy=SMTP)
    part.add_header("Content-Disposition", where, filename=name)
    return part.as_bytes().split(b"\r\n\r\n")[0]
