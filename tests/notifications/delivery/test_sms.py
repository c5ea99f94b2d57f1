"""SMS over a real HTTP far end whose requests are held against the provider's public description."""

import time as real_time
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from notifications.actions.reports import record_report
from notifications.delivery import sending
from notifications.delivery.sending import Sent, send_due
from notifications.enums import AttemptResult, Channel, Delivery, MessageState
from notifications.models import ChannelState, DeliveryAttempt, Message
from registrations.models import Registration
from tests.make import make_event, make_registration, make_session
from tests.make.events import NOW
from tests.notifications.conftest import use_mail_server
from tests.notifications.far_ends import SERVICE, SmsProvider, broken_mail_server
from tests.notifications.make_messages import end_pauses, make_message

pytestmark = pytest.mark.django_db

NUMBER = "+48501502503"


def send(minutes: float = 0) -> Sent:
    return send_due(clock=lambda: NOW + timedelta(minutes=minutes))


def make_sms(kind: str = "reminder", *, phone: str = NUMBER, **event: Any) -> Message:
    registration = make_registration(make_event(**event), phone=phone, sms_reminders=True)
    return make_message(registration, kind, channel=Channel.SMS)


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def waited_long_enough() -> None:
    """As if the time in which a report may still come were over."""
    Message.objects.filter(state=MessageState.UNKNOWN).update(lease_until=Now() - timedelta(seconds=1))


def test_an_sms_says_what_when_and_where_and_names_its_row(provider: SmsProvider):
    message = make_sms()

    assert send().sent == 1

    (request,) = provider.requests
    assert request["To"] == NUMBER
    assert request["MessagingServiceSid"] == SERVICE
    assert request["StatusCallback"] == f"http://127.0.0.1:8000/webhooks/twilio/status/?message={message.pk}"
    assert request["ValidityPeriod"] == "36000"
    assert "26.01 10:00" in request["Body"]
    assert request["Body"].isascii()
    message.refresh_from_db()
    assert (message.state, message.provider_id, message.to) == (MessageState.SENT, f"SM{0:032x}", NUMBER)
    assert list(message.attempts.values_list("result", "provider_id")) == [("accepted", f"SM{0:032x}")]


def test_it_dies_at_the_provider_when_it_is_of_no_use_any_more(provider: SmsProvider):
    registration = make_registration(make_event(), phone=NUMBER, sms_reminders=True)
    make_message(registration, "reminder", channel=Channel.SMS, useful_for=timedelta(minutes=30))

    send()

    assert provider.requests[0]["ValidityPeriod"] == "1800"


def test_a_sender_of_ones_own_takes_the_place_of_a_service(provider: SmsProvider, settings: Any):
    settings.TWILIO_MESSAGING_SERVICE_SID, settings.TWILIO_FROM = "", "Lublin"
    make_sms()

    send()

    assert provider.requests[0]["From"] == "Lublin"


def test_polish_letters_do_not_double_the_price(provider: SmsProvider):
    make_sms(title="Zażółć gęślą jaźń – „spotkanie”")

    send()

    assert 'Zazolc gesla jazn - "spotkanie"' in provider.requests[0]["Body"]


@pytest.mark.parametrize("status_and_code", [(400, 21211), (400, 21614), (400, 99999)])
def test_a_wrong_number_fails_at_once(provider: SmsProvider, status_and_code: tuple[int, int]):
    provider.faults = [status_and_code]
    message = make_sms()

    assert send().failed == 1

    assert state_of(message) == MessageState.FAILED
    assert list(message.attempts.values_list("result", "code")) == [("refused", str(status_and_code[1]))]
    assert len(provider.requests) == 1


def test_somebody_who_sent_stop_is_left_alone(provider: SmsProvider):
    provider.faults = [(400, 21610)]
    message = make_sms()

    send()

    assert (state_of(message), message.state_reason) == (MessageState.SUPPRESSED, "address_blocked")


@pytest.mark.parametrize("status_and_code", [(429, 20429), (401, 20003), (404, 20404)])
def test_what_is_not_the_messages_fault_costs_no_try(provider: SmsProvider, status_and_code: tuple[int, int]):
    provider.faults = [status_and_code]
    messages = [make_sms(phone=f"+4850150250{digit}") for digit in range(3)]

    assert send().out_of_order == {Channel.SMS}

    # The first answer is enough: nobody else is sent into it.
    assert len(provider.requests) == 1
    assert {state_of(message) for message in messages} == {MessageState.PLANNED}
    assert not DeliveryAttempt.objects.exists()
    end_pauses()
    assert send(2).sent == 3


