"""Mails over real SMTP, and what every failure of a server leads to."""

import time
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
import segno
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, EventChange, Session
from notifications.delivery import sending
from notifications.delivery.composing import Background, letter_of
from notifications.delivery.sending import Sent, send_due
from notifications.enums import AttemptResult, Channel, MessageState
from notifications.models import DeliveryAttempt, Message
from notifications.rendering.letters import Letter
from registrations.models import Registration
from tests.make import make_event, make_registration, make_unit
from tests.make.events import NOW
from tests.notifications.conftest import use_mail_server
from tests.notifications.far_ends import MailSink, SmsProvider, broken_mail_server
from tests.notifications.make_messages import end_pauses, make_message

pytestmark = pytest.mark.django_db


def send_at(moment: datetime) -> Sent:
    return send_due(clock=lambda: moment)


def send(minutes: float = 0) -> Sent:
    return send_at(NOW + timedelta(minutes=minutes))


def attempts(message: Message) -> list[tuple[str, str]]:
    return list(message.attempts.values_list("result", "code"))


def part(mail: EmailMessage, kind: str) -> EmailMessage:
    (found,) = [one for one in mail.walk() if one.get_content_type() == kind]
    assert isinstance(found, EmailMessage)
    return found


def test_a_confirmation_is_a_complete_mail(sink: MailSink):
    unit = make_unit()
    unit.contact_email = "office@example.org"
    unit.save()
    event = make_event(unit=unit)
    registration = make_registration(event, email="anna@example.org", language="en")
    message = make_message(registration, "confirmed")

    done = send()

    assert done.sent == 1
    (mail,) = sink.mails
    assert sink.recipients == [["anna@example.org"]]
    assert mail["Subject"] == "You are registered: Trial meeting, 26.01 10:00"
    assert mail["Message-ID"] == f"<{message.pk}@127.0.0.1>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "office@example.org"
    assert mail["Content-Language"] == "en"
    assert mail.get_content_type() == "multipart/mixed"
    alternative, file = mail.iter_parts()
    kinds = [one.get_content_type() for one in alternative.iter_parts()]
    assert kinds == ["text/plain", "multipart/related", "text/calendar"]
    assert file.get_filename() == "invite.ics"
    text = part(mail, "text/plain")
    assert text["Content-Transfer-Encoding"] == "quoted-printable"
    assert f"/en/r/{registration.manage_token}/" in text.get_content()
    assert registration.ticket_code in text.get_content()
    assert "{{" not in text.get_content()
    assert f'href="http://127.0.0.1:8000/en/r/{registration.manage_token}/"' in part(mail, "text/html").get_content()
    assert part(mail, "image/png")["Content-ID"] == "<ticket>"
    # What was sent is 7-bit, so no relay has to re-encode it.
    assert sink.raw[0].isascii()


def test_the_calendar_part_is_an_invitation_of_the_one_who_gets_it(sink: MailSink):
    event = make_event()
    make_message(make_registration(event, email="anna@example.org"), "confirmed")

    send()

    calendar_part = part(sink.mails[0], "text/calendar")
    assert calendar_part.get_param("method") == "REQUEST"
    calendar = icalendar.Calendar.from_ical(calendar_part.get_content())
    assert calendar["METHOD"] == "REQUEST"
    (entry,) = calendar.walk("VEVENT")
    session = Session.objects.get(event=event)
    assert entry["UID"] == str(session.uid)
    assert entry["ATTENDEE"] == "mailto:anna@example.org"
    assert isinstance(entry, icalendar.Event)
    assert entry.start == session.starts_at
    assert part(sink.mails[0], "application/ics").get_content().replace(b"\r\n", b"\n") == (
        calendar_part.get_content().replace("\r\n", "\n").encode()
    )


def test_several_sessions_come_as_a_plain_file(sink: MailSink):
    make_message(make_registration(make_event(sessions=3)), "confirmed")

    send()

    (mail,) = sink.mails
    (file,) = [one for one in mail.walk() if (one.get_filename() or "").endswith(".ics")]
    assert file.get_content_type() == "application/ics"
    assert "METHOD" not in icalendar.Calendar.from_ical(file.get_content())
    assert not [one for one in mail.walk() if one.get_content_type() == "text/calendar"]


