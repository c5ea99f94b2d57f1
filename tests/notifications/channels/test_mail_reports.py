"""Reports of mail servers, as Postfix, Exim, Exchange and Gmail write them; and what is none."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.channels.mail_reports import MailReport, code_in, gone, report_of
from notifications.enums import Delivery, SuppressionReason, SuppressionScope
from notifications.tokens import bounce_address

MESSAGE = uuid.UUID("0f9c1d1e-9c1a-4f56-8f5e-0d6d3f1f5a01")
OTHER = uuid.UUID(int=5)
MAILBOX = "bounce@meetings.example.org"
VERP = bounce_address(MESSAGE, MAILBOX)
GONE = (SuppressionReason.BOUNCED, SuppressionScope.ALL)


def returned(kind: str = "message/rfc822", message: uuid.UUID = MESSAGE) -> str:
    return f"""Content-Type: {kind}

From: Wiec <wiec@example.org>
To: anna@example.org
Subject: =?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87?=
Message-ID: <{message}@meetings.example.org>

text
"""


def dsn(*blocks: str, to: str = VERP, kind: str = "report-type=delivery-status;", back: str = "") -> bytes:
    """A report as Postfix writes it."""
    status = "\n\n".join(["Reporting-MTA: dns; mx.example.org\nArrival-Date: Mon, 30 Nov 2026 06:00:00 +0100", *blocks])
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; {kind}
 boundary="4B1A.1"

This is a MIME-encapsulated message.

--4B1A.1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

--4B1A.1
Content-Description: Delivery report
Content-Type: message/delivery-status

{status}

--4B1A.1
Content-Description: Undelivered Message
{back or returned()}
--4B1A.1--
""".encode()


def block(action: str, status: str, diagnostic: str = "") -> str:
    lines = [f"Final-Recipient: rfc822; anna@example.org\nAction: {action}\nStatus: {status}"]
    return "\n".join([*lines, *([f"Diagnostic-Code: smtp; {diagnostic}"] if diagnostic else [])])


UNKNOWN = block("failed", "5.1.1", "550 5.1.1 <anna@example.org>: Recipient address rejected: User unknown")


def test_a_mailbox_that_does_not_exist():
    assert report_of(dsn(UNKNOWN)) == MailReport(
        message_id=MESSAGE, status="bounced", delivery=Delivery.LOST, code="5.1.1", suppression=GONE
    )


@pytest.mark.parametrize(
    ("said", "status", "code", "is_gone"),
    [
        (block("failed", "5.2.1"), "bounced", "5.2.1", True),
        (block("Failed", "5.1.10 (no MX)"), "bounced", "5.1.10", True),
        (block("failed", "5.2.2", "552 5.2.2 mailbox full"), "bounced", "5.2.2", False),
        (block("failed", "5.7.1"), "bounced", "5.7.1", False),
        # It is our own address that is wrong, or none.
        (block("failed", "5.1.7"), "bounced", "5.1.7", False),
        (block("failed", "5.1.8"), "bounced", "5.1.8", False),
        # Given up after days of trying: lost, and nothing said against the address.
        (block("failed", "4.4.1", "connect to mx.example.org[203.0.113.7]: timed out"), "bounced", "4.4.1", False),
        # Exim leaves the reason to the other server's words, Gmail repeats it, Exchange has words of its own.
        (block("failed", "5.0.0", "550-5.1.1 The account does not exist. 550 5.1.1 gsmtp"), "bounced", "5.1.1", True),
        (block("failed", "5.0.0", "550 no such user"), "bounced", "5.0.0", False),
        (block("failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found"), "bounced", "5.1.10", True),
        (block("failed", ""), "bounced", "", False),
        (block("delayed", "4.4.7"), "delayed", "4.4.7", False),
        (block("delayed", "5.1.1"), "delayed", "5.1.1", False),
        (block("delivered", "2.0.0"), "delivered", "2.0.0", False),
        (block("relayed", "2.0.0"), "relayed", "2.0.0", False),
    ],
)
def test_what_servers_say(said: str, status: str, code: str, is_gone: bool):
    report = report_of(dsn(said))

    assert report is not None
    assert (report.status, report.code, report.suppression) == (status, code, GONE if is_gone else None)


def test_of_several_recipients_the_worst_is_the_news():
    report = report_of(dsn(block("delivered", "2.0.0"), UNKNOWN, block("delayed", "4.4.7")))

    assert report is not None
    assert (report.status, report.code) == ("bounced", "5.1.1")


def test_who_it_was_sent_to_says_which_mail_it_is_about():
    rewritten = dsn(UNKNOWN, to="postmaster@example.org", back=returned(message=OTHER))
    said_in_header = b"Delivered-To: " + VERP.encode() + b"\n" + rewritten

    for report in (report_of(rewritten, recipient=VERP), report_of(said_in_header)):
        assert report is not None
        assert report.message_id == MESSAGE


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_without_such_an_address_the_mail_that_came_back_says_it(kind: str):
    report = report_of(dsn(UNKNOWN, to="wiec@example.org", back=returned(kind)))

    assert report is not None
    assert report.message_id == MESSAGE


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\x00\xff\xfe nonsense",
        # Out of the office: a program answers to the address of the envelope.
        f"To: {VERP}\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nBack on 5.1.1\n".encode(),
        # A person forwards a report, and thereby reports nothing.
        f"To: {VERP}\nContent-Type: message/rfc822\n\n".encode() + dsn(UNKNOWN),
        # A report about reading (RFC 8098), and one without anything in it.
        dsn(UNKNOWN).replace(b"message/delivery-status", b"message/disposition-notification"),
        dsn(),
        dsn(block("vanished", "5.1.1")),
        dsn(UNKNOWN).partition(b"--4B1A.1")[0],
        # Somebody has made the address up, and no mail of ours came back.
        dsn(UNKNOWN, to=VERP.replace("+", "+a", 1), back="Content-Type: text/plain\n\nno mail"),
        dsn(UNKNOWN, to=MAILBOX, back=returned().replace(str(MESSAGE), "20261130.7")),
        dsn(UNKNOWN, to=MAILBOX, back="Content-Type: text/rfc822-headers\n\n"),
    ],
)
def test_what_is_no_report_about_a_mail_of_ours(mail: bytes):
    assert report_of(mail) is None


def test_a_report_that_was_cut_off_still_says_what_stands_at_its_beginning():
    whole = dsn(UNKNOWN)

    report = report_of(whole[: whole.index(b"Undelivered Message")])

    assert report is not None
    assert report.code == "5.1.1"


def test_a_code_is_not_any_three_numbers():
    assert code_in("host mx.example.org[10.5.1.1] said: 550 5.7.26 unauthenticated") == "5.7.26"
    assert code_in("550 no such user") == ""
    assert gone("5.1.1") == gone("5.1.10") == GONE
    assert gone("4.1.1") is gone("5.1.5") is gone("") is None


@given(cut=st.integers(0, 900), put=st.binary(max_size=40), length=st.integers(0, 60))
@settings(max_examples=150, deadline=None)
def test_no_mail_breaks_it(cut: int, put: bytes, length: int):
    whole = dsn(UNKNOWN)

    report = report_of(whole[:cut] + put + whole[cut + length :])

    assert report is None or report.message_id == MESSAGE
