"""What a report leads to: a mail that did not arrive, an address that is used no more, and nothing the second time."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.actions.mail_reports import take_mail_report
from notifications.actions.suppressing import lift
from notifications.channels.mail_reports import MailReport, gone
from notifications.enums import Channel, Delivery, MessageState
from notifications.models import Message, ProviderReport, Suppression
from registrations.tokens import email_key
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db


def sent(kind: str = "confirmed", *, to: str = "anna@example.org") -> Message:
    message = make_message(make_registration(make_event(), email=to), kind)
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, to=to, sent_at=NOW)
    return message


def bounced(message: Message, code: str = "5.1.1") -> MailReport:
    return MailReport(
        message_id=message.pk, status="bounced", delivery=Delivery.LOST, code=code, suppression=gone(code)
    )


def test_a_mail_that_came_back_has_failed_and_its_address_is_used_no_more():
    message = sent()

    assert take_mail_report(bounced(message), at=NOW)

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.FAILED, "bounced 5.1.1")
    (row,) = Suppression.objects.all()
    assert (row.channel, row.address_key, row.scope) == ("email", email_key("anna@example.org"), "all")
    assert (row.reason, row.detail, row.message) == ("bounced", "bounced 5.1.1", message)
    assert ProviderReport.objects.values_list("message", "status", "code").get() == (message.pk, "bounced", "5.1.1")


def test_a_full_mailbox_loses_the_mail_and_not_the_address():
    message = sent()

    take_mail_report(bounced(message, "5.2.2"), at=NOW)

    message.refresh_from_db()
    assert (message.state, message.state_reason) == (MessageState.FAILED, "bounced 5.2.2")
    assert not Suppression.objects.exists()


def test_a_mail_that_waits_is_still_on_its_way():
    message = sent()

    take_mail_report(
        MailReport(message_id=message.pk, status="delayed", delivery=Delivery.ON_ITS_WAY, code="4.4.7"), at=NOW
    )

    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert ProviderReport.objects.get().status == "delayed"


def test_the_same_report_again_changes_nothing_even_when_the_address_is_tried_again():
    message = sent()
    take_mail_report(bounced(message), at=NOW)
    lift(Channel.EMAIL, "anna@example.org", at=NOW + timedelta(hours=1))

    assert take_mail_report(bounced(message), at=NOW + timedelta(hours=2))

    assert ProviderReport.objects.count() == 1
    assert not Suppression.objects.filter(lifted_at=None).exists()


def test_a_new_mail_that_comes_back_too_counts_again():
    first, second = sent(), sent("reminder")
    take_mail_report(bounced(first), at=NOW)
    lift(Channel.EMAIL, "anna@example.org", at=NOW + timedelta(hours=1))

    take_mail_report(bounced(second), at=NOW + timedelta(hours=2))

    assert Suppression.objects.filter(lifted_at=None).count() == 1


def test_of_whoever_was_erased_nothing_is_kept():
    message = sent()
    Message.objects.update(to="")

    assert take_mail_report(bounced(message), at=NOW)

    assert not Suppression.objects.exists()


def test_a_status_of_many_words_is_kept_as_far_as_there_is_room():
    message = sent()

    assert take_mail_report(replace(bounced(message), status="bounced " * 20), at=NOW)

    message.refresh_from_db()
    assert (message.state, message.provider_status) == (MessageState.FAILED, ("bounced " * 5)[:40])


@pytest.mark.parametrize("channel", [Channel.SMS, None])
def test_a_report_about_no_mail_of_ours_changes_nothing(channel: Channel | None):
    message = make_message(make_registration(make_event()), channel=Channel.SMS)
    known = message.pk if channel else uuid.UUID(int=9)

    assert not take_mail_report(MailReport(message_id=known, status="bounced", delivery=Delivery.LOST), at=NOW)

    message.refresh_from_db()
    assert message.state == MessageState.PLANNED
    assert not ProviderReport.objects.exists()
