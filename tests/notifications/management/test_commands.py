"""`work_once` and `send_test_message`: what they do, and what they say about it."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from events.models import RegistrationPolicy, ReminderRule
from notifications.models import Heartbeat, Message
from registrations.actions.signing_up import sign_up
from registrations.enums import RegistrationSource
from tests.make import make_applicant, make_event, make_registration
from tests.make.events import NOW
from tests.notifications.conftest import use_mail_server
from tests.notifications.far_ends import MailSink, SmsProvider
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_a_clock(settings: Any) -> None:
    settings.ALLOW_CLOCK = True


def work_once(**options: Any) -> list[str]:
    output = StringIO()
    call_command("work_once", stdout=output, **options)
    return output.getvalue().splitlines()


def test_everything_that_is_due_is_done_and_told_without_names():
    event = make_event(confirm_email=True)
    ReminderRule.objects.create(event=event, channel="email", minutes_before=180)
    make_registration(event)
    sign_up(
        event,
        make_applicant(email="anna@example.org"),
        source=RegistrationSource.WEB,
        language="pl",
        notice=None,
        at=NOW,
    )

    assert event.starts_at is not None

    said = work_once(at=(event.starts_at - timedelta(hours=3)).isoformat())

    assert said == [
        "Registrations and offers that have run out: 1.",
        "Messages planned about what has happened: 1.",
        "Reminders planned: 1.",
        "Messages sent, or kept here where no provider is set up: 1.",
        "Messages ended unsent, no longer true or too late: 1.",
    ]
    assert sorted(Message.objects.values_list("kind", "state")) == [("hold_to_confirm", "missed"), ("reminder", "sent")]
    assert Heartbeat.objects.get().name == "work_once"
    assert work_once() == ["Nothing was due."]
    assert work_once(verbosity=0) == []


def test_it_asks_who_still_comes_and_frees_seats_without_an_answer():
    event = make_event()
    RegistrationPolicy.objects.update(ask_days_before=3, ask_no_answer="release")
    make_registration(event)

    asked = work_once(at="2027-01-23T10:00")
    settled = work_once(at="2027-01-25T10:00")

    assert asked[:2] == ["People asked whether they still come: 1.", "Messages planned about what has happened: 1."]
    assert settled[:2] == [
        "Questions whether people still come without an answer in time: 1.",
        "Messages planned about what has happened: 1.",
    ]
    assert sorted(Message.objects.values_list("kind", flat=True)) == ["seat_released", "still_coming"]


def test_a_moment_without_an_offset_is_local():
    event = make_event()
    ReminderRule.objects.create(event=event, channel="email", minutes_before=180)
    make_registration(event)

    assert work_once(at="2027-01-26T06:59") == ["Nothing was due."]
    assert "Reminders planned: 1." in work_once(at="2027-01-26T07:00")


@pytest.mark.parametrize("moment", ["tomorrow", "2027-13-01"])
def test_a_wrong_moment_is_refused(moment: str):
    with pytest.raises(CommandError, match="is not a moment"):
        work_once(at=moment)


@pytest.mark.parametrize("moment", ["0001-01-01", "1999-12-31T23:59Z", "2200-01-01", "9999-12-31T23:59-12:00"])
def test_a_moment_too_far_away_is_refused(moment: str):
    with pytest.raises(CommandError, match="give a year from 2000 to 2199"):
        work_once(at=moment)


@pytest.mark.parametrize("moment", ["2000-01-01", "2199-12-31T23:59"])
def test_any_moment_near_enough_is_counted_with(moment: str):
    assert work_once(at=moment) == ["Nothing was due."]


def test_the_clock_is_refused_in_production(settings: Any):
    settings.ALLOW_CLOCK = settings.DEBUG = False

    with pytest.raises(CommandError, match="refused"):
        work_once(at=NOW.isoformat())
    assert work_once() == ["Nothing was due."]


def test_it_says_what_is_out_of_order_and_what_is_off(settings: Any):
    use_mail_server(settings, 1)
    make_message(make_registration(make_event()))

    assert work_once(at=NOW.isoformat()) == [
        "Messages put off, to be tried again: 1.",
        "E-mail is out of order.",
    ]
    settings.SENDING_ENABLED = False
    assert work_once(at=NOW.isoformat()) == ["SENDING_ENABLED is off: nothing was sent."]


def test_a_test_message_proves_mail_and_sms(sink: MailSink, provider: SmsProvider):
    output = StringIO()

    call_command("send_test_message", email="anna@example.org", sms="+48501502503", stdout=output)

    assert output.getvalue().splitlines() == [
        "E-mail was taken: OK queued as 1",
        f"SMS was taken: accepted SM{0:032x}",
    ]
    assert sink.recipients == [["anna@example.org"]]
    assert provider.messages[0]["to"] == "+48501502503"


def test_a_test_message_says_what_is_missing():
    with pytest.raises(CommandError, match="Say where to send"):
        call_command("send_test_message")
    with pytest.raises(CommandError, match=r"E-mail is not set up: it needs EMAIL_URL\. SMS is not set up"):
        call_command("send_test_message", email="anna@example.org", sms="+48501502503")


def test_a_test_message_says_why_it_was_not_taken(sink: MailSink):
    sink.refuse_recipient["anna@example.org"] = "550 5.1.1 unknown"

    with pytest.raises(CommandError, match=r"E-mail was not taken: 550 5\.1\.1 unknown"):
        call_command("send_test_message", email="anna@example.org")


def end_messages(**options: Any) -> list[str]:
    output = StringIO()
    call_command("end_messages", stdout=output, **options)
    return output.getvalue().splitlines()


def test_messages_that_may_have_gone_before_a_restore_are_counted_and_then_ended(settings: Any):
    settings.SENDING_ENABLED = False
    now = timezone.now()
    event = make_event(at=now)
    for kind in ("confirmed", "confirmed", "reminder"):
        make_message(make_registration(event), kind, at=now - timedelta(hours=1))
    moment = now.isoformat()

    assert end_messages(due_before=moment) == [
        "Would be ended (--end does it):",
        "  confirmed, E-mail: 2",
        "  reminder, E-mail: 1",
    ]
    assert end_messages(due_before=moment, end=True)[0] == "Ended:"
    assert end_messages(due_before=moment) == ["No message was due before that and has not gone."]
    assert set(Message.objects.values_list("state", "state_reason")) == {("missed", "restored")}


def test_messages_are_not_ended_while_others_go_out_nor_those_of_the_future(settings: Any):
    now = timezone.now()
    make_message(make_registration(make_event(at=now)), at=now - timedelta(hours=1))

    with pytest.raises(CommandError, match="SENDING_ENABLED=0"):
        end_messages(due_before=now.isoformat(), end=True)
    settings.SENDING_ENABLED = False
    with pytest.raises(CommandError, match="in the future"):
        end_messages(due_before=(now + timedelta(hours=1)).isoformat(), end=True)
    with pytest.raises(CommandError, match="is not a moment"):
        end_messages(due_before="yesterday", end=True)
    assert set(Message.objects.values_list("state", flat=True)) == {"planned"}