def test_staff_never_sees_the_link(sink: MailSink):
    registration = make_registration(make_event())
    message = make_message(registration, "confirmed")

    send()

    message.refresh_from_db()
    assert registration.manage_token not in message.body + message.html + message.calendar
    assert f"{{{{manage_link:{registration.pk}}}}}" in message.body
    assert message.to == registration.participant.email


def test_nobody_gets_the_link_of_somebody_else(sink: MailSink):
    event = make_event()
    other = make_registration(event)
    typed = f"{{{{manage_link:{other.pk}}}}}"
    make_message(make_registration(event, first_name=typed), "confirmed")
    make_message(make_registration(event, first_name=typed), "my_registrations")
    make_message(make_registration(event, first_name="{{manage_link:" + "9" * 30 + "}}"), "confirmed")

    assert send().sent == 3

    for mail in sink.mails:
        assert other.manage_token not in part(mail, "text/plain").get_content()
        assert other.manage_token not in part(mail, "text/html").get_content()


def test_a_whole_batch_goes_over_one_connection(sink: MailSink):
    event = make_event()
    for _ in range(30):
        make_message(make_registration(event), "confirmed")

    assert send().sent == 30

    assert len(sink.mails) == 30
    assert len(sink.sessions) == 1


def test_each_mail_of_a_batch_costs_one_statement(sink: MailSink):
    event = make_event()
    counts = []
    for number in (2, 2, 12):
        for _ in range(number):
            make_message(make_registration(event), "confirmed")
        with CaptureQueriesContext(connection) as statements:
            assert send().sent == number
        counts.append(len(statements))

    assert counts[2] - counts[1] == 10


def test_nobody_waits_for_the_disk_about_a_mail(sink: MailSink, provider: SmsProvider):
    event = make_event()
    registration = make_registration(event, phone="+48501502503")
    make_message(registration, "promoted", channel=Channel.SMS)
    make_message(registration, "promoted")

    with CaptureQueriesContext(connection) as statements:
        assert send().sent == 2

    marks = [one["sql"] for one in statements if "SET state = 'sen" in one["sql"]]
    assert ["synchronous_commit" in mark for mark in marks] == [True, True, False, False]


def test_the_next_mail_is_written_while_the_server_is_busy(sink: MailSink, monkeypatch: pytest.MonkeyPatch):
    event = make_event()
    for _ in range(3):
        make_message(make_registration(event), "confirmed")
    seen: list[list[str]] = []

    def watched(message: Message, background: Background, *, at: datetime) -> Letter:
        seen.append(sorted(Message.objects.values_list("state", flat=True)))
        return letter_of(message, background, at=at)

    monkeypatch.setattr(sending, "letter_of", watched)

    assert send().sent == 3

    assert seen == [
        ["planned", "planned", "planned"],
        ["planned", "planned", "sending"],
        ["planned", "sending", "sent"],
    ]


def test_a_refused_address_fails_and_the_others_arrive(sink: MailSink):
    event = make_event()
    gone = make_message(make_registration(event, email="gone@example.org"), "confirmed")
    make_message(make_registration(event, email="here@example.org"), "confirmed")
    sink.refuse_recipient["gone@example.org"] = "550 5.1.1 <gone@example.org> unknown"

    done = send()

    assert (done.sent, done.failed) == (1, 1)
    gone.refresh_from_db()
    assert gone.state == MessageState.FAILED
    assert attempts(gone) == [(AttemptResult.REFUSED, "550")]
    # A log is no place for an address.
    assert "gone@" not in gone.attempts.get().detail + gone.state_reason
    assert send(60 * 24).sent == 0


