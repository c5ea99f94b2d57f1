"""What mails carry so that an answer finds its way back: nobody can make it up, and it opens nothing else."""

import uuid

import pytest

from notifications.tokens import (
    LONGEST_BOUNCE_NAME,
    bounce_address,
    conversation,
    message_of_bounce,
    unsubscribe_token,
    unsubscribed_mailbox,
)
from registrations.tokens import email_key

MESSAGE = uuid.UUID(int=7)
MAILBOX = "bounce@meetings.example.org"


def test_a_bounce_address_leads_back_to_its_message():
    address = bounce_address(MESSAGE, MAILBOX)

    assert address.startswith("bounce+")
    assert address.endswith("@meetings.example.org")
    assert message_of_bounce(address) == MESSAGE
    # Some servers write every address in capitals.
    assert message_of_bounce(address.upper()) == MESSAGE


def test_a_bounce_address_is_as_long_as_a_name_may_be():
    address = bounce_address(MESSAGE, f"{'b' * LONGEST_BOUNCE_NAME}@example.org")

    assert len(address.partition("@")[0]) == 64


@pytest.mark.parametrize(
    "made_up",
    [
        "",
        MAILBOX,
        "bounce+abc@meetings.example.org",
        f"bounce+{'a' * 42}@meetings.example.org",
        bounce_address(MESSAGE, MAILBOX).replace("+a", "+b", 1),
        "bounce+" + "1" * 42 + "@meetings.example.org",
    ],
)
def test_nobody_makes_a_bounce_address_up(made_up: str):
    assert message_of_bounce(made_up) is None


def test_an_unsubscribe_token_names_one_mailbox():
    token = unsubscribe_token(email_key("anna@example.org"))

    assert len(token) == 68
    assert "anna" not in token
    assert token == unsubscribe_token(email_key("Anna@EXAMPLE.org"))
    assert unsubscribed_mailbox(token) == email_key("anna@example.org")


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", lambda t: "B" + t[1:], lambda t: t[:-1] + "ż"])
def test_nobody_makes_an_unsubscribe_token_up(change):
    token = unsubscribe_token(email_key("anna@example.org"))

    assert unsubscribed_mailbox(change(token)) is None
    assert unsubscribed_mailbox("") is None


def test_another_key_makes_all_of_them_void(settings):
    address, token = bounce_address(MESSAGE, MAILBOX), unsubscribe_token(email_key("anna@example.org"))
    talk = conversation(7)
    settings.LINK_KEY = "another key" * 5

    assert message_of_bounce(address) is None
    assert unsubscribed_mailbox(token) is None
    assert conversation(7) != talk
