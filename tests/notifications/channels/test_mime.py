"""A mail as its reader's program takes it apart: the same as if the library had put it together."""

import re
import uuid
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, compat32
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.channels import mime
from notifications.channels.mime import address_of, mail_of, message_id
from notifications.channels.outgoing import Attachment, Outgoing
from tests.make.events import NOW

SENDER = '"Miasto, Urząd" <wiec@example.org>'
TICKET = Attachment(name="qr.png", media_type="image/png", content=b"\x89PNG\r\n\x1a\n" * 30, content_id="ticket")
PLAN = Attachment(name="Plan żółty.txt", media_type="text/plain", content=b"17:00")
CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:Zażółć\r\nEND:VCALENDAR\r\n"


def make_outgoing(**given: Any) -> Outgoing:
    values: dict[str, Any] = {
        "id": uuid.UUID(int=7),
        "to": "anna@żółw.example",
        "subject": "Zażółć gęślą jaźń, a potem jeszcze bardzo długi temat wiadomości o spotkaniu w ratuszu",
        "text": "Dzień dobry\n",
        "language": "pl",
        "sent_at": NOW,
        "useful_until": NOW + timedelta(days=1),
    }
    return Outgoing(**{**values, **given})


WHOLE = make_outgoing(
    html="<p>Dzień dobry</p>",
    reply_to="office@example.org",
    calendar=CALENDAR,
    calendar_method="REQUEST",
    attachments=(TICKET, PLAN),
)
MAILS = [
    make_outgoing(),
    WHOLE,
    make_outgoing(calendar=CALENDAR, language="uk", html="<p>Добрий день</p>"),
    make_outgoing(text="", html="", to='"a b"@example.org', subject="Short"),
    make_outgoing(to=f"{'a' * 64}@{'b' * 60}.{'c' * 60}.example.org", subject="x " * 200, reply_to="Biuro Ż <b@x.pl>"),
    make_outgoing(text=".\n..\n.x\nFrom me\n--=_mixed\n \t\n=3D\n" + "ż" * 3000 + "\n" + "x" * 3000, html=".\r\n\r.\n"),
]


def as_the_library_does(outgoing: Outgoing) -> bytes:
    """The same mail by the library's own message objects."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"], mail["To"] = address_of(SENDER), address_of(outgoing.to)
    if outgoing.reply_to:
        mail["Reply-To"] = address_of(outgoing.reply_to)
    mail["Subject"] = " ".join(outgoing.subject.split())
    mail["Date"], mail["Message-ID"] = format_datetime(outgoing.sent_at), message_id(outgoing, domain="example.org")
    mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-generated", "OOF, AutoReply"
    mail.set_content(outgoing.text, cte="quoted-printable")
    if outgoing.html:
        mail.add_alternative(outgoing.html, subtype="html", cte="quoted-printable")
        html = mail.get_body(("html",))
        assert isinstance(html, EmailMessage)
        for file in outgoing.attachments:
            if file.content_id:
                main, sub = file.media_type.split("/")
                cid = f"<{file.content_id}>"
                html.add_related(file.content, main, sub, cid=cid, disposition="inline", filename=file.name)
    if outgoing.calendar:
        if outgoing.calendar_method:
            method = {"method": outgoing.calendar_method}
            mail.add_alternative(outgoing.calendar, subtype="calendar", params=method, cte="quoted-printable")
        name = "invite.ics" if outgoing.calendar_method else "calendar.ics"
        mail.add_attachment(outgoing.calendar.encode(), "application", "ics", filename=name)
    for file in outgoing.attachments:
        if not file.content_id:
            main, sub = file.media_type.split("/")
            mail.add_attachment(file.content, main, sub, filename=file.name)
    mail["Content-Language"] = outgoing.language
    return mail.as_bytes()


def written(outgoing: Outgoing) -> bytes:
    return mail_of(outgoing, sender=SENDER, domain="example.org")


def shape(raw: bytes) -> list[tuple[list[tuple[str, str]], Any]]:
    """Headers and content of every part; the boundaries are everybody's own, and only a whole mail has a version."""
    return [
        (
            sorted(
                (name, re.sub(r";\s*boundary=.*", "", str(value)))
                for name, value in part.items()
                if name != "MIME-Version"
            ),
            None if part.is_multipart() else part.get_payload(decode=True),
        )
        for part in message_from_bytes(raw, policy=SMTP).walk()
    ]


def check_lines(raw: bytes) -> None:
    """What every server takes: 7-bit, whole line ends, no line longer than anybody has to read."""
    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    # A long address has nowhere to be broken.
    assert all(len(line) <= 78 or line.lstrip().startswith((b"To:", b"aaaa")) for line in raw.split(b"\r\n"))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert [part.defects for part in message_from_bytes(raw, policy=compat32).walk() if part.defects] == []
    assert [part.defects for part in message_from_bytes(raw, policy=SMTP).walk() if part.defects] == []


@pytest.mark.parametrize("outgoing", MAILS)
def test_a_mail_is_read_as_the_librarys_own(outgoing: Outgoing):
    raw = written(outgoing)

    check_lines(raw)
    assert message_from_bytes(raw)["MIME-Version"] == "1.0"
    assert shape(raw) == shape(as_the_library_does(outgoing))


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n.=- \tżЇ😀"), max_size=300)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.sampled_from(" =?ż"), max_size=200)


@settings(max_examples=30, deadline=None)
@example(text="", html="x" * 200, subject="=?utf-8?q?not_a_word?=", calendar="", method="")
@given(text=TEXT, html=TEXT, subject=LINE, calendar=TEXT, method=st.sampled_from(["", "REQUEST"]))
def test_whatever_people_write_is_read_as_they_wrote_it(text: str, html: str, subject: str, calendar: str, method: str):
    outgoing = make_outgoing(
        text=text, html=html, subject=subject, calendar=calendar, calendar_method=method, attachments=(TICKET, PLAN)
    )
    raw = written(outgoing)

    check_lines(raw)
    found = message_from_bytes(raw, policy=SMTP)
    assert isinstance(found, EmailMessage)
    assert found["Subject"] == " ".join(subject.split())
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_payload(decode=True).decode() == "\r\n".join(lines(text)) + "\r\n"  # type: ignore[union-attr]
    assert [part.get_content_type() for part in found.walk() if not part.is_multipart()] == [
        "text/plain",
        *(["text/html", "image/png"] if html else []),
        *(["text/calendar"] if calendar and method else []),
        *(["application/ics"] if calendar else []),
        "text/plain",
    ]


def lines(text: str) -> list[str]:
    return [line.decode() for line in text.encode().splitlines()]


def test_a_repetition_is_the_same_to_the_last_byte():
    assert written(WHOLE) == written(WHOLE)


def test_nothing_of_a_person_is_kept_for_the_next_mail():
    mime._address_header.cache_clear()

    for number in range(40):
        written(make_outgoing(id=uuid.UUID(int=number), to=f"person{number}@example.org", subject=f"To {number}"))

    # The sender, and nobody else.
    assert mime._address_header.cache_info().currsize == 1