def test_a_busy_mailbox_is_tried_again_after_1_5_15_and_60_minutes(sink: MailSink):
    message = make_message(make_registration(make_event(), email="full@example.org"), "confirmed")
    sink.refuse_recipient["full@example.org"] = "450 4.2.2 mailbox full"
    due = []

    for _ in range(5):
        message.refresh_from_db()
        moment = message.next_attempt_at
        send_at(moment)
        message.refresh_from_db()
        due.append((message.next_attempt_at - moment) / timedelta(minutes=1))

    assert due == [1, 5, 15, 60, 60]
    assert message.state == MessageState.PLANNED
    del sink.refuse_recipient["full@example.org"]
    send_at(message.next_attempt_at)
    assert len(sink.mails) == 1


def test_what_lay_here_for_two_days_is_tried_for_a_day_from_its_first_try(sink: MailSink):
    message = make_message(make_registration(make_event(), email="full@example.org"), "confirmed")
    sink.refuse_recipient["full@example.org"] = "450 4.2.2 mailbox full"
    after = 60 * 48

    send(after)
    message.refresh_from_db()
    assert (message.state, message.next_attempt_at) == (MessageState.PLANNED, NOW + timedelta(minutes=after + 1))
    send(after + 60 * 22)
    message.refresh_from_db()
    assert message.state == MessageState.PLANNED
    send(after + 60 * 24)

    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_trying_ends_when_the_message_is_of_no_use_any_more(sink: MailSink):
    registration = make_registration(make_event(), email="full@example.org")
    message = make_message(registration, "confirmed", useful_for=timedelta(minutes=4))
    sink.refuse_recipient["full@example.org"] = "450 4.2.2 mailbox full"

    send()
    send(1)

    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert attempts(message) == [(AttemptResult.DEFERRED, "450")] * 2


def test_refused_content_fails_and_busy_content_is_tried_again(sink: MailSink):
    event = make_event()
    spam = make_message(make_registration(event, email="spam@example.org"), "confirmed")
    busy = make_message(make_registration(event, email="busy@example.org"), "confirmed")
    sink.refuse_content |= {"spam@example.org": "554 5.7.1 looks like spam", "busy@example.org": "451 4.3.0 busy"}

    send()

    spam.refresh_from_db()
    busy.refresh_from_db()
    assert (spam.state, busy.state) == (MessageState.FAILED, MessageState.PLANNED)


def test_a_server_that_is_down_costs_no_message_a_try(settings: Any):
    use_mail_server(settings, 1)
    messages = [make_message(make_registration(make_event()), "confirmed") for _ in range(3)]

    for minute in range(30):
        assert send(minute).out_of_order == {Channel.EMAIL}

    assert not DeliveryAttempt.objects.exists()
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.claims) == (MessageState.PLANNED, 0)
    with broken_mail_server() as server:
        use_mail_server(settings, server.port)
        end_pauses()
        assert send(31).sent == 3


def test_a_connection_that_ends_with_421_in_a_batch_is_opened_anew(settings: Any):
    event = make_event()
    for _ in range(4):
        make_message(make_registration(event), "confirmed")
    with broken_mail_server(MAIL=["250 OK", "421 too many messages"]) as server:
        use_mail_server(settings, server.port)

        assert send().sent == 4

    assert len(server.taken) == 4
    assert server.connections == 2


def test_a_connection_that_drops_before_the_content_repeats_nothing(settings: Any):
    event = make_event()
    for _ in range(3):
        make_message(make_registration(event), "confirmed")
    with broken_mail_server(RCPT=["250 OK", "drop"]) as server:
        use_mail_server(settings, server.port)

        assert send().sent == 3

    assert len(server.taken) == 3


def test_a_connection_that_drops_after_the_dot_is_unclear_and_repeated_with_the_same_id(settings: Any):
    message = make_message(make_registration(make_event()), "confirmed")
    with broken_mail_server(dot=["drop after taking"]) as server:
        use_mail_server(settings, server.port)

        assert send().unclear == 1
        message.refresh_from_db()
        assert message.state == MessageState.UNKNOWN
        assert send().sent == 1

    ids = [line for content in server.taken for line in content.split(b"\r\n") if line.startswith(b"Message-ID")]
    assert ids == [f"Message-ID: <{message.pk}@127.0.0.1>".encode()] * 2