def test_a_country_that_is_switched_off_at_the_provider_stops_one_message_and_staff_sees_it(provider: SmsProvider):
    provider.faults = [(400, 21408)]
    messages = [make_sms("confirmed", phone=f"+4850150250{digit}") for digit in range(3)]

    done = send()

    assert (done.failed, done.sent, done.out_of_order) == (1, 2, set())
    assert sorted(state_of(message) for message in messages) == ["failed", "sent", "sent"]
    assert list(Message.objects.filter(channel=Channel.EMAIL).values_list("state", flat=True)) == ["planned"]
    assert ChannelState.objects.values_list("last_error", "failures").get(pk=Channel.SMS) == ("21408 HTTP 400", 0)


def test_a_sender_that_cannot_write_to_one_number_is_seen_by_staff_and_may_be_put_right(provider: SmsProvider):
    provider.faults = [(400, 21606)]
    messages = [make_sms("confirmed", phone=f"+4850150250{digit}") for digit in range(3)]

    done = send()

    assert (done.put_off, done.sent, done.out_of_order) == (1, 2, set())
    assert ChannelState.objects.get(pk=Channel.SMS).last_error == "21606 HTTP 400"
    assert send(1).sent == 1
    assert {state_of(message) for message in messages} == {MessageState.SENT}


def test_sms_that_are_out_of_order_do_not_hold_mails_back(provider: SmsProvider):
    provider.faults = [(429, 20429)]
    make_sms()
    make_message(make_registration(make_event()), "confirmed")

    assert send().sent == 1


def test_many_mails_do_not_hold_an_sms_back(provider: SmsProvider, settings: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "_TURN_SECONDS", 0.3)
    event = make_event()
    for _ in range(4):
        make_message(make_registration(event), "confirmed")
    make_sms()
    gone_before = []

    def take_long() -> None:
        gone_before.append(len(provider.messages))
        real_time.sleep(0.2)

    with broken_mail_server() as server:
        use_mail_server(settings, server.port)
        server.after_dot = take_long

        assert send().sent == 5

    # The last mail was still to come when the SMS had its turn.
    assert gone_before[-1] == 1


@pytest.mark.parametrize("fault", ["take and 500", "take and hang", "take and drop", "nonsense"])
def test_taken_and_not_answered_is_found_at_the_provider_and_not_sent_again(provider: SmsProvider, fault: str):
    provider.faults = [fault]
    message = make_sms()

    assert send().unclear == 1
    assert state_of(message) == MessageState.UNKNOWN
    # The provider's own report is waited for first.
    assert send(1).sent == 0
    assert provider.lists == 0

    waited_long_enough()
    assert send(3).sent == 1

    assert (state_of(message), message.provider_id) == (MessageState.SENT, f"SM{0:032x}")
    assert len(provider.messages) == 1


@pytest.mark.parametrize("fault", [(500, 20500), (503, 503), "drop", "hang"])
def test_not_taken_and_not_answered_is_sent_again_after_asking(provider: SmsProvider, fault: object):
    provider.faults = [fault]
    message = make_sms()

    assert send().unclear == 1
    waited_long_enough()
    assert send(3).sent == 1

    assert provider.lists == 1
    assert len(provider.messages) == 1
    assert list(message.attempts.values_list("result", flat=True)) == [AttemptResult.UNCLEAR, AttemptResult.ACCEPTED]


def test_nothing_is_sent_again_while_the_provider_cannot_be_asked(provider: SmsProvider):
    provider.faults = ["take and drop"]
    provider.list_faults = [(503, 503)] * 3
    message = make_sms()
    send()

    for minute in (3, 6, 9):
        waited_long_enough()
        send(minute)
    assert len(provider.messages) == 1
    assert state_of(message) == MessageState.UNKNOWN

    waited_long_enough()
    send(12)
    assert state_of(message) == MessageState.SENT
    assert len(provider.messages) == 1


def test_asking_ends_when_the_message_is_of_no_use_any_more(provider: SmsProvider):
    provider.faults = ["drop"]
    provider.list_faults = [(503, 503)]
    message = make_sms()
    send()
    waited_long_enough()

    send(60 * 24 * 14)

    assert (state_of(message), message.state_reason) == (MessageState.UNKNOWN, "not_repeated")
    assert provider.messages == []


def test_an_equal_text_of_another_message_is_not_taken_for_this_one(provider: SmsProvider):
    event = make_event()
    for name in ("anna@example.org", "jan@example.org"):
        registration = make_registration(event, email=name, phone=NUMBER, sms_reminders=True)
        make_message(registration, "event_cancelled", channel=Channel.SMS)
    event.status = "cancelled"
    event.save()
    provider.faults = [None, "drop"]
    send()

    waited_long_enough()
    send(3)

    assert len(provider.messages) == 2
    assert set(Message.objects.values_list("provider_id", flat=True)) == {f"SM{0:032x}", f"SM{1:032x}"}


