"""The rate limit and the circuit breaker of a channel, shared by all processes."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from structlog.testing import capture_logs

from notifications.actions import outbox
from notifications.actions.channel_states import FAULTS, Turn, is_left_alone, note, note_trouble, turn
from notifications.enums import Channel, Priority
from notifications.errors import ChannelError
from notifications.models import ChannelState, Message
from notifications.queries.channels import ChannelHealth, channel_states
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.make_messages import end_pauses, make_message

pytestmark = pytest.mark.django_db

DOWN = ChannelError("connect", is_outage=True)
BUSY = ChannelError("20429", is_outage=True, retry_after=100)
SMS = Channel.SMS


def state(channel: Channel = SMS) -> ChannelState:
    return ChannelState.objects.get(pk=channel)


def health(channel: Channel = SMS) -> ChannelHealth:
    return next(one for one in channel_states() if one.channel == channel)


def ask(most: int = 25, channel: Channel = SMS) -> Turn | None:
    with transaction.atomic():
        return turn(channel, most=most)


def fail(times: int = 1, error: ChannelError = DOWN) -> None:
    for _ in range(times):
        note(SMS, claimed=1, handed_over=1, fault=error)


def try_once() -> None:
    """Claim the one message that tries the channel after a pause."""
    end_pauses()
    with transaction.atomic():
        allowed = turn(SMS, most=25)
        assert allowed is not None
        assert (allowed.most, allowed.most_that_can_wait) == (1, 1)
        allowed.take(1)


# How many at a time


def test_a_channel_without_a_limit_counts_nothing(settings: Any, django_assert_num_queries: Any):
    settings.MAIL_PER_SECOND = 0
    ask(channel=Channel.EMAIL)

    with django_assert_num_queries(3):  # with the savepoint around it
        allowed = ask(most=500, channel=Channel.EMAIL)
    with django_assert_num_queries(3):
        note(Channel.EMAIL, claimed=500, handed_over=400, was_answered=True, fault=None)

    assert allowed == Turn(channel=Channel.EMAIL, most=500, most_that_can_wait=500)
    allowed.take(500)
    assert state(Channel.EMAIL).tokens == 5


def test_what_can_wait_leaves_a_fifth_for_what_cannot(settings: Any):
    settings.SMS_PER_SECOND = 10

    allowed = ask()

    assert allowed is not None
    assert (allowed.most, allowed.most_that_can_wait) == (10, 8)
    included = [allowed.includes(place, Priority.CONFIRMATION) for place in (9, 10)]
    assert included == [True, False]
    assert [allowed.includes(place, Priority.REMINDER) for place in (7, 8)] == [True, False]


def test_tokens_come_back_with_the_databases_time_and_no_faster(settings: Any):
    settings.SMS_PER_SECOND = 10
    ask()
    ChannelState.objects.update(tokens=0, refilled_at=Now() + timedelta(seconds=5))
    allowed = ask()
    assert allowed is not None
    assert (allowed.most, allowed.most_that_can_wait) == (0, 0)
    assert allowed.seconds_to_more == pytest.approx(0.5)

    ChannelState.objects.update(refilled_at=Now() - timedelta(seconds=0.4))
    allowed = ask()
    assert allowed is not None
    assert (allowed.most, allowed.most_that_can_wait) == (4, 2)

    ChannelState.objects.update(refilled_at=Now() - timedelta(hours=1))
    allowed = ask()
    assert allowed is not None
    assert allowed.most == 10
    assert allowed.seconds_to_more == 0


def test_a_slow_channel_still_sends_what_can_wait(settings: Any):
    settings.SMS_PER_SECOND = 1

    allowed = ask()

    assert allowed is not None
    assert (allowed.most, allowed.most_that_can_wait) == (5, 4)


def test_a_claim_takes_tokens_and_says_when_there_are_more(settings: Any):
    settings.SMS_PER_SECOND = 10
    event = make_event()
    for _ in range(12):
        make_message(make_registration(event, phone="+48501502503"), "reminder", channel=SMS)

    assert outbox.claim(SMS, at=NOW) is not None
    assert state().tokens == pytest.approx(2)
    ChannelState.objects.update(refilled_at=Now() + timedelta(seconds=5))
    with pytest.raises(outbox.NotYet) as refusal:
        outbox.claim(SMS, at=NOW)
    assert refusal.value.seconds == pytest.approx(0.3)

    make_message(make_registration(event, phone="+48501502503"), "event_cancelled", channel=SMS)
    token = outbox.claim(SMS, at=NOW)
    assert [row.kind for row in Message.objects.filter(lease_token=token)] == ["event_cancelled"]


def test_what_was_claimed_and_not_handed_over_is_given_back(settings: Any):
    settings.SMS_PER_SECOND = 10
    ask()
    ChannelState.objects.update(tokens=2)

    note(SMS, claimed=5, handed_over=1, was_answered=True, fault=None)
    assert state().tokens == 6
    note(SMS, claimed=50, handed_over=0, fault=None)
    assert state().tokens == 10


@pytest.mark.django_db(transaction=True)
def test_eight_processes_take_no_more_than_there_is(settings: Any):
    settings.SMS_PER_SECOND = 1  # a bucket of five, of which one is kept
    event = make_event(capacity=None)
    for _ in range(30):
        make_message(make_registration(event, phone="+48501502503"), "reminder", channel=SMS)
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        try:
            while outbox.claim(SMS, at=NOW, most=1) is not None:
                pass
        except outbox.NotYet:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    claimed = Message.objects.exclude(lease_token=None).count()
    assert 4 <= claimed <= 8  # a slow machine sees one or two come back meanwhile


# When it is out of order


def test_five_faults_in_a_row_end_it_for_a_minute_and_say_so():
    fail(FAULTS - 1)
    assert ask() is not None

    with capture_logs() as logs:
        fail()

    assert ask() is None
    assert is_left_alone(SMS)
    assert (health().works, health().failures, health().last_error) == (False, FAULTS, "connect")
    assert 58 <= (health().paused_for_seconds or 0) <= 60
    assert [(line["event"], line["code"]) for line in logs] == [("channel out of order", "connect")]
    assert is_left_alone(Channel.EMAIL) is False


def test_what_is_taken_in_between_begins_the_count_anew():
    fail(FAULTS - 1)
    note(SMS, claimed=3, handed_over=3, was_answered=True, fault=DOWN)

    assert state().failures == 1
    fail(FAULTS - 2)
    assert ask() is not None


def test_who_is_not_let_in_need_not_try_five_times():
    with capture_logs() as logs:
        fail(error=ChannelError("20003", is_outage=True, is_locked_out=True))

    assert ask() is None
    assert [(line["event"], line["log_level"]) for line in logs] == [("channel does not let us in", "error")]


def test_after_each_pause_one_message_tries_it_and_the_next_pause_is_twice_as_long():
    fail(FAULTS)
    pauses = []
    for _ in range(6):
        try_once()
        # Nobody else may try meanwhile, also when whoever does dies of it.
        assert ask() is None
        fail()
        pauses.append(state().pause_seconds)

    assert pauses == [120, 240, 480, 900, 900, 900]
    assert 890 <= (health().paused_for_seconds or 0) <= 900


def test_the_first_success_opens_it_for_all_and_says_so():
    fail(FAULTS)
    try_once()

    with capture_logs() as logs:
        note(SMS, claimed=1, handed_over=1, was_answered=True, fault=None)

    assert [line["event"] for line in logs] == ["channel works again"]
    assert (health().works, health().failures) == (True, 0)
    allowed = ask()
    assert allowed is not None
    assert allowed.most > 1
    fail(FAULTS)
    assert state().pause_seconds == 60


def test_a_try_that_came_to_nothing_leaves_it_to_another_message():
    fail(FAULTS)
    try_once()

    note(SMS, claimed=1, handed_over=0, fault=None)

    assert state().pause_seconds == 60
    allowed = ask()
    assert allowed is not None
    assert allowed.most == 1


def test_faults_of_others_in_the_pause_do_not_make_it_longer():
    fail(FAULTS + 3)

    assert state().pause_seconds == 60
    assert (health().paused_for_seconds or 0) <= 60


def test_a_provider_that_asks_for_patience_gets_it_and_half_as_much_for_a_while(settings: Any):
    settings.SMS_PER_SECOND = 10

    with capture_logs() as logs:
        fail(error=BUSY)

    assert 98 <= (health().paused_for_seconds or 0) <= 125
    assert (health().failures, health().is_slowed) == (0, True)
    assert [line["event"] for line in logs] == ["channel asks for patience"]
    try_once()
    note(SMS, claimed=1, handed_over=1, was_answered=True, fault=None)
    ChannelState.objects.update(tokens=0, refilled_at=Now() - timedelta(seconds=0.8))
    allowed = ask()
    assert allowed is not None
    assert allowed.most == 4
    ChannelState.objects.update(slowed_until=Now(), refilled_at=Now() - timedelta(seconds=0.8))
    allowed = ask()
    assert allowed is not None
    assert allowed.most == 8


def test_trouble_with_one_message_is_shown_and_stops_nothing():
    note_trouble(SMS, "30007")

    assert (health().works, health().last_error) == (True, "30007")
    assert health(Channel.EMAIL) == ChannelHealth(Channel.EMAIL, None, 0, False, "", None)
    assert str(state()) == "sms: works"
