"""The door's log: every scan is a row, the earliest by our clock counts, and several devices make no second person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from events.models import Event, User
from registrations.actions.attendance import CheckInAnswer, check_in, void_check_in
from registrations.actions.closing import excuse
from registrations.enums import Attendance, CheckInResult, CheckInSource, RegistrationState
from registrations.models import CheckIn, Registration
from registrations.queries.at_the_door import door_figures, latest_admission
from registrations.queries.attendance import attendees
from registrations.queries.door_log import repeated_check_ins
from registrations.queries.doors import get_check_in
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import fresh
from tests.registrations.parties import EWA, make_group_event, party_of

pytestmark = pytest.mark.django_db

R = CheckInResult


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@dataclass
class Device:
    """A phone at the door whose clock is wrong by so much; it sends what it scanned when it has network again."""

    name: str
    by: User
    is_ahead: timedelta = timedelta(0)

    def send(self, event: Event, scans: list[tuple[Registration, datetime]], *, at: datetime) -> list[CheckInAnswer]:
        """Send people with the moments at which they stood there, by the true clock; the numbers stay the same."""
        return [
            check_in(
                event,
                code=row.ticket_code,
                nonce=f"{self.name}-{row.pk}",
                device=self.name,
                device_at=moment + self.is_ahead,
                sent_at=at + self.is_ahead,
                source=CheckInSource.QR,
                by=self.by,
                at=at,
            )
            for row, moment in scans
        ]


def logged() -> list[tuple[int, str, str, datetime | None]]:
    return list(CheckIn.objects.values_list("registration", "kind", "nonce", "scanned_at").order_by("nonce"))


@pytest.mark.parametrize("step", [1, 3, 7, 15])
def test_two_devices_with_clocks_apart_end_with_each_person_once_and_the_first_time_kept(step):
    event = make_event()
    people = [make_registration(event) for _ in range(10)]
    north, south = Device("north", make_user(), minutes(20)), Device("south", make_user())
    # Eight people pass each entrance, six of them both; in the south two minutes before the north, for half of them.
    in_the_north = [(row, NOW + minutes(number)) for number, row in enumerate(people[:8])]
    in_the_south = [
        (row, NOW + minutes(number + (-2 if number % 2 else 2))) for number, row in enumerate(people[2:], 2)
    ]
    truth: dict[int, datetime] = {}
    for row, moment in [*in_the_north, *in_the_south]:
        truth[row.pk] = min(moment, truth.get(row.pk, moment))
    batches = [(device, scan) for device, scans in ((north, in_the_north), (south, in_the_south)) for scan in scans]
    # Every step walks through all sixteen, in another order.
    batches = [batches[number * step % 16] for number in range(16)]
    later = NOW + minutes(30)

    for device, scan in batches:
        device.send(event, [scan], at=later)
    was = logged()
    answers = [*south.send(event, in_the_south, at=later + minutes(5)), *north.send(event, in_the_north, at=later)]

    assert logged() == was
    assert len(was) == 16
    assert door_figures(event, at=NOW).present == 10
    found = repeated_check_ins(event)
    assert sorted(person.registration.pk for person in found) == sorted(row.pk for row in people[2:8])
    assert all([row.device for row in person.scans] != [row.device for row in person.scans][::-1] for person in found)
    kept = {row.pk: admission.happened_at for row in people if (admission := latest_admission(row))}
    assert kept == truth
    assert {answer.registration.pk: answer.at for answer in answers if answer.registration} == truth


def test_a_batch_says_who_was_first_and_keeps_what_the_device_said():
    event, first, second = make_event(), make_user(), make_user()
    registration = make_registration(event)
    late = Device("late", first)
    early = Device("early", second, -minutes(20))

    (admitted,) = late.send(event, [(registration, NOW + minutes(5))], at=NOW + minutes(5))
    (repeated,) = early.send(event, [(registration, NOW)], at=NOW + minutes(9))
    (again,) = late.send(event, [(registration, NOW + minutes(5))], at=NOW + minutes(10))

    assert (admitted.result, admitted.at, admitted.by) == (R.ADMITTED, NOW + minutes(5), first)
    assert (repeated.result, repeated.at, repeated.by) == (R.ALREADY_PRESENT, NOW, second)
    assert (again.result, again.at, again.by) == (R.ADMITTED, NOW, second)
    row = CheckIn.objects.get(device="early")
    assert (row.device_at, row.scanned_at, row.at) == (NOW - minutes(20), NOW, NOW + minutes(9))


@pytest.mark.parametrize(
    ("device_at", "sent_at", "scanned_at"),
    [
        (None, None, NOW),
        (None, NOW - minutes(3), NOW),
        (NOW - minutes(7), None, NOW - minutes(7)),
        (NOW + minutes(7), None, NOW),
        (NOW - minutes(27), NOW - minutes(20), NOW - minutes(7)),
        (NOW + minutes(13), NOW + minutes(20), NOW - minutes(7)),
        (NOW + minutes(21), NOW + minutes(20), NOW),
        (NOW - timedelta(days=1), NOW, NOW - timedelta(days=1)),
        (NOW - timedelta(days=1, seconds=1), NOW, NOW),
        # A clock that was never set, and the same all along.
        (NOW.replace(year=1970), NOW.replace(year=1970), NOW),
        # A year that no calendar has once it is put right.
        (NOW.replace(year=9999, month=12), NOW.replace(year=1970), NOW),
        (NOW.replace(year=1), NOW.replace(year=9999), NOW),
    ],
)
def test_the_time_that_counts_is_by_our_clock(device_at, sent_at, scanned_at):
    event = make_event()

    answer = check_in(
        event,
        code=make_registration(event).ticket_code,
        nonce="n",
        device_at=device_at,
        sent_at=sent_at,
        source=CheckInSource.QR,
        by=make_user(),
        at=NOW,
    )

    row = CheckIn.objects.get()
    assert (row.device_at, row.scanned_at, row.at, answer.at) == (device_at, scanned_at, NOW, scanned_at)


def test_after_an_undo_the_old_scans_no_longer_count():
    event, user = make_event(), make_user()
    registration = make_registration(event)
    north, south, east = (Device(name, user) for name in ("north", "south", "east"))
    north.send(event, [(registration, NOW)], at=NOW)
    south.send(event, [(registration, NOW + minutes(1))], at=NOW + minutes(1))

    void_check_in(get_check_in(event, f"south-{registration.pk}"), reason="Pomyłka", by=user, at=NOW + minutes(2))
    void_check_in(get_check_in(event, f"north-{registration.pk}"), reason="Pomyłka", by=user, at=NOW + minutes(2))
    is_here = fresh(registration).attendance
    (old,) = south.send(event, [(registration, NOW + minutes(1))], at=NOW + minutes(3))
    (new,) = east.send(event, [(registration, NOW + minutes(4))], at=NOW + minutes(4))
    void_check_in(get_check_in(event, f"north-{registration.pk}"), reason="Pomyłka", by=user, at=NOW + minutes(5))

    assert is_here == Attendance.NOT_RECORDED
    assert (old.result, old.at) == (R.ALREADY_PRESENT, NOW)
    assert (new.result, new.at) == (R.ADMITTED, NOW + minutes(4))
    assert fresh(registration).attendance == Attendance.PRESENT
    assert [row.kind for row in CheckIn.objects.all()] == ["admit", "repeat", "void", "admit"]
    assert repeated_check_ins(event) == []


def test_one_device_that_scans_twice_is_no_conflict_and_members_of_a_party_are_told_apart():
    event = make_group_event()
    user, colleague = make_user(), make_user()
    party, (ewa,) = party_of(event, EWA)

    def scan(row, nonce, device="", by=user):
        check_in(event, code=row.ticket_code, nonce=nonce, device=device, source=CheckInSource.QR, by=by, at=NOW)

    for nonce in ("1", "2"):
        scan(party, nonce, "phone")
    scan(ewa, "3")
    alone = repeated_check_ins(event)
    scan(ewa, "4", by=colleague)

    (found,) = repeated_check_ins(event)
    assert alone == []
    assert (found.registration, found.member, [row.who for row in found.scans]) == (party, ewa, [user, colleague])


@pytest.mark.parametrize("people", [1, 3])
def test_the_conflicts_cost_one_statement_however_many(people, django_assert_num_queries):
    event = make_event()
    rows = [make_registration(event, last_name=name) for name in ("Zając", "Adamska", "Lis")[:people]]
    for device in (Device("north", make_user()), Device("south", make_user())):
        device.send(event, [(row, NOW) for row in rows], at=NOW)

    with django_assert_num_queries(1):
        found = repeated_check_ins(event)
        assert [str(row.who) for person in found for row in person.scans]
    names = [person.registration.participant.last_name for person in found]
    assert names == sorted(names)


def test_somebody_in_the_queue_hears_their_place():
    event = make_event(capacity=0)
    rows = [make_registration(event, state=RegistrationState.WAITLISTED) for _ in range(2)]

    answers = [
        check_in(event, code=row.ticket_code, nonce="n", source=CheckInSource.QR, by=make_user(), at=NOW)
        for row in rows
    ]

    assert [(answer.result, answer.position) for answer in answers] == [(R.WAITLISTED, 1), (R.WAITLISTED, 2)]


def test_an_excuse_comes_back_when_the_admission_is_taken_back():
    event, user = make_event(), make_user()
    registration = make_registration(event)
    excuse(registration, reason="Chory (przykład)", by=user, at=NOW)
    Device("north", user).send(event, [(registration, NOW)], at=NOW)
    (came,) = attendees(event)

    void_check_in(CheckIn.objects.get(kind="admit"), by=user, at=NOW)

    (person,) = attendees(event)
    assert (came.attendance, came.excuse) == (Attendance.PRESENT, "")
    assert (person.attendance, person.excuse) == (Attendance.EXCUSED, "Chory (przykład)")


def test_who_was_scanned_at_the_door_before_there_was_a_seat_came_when_they_were_admitted():
    event, user = make_event(), make_user()
    registration = make_registration(event)
    registration.check_ins.create(kind="repeat", source=CheckInSource.LIST, nonce="here", by=user, at=NOW)

    (admitted,) = Device("north", user).send(event, [(registration, NOW + minutes(9))], at=NOW + minutes(9))
    admission = latest_admission(registration)
    assert admission is not None
    assert (admitted.result, admitted.at, admission.happened_at) == (R.ADMITTED, NOW + minutes(9), NOW + minutes(9))
    Device("north", user).send(event, [(registration, NOW + minutes(9))], at=NOW + minutes(9))
    assert repeated_check_ins(event) == []

    void_check_in(admission, by=user, at=NOW + minutes(10))
    assert fresh(registration).attendance == Attendance.NOT_RECORDED


def test_what_else_stands_in_the_log_is_no_scan_and_an_undo_leaves_another_word_alone():
    event, user = make_event(), make_user()
    registration = make_registration(event)
    Device("north", user).send(event, [(registration, NOW)], at=NOW)
    row = CheckIn.objects.get()
    registration.check_ins.create(kind="excuse", source=CheckInSource.LIST, nonce="excuse", by=user, at=NOW)
    Registration.objects.filter(pk=registration.pk).update(attendance=Attendance.EXCUSED)

    assert latest_admission(registration) == row
    void_check_in(row, by=user, at=NOW)

    assert latest_admission(registration) is None
    assert fresh(registration).attendance == Attendance.EXCUSED
