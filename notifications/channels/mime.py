"""A message as an e-mail (RFC 5322, 2045, 6047). Pure."""

from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache, lru_cache
from typing import Any, Final

from notifications.channels.outgoing import Outgoing


class _InOneLine(UnstructuredHeader, BaseHeader):
    """A header of ids and addresses: the library would fold a long one into encoded words, which nobody reads back."""

    def fold(self, *, policy: Any) -> str:
        """As it is; a line may have 998 characters."""
        return f"{self.name}: {self}{policy.linesep}"


_REGISTRY: Final = HeaderRegistry()
for _name in ("In-Reply-To", "References", "List-Unsubscribe"):
    _REGISTRY.map_to_type(_name, _InOneLine)
# Headers that say what a part is: alike in all mails, and most of the headers of each.
_ALIKE: Final = frozenset({"auto-submitted", "mime-version", "x-auto-response-suppress"})
_OF_CONTENT: Final = "content-"


@cache
def _kind_of(name: str) -> type[BaseHeader]:
    return _REGISTRY[name]


@lru_cache(maxsize=256)
def _known(name: str, value: str) -> BaseHeader:
    return _kind_of(name.lower())(name, value)


class _Headers(HeaderRegistry):
    """The library's headers, each read once: it takes every one of them apart anew, which is half of writing a mail."""

    def __getitem__(self, name: str) -> type[BaseHeader]:
        return _kind_of(name.lower())

    def __call__(self, name: str, value: object) -> BaseHeader:
        """Keep for the next mail what has nothing of this one in it."""
        key = name.lower()
        is_alike = key in _ALIKE or key.startswith(_OF_CONTENT)
        if is_alike and isinstance(value, str) and "boundary" not in value:
            return _known(name, value)
        return self[key](name, value)


# Every part in quoted-printable: a relay that has to re-encode 8-bit text would break the signature.
_POLICY: Final = SMTP.clone(cte_type="7bit", max_line_length=78, header_factory=_Headers())
_QP: Final = "quoted-printable"


def mail_of(outgoing: Outgoing, *, sender: str, domain: str) -> EmailMessage:
    """The mail: text, HTML with its pictures and calendar part as alternatives, the calendar file beside them."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = address_of(sender)
    mail["To"] = address_of(outgoing.to)
    if outgoing.reply_to:
        mail["Reply-To"] = address_of(outgoing.reply_to)
    mail["Subject"] = " ".join(outgoing.subject.split())
    mail["Date"] = format_datetime(outgoing.sent_at)
    mail["Message-ID"] = message_id(outgoing, domain=domain)
    if outgoing.references:
        mail["In-Reply-To"] = mail["References"] = f"<{outgoing.references}@{domain}>"
    if outgoing.unsubscribe_url:
        # One click (RFC 8058), without a page to look at.
        mail["List-Unsubscribe"] = f"<{outgoing.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail.set_content(outgoing.text, cte=_QP)
    if outgoing.html:
        mail.add_alternative(outgoing.html, subtype="html", cte=_QP)
        _add_pictures(mail, outgoing)
    if outgoing.calendar:
        _add_calendar(mail, outgoing)
    for file in outgoing.attachments:
        if not file.content_id:
            main, _, sub = file.media_type.partition("/")
            mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    # Last, because headers about content move into the first part when there is a second one.
    mail["Content-Language"] = outgoing.language
    return mail


def message_id(outgoing: Outgoing, *, domain: str) -> str:
    """The same for every try, so that a mailbox can tell a repetition."""
    return f"<{outgoing.id}@{domain}>"


def address_of(text: str) -> Address:
    """A mailbox for a header, its domain in the form that every relay knows."""
    name, address = parseaddr(text)
    local, _, host = address.rpartition("@")
    return Address(display_name=name, username=local, domain=host.encode("idna").decode() if host else "")


def _add_pictures(mail: EmailMessage, outgoing: Outgoing) -> None:
    html = mail.get_body(("html",))
    assert isinstance(html, EmailMessage)
    for picture in outgoing.attachments:
        if picture.content_id:
            main, _, sub = picture.media_type.partition("/")
            html.add_related(
                picture.content,
                maintype=main,
                subtype=sub,
                cid=f"<{picture.content_id}>",
                disposition="inline",
                filename=picture.name,
            )


def _add_calendar(mail: EmailMessage, outgoing: Outgoing) -> None:
    if outgoing.calendar_method:
        # Programs that answer invitations read the alternative, the others open the file.
        mail.add_alternative(
            outgoing.calendar, subtype="calendar", params={"method": outgoing.calendar_method}, cte=_QP
        )
        file, kind = "invite.ics", "ics"
    else:
        # Several dates at once may not be an invitation (RFC 5546 wants one UID): a plain file to open.
        file, kind = "calendar.ics", "ics"
    mail.add_attachment(outgoing.calendar.encode(), maintype="application", subtype=kind, filename=file)
