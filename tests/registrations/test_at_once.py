"""Many people at once, each over a connection of their own: no seat is sold twice, none is left lying."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actions.history import record
from events.actions.publishing import cancel_event, close_event
from events.actions.releasing import release_seats
from events.actions.seats import set_capacity
from events.enums import EventChangeKind, EventStatus, NoAnswer
from events.errors import FieldErrors
from events.models import Event, RegistrationPolicy
from registrations.actions import signing_up
from registrations.actions.approvals import approve_registration
from registrations.actions.asking import ask_due, settle_unanswered
from registrations.actions.attendance import add_headcount, check_in
from registrations.actions.details import change_details
from registrations.actions.intentions import say_coming
from registrations.actions.moves import cancel_registration, confirm_registration, expire_due
from registrations.actions.needs import Need, answer_need
from registrations.actions.queues import promote
from registrations.actions.walk_ins import WalkIn, walk_in
from registrations.enums import Attendance, ChangeCause, CheckInResult, CheckInSource, NeedState, RegistrationState
from registrations.errors import (
    EventCancelled,
    EventFull,
    InvitationOver,
    InvitationUsed,
    NeedMoveNotAllowed,
    NeedsOpen,
    NotActive,
    RoomFull,
    TooLateForNeeds,
    TooLateToCancel,
)
from registrations.models import CheckIn, Invitation, NeedChange, Registration, RegistrationChange
from registrations.queries.at_the_door import latest_admission
from registrations.queries.door_log import repeated_check_ins
from registrations.queries.lists import position_of
from registrations.queries.recount import pool_counts
from tests.make import (
    make_applicant,
    make_category,
    make_door_pass,
    make_event,
    make_invitation,
    make_registration,
    make_user,
)
from tests.make.events import NOW
from tests.registrations.acts import counts, enter, entered, fresh

pytestmark = pytest.mark.django_db(transaction=True)

S = RegistrationState
HOUR = timedelta(hours=1)


def at_once(acts: Sequence[Callable[[], Any]], *, hands: int = 12) -> list[Any]:
    """What each act returned, in threads that begin together; an exception travels up."""
    hands = min(hands, len(acts))
    start = Barrier(hands)
    waiting = iter(range(hands))

    def run(act: Callable[[], Any]) -> Any:
        try:
            if next(waiting, None) is not None:
                start.wait(10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as threads:
        return list(threads.map(run, acts))


def elsewhere(act: Callable[[], Any]) -> Any:
    """Let something happen over another connection, and end, before this one goes on."""
    return at_once([act])[0]


def before_the_seat_is_taken(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    """Let something happen elsewhere between looking and taking, the first time."""
    claim = signing_up._claim
    once = [act]

    def late(registration, pools):
        while once:
            elsewhere(once.pop())
        claim(registration, pools)

    monkeypatch.setattr(signing_up, "_claim", late)


def test_sixty_people_want_ten_seats():
    event = make_event(capacity=10)

    answers = at_once([lambda: enter(event) for _person in range(60)])

    assert Counter(answer.state for answer in answers) == {S.CONFIRMED: 10, S.WAITLISTED: 50}
    assert counts(event) == [(10, 50)]
    waiting = Registration.objects.filter(state=S.WAITLISTED)
    assert sorted(position_of(row) or 0 for row in waiting) == list(range(1, 51))


def test_the_last_seats_of_categories_and_of_the_event():
    event = make_event(capacity=12, categories=[("business", 5), ("resident", 9)])
    people = ["business", "resident"] * 15

    at_once([partial(enter, event, make_applicant(category=code)) for code in people])

    (taken, _waiting), (business, _), (residents, _) = counts(event)
    assert (taken, business + residents, business <= 5, residents <= 9) == (12, 12, True, True)
    assert Registration.objects.filter(state=S.WAITLISTED).count() == 18


def test_a_reserve_list_is_never_longer_than_its_limit():
    event = make_event(capacity=2, waitlist_limit=3)

    def act() -> str:
        try:
            return enter(event).state
        except EventFull as full:
            return full.code

    assert Counter(at_once([act] * 20)) == {S.CONFIRMED: 2, S.WAITLISTED: 3, "event_full": 15}
    assert counts(event) == [(2, 3)]


def test_one_person_signs_up_many_times_at_once():
    event = make_event(capacity=5)

    answers = at_once([lambda: enter(event, make_applicant("ann@example.org")) for _try in range(8)])

    assert [answer.state for answer in answers] == [S.CONFIRMED] * 8
    assert sum(answer.registration is not None for answer in answers) == 1
    assert counts(event) == [(1, 0)]
    assert RegistrationChange.objects.filter(cause=ChangeCause.ASKED_AGAIN).count() == 7


def test_no_seat_lies_free_when_one_leaves_while_others_come():
    for _round in range(8):
        event = make_event(capacity=1)
        leaving = entered(event)

        at_once([partial(cancel_registration, leaving, by=None, at=NOW), *[partial(enter, event)] * 3])

        assert counts(event) == [(1, 2)]


def test_coming_leaving_and_confirming_in_all_categories_never_runs_in_a_circle():
    event = make_event(capacity=8, categories=[("business", 3), ("resident", 4), ("ngo", 3)], confirm_email=True)
    codes = ["business", "resident", "ngo"] * 4
    here = [entered(event, make_applicant(category=code)) for code in codes]

    def act(row: Registration, code: str) -> None:
        confirm_registration(row, at=NOW)
        enter(event, make_applicant(category=code))
        cancel_registration(row, by=None, at=NOW)

    at_once([partial(act, row, code) for row, code in zip(here, reversed(codes), strict=True)])

    figures = counts(event)
    assert figures[0][0] == 8
    assert sum(taken for taken, _waiting in figures[1:]) == 8
    assert RegistrationChange.objects.filter(cause=ChangeCause.CANCELLED).count() == 12


def test_two_promoters_give_each_seat_once():
    event = make_event(capacity=0)
    waiting = [make_registration(event, state=S.WAITLISTED, at=NOW + timedelta(minutes=n)) for n in range(12)]
    event.pools.update(capacity=7)

    moved = at_once([lambda: promote(event.pk, at=NOW + HOUR)] * 4)

    assert sum(moved) == 7
    assert [fresh(row).state for row in waiting] == [S.CONFIRMED] * 7 + [S.WAITLISTED] * 5
    assert counts(event) == [(7, 5)]
    assert RegistrationChange.objects.count() == 7


def test_two_ticks_end_each_hold_once():
    event = make_event(capacity=3, confirm_email=True)
    holds = [entered(event) for _person in range(6)]

    ended = at_once([lambda: expire_due(at=NOW + HOUR)] * 3)

    assert sum(ended) == 6
    assert {fresh(row).state for row in holds} == {S.EXPIRED}
    assert counts(event) == [(0, 0)]


def test_a_hold_is_confirmed_or_ended_and_never_both():
    for _round in range(5):
        event = make_event(capacity=1, confirm_email=True)
        held = entered(event)

        at_once([partial(confirm_registration, held, at=NOW + HOUR), partial(expire_due, at=NOW + HOUR)])

        assert fresh(held).state == S.CONFIRMED
        assert counts(event) == [(1, 0)]


def test_capacity_changes_while_people_come_and_go():
    event, organiser = make_event(capacity=5), make_user()
    here = [entered(event) for _person in range(8)]

    def resize(capacity: int) -> None:
        set_capacity(event.pools.get(), capacity, allow_overbooking=True)
        record(event, EventChangeKind.CAPACITY_CHANGED, by=organiser, at=NOW)

    at_once(
        [
            *[partial(cancel_registration, row, by=None, at=NOW) for row in here],
            *[lambda: enter(event)] * 8,
            lambda: resize(3),
            lambda: resize(6),
        ]
    )
    resize(6)

    assert counts(event) == [(6, 2)]
    assert event.pools.get().overbooked == 0


def test_two_devices_admit_one_person_once():
    event, doorkeeper = make_event(), make_user()
    registration = make_registration(event)

    def scan(nonce: str) -> CheckInResult:
        code = registration.ticket_code
        return check_in(event, code=code, nonce=nonce, source=CheckInSource.QR, by=doorkeeper, at=NOW).result

    results = at_once([partial(scan, nonce) for nonce in ("a", "b", "c", "d")])

    assert Counter(results) == {CheckInResult.ADMITTED: 1, CheckInResult.ALREADY_PRESENT: 3}
    assert at_once([lambda: scan("a")] * 2)[0] in {CheckInResult.ADMITTED, CheckInResult.ALREADY_PRESENT}
    assert Counter(CheckIn.objects.values_list("kind", flat=True)) == {"admit": 1, "repeat": 3}


def test_one_tap_sent_by_two_networks_is_one_admission():
    event, doorkeeper = make_event(), make_user()
    code = make_registration(event).ticket_code

    answers = at_once(
        [lambda: check_in(event, code=code, nonce="tap", source=CheckInSource.QR, by=doorkeeper, at=NOW)] * 4
    )

    assert {answer.result for answer in answers} == {CheckInResult.ADMITTED}
    assert CheckIn.objects.count() == 1


def test_two_devices_that_send_the_same_people_at_once_end_with_each_once_and_the_first_time():
    event, doorkeeper = make_event(), make_user()
    people = [make_registration(event) for _ in range(5)]

    def send(device: str, number: int, late: timedelta) -> CheckInResult:
        return check_in(
            event,
            code=people[number].ticket_code,
            nonce=f"{device}-{number}",
            device=device,
            # The south is twenty minutes ahead and was first.
            device_at=NOW + timedelta(minutes=number) + late,
            sent_at=NOW + timedelta(hours=1) + (timedelta(minutes=20) if device == "south" else timedelta(0)),
            source=CheckInSource.QR,
            by=doorkeeper,
            at=NOW + timedelta(hours=1),
        ).result

    south, north = timedelta(minutes=20), timedelta(minutes=2)
    acts = [
        partial(send, device, number, late)
        for number in range(5)
        for device, late in (("north", north), ("south", south))
    ]
    at_once(acts)
    at_once(acts[::-1])

    assert Counter(CheckIn.objects.values_list("kind", flat=True)) == {"admit": 5, "repeat": 5}
    assert [person.scans[0].device for person in repeated_check_ins(event)] == ["south"] * 5
    times = [admission.happened_at for row in people if (admission := latest_admission(row))]
    assert times == [NOW + timedelta(minutes=number) for number in range(5)]


def test_one_number_for_two_people_at_once_admits_one_of_them():
    event, doorkeeper = make_event(), make_user()
    codes = [make_registration(event).ticket_code for _ in range(2)]

    def scan(code: str) -> str:
        try:
            answer = check_in(event, code=code, nonce="tap", source=CheckInSource.QR, by=doorkeeper, at=NOW)
        except FieldErrors as refusal:
            return refusal.code
        return answer.result

    assert sorted(at_once([partial(scan, code) for code in codes])) == ["admitted", "invalid"]
    assert Registration.objects.filter(attendance=Attendance.PRESENT).count() == 1


def test_heads_counted_at_once_by_several_phones_equal_their_sum():
    event, doorkeeper = make_event(), make_user()
    given = make_door_pass(event)
    # So many are inside that nobody is taken off who is not there.
    add_headcount(event, delta=100, nonce="before", by=doorkeeper, at=NOW)
    taps = [
        partial(add_headcount, event, delta=delta, nonce=f"{number} {delta} {by}", by=by, at=NOW)
        for number in range(100)
        for delta, by in ((1, doorkeeper), (5, given), (-1, doorkeeper), (1, given))
    ]

    # A phone that heard no answer sends its tap again.
    at_once([*taps, *taps[:20]], hands=8)

    assert add_headcount(event, delta=1, nonce="last", by=doorkeeper, at=NOW) == 100 + 100 * (1 + 5 - 1 + 1) + 1


def test_people_who_walk_in_at_once_never_fill_the_room_past_its_limit():
    event, doorkeeper = make_event(starts_at=NOW), make_user()
    Event.objects.filter(pk=event.pk).update(people_limit=3)

    def come(nonce: str) -> str:
        try:
            walk_in(event, WalkIn("Ola"), language="pl", nonce=nonce, by=doorkeeper, at=NOW)
        except RoomFull as refusal:
            return refusal.code
        return "in"

    assert Counter(at_once([partial(come, str(number)) for number in range(6)])) == {"in": 3, "room_full": 3}
    assert counts(event) == [(3, 0)]


def test_one_tap_that_is_sent_twice_at_once_lets_one_person_in():
    event, doorkeeper = make_event(starts_at=NOW), make_user()
    act = partial(walk_in, event, WalkIn("Ola"), language="pl", nonce="tap", by=doorkeeper, at=NOW)

    answers = at_once([act, act])

    assert sorted(answer.is_new for answer in answers) == [False, True]
    assert counts(event) == [(1, 0)]


def test_who_is_overtaken_at_the_last_seat_waits(monkeypatch):
    event = make_event(capacity=1)
    before_the_seat_is_taken(monkeypatch, lambda: enter(event))

    assert enter(event).state == S.WAITLISTED
    assert counts(event) == [(1, 1)]


def test_who_was_about_to_wait_gets_the_seat_that_was_left(monkeypatch):
    event = make_event(capacity=1)
    leaving = entered(event)
    before_the_seat_is_taken(monkeypatch, lambda: cancel_registration(leaving, by=None, at=NOW))

    assert enter(event).state == S.CONFIRMED
    assert counts(event) == [(1, 0)]


def test_an_event_cancelled_in_between_refuses(monkeypatch):
    event, organiser = make_event(), make_user()
    before_the_seat_is_taken(
        monkeypatch, lambda: cancel_event(Event.objects.get(pk=event.pk), reason="Awaria", by=organiser, at=NOW)
    )

    with pytest.raises(EventCancelled):
        enter(event)

    assert counts(event) == [(0, 0)]
    assert not Registration.objects.exists()


def test_an_application_for_an_event_that_is_cancelled_in_between_is_refused(monkeypatch):
    event, boss = make_event(approval=True), make_user()
    look, once = signing_up._require_announced, [lambda: cancel_event(event, reason="Awaria", by=boss, at=NOW)]

    def late(event, **arguments):
        while once:
            elsewhere(once.pop())
        look(event, **arguments)

    monkeypatch.setattr(signing_up, "_require_announced", late)

    with pytest.raises(EventCancelled):
        enter(event)

    assert not Registration.objects.exists()


def test_reserved_and_given_up_seats_are_never_given_twice():
    event = make_event(capacity=9, reserved=2, categories=[("business", 1), ("resident", 1)])
    event.pools.filter(category=None).update(released=3)
    invited = [make_invitation(event, uses_reserved=True) for _person in range(6)]
    people = ["business", "resident"] * 5
    acts = [partial(enter, event, make_applicant(category="business"), invitation=one) for one in invited]
    acts += [partial(enter, event, make_applicant(category=code)) for code in people]

    at_once(acts)

    assert [count for count in pool_counts() if not count.is_right] == []
    own = event.pools.get(category=None)
    assert (own.taken, own.reserved_taken, own.released_taken) == (7, 2, 3)
    assert Registration.objects.filter(state=S.WAITLISTED).count() == 9


def test_seats_that_are_given_up_in_between_are_not_missed(monkeypatch):
    event, boss = make_event(capacity=9, categories=[("business", 0), ("ngo", 3)]), make_user()
    give_up = partial(release_seats, event, category=make_category("ngo"), seats=3, reason="X", by=boss, at=NOW)
    before_the_seat_is_taken(monkeypatch, give_up)

    registration = entered(event, make_applicant(category="business"))

    assert (registration.state, registration.seat_source) == (S.CONFIRMED, "released")
    assert [count for count in pool_counts() if not count.is_right] == []


def test_an_invitation_that_was_taken_back_after_it_was_looked_at_opens_nothing():
    event = make_event()
    invited = make_invitation(event)
    Invitation.objects.filter(pk=invited.pk).update(revoked_at=NOW)

    with pytest.raises(InvitationOver):
        enter(event, invitation=invited)

    assert not Registration.objects.exists()


def test_who_is_admitted_while_they_cancel_is_either_there_or_gone():
    event, door = make_event(), make_user()
    rows = [entered(event) for _person in range(6)]
    acts: list[Callable[[], Any]] = []
    for row in rows:
        acts += [
            partial(check_in, event, code=row.ticket_code, nonce=str(row.pk), source=CheckInSource.QR, by=door, at=NOW),
            partial(_cancelled_or_too_late, row),
        ]

    at_once(acts)

    gone = Registration.objects.filter(state=S.CANCELLED_BY_PARTICIPANT)
    assert not gone.filter(attendance=Attendance.PRESENT).exists()


def _cancelled_or_too_late(registration: Registration) -> str:
    try:
        return cancel_registration(registration, by=None, at=NOW).state
    except TooLateToCancel as refusal:
        return refusal.code


def test_one_invitation_is_used_once_however_many_click():
    event = make_event()
    invited = make_invitation(event, uses_reserved=True)

    def act() -> str:
        try:
            return enter(event, invitation=invited).state
        except InvitationUsed as used:
            return used.code

    assert Counter(at_once([act] * 8)) == {S.CONFIRMED: 1, "invitation_used": 7}
    assert counts(event) == [(1, 0)]


def test_applications_accepted_at_once_get_one_seat_each_in_order():
    event, boss = make_event(capacity=3, approval=True), make_user()
    rows = [entered(event, at=NOW + timedelta(minutes=minute)) for minute in range(8)]

    at_once([partial(approve_registration, row, by=boss, at=NOW + HOUR) for row in rows for _twice in range(2)])

    assert Counter(Registration.objects.values_list("state", flat=True)) == {S.CONFIRMED: 3, S.WAITLISTED: 5}
    assert counts(event) == [(3, 5)]
    assert RegistrationChange.objects.filter(cause=ChangeCause.APPROVED).count() == 8


def test_whoever_signs_up_while_an_event_is_cancelled_is_there_before_it_or_refused():
    organiser = make_user()
    for _round in range(5):
        event = make_event(capacity=3)
        told: list[int] = []

        def call_off(event: Event = event, told: list[int] = told) -> None:
            cancel_event(Event.objects.get(pk=event.pk), reason="Awaria", by=organiser, at=NOW)
            # Whoever the notice is for, as the next tick will see it.
            told.append(Registration.objects.filter(event=event).count())

        def come(event: Event = event) -> bool:
            try:
                enter(event)
            except EventCancelled:
                return False
            return True

        came = at_once([*[come] * 4, call_off])[:4]

        assert told == [sum(came)] == [Registration.objects.filter(event=event).count()]
        assert Event.objects.get(pk=event.pk).status == EventStatus.CANCELLED


@pytest.mark.parametrize("confirm_email", [False, True])
def test_signing_up_is_a_handful_of_statements_and_the_wanted_row_comes_last(confirm_email):
    event = make_event(confirm_email=confirm_email)

    with CaptureQueriesContext(connection) as captured:
        enter(event)

    told = [query["sql"].split()[0] for query in captured.captured_queries]
    # What comes after the commit (the nudge of the queue) keeps nobody waiting.
    assert told[: told.index("COMMIT") + 1] == [
        "BEGIN",
        "SELECT",  # the event with its rules, pools and notice
        "WITH",  # the registration, its person and the change
        "UPDATE",  # the event's own pool
        "SELECT",  # not cancelled meanwhile
        "COMMIT",
    ]


# Needs


def test_of_wheelchairs_that_come_at_once_every_one_too_many_is_an_alert():
    event = make_event(capacity=50)
    wheelchair = [Need("wheelchair")]
    registered = [entered(event) for _person in range(4)]
    acts: list[Callable[[], Any]] = [partial(enter, event, make_applicant(needs=wheelchair)) for _person in range(4)]
    acts += [partial(change_details, row, {}, needs=wheelchair, at=NOW) for row in registered]

    at_once(acts)

    alerts = event.changes.filter(kind=EventChangeKind.NEED_ALERT)
    assert sorted(row.after["wheelchairs_needed"] for row in alerts) == [3, 4, 5, 6, 7, 8]
    assert counts(event) == [(8, 0)]


def test_two_coordinators_answer_at_once_and_one_of_them_wins():
    need = make_registration(make_event()).needs.create(kind="pjm", state=NeedState.ACKNOWLEDGED, created_at=NOW)
    coordinators = [make_user(), make_user()]
    no = {"reason": "Brak.", "alternative": "Napisy."}

    def act(number: int) -> str:
        said = {"to": NeedState.ARRANGED} if number else {"to": NeedState.NOT_POSSIBLE, **no}
        try:
            return answer_need(need, by=coordinators[number], at=NOW, **said).state
        except NeedMoveNotAllowed as refusal:
            return refusal.code

    answers = at_once([partial(act, 0), partial(act, 1)])

    # What is arranged may turn out not to be possible after all, but not the other way round.
    moves = list(NeedChange.objects.order_by("id").values_list("from_state", "to_state"))
    assert (answers, moves) in (
        (["not_possible", "need_move_not_allowed"], [("acknowledged", "not_possible")]),
        (["not_possible", "arranged"], [("acknowledged", "arranged"), ("arranged", "not_possible")]),
    )


def test_nobody_asks_for_anything_while_the_event_is_closed():
    event = make_event(status=EventStatus.HELD, starts_at=NOW - HOUR)
    registrations = [make_registration(event) for _person in range(4)]
    owner = make_user()

    def ask(registration: Registration) -> str:
        try:
            change_details(registration, {}, needs=[Need("large_print")], at=NOW)
        except TooLateForNeeds as refusal:
            return refusal.code
        return "asked"

    def close() -> str:
        try:
            close_event(event, by=owner, at=NOW)
        except NeedsOpen as refusal:
            return refusal.code
        return "closed"

    first, *others = at_once([close, *(partial(ask, row) for row in registrations)])

    is_closed = Event.objects.get().status == EventStatus.CLOSED
    assert (first == "closed") is is_closed
    assert set(others) == ({"too_late_for_needs"} if is_closed else {"asked"})


def test_eight_rounds_at_once_ask_once_and_release_once():
    event = make_event(capacity=2)
    RegistrationPolicy.objects.filter(event=event).update(ask_days_before=3, ask_no_answer=NoAnswer.RELEASE)
    silent = [make_registration(event), make_registration(event)]
    waiting = [make_registration(event, state=S.WAITLISTED) for _person in range(3)]
    asked_at = NOW + timedelta(days=11)

    asked = at_once([partial(ask_due, at=asked_at)] * 8, hands=8)
    settled = at_once([partial(settle_unanswered, at=asked_at + 48 * HOUR)] * 8, hands=8)

    assert (sum(asked), sum(settled)) == (2, 2)
    causes = Counter(RegistrationChange.objects.values_list("cause", flat=True))
    assert causes == {ChangeCause.ASKED_STILL_COMING: 2, ChangeCause.NO_ANSWER: 2, ChangeCause.PROMOTED: 2}
    assert {fresh(one).state for one in silent} == {S.CANCELLED_BY_ORGANIZER}
    assert [fresh(one).state for one in waiting] == [S.CONFIRMED, S.CONFIRMED, S.WAITLISTED]
    assert counts(event) == [(2, 1)]


def test_a_yes_and_the_limit_at_once_leave_one_of_both():
    event = make_event()
    RegistrationPolicy.objects.filter(event=event).update(ask_days_before=3, ask_no_answer=NoAnswer.RELEASE)
    registration = make_registration(event)
    asked_at = NOW + timedelta(days=11)
    ask_due(at=asked_at)
    limit = asked_at + 48 * HOUR

    def say_yes() -> bool:
        try:
            return say_coming(registration, at=limit).state == S.CONFIRMED
        except NotActive:
            return False

    said, settled = at_once([say_yes, partial(settle_unanswered, at=limit)])

    assert said == (settled == 0) == (fresh(registration).state == S.CONFIRMED)
    assert counts(event) == [(int(said), 0)]