def test_a_reminder_is_not_repeated_when_it_may_have_arrived(settings: Any):
    message = make_message(make_registration(make_event()), "reminder")
    with broken_mail_server(dot=["drop after taking"]) as server:
        use_mail_server(settings, server.port)
        send()
        send()
        send(5)

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.UNKNOWN, "not_repeated")
    assert len(server.taken) == 1


def test_repetitions_end(settings: Any):
    message = make_message(make_registration(make_event()), "confirmed")
    with broken_mail_server(dot=["drop after taking"] * 9) as server:
        use_mail_server(settings, server.port)
        for minute in range(9):
            send(minute)

    message.refresh_from_db()
    assert (message.state, len(server.taken)) == (MessageState.FAILED, 3)


@pytest.mark.parametrize("phase", ["greeting", "MAIL"])
def test_a_server_that_says_nothing_is_out_of_order(settings: Any, phase: str):
    message = make_message(make_registration(make_event()), "confirmed")
    with broken_mail_server(**{phase: ["hang"]}) as server:
        use_mail_server(settings, server.port)
        settings.EMAIL_TIMEOUT = 0.3

        assert send().out_of_order == {Channel.EMAIL}
        message.refresh_from_db()
        assert message.state == MessageState.PLANNED
        assert send(2).sent == 1


def test_a_refused_sender_is_the_channels_fault(settings: Any):
    message = make_message(make_registration(make_event()), "confirmed")
    with broken_mail_server(MAIL=["530 5.7.0 sign in first"]) as server:
        use_mail_server(settings, server.port)

        assert send().out_of_order == {Channel.EMAIL}

    message.refresh_from_db()
    assert message.state == MessageState.PLANNED
    assert not message.attempts.exists()


def test_a_server_that_hangs_up_on_one_mails_content_gets_the_others(settings: Any, monkeypatch: pytest.MonkeyPatch):
    event = make_event()
    for _ in range(2):
        make_message(make_registration(event), "confirmed")

    def slowly(content: bytes) -> bytes:
        time.sleep(0.2)  # so that the news of the broken connection is there before anything is written
        return content + b"\r\n.\r\n"

    monkeypatch.setattr("notifications.channels.email._with_dots", slowly)
    with broken_mail_server(DATA=["354 go and drop"]) as server:
        use_mail_server(settings, server.port)

        done = send()

    assert (done.sent, done.put_off, done.unclear, done.out_of_order) == (1, 1, 0, set())
    assert len(server.taken) == 1


def test_a_server_that_always_hangs_up_is_out_of_order(settings: Any):
    message = make_message(make_registration(make_event()), "confirmed")
    with broken_mail_server(MAIL=["250 OK", *["drop"] * 9]) as server:
        use_mail_server(settings, server.port)
        make_message(make_registration(make_event()), "confirmed")

        done = send()

    assert (done.sent, done.out_of_order) == (1, {Channel.EMAIL})
    assert server.connections == 2
    assert Message.objects.filter(state=MessageState.PLANNED).count() == 1
    del message


def test_a_refusal_that_ends_the_connection_too_is_a_refusal(settings: Any):
    message = make_message(make_registration(make_event()), "confirmed")
    with broken_mail_server(RCPT=["550 5.1.1 unknown"], RSET=["drop"]) as server:
        use_mail_server(settings, server.port)

        assert send().failed == 1

    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_a_server_that_leaves_instead_of_taking_has_taken_nothing(settings: Any):
    make_message(make_registration(make_event()), "confirmed")
    with broken_mail_server(dot=["421 4.3.2 shutting down"]) as server:
        use_mail_server(settings, server.port)

        assert send().put_off == 1
        assert send(1).sent == 1

    assert len(server.taken) == 1


def test_a_connection_is_not_used_for_ever(settings: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("notifications.channels.email._MAILS_PER_CONNECTION", 2)
    for _ in range(5):
        make_message(make_registration(make_event()), "confirmed")
    with broken_mail_server() as server:
        use_mail_server(settings, server.port)

        assert send().sent == 5

    assert server.connections == 3


def test_a_change_that_was_taken_back_before_it_was_sent_is_not_sent(sink: MailSink):
    event = make_event()
    registration = make_registration(event)
    change = EventChange.objects.create(
        event=event, kind="mode_changed", before={"mode": event.mode}, at=NOW, notify=True
    )
    message = make_message(registration, "event_changed")
    Message.objects.update(event_change=change)

    assert send().ended == 1

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.CANCELLED, "no_change_left")
    assert sink.mails == []


