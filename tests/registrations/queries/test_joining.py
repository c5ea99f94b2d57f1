"""The link for taking part online: for whom, from when, until when."""

from datetime import timedelta
from typing import Any

import pytest

from events.enums import EventMode, EventStatus
from events.models import Event, Session
from registrations.enums import RegistrationState
from registrations.queries.joining import Joining, joining
from tests.make import make_event
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

LINK = "https://meet.example.org/secret"
HOUR = timedelta(hours=1)


def seen(event: Event, *, at=NOW, state: str = RegistrationState.CONFIRMED) -> Joining | None:
    return joining(event, event.sessions.all(), state=state, at=at)


def make_online(**more: Any) -> Event:
    event = make_event(mode=EventMode.ONLINE, **more)
    event.join_url, event.join_opens_minutes = LINK, 45
    return event


def test_the_link_opens_before_a_session_and_closes_with_it():
    event = make_online(sessions=2)
    first, second = event.sessions.all()
    before = timedelta(minutes=45)

    assert seen(event) == Joining("", first.starts_at - before)
    assert seen(event, at=first.starts_at - before) == Joining(LINK, first.starts_at - before)
    assert seen(event, at=first.ends_at - timedelta(seconds=1)) == Joining(LINK, first.starts_at - before)
    assert seen(event, at=first.ends_at) == Joining("", second.starts_at - before)
    assert seen(event, at=second.ends_at) is None


def test_a_session_that_was_called_off_opens_nothing():
    event = make_online()
    Session.objects.update(is_cancelled=True)

    assert seen(event) is None


@pytest.mark.parametrize("state", sorted(set(RegistrationState) - {RegistrationState.CONFIRMED}))
def test_who_is_not_confirmed_hears_of_no_link(state: RegistrationState):
    assert seen(make_online(), state=state) is None


@pytest.mark.parametrize(
    ("column", "value", "is_shown"),
    [
        ("mode", EventMode.IN_PERSON, False),
        ("mode", EventMode.HYBRID, True),
        ("join_url", "", False),
        ("status", EventStatus.POSTPONED, False),
        ("status", EventStatus.CANCELLED, False),
        ("status", EventStatus.HELD, True),
    ],
)
def test_a_link_belongs_to_a_meeting_that_is_online_and_takes_place(column: str, value: str, is_shown: bool):
    event = make_online()
    setattr(event, column, value)

    assert (seen(event) is not None) == is_shown
