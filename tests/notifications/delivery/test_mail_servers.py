"""What a mail server may do at each step, and what becomes of the message (MESSAGING 2.7, 2.8, 3.2)."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, OperationalError
from psycopg.errors import DeadlockDetected

from notifications.actions.outbox import mark_sending
from notifications.delivery import sending
from notifications.delivery.sending import Sent, send_due
from notifications.enums import Channel, MessageState, Priority
from notifications.models import Message, Suppression
from notifications.rendering.letters import Letter
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.conftest import use_mail_server
from tests.notifications.far_ends import BrokenMailServer, broken_mail_server
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db


def send(minutes: float = 0) -> Sent:
    return send_due(clock=lambda: NOW + timedelta(minutes=minutes))


def of(server: BrokenMailServer, settings: Any) -> None:
    use_mail_server(settings, server.port)


def messages(number: int = 1, kind: str = "confirmed") -> list[Message]:
    event = make_event()
    return [make_message(make_registration(event), kind) for _ in range(number)]


def states() -> list[str]:
    return list(Message.objects.order_by("created_at", "state").values_list("state", flat=True))


def ids(server: BrokenMailServer) -> list[bytes]:
    return [line for mail in server.taken for line in mail.split(b"\r\n") if line.lower().startswith(b"message-id")]


@pytest.mark.parametrize(
    ("phase", "answer"),
    [
        ("RCPT", "450 4.2.1 greylisted"),
        ("RCPT", "552 5.2.2 mailbox full"),
        ("DATA", "451 4.3.0 try later"),
        ("dot", "452 4.3.1 no space"),
        ("dot", "552 5.3.4 too large"),
    ],
)
def test_what_may_change_is_tried_again_and_nobody_else_waits(settings: Any, phase: str, answer: str):
    (message, _other) = messages(2)
    with broken_mail_server(**{phase: [answer]}) as server:
        of(server, settings)

        done = send()
        assert (done.sent, done.put_off, done.failed, done.out_of_order) == (1, 1, 0, set())
        assert send(1).sent == 1

    assert len(set(ids(server))) == len(server.taken) == 2
    assert not Suppression.objects.exists()
    assert Message.objects.exclude(state=MessageState.SENT).count() == 0
    assert [attempt.code for attempt in message.attempts.all()] in ([answer[:3], ""], [""])


@pytest.mark.parametrize(
    ("phase", "answer"), [("RCPT", "550 5.7.1 blocked"), ("DATA", "554 5.5.1 no"), ("dot", "554 5.6.0 malformed")]
)
def test_what_is_refused_for_good_fails_and_nobody_else_does(settings: Any, phase: str, answer: str):
    messages(2)
    with broken_mail_server(**{phase: [answer]}) as server:
        of(server, settings)

        done = send()
        assert (done.sent, done.put_off, done.failed, done.out_of_order) == (1, 0, 1, set())
        assert send(60).sent == 0

    assert states() == [MessageState.FAILED, MessageState.SENT]


@pytest.mark.parametrize("phase", ["RCPT", "dot"])
def test_too_many_connections_at_once_are_no_messages_fault(settings: Any, phase: str):
    messages(3)
    with broken_mail_server(**{phase: ["432 4.3.2 Concurrent connections limit exceeded"]}) as server:
        of(server, settings)

        done = send()
        assert (done.sent, done.failed, done.out_of_order) == (0, 0, {Channel.EMAIL})
        assert not Message.objects.exclude(attempts=None).exists()
        assert send(2).sent == 3

    assert len(set(ids(server))) == len(server.taken) == 3


@pytest.mark.parametrize(
    ("phase", "fault"),
    [
        ("greeting", "421 4.3.2 busy"),
        ("greeting", "drop"),
        ("RCPT", "421 4.3.2 busy"),
        ("RCPT", "hang"),
        ("DATA", "drop"),
    ],
)
def test_a_connection_that_ends_before_the_content_costs_nothing(settings: Any, phase: str, fault: str):
    messages(2)
    with broken_mail_server(**{phase: [fault]}) as server:
        of(server, settings)
        settings.EMAIL_TIMEOUT = 0.2

        done = send()

        assert (done.sent, done.failed, done.unclear) == (0, 0, 0)
        assert done.out_of_order == {Channel.EMAIL}
        assert states() == [MessageState.PLANNED] * 2
        assert not Message.objects.exclude(attempts=None).exists()
        assert send(2).sent == 2

    assert len(set(ids(server))) == len(server.taken) == 2


@pytest.mark.parametrize(
    ("phase", "fault"), [("MAIL", "421 4.3.2 enough"), ("MAIL", "hang"), ("RCPT", "drop"), ("DATA", "421 4.3.2 enough")]
)
def test_a_connection_that_ends_between_two_mails_is_made_anew(settings: Any, phase: str, fault: str):
    messages(3)
    usual = "354 go" if phase == "DATA" else "250 OK"
    with broken_mail_server(**{phase: [usual, fault]}) as server:
        of(server, settings)
        settings.EMAIL_TIMEOUT = 0.2

        assert send().sent == 3

    assert len(set(ids(server))) == len(server.taken) == 3
    assert server.connections == 2


@pytest.mark.parametrize("fault", ["drop after taking", "hang", "drip"])
@pytest.mark.parametrize(("kind", "copies"), [("confirmed", 2), ("reminder", 1)])
def test_silence_after_the_dot_is_unclear(
    settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str, kind: str, copies: int
):
    messages(kind=kind)
    monkeypatch.setattr("notifications.channels.email._CALL_SECONDS", 0.6)
    with broken_mail_server(dot=[fault]) as server:
        of(server, settings)
        settings.EMAIL_TIMEOUT = 0.3

        assert send().unclear == 1
        assert states() == [MessageState.UNKNOWN]
        send(1)

    # Only what people have to know is said again, and a mailbox can tell that it is the same.
    assert len(server.taken) == copies
    assert len(set(ids(server))) == 1
    assert states() == [MessageState.SENT if copies > 1 else MessageState.UNKNOWN]


@pytest.mark.parametrize("phase", ["MAIL", "DATA"])
def test_a_server_that_never_ends_its_answer_holds_nobody_up(
    settings: Any, monkeypatch: pytest.MonkeyPatch, phase: str
):
    messages()
    monkeypatch.setattr("notifications.channels.email._CALL_SECONDS", 0.4)
    with broken_mail_server(**{phase: ["drip"]}) as server:
        of(server, settings)
        began = time.monotonic()

        assert send().out_of_order == {Channel.EMAIL}

        assert time.monotonic() - began < 2
        assert states() == [MessageState.PLANNED]


def test_a_server_that_took_too_long_to_greet_gets_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch):
    messages()
    monkeypatch.setattr("notifications.channels.email._CALL_SECONDS", 0.0)
    with broken_mail_server() as server:
        of(server, settings)

        assert send().out_of_order == {Channel.EMAIL}

    assert server.taken == []
    assert states() == [MessageState.PLANNED]


def test_time_that_runs_out_behind_the_dot_is_unclear(settings: Any, monkeypatch: pytest.MonkeyPatch):
    messages()

    def slowly(content: bytes) -> bytes:
        time.sleep(0.5)  # the network took so long for the content
        return content + b"\r\n.\r\n"

    monkeypatch.setattr("notifications.channels.email._CALL_SECONDS", 0.4)
    monkeypatch.setattr("notifications.channels.email._with_dots", slowly)
    with broken_mail_server() as server:
        of(server, settings)

        assert send().unclear == 1

    assert states() == [MessageState.UNKNOWN]


@pytest.mark.parametrize("answer", ["250 2.0.0 OK " + "queued as 0100018c7f3a-e1d2 " * 12, "250 taken \0 as 1"])
def test_a_server_that_takes_a_mail_with_many_words_has_taken_it(settings: Any, answer: str):
    with broken_mail_server(dot=[answer, answer]) as server:
        of(server, settings)
        messages(2)

        assert send().sent == 2
        assert send(5).sent == 0

    assert len(server.taken) == 2
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_what_was_taken_is_written_down_whatever_is_wrong_with_the_next(settings: Any, monkeypatch: pytest.MonkeyPatch):
    marks = []

    def mark(message: Message, letter: Letter, **more: Any) -> bool:
        marks.append(message)
        if len(marks) == 2:
            raise DataError("the second one is wrong")
        return mark_sending(message, letter, **more)

    monkeypatch.setattr("notifications.actions.outbox.mark_sending", mark)
    with broken_mail_server() as server:
        of(server, settings)
        messages(2)

        with pytest.raises(DataError):
            send()

    assert [Message.objects.get(pk=message.pk).state for message in marks] == [MessageState.SENT, MessageState.PLANNED]


def test_a_mark_that_was_broken_off_by_a_deadlock_is_made_again(settings: Any, monkeypatch: pytest.MonkeyPatch):
    tries = []

    def mark(message: Message, letter: Letter, **more: Any) -> bool:
        tries.append(message)
        if len(tries) == 2:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return mark_sending(message, letter, **more)

    monkeypatch.setattr("notifications.actions.outbox.mark_sending", mark)
    with broken_mail_server() as server:
        of(server, settings)
        messages(2)

        assert send().sent == 2

    assert len(server.taken) == 2
    assert states() == [MessageState.SENT] * 2


def test_what_goes_wrong_with_one_holds_up_and_blames_no_other(settings: Any, monkeypatch: pytest.MonkeyPatch):
    first, second, *rest = messages(4)

    def send_one(message: Message, *_rest: Any, **_more: Any) -> None:
        if message.pk == second.pk:
            raise ZeroDivisionError

    Message.objects.filter(pk__in=[first.pk, second.pk]).update(priority=Priority.CANCELLATION)
    Message.objects.filter(pk=second.pk).update(next_attempt_at=NOW + timedelta(seconds=1))
    monkeypatch.setattr(sending, "_send", send_one)

    with pytest.raises(ZeroDivisionError):
        send(1)

    claims = dict(Message.objects.values_list("pk", "claims"))
    assert claims == {first.pk: 1, second.pk: 1, **dict.fromkeys((one.pk for one in rest), 0)}
    assert set(Message.objects.filter(lease_token=None).values_list("pk", flat=True)) == {one.pk for one in rest}


def test_what_goes_wrong_with_the_last_of_a_batch_leaves_nothing_to_give_back(
    settings: Any, monkeypatch: pytest.MonkeyPatch
):
    messages(1)

    def send_one(*_rest: Any, **_more: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sending, "_send", send_one)

    with pytest.raises(ZeroDivisionError):
        send()

    assert Message.objects.get().claims == 1
