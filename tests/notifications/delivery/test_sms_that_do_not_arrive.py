"""An SMS that does not arrive: what goes out in its place, once, and what is learnt of the number."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from structlog.testing import capture_logs

from events.models import Event
from notifications.actions import outbox
from notifications.actions.reports import record_report
from notifications.actions.suppressing import suppress
from notifications.channels.sms import report_of
from notifications.delivery.sending import Sent, send_due
from notifications.enums import Channel, Delivery, MessageState, Priority, SuppressionReason, SuppressionScope
from notifications.errors import ChannelError
from notifications.models import Message, Suppression
from notifications.queries.channels import channel_states
from notifications.queries.troubles import undelivered_messages
from registrations.models import Participant, Registration
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink, SmsProvider
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

NUMBER = "+48501502503"
SMS, EMAIL = Channel.SMS, Channel.EMAIL


def send(minutes: float = 0) -> Sent:
    return send_due(clock=lambda: NOW + timedelta(minutes=minutes))


def make_sms(kind: str = "reminder", *, phone: str = NUMBER, email: str = "anna@example.org", **more: Any) -> Message:
    registration = make_registration(make_event(), phone=phone, email=email, sms_reminders=True)
    return make_message(registration, kind, channel=SMS, **more)


def report(message: Message, status: str, code: str = "", *, minutes: float = 1, provider_id: str = "") -> None:
    """As the webhook records what the provider says."""
    provider_id = provider_id or Message.objects.get(pk=message.pk).provider_id or "SM1"
    found = report_of({"MessageSid": provider_id, "MessageStatus": status, "ErrorCode": code})
    assert found is not None
    known = record_report(
        message.pk,
        provider_id=found.provider_id,
        status=found.status,
        delivery=found.delivery,
        code=found.code,
        loss=found.loss,
        at=NOW + timedelta(minutes=minutes),
    )
    assert known


def rows() -> list[tuple[str, str]]:
    """Every message in the order in which it was planned: channel and state."""
    return list(Message.objects.order_by("created_at", "due_at", "-channel").values_list("channel", "state"))


def suppressed() -> list[tuple[str, str]]:
    return list(Suppression.objects.values_list("channel", "reason"))


# Refused at once


@pytest.mark.parametrize("code", [21211, 21614])
def test_a_number_that_is_none_is_not_tried_again_and_its_person_gets_a_mail(
    provider: SmsProvider, sink: MailSink, code: int
):
    provider.faults = [(400, code)]
    message = make_sms()

    send()
    send()

    assert rows() == [("sms", "failed"), ("email", "sent")]
    assert suppressed() == [("sms", "invalid")]
    assert sink.recipients == [["anna@example.org"]]
    mail = Message.objects.get(channel=EMAIL)
    assert (mail.kind, mail.instead_of, mail.session, mail.useful_until) == (
        message.kind,
        message,
        message.session,
        message.useful_until,
    )
    assert (mail.priority, mail.language, mail.registration) == (Priority.REMINDER, "pl", message.registration)
    # The next SMS to it does not even leave.
    other = make_sms("event_changed", email="jan@example.org")
    send(2)
    assert len(provider.requests) == 1
    other.refresh_from_db()
    assert (other.state, other.state_reason) == (MessageState.SUPPRESSED, "invalid")
    assert Message.objects.get(instead_of=other).channel == EMAIL


def test_who_has_stopped_sms_at_the_provider_gets_mails(provider: SmsProvider, sink: MailSink):
    provider.faults = [(400, 21610)]
    message = make_sms("event_changed")

    send()

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.SUPPRESSED, "address_blocked")
    assert suppressed() == [("sms", "opted_out")]
    assert Message.objects.get(channel=EMAIL).instead_of == message


def test_another_refusal_for_good_leads_to_a_mail_and_says_nothing_of_the_number(provider: SmsProvider):
    provider.faults = [(400, 21617)]
    make_sms()

    send()

    assert rows() == [("sms", "failed"), ("email", "planned")]
    assert suppressed() == []


def test_a_number_of_another_country_is_not_called_and_its_person_gets_a_mail(provider: SmsProvider, settings: Any):
    settings.SMS_COUNTRIES = frozenset({"PL"})
    abroad = make_sms(phone="+380501234567")
    near = make_sms(email="jan@example.org")

    send()

    assert [to for to, _body in provider.texts] == [NUMBER]
    abroad.refresh_from_db()
    near.refresh_from_db()
    assert (abroad.state, abroad.state_reason) == (MessageState.SUPPRESSED, "other_country")
    assert near.state == MessageState.SENT
    assert Message.objects.get(channel=EMAIL).instead_of == abroad
    # Once the city has decided otherwise, they get their SMS.
    assert suppressed() == []


def test_who_gave_no_e_mail_has_no_other_channel(provider: SmsProvider):
    provider.faults = [(400, 21614)]
    make_sms()
    Participant.objects.update(email="")

    send()

    assert rows() == [("sms", "failed")]


def test_a_mail_that_says_the_same_is_not_doubled(provider: SmsProvider, sink: MailSink):
    provider.faults = [(400, 21614)]
    message = make_sms("event_cancelled")
    registration, event = message.registration, message.event
    assert registration is not None
    assert event is not None
    mail = make_message(registration, "event_cancelled")
    event.status = "cancelled"
    event.save()

    send()

    assert Message.objects.filter(channel=EMAIL).get() == mail
    # A mail that did not get through is no reason to stay silent.
    Message.objects.filter(channel=EMAIL).update(state=MessageState.FAILED, dedupe_key="another")
    Message.objects.filter(channel=SMS).update(state=MessageState.SENT, provider_id="SM1")
    report(message, "undelivered", "30004")
    assert Message.objects.filter(channel=EMAIL, instead_of=message).count() == 1


def test_what_one_may_do_without_stays_unsaid(provider: SmsProvider):
    provider.faults = [(400, 21614)]
    make_sms()
    Message.objects.update(priority=Priority.OPTIONAL)

    send()

    assert rows() == [("sms", "failed")]


def test_an_sms_that_is_put_off_for_too_long_leads_to_a_mail(provider: SmsProvider):
    provider.faults = [(400, 21211)]
    message = make_sms(useful_for=timedelta(minutes=30))
    token = outbox.claim(SMS, at=NOW)
    Message.objects.update(state=MessageState.SENDING)
    message.refresh_from_db()
    assert token is not None

    outbox.record_failed(message, ChannelError("busy", retry_after=3600), at=NOW)

    assert rows() == [("sms", "failed"), ("email", "planned")]


def test_a_text_that_cannot_be_written_as_sms_goes_by_mail(provider: SmsProvider, settings: Any):
    settings.SMS_MOST_SEGMENTS = 1
    make_sms("offered")
    Registration.objects.update(
        state="offered", holds_seat=True, offer_expires_at=NOW + timedelta(days=3), language="uk"
    )
    Message.objects.update(language="uk")

    for minute in (0, 2, 8):
        send(minute)

    assert rows() == [("sms", "failed"), ("email", "planned")]
    assert provider.requests == []


# Given up before


def test_who_does_not_want_sms_gets_the_mail_at_the_moment_of_sending(provider: SmsProvider, sink: MailSink):
    suppress(SMS, NUMBER, reason=SuppressionReason.OPTED_OUT, at=NOW)
    message = make_sms("event_changed")

    done = send()

    message.refresh_from_db()
    assert (message.state, message.state_reason, done.ended) == (MessageState.SUPPRESSED, "address_blocked", 1)
    assert provider.requests == []
    assert Message.objects.get(channel=EMAIL).instead_of == message


def test_a_reminder_that_nobody_wants_by_sms_is_not_sent_by_mail_either(provider: SmsProvider):
    suppress(SMS, NUMBER, reason=SuppressionReason.OPTED_OUT, at=NOW)
    make_sms()
    Registration.objects.update(sms_reminders=False)

    send()

    assert rows() == [("sms", "cancelled")]


def test_a_mailbox_that_called_mail_unwanted_still_gets_what_matters(sink: MailSink):
    suppress(EMAIL, "anna@example.org", reason=SuppressionReason.COMPLAINT, scope=SuppressionScope.OPTIONAL, at=NOW)
    registration = make_registration(make_event(), email="anna@example.org")
    reminder = make_message(registration, "reminder")
    make_message(registration, "confirmed")

    send()

    reminder.refresh_from_db()
    assert (reminder.state, reminder.state_reason) == (MessageState.SUPPRESSED, "complaint")
    assert len(sink.mails) == 1


# Mail that is refused


def test_an_address_that_does_not_exist_is_given_up_at_once(sink: MailSink):
    sink.refuse_recipient["anna@example.org"] = "550 5.1.1 <anna@example.org> unknown"
    registration = make_registration(make_event(), email="anna@example.org")
    first = make_message(registration, "confirmed")
    send()
    second = make_message(registration, "event_changed")

    del sink.refuse_recipient["anna@example.org"]
    send(1)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.state_reason) == ("failed", "suppressed", "bounced")
    (row,) = Suppression.objects.all()
    assert (row.reason, row.message, "anna" in row.detail) == ("bounced", first, False)


@pytest.mark.parametrize(
    ("answer", "refused", "is_given_up"),
    [
        ("550 no such user here", 2, False),
        ("550 no such user here", 3, True),
        # Our network or our own address is refused, whoever it is for.
        ("550 5.7.1 your network is on a block list", 4, False),
        ("550 5.1.8 sender's domain does not exist", 4, False),
    ],
)
def test_an_address_that_is_refused_again_and_again_is_given_up(
    sink: MailSink, answer: str, refused: int, is_given_up: bool
):
    registration = make_registration(make_event(), email="anna@example.org")
    sink.refuse_recipient["anna@example.org"] = answer

    for number in range(refused):
        message = make_message(registration, "confirmed")
        Message.objects.filter(pk=message.pk).update(dedupe_key=f"test {number}")
        send(number)

    assert Suppression.objects.exists() == is_given_up


def test_a_mail_that_was_taken_begins_the_count_anew(sink: MailSink):
    registration = make_registration(make_event(), email="anna@example.org")

    for number, is_refused in enumerate([True, True, False, True, True]):
        sink.refuse_recipient = {"anna@example.org": "550 no"} if is_refused else {}
        message = make_message(registration, "confirmed")
        Message.objects.filter(pk=message.pk).update(dedupe_key=f"test {number}")
        send(number)

    assert not Suppression.objects.exists()


def test_who_works_at_an_event_is_counted_by_the_address_alone(sink: MailSink):
    sink.refuse_recipient["anna@example.org"] = "550 no"
    registration = make_registration(make_event(), email="anna@example.org")
    for number in range(3):
        message = make_message(registration, "confirmed")
        Message.objects.filter(pk=message.pk).update(dedupe_key=f"test {number}", registration=None)
    outbox.claim(EMAIL, at=NOW)

    for message in Message.objects.all():
        Message.objects.filter(pk=message.pk).update(state=MessageState.SENDING, to="anna@example.org")
        refusal = ChannelError("550", permanent=True, blames_address=True)
        outbox.record_failed(message, refusal, at=NOW)

    assert suppressed() == [("email", "bounced")]


# Taken, and lost on the way


@pytest.mark.parametrize("code", ["30001", "30003", "30008"])
def test_a_phone_that_cannot_be_reached_is_tried_once_more_later_and_then_by_mail(provider: SmsProvider, code: str):
    message = make_sms("event_changed")
    send()

    report(message, "undelivered", code, minutes=1)
    report(message, "undelivered", code, minutes=2)

    assert rows() == [("sms", "failed"), ("sms", "planned")]
    again = Message.objects.get(instead_of=message)
    assert again.next_attempt_at == NOW + timedelta(minutes=31)
    assert send(30).sent == 0
    assert send(31).sent == 1
    report(again, "undelivered", code, minutes=32)
    mail = Message.objects.get(channel=EMAIL)
    assert (mail.instead_of, mail.dedupe_key) == (again, message.dedupe_key.replace("sms", "email"))
    assert len(provider.messages) == 2
    assert suppressed() == []


def test_what_would_come_too_late_is_not_tried_again_but_written_at_once(provider: SmsProvider):
    message = make_sms(useful_for=timedelta(minutes=20))
    send()

    report(message, "undelivered", "30003")

    assert rows() == [("sms", "failed"), ("email", "planned")]


def test_what_is_of_no_use_any_more_is_not_written_either(provider: SmsProvider):
    message = make_sms(useful_for=timedelta(minutes=20))
    send()

    report(message, "undelivered", "30003", minutes=20)

    assert rows() == [("sms", "failed")]


@pytest.mark.parametrize(
    ("code", "learnt"),
    [
        ("30004", []),
        ("30005", [("sms", "invalid")]),
        ("30006", [("sms", "invalid")]),
        ("21610", [("sms", "opted_out")]),
    ],
)
def test_a_number_that_will_not_take_it_gets_a_mail_at_once(
    provider: SmsProvider, code: str, learnt: list[tuple[str, str]]
):
    message = make_sms("event_changed")
    send()

    report(message, "failed", code)

    assert rows() == [("sms", "failed"), ("email", "planned")]
    assert suppressed() == learnt


def test_a_text_that_is_taken_for_spam_alarms_staff(provider: SmsProvider):
    message = make_sms("event_changed")
    send()

    with capture_logs() as logs:
        report(message, "undelivered", "30007")

    (line,) = [line for line in logs if line["log_level"] == "warning"]
    assert (line["event"], line["code"], line["kind"]) == ("message filtered", "30007", "event_changed")
    health = next(one for one in channel_states() if one.channel == SMS)
    assert (health.works, health.last_error) == (True, "30007 event_changed")
    assert rows() == [("sms", "failed"), ("email", "planned")]


def test_a_report_of_loss_about_an_earlier_copy_takes_nothing_back(provider: SmsProvider):
    message = make_sms("event_changed")
    send()

    report(message, "undelivered", "30003", provider_id="SM of the first try")

    message.refresh_from_db()
    assert message.state == MessageState.SENT
    report(message, "delivered")
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


def test_a_failure_is_shown_until_something_stands_in_for_it(provider: SmsProvider):
    user = make_user("clerk@example.org")
    message = make_sms("event_changed")
    Participant.objects.update(email="")
    send()
    report(message, "undelivered", "30004")
    assert [trouble.count for trouble in undelivered_messages(user)] == [1]

    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT)
    Participant.objects.update(email="anna@example.org")
    report(message, "undelivered", "30004")

    assert undelivered_messages(user) == []


def test_what_the_provider_has_not_and_will_not_take_goes_by_mail(provider: SmsProvider):
    provider.faults = ["drop", "drop", "drop"]
    make_sms("event_changed")

    for minute in (0, 5, 10, 15):
        send(minute)
        Message.objects.filter(state=MessageState.UNKNOWN).update(lease_until=Now() - timedelta(seconds=1))

    assert rows() == [("sms", "failed"), ("email", "planned")]
    assert Message.objects.get(channel=SMS).state_reason == "tried_enough"


def test_an_sms_that_nobody_reports_on_stays_sent_and_is_known_by_that(provider: SmsProvider):
    message = make_sms()
    assert not message.lacks_receipt(at=NOW + timedelta(days=2))
    send()
    message.refresh_from_db()

    assert not message.lacks_receipt(at=NOW + timedelta(hours=23))
    assert message.lacks_receipt(at=NOW + timedelta(hours=24))
    mail = make_message(make_registration(make_event()))
    assert not mail.lacks_receipt(at=NOW + timedelta(days=2))
    message.provider_id = ""
    assert not message.lacks_receipt(at=NOW + timedelta(days=2))


# What it costs


def test_the_parts_are_counted_as_they_are_sent_and_put_right_by_a_report(provider: SmsProvider):
    message = make_sms("event_changed")
    send()
    message.refresh_from_db()
    assert message.segments in {1, 2}

    record_report(
        message.pk,
        provider_id=message.provider_id,
        status="sent",
        delivery=Delivery.ON_ITS_WAY,
        code="",
        segments=4,
        at=NOW,
    )

    message.refresh_from_db()
    assert message.segments == 4


def test_polish_letters_stay_where_the_city_wants_them(provider: SmsProvider, settings: Any):
    settings.SMS_TRANSLITERATE = False
    make_message(
        make_registration(make_event(title="Zażółć gęślą jaźń"), phone=NUMBER, sms_reminders=True),
        "reminder",
        channel=SMS,
    )

    send()

    assert "Zażółć gęślą jaźń" in provider.requests[0]["Body"]


def test_ukrainian_is_never_turned_into_question_marks(provider: SmsProvider):
    event = make_event()
    Event.objects.update(title={"pl": "Spotkanie", "uk": "Зустріч Їжакової"})
    registration = make_registration(event, phone=NUMBER, sms_reminders=True, language="uk")
    make_message(registration, "reminder", channel=SMS)

    send()

    (request,) = provider.requests
    assert "Зустріч Їжакової" in request["Body"]
    assert "??" not in request["Body"]