def test_the_provider_that_is_not_there_is_out_of_order(provider: SmsProvider, settings: Any):
    settings.TWILIO_API_URL = "http://127.0.0.1:1"
    message = make_sms()

    done = send()

    assert (done.out_of_order, done.unclear) == ({Channel.SMS}, 0)
    assert state_of(message) == MessageState.PLANNED


def test_a_reminder_is_not_sent_to_whom_does_not_want_one(provider: SmsProvider):
    message = make_sms()
    Registration.objects.update(sms_reminders=False)

    assert send().ended == 1

    assert (state_of(message), message.state_reason) == (MessageState.CANCELLED, "no_consent")
    assert provider.requests == []


@pytest.mark.parametrize(
    ("hour", "starts_in_hours", "is_sent"),
    [(23, 48, False), (5, 48, False), (12, 48, True), (23, 11, True)],
)
def test_the_night_is_quiet_unless_the_event_is_near(
    provider: SmsProvider, settings: Any, hour: int, starts_in_hours: int, is_sent: bool
):
    settings.QUIET_HOURS = (time(22), time(7))
    moment = datetime(2027, 1, 12, hour - 1, tzinfo=UTC)  # an hour before Warsaw's clock
    event = make_event(starts_at=moment + timedelta(hours=starts_in_hours), at=moment)
    registration = make_registration(event, phone=NUMBER, at=moment)
    message = make_message(registration, "event_changed", channel=Channel.SMS, at=moment)
    event.changes.create(kind="edited", at=moment, notify=True)
    Message.objects.update(event_change=event.changes.get())

    done = send_due(clock=lambda: moment)

    assert (done.sent, done.put_off) == ((1, 0) if is_sent else (0, 1))
    if not is_sent:
        message.refresh_from_db()
        morning = datetime(2027, 1, 13 if hour == 23 else 12, 6, tzinfo=UTC)
        assert (message.next_attempt_at, message.claims) == (morning, 0)
        assert send_due(clock=lambda: morning).sent == 1


@pytest.mark.parametrize(
    ("next_in_days", "is_cancelled", "is_about_it", "is_sent"),
    [
        (7, False, False, False),
        (0.4, False, False, True),
        (0.4, True, False, False),
        # Who does not hear of it tonight sets out in vain in the morning.
        (0.4, True, True, True),
    ],
)
def test_a_series_that_has_begun_wakes_nobody_but_before_its_next_date(
    provider: SmsProvider,
    settings: Any,
    next_in_days: float,
    is_cancelled: bool,
    is_about_it: bool,
    is_sent: bool,
):
    settings.QUIET_HOURS = (time(22), time(7))
    moment = datetime(2027, 1, 12, 22, tzinfo=UTC)
    begun = moment - timedelta(days=7)
    event = make_event(starts_at=begun, at=begun)
    following = make_session(event, starts_at=moment + timedelta(days=next_in_days))
    event.sessions.filter(pk=following.pk).update(is_cancelled=is_cancelled)
    make_session(event, starts_at=moment + timedelta(days=14))
    message = make_message(
        make_registration(event, phone=NUMBER, at=begun), "event_changed", channel=Channel.SMS, at=moment
    )
    about = following if is_about_it else None
    message.event_change = event.changes.create(kind="edited", session=about, at=moment, notify=True)
    message.save()

    done = send_due(clock=lambda: moment)

    assert (done.sent, done.put_off) == ((1, 0) if is_sent else (0, 1))


def test_a_report_closes_the_row_before_anybody_asks(provider: SmsProvider):
    provider.faults = ["take and drop"]
    message = make_sms()
    send()

    assert record_report(
        message.pk, provider_id="SM1", status="delivered", delivery=Delivery.DELIVERED, code="", at=NOW
    )
    waited_long_enough()
    send(3)

    assert state_of(message) == MessageState.DELIVERED
    assert provider.lists == 0
    assert len(provider.messages) == 1


def test_a_late_report_stops_a_row_that_was_to_be_sent_again(provider: SmsProvider):
    provider.faults = ["drop"]
    message = make_sms()
    send()
    Message.objects.update(state=MessageState.PLANNED, lease_until=None)

    record_report(message.pk, provider_id="SM1", status="sent", delivery=Delivery.ON_ITS_WAY, code="", at=NOW)

    assert send(3).sent == 0
    assert state_of(message) == MessageState.SENT
