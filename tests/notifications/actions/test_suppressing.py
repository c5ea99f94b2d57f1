"""Addresses that are given up, and taken up again."""

from datetime import timedelta

import pytest

from notifications.actions.suppressing import lift, suppress
from notifications.enums import Channel, SuppressionReason, SuppressionScope
from notifications.models import Suppression
from notifications.queries.suppressions import suppression_of
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

NUMBER = "+48501502503"
ADDRESS = "anna@example.org"


def test_an_address_is_given_up_once_and_kept_as_a_hash():
    message = make_message(make_registration(make_event()))

    for code in ("5.1.1", "5.1.0"):
        suppress(Channel.EMAIL, ADDRESS, reason=SuppressionReason.BOUNCED, detail=code, message=message, at=NOW)

    (row,) = Suppression.objects.all()
    assert (row.reason, row.scope, row.detail, row.message, row.at) == ("bounced", "all", "5.1.1", message, NOW)
    assert ADDRESS not in str(vars(row))


def test_who_gives_it_up_first_is_told_so():
    assert suppress(Channel.SMS, NUMBER, reason=SuppressionReason.INVALID, at=NOW)
    assert not suppress(Channel.SMS, NUMBER, reason=SuppressionReason.OPTED_OUT, at=NOW)


def test_the_same_address_written_otherwise_is_the_same():
    suppress(Channel.EMAIL, " Anna@Example.ORG", reason=SuppressionReason.BOUNCED, at=NOW)

    message = make_message(make_registration(make_event()))

    assert suppression_of(message, ADDRESS, is_optional=False) is not None
    assert suppression_of(message, "jan@example.org", is_optional=False) is None
    assert suppression_of(message, "", is_optional=False) is None


def test_a_complaint_may_be_about_optional_messages_alone():
    suppress(Channel.EMAIL, ADDRESS, reason=SuppressionReason.COMPLAINT, scope=SuppressionScope.OPTIONAL, at=NOW)

    message = make_message(make_registration(make_event()))

    assert suppression_of(message, ADDRESS, is_optional=False) is None
    assert suppression_of(message, ADDRESS, is_optional=True) is not None


def test_an_address_is_used_again_and_may_be_given_up_anew():
    clerk = make_user("clerk@example.org")
    suppress(Channel.SMS, NUMBER, reason=SuppressionReason.INVALID, at=NOW)

    assert lift(Channel.SMS, NUMBER, reasons=[SuppressionReason.OPTED_OUT], at=NOW) == 0
    assert lift(Channel.EMAIL, NUMBER, at=NOW) == 0
    later = NOW + timedelta(days=1)
    assert lift(Channel.SMS, NUMBER, by=clerk, at=later) == 1

    row = Suppression.objects.get()
    assert (row.lifted_at, row.lifted_by) == (later, clerk)
    assert suppress(Channel.SMS, NUMBER, reason=SuppressionReason.OPTED_OUT, at=later)
    assert Suppression.objects.count() == 2
