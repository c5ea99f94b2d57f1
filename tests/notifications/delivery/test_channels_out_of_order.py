"""A channel that is out of order, in a hurry or not let in: what runs do with it, against real far ends."""

import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from notifications.delivery.sending import Sent, send_due
from notifications.enums import Channel, MessageState
from notifications.models import ChannelState, DeliveryAttempt, Message
from notifications.queries.channels import ChannelHealth, channel_states
from registrations.models import Participant, Registration
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.conftest import use_mail_server
from tests.notifications.far_ends import SmsProvider, broken_mail_server
from tests.notifications.make_messages import end_pauses, make_message

pytestmark = pytest.mark.django_db

NUMBER = "+48501502503"
SMS, EMAIL = Channel.SMS, Channel.EMAIL


def send(minutes: float = 0, *, until: float = float("inf")) -> Sent:
    return send_due(clock=lambda: NOW + timedelta(minutes=minutes), until=until)


def make_sms(number: int = 1, kind: str = "reminder", **more: Any) -> list[Message]:
    event = make_event()
    registrations = [make_registration(event, phone=NUMBER, sms_reminders=True) for _ in range(number)]
    return [make_message(registration, kind, channel=SMS, **more) for registration in registrations]


def health(channel: Channel = SMS) -> ChannelHealth:
    return next(one for one in channel_states() if one.channel == channel)


def states() -> set[str]:
    return set(Message.objects.values_list("state", flat=True))


def test_a_provider_that_does_not_know_us_is_not_asked_again_at_once(provider: SmsProvider):
    provider.faults = [(401, 20003), (401, 20003)]
    make_sms(3)

    assert send().out_of_order == {SMS}
    assert send(1).out_of_order == {SMS}

    # The run after the first did not even knock.
    assert len(provider.requests) == 1
    assert states() == {MessageState.PLANNED}
    end_pauses()
    send(2)
    assert len(provider.requests) == 2
    end_pauses()
    assert send(3).sent == 3
    assert health().works


def test_a_provider_that_is_down_for_hours_gets_what_is_still_of_use_the_most_important_first(provider: SmsProvider):
    provider.faults = [(503, 503)] * 5
    (reminder,) = make_sms(useful_for=timedelta(hours=5))
    Message.objects.update(state=MessageState.PLANNED)
    for minute in range(5):
        send(minute)
        Message.objects.filter(state=MessageState.UNKNOWN).update(state=MessageState.PLANNED, lease_until=None)
    assert not health().works
    later = make_sms(2, "event_changed")
    (called_off,) = make_sms(1, "event_cancelled")
    assert called_off.event is not None
    called_off.event.status = "cancelled"
    called_off.event.save()

    assert send(300).sent == 0
    end_pauses()
    done = send(301)

    reminder.refresh_from_db()
    assert (reminder.state, reminder.state_reason) == (MessageState.MISSED, "too_late")
    assert done.sent == 3
    callbacks = [request["StatusCallback"] for request in provider.requests[-3:]]
    assert callbacks[0].endswith(str(called_off.pk))
    assert {callback[-36:] for callback in callbacks[1:]} == {str(message.pk) for message in later}


def test_too_many_requests_are_followed_by_as_long_a_pause_as_was_asked_for_and_cost_no_try(provider: SmsProvider):
    provider.faults = [(429, 20429, 200)]
    make_sms(3)

    send()

    assert 198 <= (health().paused_for_seconds or 0) <= 250
    assert (health().is_slowed, health().failures) == (True, 0)
    assert send(1).sent == 0
    assert not DeliveryAttempt.objects.exists()
    assert set(Message.objects.values_list("claims", flat=True)) == {0}
    end_pauses()
    assert send(10).sent == 3
    assert len(provider.messages) == 3


