"""A mail server's pipe: a mail goes out, comes back as Postfix would return it, and its address is known to be gone."""

import io
import os
import subprocess
import sys
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import OperationalError

from notifications.delivery.sending import send_due
from notifications.enums import MessageState
from notifications.management.commands import ingest_bounce
from notifications.models import Message, ProviderReport, Suppression
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink
from tests.notifications.make_messages import make_message

MAILBOX = "bounce@meetings.example.org"


@pytest.fixture
def came_back(sink: MailSink, settings: Any) -> tuple[Message, bytes, str]:
    """A mail that was really sent; the report about it, and the address that the report goes to."""
    settings.BOUNCE_ADDRESS = MAILBOX
    message = make_message(make_registration(make_event(), email="gone@example.org"), "confirmed")
    send_due(clock=lambda: NOW)
    report = EmailMessage(policy=SMTP)
    report["From"] = "MAILER-DAEMON@mx.example.org"
    report["To"] = sink.senders[0]
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report.set_content("I'm sorry to have to inform you …")
    report.make_mixed()
    status = EmailMessage(policy=SMTP)
    status["Content-Type"] = "message/delivery-status"
    blocks: list[Any] = [EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)]
    blocks[0]["Reporting-MTA"] = "dns; mx.example.org"
    blocks[1]["Final-Recipient"] = "rfc822; gone@example.org"
    blocks[1]["Action"], blocks[1]["Status"] = "failed", "5.1.1"
    status.set_payload(blocks)
    report.attach(status)
    report.add_attachment(sink.mails[0])
    raw = report.as_bytes().replace(b"multipart/mixed;", b"multipart/report; report-type=delivery-status;", 1)
    return message, raw, sink.senders[0]


def ingest(monkeypatch: pytest.MonkeyPatch, raw: bytes, recipient: str = "") -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("ingest_bounce", recipient=recipient)


@pytest.mark.django_db
def test_a_mail_that_comes_back_flags_its_address(came_back, monkeypatch: pytest.MonkeyPatch):
    message, raw, _address = came_back

    ingest(monkeypatch, raw)
    ingest(monkeypatch, raw)

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.FAILED, "bounced 5.1.1")
    assert Suppression.objects.count() == ProviderReport.objects.count() == 1


@pytest.mark.django_db
def test_only_the_beginning_of_a_large_mail_is_looked_at(came_back, monkeypatch: pytest.MonkeyPatch):
    message, raw, _address = came_back
    monkeypatch.setattr(ingest_bounce, "MOST_BYTES", 4000)

    ingest(monkeypatch, raw + b"x" * 20_000)

    assert sys.stdin.buffer.read() == b""
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


@pytest.mark.django_db
@pytest.mark.parametrize("raw", [b"", b"To: wiec@example.org\n\nHello", b"\xff" * 999])
def test_other_mail_is_left_alone(came_back, monkeypatch: pytest.MonkeyPatch, raw: bytes):
    message, _raw, address = came_back

    ingest(monkeypatch, raw, recipient=address)

    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert not Suppression.objects.exists()


@pytest.mark.django_db
def test_a_report_about_a_mail_that_is_gone_is_left_alone(came_back, monkeypatch: pytest.MonkeyPatch):
    _message, raw, _address = came_back
    Message.objects.all().delete()

    ingest(monkeypatch, raw)

    assert not Suppression.objects.exists()


@pytest.mark.django_db
def test_while_the_database_is_away_the_mail_server_keeps_the_mail(came_back, monkeypatch: pytest.MonkeyPatch):
    message, raw, _address = came_back

    def away(*_args: object, **_named: object) -> None:
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as now:
        now.setattr(ingest_bounce, "take_mail_report", away)
        with pytest.raises(CommandError) as refused:
            ingest(monkeypatch, raw)

    assert refused.value.returncode == os.EX_TEMPFAIL
    ingest(monkeypatch, raw)
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_as_a_mail_server_starts_it(came_back, database_url: str):
    message, raw, address = came_back
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DEBUG": "1",
        "SECRET_KEY": project.SECRET_KEY,
        "LINK_KEY": project.LINK_KEY,
    }

    def pipe(**other: str) -> int:
        command = [sys.executable, "manage.py", "ingest_bounce", "--recipient", address]
        done = subprocess.run(
            command, input=raw, cwd=project.BASE_DIR, env=environment | other, check=False, capture_output=True
        )
        assert b"gone@example.org" not in done.stdout + done.stderr
        return done.returncode

    assert pipe(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing") == os.EX_TEMPFAIL
    assert pipe() == 0

    message.refresh_from_db()
    assert message.state == MessageState.FAILED
