"""After a restore: what may have gone is ended, what cannot have gone goes out."""

from datetime import timedelta
from typing import Any

import pytest

from notifications.actions.restoring import end_messages
from notifications.enums import Channel, MessageState
from notifications.models import Message
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LOST_AT = NOW


def make_row(**given: Any) -> Message:
    """A confirmation that was due an hour before the database was lost."""
    channel = given.pop("channel", Channel.EMAIL)
    registration = make_registration(make_event(), phone="+48501502503")
    message = make_message(registration, channel=channel, at=LOST_AT - HOUR)
    Message.objects.filter(pk=message.pk).update(**given)
    return message


UNTOUCHED: list[dict[str, Any]] = [
    {"due_at": LOST_AT, "next_attempt_at": LOST_AT},
    # The night was quiet, and the database was lost before the morning.
    {"next_attempt_at": LOST_AT + HOUR},
    {"state": MessageState.SENT},
    {"state": MessageState.UNKNOWN},
    {"state": MessageState.SENDING, "lease_until": LOST_AT, "channel": Channel.SMS},
]


@pytest.mark.parametrize("given", UNTOUCHED)
def test_what_has_gone_or_cannot_have_gone_is_left_alone(given: dict[str, Any]):
    message = make_row(**given)
    before = Message.objects.filter(pk=message.pk).values().get()

    assert end_messages(due_before=LOST_AT) == {}

    assert Message.objects.filter(pk=message.pk).values().get() == before


ENDED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({}, ("missed", "restored")),
    ({"channel": Channel.SMS}, ("missed", "restored")),
    # Planned again from the change row, after the restore.
    ({"created_at": LOST_AT + HOUR, "next_attempt_at": LOST_AT + HOUR}, ("missed", "restored")),
    ({"state": MessageState.SENDING, "lease_until": LOST_AT}, ("unknown", "not_repeated")),
    ({"state": MessageState.UNKNOWN, "lease_until": LOST_AT}, ("unknown", "not_repeated")),
]


@pytest.mark.parametrize(("given", "end"), ENDED)
def test_what_may_have_gone_is_counted_first_and_then_ended(given: dict[str, Any], end: tuple[str, str]):
    message = make_row(**given)
    before = Message.objects.filter(pk=message.pk).values().get()

    counted = end_messages(due_before=LOST_AT, is_rehearsal=True)

    assert counted == {("confirmed", message.channel): 1}
    assert Message.objects.filter(pk=message.pk).values().get() == before
    assert end_messages(due_before=LOST_AT) == counted
    message.refresh_from_db()
    assert ((message.state, message.state_reason), message.lease_until) == (end, None)
    assert end_messages(due_before=LOST_AT) == {}