def test_more_than_a_second_allows_goes_out_over_several(
    provider: SmsProvider, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.SMS_PER_SECOND = 1
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        ChannelState.objects.update(refilled_at=Now() - timedelta(seconds=seconds))

    monkeypatch.setattr("notifications.delivery.sending.time.sleep", wait)
    make_sms(9)

    assert send().sent == 9

    # Four of five at once, one being kept for what cannot wait.
    assert waits
    assert all(0 < seconds <= 2.5 for seconds in waits)


def test_a_run_that_is_over_does_not_wait_for_its_turn(provider: SmsProvider, settings: Any):
    settings.SMS_PER_SECOND = 1
    make_sms(8)

    started = time.monotonic()
    done = send(until=started + 0.4)

    assert time.monotonic() - started < 5
    assert done.sent <= 5
    assert Message.objects.filter(state=MessageState.PLANNED, claims=0, lease_token=None).count() == 8 - done.sent


def test_the_night_costs_no_turn(provider: SmsProvider, settings: Any):
    settings.SMS_PER_SECOND = 5
    make_sms(3)
    Registration.objects.update(sms_reminders=False)

    send()

    assert states() == {MessageState.CANCELLED}
    assert ChannelState.objects.get(pk=SMS).tokens == 5


def test_the_one_that_was_to_try_it_and_is_not_true_any_more_leaves_that_to_the_next(provider: SmsProvider):
    stale, sound = make_sms(2)
    Registration.objects.filter(messages=stale).update(sms_reminders=False)
    Message.objects.filter(pk=stale.pk).update(next_attempt_at=NOW - timedelta(minutes=1))
    ChannelState.objects.create(
        channel=SMS, refilled_at=NOW, failures=5, pause_seconds=60, open_until=Now() - timedelta(seconds=1), tokens=5
    )

    assert send().sent == 1

    sound.refresh_from_db()
    assert sound.state == MessageState.SENT
    assert health().works


@pytest.mark.parametrize("refusal", [(400, 99999), (400, 21606)])
def test_a_refusal_of_the_one_that_tries_it_shows_that_the_channel_works(
    provider: SmsProvider, refusal: tuple[int, int]
):
    provider.faults = [(401, 20003), refusal]
    make_sms(3)
    send()
    end_pauses()

    assert send(2).sent == 2

    assert (health().works, health().failures) == (True, 0)


def test_faults_are_in_a_row_only_where_nothing_was_answered_in_between(provider: SmsProvider):
    provider.faults = [*[(503, 503)] * 4, (400, 99999), *[(503, 503)] * 4]
    make_sms(9)

    for minute in range(8):
        send(minute)

    assert len(provider.requests) == 9
    assert (health().works, health().failures) == (True, 4)


def test_a_number_of_another_country_tries_nothing(provider: SmsProvider):
    provider.faults = [(401, 20003)]
    abroad, _here = make_sms(2, "confirmed")
    send()
    Participant.objects.filter(registration=abroad.registration).update(phone="+18765551234")
    Message.objects.filter(pk=abroad.pk).update(priority=0)
    end_pauses()

    assert send(2).sent == 1

    assert set(Message.objects.filter(channel=SMS).values_list("state", flat=True)) == {"suppressed", "sent"}
    assert health().works
    assert len(provider.requests) == 2


def test_what_is_unclear_is_not_asked_about_while_nobody_answers(provider: SmsProvider):
    provider.faults = ["take and drop"] * 3
    provider.list_faults = [(503, 503)] * 3
    make_sms(3)
    for minute in range(3):
        send(minute)
    Message.objects.update(lease_until=Now() - timedelta(seconds=1))

    # The first that is not answered is enough.
    send(5)
    assert provider.lists == 1
    assert states() == {MessageState.UNKNOWN}

    ChannelState.objects.update(open_until=Now() + timedelta(minutes=1))
    Message.objects.update(lease_until=Now() - timedelta(seconds=1))
    send(6)
    assert provider.lists == 1


def test_work_by_hand_ends_and_says_which_channel_is_out_of_order(provider: SmsProvider, settings: Any):
    settings.ALLOW_CLOCK = True
    make_sms(2)
    ChannelState.objects.create(channel=SMS, refilled_at=NOW, failures=5, open_until=Now() + timedelta(minutes=1))
    said = StringIO()

    call_command("work_once", at="2027-01-12T10:00+01:00", stdout=said)

    assert "SMS is out of order." in said.getvalue()
    assert states() == {MessageState.PLANNED}
    assert provider.requests == []


def test_a_mail_server_that_does_not_let_us_in_is_left_alone_at_once(settings: Any):
    with broken_mail_server(EHLO=["250-test\r\n250 AUTH PLAIN"] * 2, AUTH=["535 5.7.8 wrong password"] * 2) as server:
        use_mail_server(settings, server.port)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "wiec", "wrong"
        make_message(make_registration(make_event()))

        assert send().out_of_order == {EMAIL}
        send(1)

        assert server.connections == 1
    assert (health(EMAIL).works, health(EMAIL).last_error) == (False, "535 SMTPAuthenticationError")
    assert states() == {MessageState.PLANNED}
