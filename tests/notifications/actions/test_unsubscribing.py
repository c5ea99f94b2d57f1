"""A mailbox is spared reminders, and gets them again; nothing else about it changes."""

from datetime import timedelta

import pytest

from notifications.actions.suppressing import suppress
from notifications.actions.unsubscribing import resume_reminders, stop_reminders
from notifications.enums import Channel, SuppressionReason, SuppressionScope
from notifications.models import Suppression
from notifications.queries.mailboxes import wants_no_reminders
from registrations.tokens import email_key
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

ANNA = email_key("anna@example.org")


def test_reminders_stop_once_and_for_this_mailbox():
    stop_reminders(ANNA, at=NOW)
    stop_reminders(ANNA, at=NOW + timedelta(days=1))

    (row,) = Suppression.objects.all()
    assert (row.channel, row.address_key, row.scope, row.reason, row.at) == (
        "email",
        ANNA,
        "optional",
        "opted_out",
        NOW,
    )
    assert wants_no_reminders(ANNA)
    assert not wants_no_reminders(email_key("jan@example.org"))


def test_reminders_come_again_and_the_row_stays():
    stop_reminders(ANNA, at=NOW)
    later = NOW + timedelta(days=1)

    resume_reminders(ANNA, at=later)
    resume_reminders(ANNA, at=later + timedelta(days=1))

    assert not wants_no_reminders(ANNA)
    assert Suppression.objects.get().lifted_at == later
    stop_reminders(ANNA, at=later)
    assert wants_no_reminders(ANNA)


def test_the_reader_takes_a_complaint_back_and_not_that_the_mailbox_is_gone():
    optional = SuppressionScope.OPTIONAL
    suppress(Channel.EMAIL, "anna@example.org", reason=SuppressionReason.COMPLAINT, scope=optional, at=NOW)
    suppress(Channel.EMAIL, "anna@example.org", reason=SuppressionReason.BOUNCED, at=NOW)

    resume_reminders(ANNA, at=NOW)

    assert list(Suppression.objects.filter(lifted_at=None).values_list("reason", flat=True)) == ["bounced"]
