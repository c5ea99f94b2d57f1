"""An example goes to whoever wants to see it, at once and without a row; too many are refused."""

from typing import Any

import pytest
from django.utils.translation import override

from notifications.delivery.trials import NothingLeaves, TrialNotTaken, send_trial
from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.models import Message
from registrations.errors import RateLimited
from registrations.models import RateWindow
from tests.make import make_event, make_user
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink, SmsProvider

pytestmark = pytest.mark.django_db


def test_a_mail_comes_as_it_would_and_says_that_it_is_a_test(sink: MailSink):
    owner = make_user("ola@example.org")
    kind = KINDS["confirmed"]

    send_trial(kind, make_event(), channel=Channel.EMAIL, to=owner.email, language="en", by=owner, at=NOW)

    (mail,) = sink.mails
    assert mail["To"] == "ola@example.org"
    assert mail["Subject"].startswith("[test] ")
    assert "{{" not in mail.as_string()
    assert not Message.objects.exists()


def test_an_sms_goes_to_the_number(provider: SmsProvider):
    owner = make_user()

    send_trial(KINDS["reminder"], make_event(), channel=Channel.SMS, to="+48501502503", language="pl", by=owner, at=NOW)

    assert [to for to, _text in provider.texts] == ["+48501502503"]


def test_what_the_provider_refuses_is_said(settings: Any):
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    owner = make_user()

    with override("en"), pytest.raises(TrialNotTaken) as refused:
        send_trial(
            KINDS["reminder"], make_event(), channel=Channel.EMAIL, to="a@example.org", language="pl", by=owner, at=NOW
        )

    assert refused.value.details["code"]
    assert "not taken" in refused.value.message


@pytest.mark.parametrize("is_on", [True, False])
def test_where_nothing_leaves_nothing_is_tried_or_counted(is_on: bool, settings: Any, sink: MailSink):
    settings.SENDING_ENABLED, settings.MAIL_IS_SET_UP = is_on, not is_on
    owner = make_user()

    with pytest.raises(NothingLeaves):
        send_trial(
            KINDS["reminder"], make_event(), channel=Channel.EMAIL, to="a@example.org", language="pl", by=owner, at=NOW
        )

    assert sink.mails == []
    assert not RateWindow.objects.exists()


def test_five_in_an_hour_are_enough(sink: MailSink):
    owner, event = make_user("ola@example.org"), make_event()

    def send() -> None:
        send_trial(KINDS["waitlisted"], event, channel=Channel.EMAIL, to=owner.email, language="pl", by=owner, at=NOW)

    for _ in range(5):
        send()

    with pytest.raises(RateLimited):
        send()
    assert len(sink.mails) == 5
