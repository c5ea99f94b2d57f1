"""A mail provider's webhooks by the real django-anymail: guarded, in any order and twice, and never about opens."""

import base64
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings as project
from django.test import Client

from notifications.enums import MessageState
from notifications.models import Message, ProviderReport, Suppression
from notifications.web.mail_provider import take_mail_event
from registrations.tokens import email_key
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

SECRET = "wiec:a long enough password".replace(" ", "-")
BREVO = "/webhooks/mail/brevo/tracking/"
POSTMARK = "/webhooks/mail/postmark/tracking/"


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    settings.ROOT_URLCONF = "tests.notifications.web.anymail_urls"


@pytest.fixture
def message() -> Message:
    row = make_message(make_registration(make_event(), email="anna@example.org"), "reminder")
    Message.objects.update(state=MessageState.SENT, to="anna@example.org", sent_at=NOW)
    return row


def post(client: Client, path: str, told: object, secret: str = SECRET) -> int:
    word = base64.b64encode(secret.encode()).decode()
    headers = {"Authorization": f"Basic {word}"}
    return client.post(path, json.dumps(told), content_type="application/json", headers=headers).status_code


def event(message: Message, kind: str, **more: object) -> dict[str, object]:
    """As Brevo writes it."""
    return {
        "event": kind,
        "email": "anna@example.org",
        "id": 7,
        "message-id": f"<{message.pk}@wiec.example.org>",
        "ts_epoch": 1_800_000_000_000,
        **more,
    }


def tell(client: Client, message: Message, *events: dict[str, object]) -> tuple[str, str]:
    assert [post(client, BREVO, one) for one in events] == [200] * len(events)
    message.refresh_from_db()
    return message.state, message.state_reason


def standing() -> list[tuple[str, str, str]]:
    rows = Suppression.objects.filter(lifted_at=None)
    return list(rows.values_list("address_key", "reason", "scope"))


ANNA = email_key("anna@example.org")
HARD = {"reason": "550 5.1.1 The account does not exist"}


def test_a_mail_that_arrived(client: Client, message: Message):
    assert tell(client, message, event(message, "delivered")) == (MessageState.DELIVERED, "")


def test_a_hard_bounce_flags_the_address_once(client: Client, message: Message):
    waits, lost = event(message, "deferred", reason="450 4.2.1"), event(message, "hard_bounce", **HARD)
    tell(client, message, waits, lost)

    assert tell(client, message, waits, lost) == (MessageState.FAILED, "bounced 5.1.1")
    assert standing() == [(ANNA, "bounced", "all")]
    assert ProviderReport.objects.count() == 2


@pytest.mark.parametrize("reason", ["552 5.2.2 mailbox full", "mailbox full", None])
def test_a_full_mailbox_does_not(client: Client, message: Message, reason: str | None):
    assert tell(client, message, event(message, "soft_bounce", reason=reason))[0] == MessageState.FAILED

    assert standing() == []


def test_an_address_that_is_none_does(client: Client, message: Message):
    tell(client, message, event(message, "invalid_email"))

    assert standing() == [(ANNA, "bounced", "all")]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (RejectReason.BOUNCED, [(ANNA, "bounced", "all")]),
        (RejectReason.INVALID, [(ANNA, "bounced", "all")]),
        (RejectReason.SPAM, [(ANNA, "complaint", "optional")]),
        (RejectReason.UNSUBSCRIBED, [(ANNA, "opted_out", "optional")]),
        (RejectReason.OTHER, []),
    ],
)
def test_what_the_provider_did_not_even_try(message: Message, reason: str, expected: object):
    told = AnymailTrackingEvent(
        event_type=EventType.REJECTED, message_id=f"<{message.pk}@wiec.example.org>", reject_reason=reason
    )

    take_mail_event(sender=None, event=told, esp_name="Example")

    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert standing() == expected


def test_who_complains_gets_nothing_that_one_can_do_without(client: Client, message: Message):
    state = tell(client, message, event(message, "spam"), event(message, "complaint"))

    assert state == (MessageState.DELIVERED, "")
    assert standing() == [(ANNA, "complaint", "optional")]


def test_who_unsubscribes_at_the_provider_has_unsubscribed(client: Client, message: Message):
    tell(client, message, event(message, "unsubscribe"))

    assert standing() == [(ANNA, "opted_out", "optional")]


def test_metadata_say_which_mail_it_is_where_the_provider_has_ids_of_its_own(client: Client, message: Message):
    told = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "ID": 42,
        "MessageID": "00000000-0000-0000-0000-000000000009",
        "Metadata": {"message": str(message.pk)},
        "Description": "The server was unable to deliver your message",
        "Details": "smtp;550 5.1.1 unknown",
        "Email": "anna@example.org",
        "BouncedAt": "2027-01-12T08:00:00Z",
    }

    assert post(client, POSTMARK, told) == 200

    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert standing() == [(ANNA, "bounced", "all")]


@pytest.mark.parametrize("kind", ["opened", "click", "request", "something new"])
def test_who_opened_what_is_nobodys_business(client: Client, message: Message, kind: str):
    assert tell(client, message, event(message, kind)) == (MessageState.SENT, "")

    assert not ProviderReport.objects.exists()


@pytest.mark.parametrize(
    "named", ["<20270112.1@elsewhere.example.org>", "", "<00000000-0000-0000-0000-000000000009@x>"]
)
def test_what_is_about_no_mail_of_ours_is_left_alone(client: Client, message: Message, named: str):
    assert tell(client, message, event(message, "hard_bounce", **HARD, **{"message-id": named}))[0] == MessageState.SENT

    assert standing() == []


@pytest.mark.parametrize("secret", ["wiec:guessed", ""])
def test_nobody_else_reports(client: Client, message: Message, secret: str):
    assert post(client, BREVO, event(message, "hard_bounce", **HARD), secret) == 400

    message.refresh_from_db()
    assert message.state == MessageState.SENT


@pytest.mark.slow
def test_one_variable_sets_it_up():
    script = (
        "import django; django.setup()\n"
        "from django.urls import reverse\n"
        "from anymail.signals import tracking\n"
        "print(reverse('anymail:brevo_tracking_webhook'), len(tracking.receivers))\n"
    )
    environment = {**os.environ, "ANYMAIL_WEBHOOK_SECRET": SECRET, "DJANGO_SETTINGS_MODULE": "config.settings"}

    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=project.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [BREVO, "1"]