def test_an_address_that_no_mail_can_have_fails_alone(sink: MailSink):
    event = make_event()
    odd = make_registration(event)
    odd.participant.email = "ż@example.org"
    odd.participant.save()
    make_message(odd, "confirmed")
    make_message(make_registration(event), "confirmed")

    done = send()

    assert (done.sent, done.failed) == (1, 1)


def test_the_qr_code_opens_the_door_page(sink: MailSink):
    registration = make_registration(make_event())
    make_message(registration, "confirmed")

    send()

    expected = segno.make(f"http://127.0.0.1:8000/t/{registration.ticket_code}", error="m", micro=False)
    assert part(sink.mails[0], "image/png").get_content()[:8] == b"\x89PNG\r\n\x1a\n"
    assert expected.png_data_uri(scale=6, border=4).startswith("data:image/png")


def test_nothing_is_sent_while_sending_is_off(sink: MailSink, settings: Any):
    settings.SENDING_ENABLED = False
    message = make_message(make_registration(make_event()), "confirmed")

    assert send() == Sent()

    message.refresh_from_db()
    assert message.state == MessageState.PLANNED
    settings.SENDING_ENABLED = True
    assert send().sent == 1


def test_what_would_come_too_late_is_missed(sink: MailSink):
    message = make_message(make_registration(make_event()), "confirmed", useful_for=timedelta(minutes=5))

    assert send(5).ended == 1

    message.refresh_from_db()
    assert (message.state, sink.mails) == (MessageState.MISSED, [])


def test_a_message_that_cannot_be_written_is_set_aside_after_three_tries(
    sink: MailSink, monkeypatch: pytest.MonkeyPatch
):
    event = make_event()
    poison = make_message(make_registration(event, first_name="Poison"), "confirmed")
    make_message(make_registration(event), "confirmed")

    def broken(message: Message, background: Background, *, at: datetime) -> Letter:
        if message.pk == poison.pk:
            raise KeyError("no such thing")
        return letter_of(message, background, at=at)

    monkeypatch.setattr(sending, "letter_of", broken)

    for minute in (0, 1, 6, 21):
        send(minute)

    poison.refresh_from_db()
    assert poison.state == MessageState.FAILED
    assert attempts(poison) == [(AttemptResult.DEFERRED, "unwritable")] * 3
    assert len(sink.mails) == 1


def test_a_person_without_an_address_any_more_is_written_to_no_more(sink: MailSink):
    registration = make_registration(make_event())
    message = make_message(registration, "confirmed")
    registration.participant.email = ""
    registration.participant.save()

    send()

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.CANCELLED, "no_address")


def test_an_erased_person_is_written_to_no_more(sink: MailSink):
    registration = make_registration(make_event())
    message = make_message(registration, "confirmed")
    registration.participant.delete()

    assert send().ended == 1

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.CANCELLED, "no_address")


def test_a_message_that_is_not_true_any_more_is_not_sent(sink: MailSink):
    registration = make_registration(make_event())
    message = make_message(registration, "confirmed")
    Registration.objects.update(state="cancelled_by_participant", holds_seat=False)

    assert send().ended == 1

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.CANCELLED, "not_true")
    assert sink.mails == []


def test_a_reminder_of_a_postponed_event_is_not_sent(sink: MailSink):
    event = make_event()
    message = make_message(make_registration(event), "reminder")
    Event.objects.update(status="postponed")

    send()

    message.refresh_from_db()
    assert (message.state, message.state_reason, sink.mails) == (MessageState.CANCELLED, "not_true", [])


def test_a_reminder_of_an_old_date_is_not_sent(sink: MailSink):
    event = make_event()
    message = make_message(make_registration(event), "reminder")
    Session.objects.update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1))

    send()

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.CANCELLED, "moved")
