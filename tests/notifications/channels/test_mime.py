"""A mail as its reader's program takes it apart; headers that mails share are read once."""

import uuid
from datetime import timedelta
from email import message_from_bytes
from email.headerregistry import HeaderRegistry
from email.policy import SMTP
from typing import Any

import pytest

from notifications.channels import mime
from notifications.channels.mime import mail_of
from notifications.channels.outgoing import Attachment, Outgoing
from tests.make.events import NOW

TICKET = Attachment(name="qr.png", media_type="image/png", content=b"\x89PNG\r\n\x1a\n", content_id="ticket")
PLAN = Attachment(name="Plan żółty.txt", media_type="text/plain", content=b"17:00")


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
    calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    calendar_method="REQUEST",
    attachments=(TICKET, PLAN),
)
MAILS = [make_outgoing(), WHOLE, make_outgoing(calendar="BEGIN:VCALENDAR\r\n", language="uk")]


def shape(outgoing: Outgoing) -> list[tuple[list[tuple[str, str]], Any]]:
    """Headers and content of every part, but for the boundaries, which are chance."""
    written = mail_of(outgoing, sender="Wiec <wiec@example.org>", domain="example.org").as_bytes()
    return [
        (
            [(name, str(value).partition("; boundary=")[0]) for name, value in part.items()],
            None if part.is_multipart() else part.get_payload(decode=True),
        )
        for part in message_from_bytes(written, policy=SMTP).walk()
    ]


@pytest.mark.parametrize("outgoing", MAILS)
def test_a_mail_is_what_the_library_makes_of_its_headers_one_by_one(outgoing, monkeypatch):
    for other in MAILS:
        shape(other)
    kept = shape(outgoing)

    monkeypatch.setattr(mime, "_POLICY", mime._POLICY.clone(header_factory=HeaderRegistry()))

    assert kept == shape(outgoing)


def test_nothing_of_a_person_is_kept_for_the_next_mail():
    mime._known.cache_clear()

    for number in range(40):
        shape(make_outgoing(id=uuid.UUID(int=number), to=f"person{number}@example.org", subject=f"To {number}"))

    # What says how the text is written, and nothing else.
    assert mime._known.cache_info().currsize < 10
