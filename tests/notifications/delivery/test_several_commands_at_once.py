"""A server that takes several commands at once (RFC 2920): the same mails, and the same clear phases when it refuses."""

from typing import Any

import pytest

from notifications.channels import email
from notifications.enums import AttemptResult, Channel, MessageState
from notifications.models import Message
from tests.make import make_event, make_registration
from tests.notifications.conftest import use_mail_server
from tests.notifications.delivery.test_mail import attempts, send
from tests.notifications.far_ends import broken_mail_server
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

OFFERS = ["250-test\r\n250 PIPELINING"] * 5


def make_messages(count: int) -> list[Message]:
    event = make_event()
    return [make_message(make_registration(event), "confirmed") for _ in range(count)]


def test_all_that_begins_a_mail_goes_out_at_once(settings: Any, monkeypatch: pytest.MonkeyPatch):
    make_messages(2)
    said: list[str] = []
    converse = email._Relay._converse

    def listened(self: email._Relay, commands: str, expected: int, deadline: float) -> list[email._Answer]:
        said.append(" ".join(line.split(" ")[0].split(":")[0] for line in commands.splitlines()))
        return converse(self, commands, expected, deadline)

    monkeypatch.setattr(email._Relay, "_converse", listened)
    with broken_mail_server(EHLO=OFFERS.copy()) as server:
        use_mail_server(settings, server.port)

        assert send().sent == 2

    assert said == ["MAIL RCPT DATA"] * 2
    assert (len(server.taken), server.connections) == (2, 1)


@pytest.mark.parametrize(
    "answers",
    [{"DATA": ["503 5.5.1 no recipients"]}, {"dot": ["554 5.5.1 no recipients"]}],
    ids=["no content wanted", "content wanted all the same"],
)
def test_a_refused_address_fails_and_the_next_goes_over_the_same_connection(
    settings: Any, answers: dict[str, list[str]]
):
    gone, here = make_messages(2)
    with broken_mail_server(EHLO=OFFERS.copy(), RCPT=["550 5.1.1 unknown"], **answers) as server:
        use_mail_server(settings, server.port)

        done = send()

    assert (done.sent, done.failed) == (1, 1)
    assert (len(server.taken), server.connections) == (1, 1)
    first, second = sorted((gone, here), key=lambda one: str(one.pk))
    assert attempts(first) == [(AttemptResult.REFUSED, "550")]
    assert attempts(second) == [(AttemptResult.ACCEPTED, "")]


def test_a_refused_sender_is_the_channels_fault(settings: Any):
    (message,) = make_messages(1)
    with broken_mail_server(EHLO=OFFERS.copy(), MAIL=["530 5.7.0 sign in"], RCPT=["503 no"], DATA=["503 no"]) as server:
        use_mail_server(settings, server.port)

        assert send().out_of_order == {Channel.EMAIL}

    message.refresh_from_db()
    assert (message.state, attempts(message)) == (MessageState.PLANNED, [])


@pytest.mark.parametrize("fault", ["421 4.7.0 too many", "drop"])
def test_a_connection_that_ends_among_the_commands_is_opened_anew(settings: Any, fault: str):
    make_messages(3)
    with broken_mail_server(EHLO=OFFERS.copy(), RCPT=["250 OK", fault]) as server:
        use_mail_server(settings, server.port)

        assert send().sent == 3

    assert (len(server.taken), server.connections) == (3, 2)


def test_content_that_is_not_wanted_now_is_tried_again(settings: Any):
    (message,) = make_messages(1)
    with broken_mail_server(EHLO=OFFERS.copy(), DATA=["451 4.3.0 busy"]) as server:
        use_mail_server(settings, server.port)

        assert send().put_off == 1
        assert send(1).sent == 1

    assert attempts(message) == [(AttemptResult.DEFERRED, "451"), (AttemptResult.ACCEPTED, "")]
