"""The door of a meeting of several days: each day begins with nobody in the room."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from registrations.actions.attendance import check_in, void_check_in
from registrations.enums import CheckInResult, CheckInSource
from registrations.models import CheckIn
from registrations.queries.at_the_door import door_figures, latest_admission
from registrations.queries.door_days import day_begun
from registrations.queries.door_log import repeated_check_ins
from registrations.queries.door_tickets import tickets_at_the_door
from registrations.queries.rooms import room_figures
from tests.make import make_event, make_registration, make_session, make_user
from tests.registrations.acts import fresh
from tests.registrations.parties import JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

WARSAW = ZoneInfo("Europe/Warsaw")
R = CheckInResult


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=WARSAW)


def scan(event, row, *, at, nonce=None, device=""):
    source, by = CheckInSource.QR, make_user()
    code = row.ticket_code
    return check_in(event, code=code, nonce=nonce or f"{code}-{at}", device=device, source=source, by=by, at=at)


def test_on_the_second_day_the_room_is_empty_and_who_comes_again_is_admitted_without_a_conflict():
    event = make_group_event()
    event.sessions.all().delete()
    for day in (27, 28):
        make_session(event, starts_at=local(day, 10))
    party, (jan,) = party_of(event, JAN)
    for row in (party, jan):
        scan(event, row, at=local(27, 9), device="north")
    evening = room_figures(event, at=local(27, 23)).inside

    morning = room_figures(event, at=local(28, 0)).inside
    known = {ticket.code: ticket.attendance for ticket in tickets_at_the_door(event, at=local(28, 0))}
    first = scan(event, party, at=local(28, 9), device="south")
    again = scan(event, party, at=local(28, 9, 5), device="south")

    assert (evening, morning, room_figures(event, at=local(28, 10)).inside) == (2, 0, 1)
    assert known == {party.ticket_code: "not_recorded", jan.ticket_code: "not_recorded"}
    assert [(one.result, one.at) for one in (first, again)] == [
        (R.ADMITTED, local(28, 9)),
        (R.ALREADY_PRESENT, local(28, 9)),
    ]
    assert repeated_check_ins(event) == []
    assert fresh(party).attendance == "present"

    admission = latest_admission(party)
    assert admission is not None
    void_check_in(admission, by=make_user(), at=local(28, 9, 30))
    assert door_figures(event, at=local(28, 10)).present == 0
    # Whoever was there on the first day has come to the meeting.
    assert fresh(party).attendance == "present"
    assert scan(event, party, at=local(28, 11)).result == R.ADMITTED


def test_a_scan_of_yesterday_that_comes_late_admits_nobody_today():
    event = make_event(starts_at=local(27, 10), sessions=2)
    row = make_registration(event)
    scan(event, row, at=local(28, 9))

    late = check_in(
        event,
        code=row.ticket_code,
        nonce="late",
        device_at=local(27, 9, 30),
        source=CheckInSource.QR,
        by=make_user(),
        at=local(28, 9, 5),
    )

    assert late.result == R.ALREADY_PRESENT
    assert [one.kind for one in CheckIn.objects.all()] == ["admit", "repeat"]
    assert door_figures(event, at=local(28, 10)).present == 1


@pytest.mark.parametrize(
    ("at", "begun"),
    [
        (local(27, 20), local(27, 0)),
        # The evening of the first day runs on, by the clock of the place.
        (local(28, 0, 30), local(27, 0)),
        (local(28, 2), local(28, 0)),
        # Two days in one session have two mornings.
        (local(31, 3), local(31, 0)),
    ],
)
def test_a_day_begins_at_midnight_or_with_the_end_of_the_evening(at, begun):
    event = make_event(starts_at=local(27, 18), hours=7)
    make_session(event, starts_at=local(30, 0), hours=48)

    assert day_begun(event, at=at) == begun


@pytest.mark.parametrize("hours", [2, 7, 24])
def test_one_evening_and_one_whole_day_are_one_day(hours):
    event = make_event(starts_at=local(26, 18 if hours < 24 else 0), hours=hours)

    assert day_begun(event, at=local(26, 23)) is None
    event.starts_at = None
    assert day_begun(event, at=local(26, 23)) is None


def test_a_day_that_was_called_off_makes_no_several_days():
    event = make_event(starts_at=local(26, 10), sessions=2)
    event.sessions.filter(starts_at__gt=local(26, 10) + timedelta(hours=1)).update(is_cancelled=True)

    assert day_begun(event, at=local(27, 10)) is None
