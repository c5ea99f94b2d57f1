"""What mails say to the programs that carry and show them: one conversation, where reports go, one click to be spared."""

from email import message_from_bytes
from email.message import Message as RawMail
from typing import Any

import pytest

from notifications.delivery.sending import send_due
from notifications.tokens import message_of_bounce, unsubscribed_mailbox
from registrations.tokens import email_key
from tests.make import make_event, make_invitation, make_member, make_registration
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink
from tests.notifications.make_messages import make_message, make_message_to_invited

pytestmark = pytest.mark.django_db


def send() -> None:
    send_due(clock=lambda: NOW)


def as_sent(sink: MailSink) -> list[RawMail]:
    """By the old parser of the library, which knows nothing of what we have written the headers with."""
    return [message_from_bytes(raw) for raw in sink.raw]


def test_all_mails_about_a_registration_are_one_conversation(sink: MailSink):
    event = make_event()
    registration, other = make_registration(event), make_registration(event)
    member = make_member(registration, email="jan@example.org")
    make_message(registration, "confirmed")
    make_message(registration, "reminder")
    make_message(registration, "event_changed", member=member)
    make_message(other, "confirmed")

    send()

    talks = [mail["References"] for mail in as_sent(sink)]
    assert [mail["In-Reply-To"] for mail in as_sent(sink)] == talks
    assert sorted(talks.count(talk) for talk in set(talks)) == [1, 3]
    assert all(talk.startswith("<registration-") and talk.endswith("@127.0.0.1>") for talk in talks)
    # What a mail program may quote to everybody opens nothing and names nobody.
    for secret in (registration.manage_token, registration.reference, registration.ticket_code):
        assert secret not in "".join(talks)
    assert len({mail["Message-ID"] for mail in as_sent(sink)}) == 4


def test_who_is_invited_has_no_conversation_yet(sink: MailSink):
    make_message_to_invited(make_invitation(make_event()))

    send()

    (mail,) = as_sent(sink)
    assert (mail["References"], mail["In-Reply-To"]) == (None, None)


def test_reports_go_to_an_address_that_says_which_mail_they_are_about(sink: MailSink, settings: Any):
    settings.BOUNCE_ADDRESS = "bounce@meetings.example.org"
    event = make_event()
    messages = [make_message(make_registration(event), "confirmed") for _ in range(2)]

    send()

    assert sorted(map(message_of_bounce, sink.senders), key=str) == sorted((one.pk for one in messages), key=str)
    assert sink.senders[0].partition("@")[2] == "meetings.example.org"
    # Whom people see, and answer, stays.
    assert {mail["From"] for mail in as_sent(sink)} == {settings.DEFAULT_FROM_EMAIL}


def test_without_a_bounce_address_reports_go_to_the_sender(sink: MailSink, settings: Any):
    settings.DEFAULT_FROM_EMAIL = "Wiec <wiec@example.org>"
    make_message(make_registration(make_event()), "confirmed")

    send()

    assert sink.senders == ["wiec@example.org"]


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_a_reminder_can_be_done_without_by_one_click(sink: MailSink, settings: Any, language: str):
    # Longer than a header may be before the library folds it into something that nobody reads back.
    settings.BASE_URL = "https://a-rather-long-name-of-a-service-for-meetings.of-a-city.example.org"
    registration = make_registration(make_event(), email="anna@example.org", language=language)
    message = make_message(registration, "reminder")

    send()

    (mail,) = as_sent(sink)
    prefix = "" if language == "pl" else f"/{language}"
    address = mail["List-Unsubscribe"].removeprefix("<").removesuffix(">")
    assert address.startswith(f"{settings.BASE_URL}{prefix}/u/")
    token = address.removesuffix("/").rpartition("/")[2]
    assert unsubscribed_mailbox(token) == email_key("anna@example.org")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # For people it is the last line, in text and HTML.
    parts = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_maintype() == "text"]
    text, html = (part.decode() for part in parts if isinstance(part, bytes))
    assert text.rstrip().endswith(address)
    assert f'href="{address}"' in html
    # Staff, who read what was said, cannot stop anybody's reminders.
    message.refresh_from_db()
    assert token not in message.body + message.html


@pytest.mark.parametrize("kind", ["confirmed", "event_changed", "event_cancelled"])
def test_what_people_need_to_know_cannot_be_done_without(sink: MailSink, kind: str):
    event = make_event()
    if kind == "event_cancelled":
        event.status = "cancelled"
        event.save()
    registration = make_registration(event, first_name="{{unsubscribe_link}}")
    make_message(registration, kind)

    send()

    (mail,) = as_sent(sink)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)
    assert "/u/" not in sink.raw[0].decode()
