"""Lists of registrations and the figures that count them."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from registrations.actions.needs import Need
from registrations.actions.parties import cancel_contact
from registrations.enums import Attendance, MemberState, RegistrationSource, RegistrationState
from registrations.models import HeadcountEntry, PartyMember, Registration
from registrations.queries.at_the_door import door_figures
from registrations.queries.lists import (
    event_registrations,
    person_registrations,
    position_of,
    queue_positions,
    report_figures,
)
from registrations.tokens import email_key
from tests.make import make_category, make_event, make_member, make_registration, make_session
from tests.make.events import NOW
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

S = RegistrationState
MINUTE = timedelta(minutes=1)


def show(rows) -> list[tuple[object, ...]]:
    """Everything that a page or the API shows of a row."""
    return [
        (
            row.reference,
            row.participant.full_name,
            row.category and row.category.code,
            row.position,
            len(row.sessions.all()),
        )
        for row in rows
    ]


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(django_assert_num_queries, people):
    event = make_event(categories=[("business", 9)])
    for _person in range(people):
        make_registration(event, category="business", sessions=list(event.sessions.all()))

    with django_assert_num_queries(2):
        assert len(show(event_registrations(event))) == people


def test_people_are_in_the_order_they_came_with_their_place_in_the_queue():
    event, other = make_event(), make_event()
    make_registration(other, state=S.WAITLISTED)
    third = make_registration(event, state=S.WAITLISTED, at=NOW + 3 * MINUTE)
    second = make_registration(event, state=S.WAITLISTED, at=NOW + 2 * MINUTE)
    at_once = make_registration(event, state=S.WAITLISTED, at=NOW + 2 * MINUTE)
    first = make_registration(event, at=NOW)

    rows = list(event_registrations(event))

    assert [(row, row.position) for row in rows] == [(first, None), (second, 1), (at_once, 2), (third, 3)]
    assert [position_of(row) for row in rows] == [None, 1, 2, 3]


def test_the_place_in_the_queue_does_not_depend_on_what_is_searched():
    event = make_event()
    make_registration(event, state=S.WAITLISTED, last_name="Nowak")
    wanted = make_registration(event, state=S.WAITLISTED, last_name="Żółć", at=NOW + MINUTE)
    make_registration(event, last_name="Żółć")

    rows = event_registrations(event, q="zolc", state=S.WAITLISTED)

    assert [(row, row.position) for row in rows] == [(wanted, 2)]


@pytest.mark.parametrize("q", ["zolc", "ŻÓŁĆ łucja", "luc", "  Łucja   żół ", "50%_"])
def test_search_knows_neither_capitals_nor_diacritics(q):
    event = make_event()
    make_registration(event, first_name="Anna", last_name="Nowak")
    wanted = make_registration(event, first_name="Łucja", last_name="Żółć")

    found = list(event_registrations(event, q=q))

    assert found == ([] if "%" in q else [wanted])
    assert list(event_registrations(event, q=wanted.reference)) == [wanted]


def test_the_list_is_narrowed_by_everything_that_tells_registrations_apart():
    event = make_event(categories=[("business", 5), ("ngo", 5)], sessions=2)
    first, second = event.sessions.all()
    business = make_registration(event, category="business", sessions=[first])
    both = make_registration(event, category="ngo", sessions=[first, second], seats=2)
    everything = make_registration(event, category="ngo")
    Registration.objects.filter(pk=business.pk).update(source=RegistrationSource.PHONE)
    member = make_member(both)
    PartyMember.objects.filter(pk=member.pk).update(attendance=Attendance.PRESENT)
    Registration.objects.filter(pk=everything.pk).update(attendance=Attendance.PRESENT)
    elsewhere = make_event().sessions.get()

    found = {
        "category": list(event_registrations(event, category="ngo")),
        "source": list(event_registrations(event, source="phone")),
        "first": list(event_registrations(event, session=first.pk)),
        "second": list(event_registrations(event, session=second.pk)),
        "elsewhere": list(event_registrations(event, session=elsewhere.pk)),
        "present": list(event_registrations(event, attendance="present")),
        "all at once": list(event_registrations(event, category="ngo", session=second.pk, source="web", q="nowak")),
    }

    assert found == {
        "category": [both, everything],
        "source": [business],
        "first": [business, both, everything],
        "second": [both, everything],
        "elsewhere": [],
        "present": [both, everything],
        "all at once": [both, everything],
    }


def test_all_places_in_all_queues_are_found_at_once(django_assert_num_queries):
    event = make_event(categories=[("business", 5)])
    other = make_event()
    rows = [make_registration(event, state=S.WAITLISTED, at=NOW + number * MINUTE) for number in (2, 1, 1)]
    business = make_registration(event, state=S.WAITLISTED)
    Registration.objects.filter(pk=business.pk).update(waiting_pool=event.pools.exclude(category=None).get())
    make_registration(other, state=S.WAITLISTED)
    make_registration(event)

    with django_assert_num_queries(1):
        places = queue_positions(event)

    assert places == {rows[1].pk: 1, rows[2].pk: 2, rows[0].pk: 3, business.pk: 1}
    assert places == {row.pk: position_of(row) for row in Registration.objects.filter(pk__in=places)}


def test_a_person_sees_what_is_active_and_still_to_come():
    late, soon, over = make_event(starts_at=NOW + 9 * MINUTE), make_event(starts_at=NOW + MINUTE), make_event()
    rows = [make_registration(event, email="ann@example.org") for event in (late, soon, over)]
    make_registration(make_event(), email="ann@example.org", state=S.EXPIRED)
    make_registration(make_event(), email="bob@example.org")
    over.sessions.update(starts_at=NOW - 2 * MINUTE, ends_at=NOW)
    over.starts_at, over.ends_at = NOW - 2 * MINUTE, NOW
    over.save()

    assert list(person_registrations(email_key("ann@example.org"), at=NOW)) == [rows[1], rows[0]]


def test_every_figure_is_the_length_of_its_list():
    event = make_event(capacity=None)
    for number, state in enumerate(S, start=1):
        for _person in range(number):
            make_registration(event, state=state)
    confirmed = list(event_registrations(event, state=S.CONFIRMED))
    for registration, attendance in zip(
        confirmed, (Attendance.PRESENT, Attendance.EXCUSED, Attendance.NO_SHOW), strict=True
    ):
        Registration.objects.filter(pk=registration.pk).update(attendance=attendance)
    Registration.objects.filter(pk=confirmed[0].pk).update(source=RegistrationSource.WALK_IN)

    figures = report_figures(event).total

    lists = {state: event_registrations(event, state=state).count() for state in S}
    cancelled = lists.pop(S.CANCELLED_BY_PARTICIPANT) + lists.pop(S.CANCELLED_BY_ORGANIZER)
    assert asdict(figures) == {
        "registered": event_registrations(event).count(),
        **{str(state): length for state, length in lists.items()},
        "cancelled": cancelled,
        "present": 1,
        "no_show": 1,
        "excused": 1,
        "walk_ins": 1,
        "headcount": None,
    }


def test_attendance_is_counted_by_person_and_everything_else_by_seat():
    event = make_group_event(capacity=None, sessions=2, assistants_take_seats=True)
    first, second = event.sessions.all()
    party, (ewa, jan) = party_of(event, EWA, JAN, session_ids=(first.pk,), needs=[Need("assistant")])
    left, (ola,) = party_of(event, EWA)
    cancel_contact(left, by=None, at=NOW)
    Registration.objects.filter(pk=party.pk).update(attendance=Attendance.PRESENT)
    # Somebody who gave up the place is not missing.
    Registration.objects.filter(pk=left.pk).update(attendance=Attendance.NO_SHOW)
    for member, attendance in ((ewa, Attendance.PRESENT), (jan, Attendance.EXCUSED), (ola, Attendance.NO_SHOW)):
        PartyMember.objects.filter(pk=member.pk).update(attendance=attendance)

    report = report_figures(event)

    def of_people(attendance: Attendance) -> int:
        rows = event_registrations(event).filter(attendance=attendance, contact_comes=True)
        return len(rows) + PartyMember.objects.filter(registration__event=event, attendance=attendance).count()

    total = report.total
    assert (total.registered, total.confirmed) == (5, 5)
    assert [total.present, total.excused, total.no_show] == [
        of_people(attendance) for attendance in (Attendance.PRESENT, Attendance.EXCUSED, Attendance.NO_SHOW)
    ]
    assert [total.present, total.excused, total.no_show] == [2, 1, 1]
    assert [(part.registered, part.present, part.no_show) for part in report.by_session.values()] == [
        (5, 2, 1),
        (1, 0, 1),
    ]
    assert report.by_session[second.pk].excused == 0
    assert report.by_category[""] == total
    # Nobody has been scanned, so nobody is in the room on this day of two.
    assert (door_figures(event, at=NOW).expected, door_figures(event, at=NOW).present) == (5, 0)


def test_figures_are_told_by_category_and_by_session():
    event = make_event(categories=[("business", 5), ("ngo", 5)], sessions=2)
    first, second = event.sessions.all()
    make_registration(event, category="business", sessions=[first])
    make_registration(event, category="business", sessions=[first, second])
    make_registration(event, seats=2)
    for category, delta in [("resident", 5), ("resident", -1), (None, 2)]:
        counted = make_category(category) if category else None
        HeadcountEntry.objects.create(event=event, category=counted, delta=delta, nonce=f"{category}{delta}", at=NOW)

    report = report_figures(event)

    assert (report.total.registered, report.total.headcount) == (4, 6)
    assert {code: (part.registered, part.headcount) for code, part in report.by_category.items()} == {
        "": (2, 2),
        "business": (2, None),
        "ngo": (0, None),
        "resident": (0, 4),
    }
    assert {pk: (part.registered, part.headcount) for pk, part in report.by_session.items()} == {
        first.pk: (4, None),
        second.pk: (3, None),
    }


def test_an_event_nobody_knows_has_empty_figures():
    report = report_figures(make_event())

    assert (report.total.registered, report.total.headcount, report.by_category) == (0, None, {})


def test_a_late_session_is_counted_for_those_who_come_to_all():
    event = make_event()
    make_registration(event)
    added = make_session(event, starts_at=NOW + timedelta(days=30))

    assert report_figures(event).by_session[added.pk].registered == 1


def test_the_list_of_an_attendance_has_those_whom_its_figure_counts():
    event = make_event(capacity=20)
    nobody, substitute, contact = (make_registration(event, seats=2) for _number in range(3))
    Registration.objects.filter(pk=nobody.pk).update(contact_comes=False, attendance=Attendance.NO_SHOW)
    Registration.objects.filter(pk=contact.pk).update(attendance=Attendance.NO_SHOW)
    for state in (MemberState.REPLACED, MemberState.CANCELLED):
        gone = make_member(substitute, first_name="Ewa", last_name="Lis")
        PartyMember.objects.filter(pk=gone.pk).update(state=state, ended_at=NOW, attendance=Attendance.NO_SHOW)
    comes = make_member(nobody, first_name="Jan", last_name="Wilk")
    PartyMember.objects.filter(pk=comes.pk).update(attendance=Attendance.PRESENT)

    assert (list(event_registrations(event, attendance="no_show")), report_figures(event).total.no_show) == (
        [contact],
        1,
    )
    assert (list(event_registrations(event, attendance="present")), report_figures(event).total.present) == (
        [nobody],
        1,
    )
