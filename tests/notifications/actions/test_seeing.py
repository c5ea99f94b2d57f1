"""What failed stands in a list until somebody has seen it; who and when is kept."""

from datetime import timedelta

import pytest

from notifications.actions.seeing import mark_seen
from notifications.enums import MessageState
from notifications.models import Message
from notifications.queries.log import unseen_count
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db


def make_failed(event) -> Message:
    message = make_message(make_registration(event))
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)
    return message


def test_one_is_seen_and_then_all_of_the_event():
    event, other = make_event(), make_event()
    first, owner = make_failed(event), make_user()
    make_failed(event)
    make_failed(other)
    make_message(make_registration(event))

    assert mark_seen(event, only=[first.pk], by=owner, at=NOW) == 1
    assert mark_seen(event, by=make_user(), at=NOW + timedelta(hours=1)) == 1
    assert mark_seen(event, by=owner, at=NOW) == 0

    first.refresh_from_db()
    assert (first.seen_at, first.seen_by) == (NOW, owner)
    assert (unseen_count(event), unseen_count(other)) == (0, 1)


def test_a_message_of_another_event_stays_where_it_is():
    event, message = make_event(), make_failed(make_event())

    assert mark_seen(event, only=[message.pk], by=make_user(), at=NOW) == 0
    assert Message.objects.get().seen_at is None
