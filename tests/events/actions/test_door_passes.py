"""Passes for a day: from the day's first minute to the end of what begins then, and taken back for good."""

from datetime import UTC, date, datetime, timedelta

import pytest

from events.actions.door_passes import give_door_pass, revoke_door_pass
from events.errors import FieldErrors
from events.models import DoorPass
from events.queries.door_passes import event_door_passes, session_days
from tests.make import make_event, make_user
from tests.make.events import NOW, make_session

pytestmark = pytest.mark.django_db

DAY = date(2027, 1, 26)


def give(event, **differences):
    arguments = {"label": "Wejście A", "day": DAY, "by": make_user(), "at": NOW, **differences}
    return give_door_pass(event, **arguments)


def test_a_pass_lasts_for_the_day_of_the_meeting_by_the_clock_of_the_place():
    event, organiser = make_event(), make_user()

    given = give(event, label="  Wejście A ", by=organiser)

    assert (given.label, given.created_by, given.created_at, given.revoked_at) == ("Wejście A", organiser, NOW, None)
    assert given.valid_from == datetime(2027, 1, 25, 23, tzinfo=UTC)
    assert given.valid_until == datetime(2027, 1, 26, 23, tzinfo=UTC)
    assert list(event_door_passes(event)) == [given]


def test_what_begins_in_the_evening_and_ends_in_the_night_has_its_door_until_the_end_of_the_next_day():
    evening = datetime(2027, 3, 27, 21, tzinfo=UTC)
    event = make_event(starts_at=evening, hours=5)
    make_session(event, starts_at=evening - timedelta(hours=12))
    make_session(event, starts_at=evening + timedelta(days=3), hours=1)

    given = give(event, day=date(2027, 3, 27))

    assert session_days(event) == {
        date(2027, 3, 27): date(2027, 3, 28),
        date(2027, 3, 30): date(2027, 3, 30),
    }
    # The night in which the clock is put forward: the day has 23 hours.
    assert given.valid_from == datetime(2027, 3, 26, 23, tzinfo=UTC)
    assert given.valid_until == datetime(2027, 3, 28, 22, tzinfo=UTC)


def test_the_end_may_be_another_one():
    until = datetime(2027, 1, 26, 20, tzinfo=UTC)

    assert give(make_event(), valid_until=until).valid_until == until


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"label": "  "}, "label"),
        ({"label": "x" * 81}, "label"),
        ({"day": date(2027, 1, 25)}, "day"),
        ({"at": NOW + timedelta(days=15)}, "day"),
        ({"valid_until": datetime(2027, 1, 25, 23, tzinfo=UTC)}, "valid_until"),
    ],
)
def test_a_pass_that_makes_no_sense_is_refused(wrong, field):
    with pytest.raises(FieldErrors) as refusal:
        give(make_event(), **wrong)

    assert list(refusal.value.errors) == [field]
    assert not DoorPass.objects.exists()


def test_a_day_that_is_called_off_has_no_passes():
    event = make_event()
    event.sessions.update(is_cancelled=True)

    with pytest.raises(FieldErrors):
        give(event)


def test_taking_a_pass_back_twice_keeps_the_first_time():
    given = give(make_event())

    for hours in (0, 1):
        revoke_door_pass(given, at=NOW + timedelta(hours=hours))

    given.refresh_from_db()
    assert given.revoked_at == NOW
