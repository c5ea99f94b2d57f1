"""How many people are in the room, against how many may be."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event, Room
from registrations.actions.attendance import add_headcount, check_in
from registrations.actions.moves import cancel_registration
from registrations.enums import CheckInSource, MemberState
from registrations.queries.rooms import RoomFigures, room_figures
from tests.make import make_event, make_registration, make_session, make_user, make_venue
from tests.make.events import NOW
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db


def test_everybody_inside_counts_each_for_themselves():
    event, doorkeeper = make_group_event(), make_user()
    party, (jan,) = party_of(event, JAN)
    make_registration(event)
    for nonce, code in (("1", party.ticket_code), ("2", jan.ticket_code)):
        check_in(event, code=code, nonce=nonce, source=CheckInSource.QR, by=doorkeeper, at=NOW)
    add_headcount(event, delta=3, nonce="3", by=doorkeeper, at=NOW)
    Event.objects.filter(pk=event.pk).update(people_limit=6, staff_count=2)
    event.refresh_from_db()

    with CaptureQueriesContext(connection) as asked:
        figures = room_figures(event, at=NOW)

    assert figures == RoomFigures(present=2, headcount=3, staff=2, limit=6)
    assert (figures.inside, figures.free, figures.holds(1), figures.holds(0)) == (7, 0, False, True)
    assert len(asked) == 3


def test_who_has_cancelled_since_is_not_in_the_room():
    event, doorkeeper = make_group_event(), make_user()
    party, (jan, ewa) = party_of(event, JAN, EWA)
    other = make_registration(event)
    for row in (party, jan, ewa, other):
        check_in(event, code=row.ticket_code, nonce=row.ticket_code, source=CheckInSource.QR, by=doorkeeper, at=NOW)

    cancel_registration(other, by=doorkeeper, at=NOW)
    type(party).objects.filter(pk=party.pk).update(contact_comes=False)
    type(ewa).objects.filter(pk=ewa.pk).update(state=MemberState.CANCELLED, ended_at=NOW)

    assert room_figures(event, at=NOW).present == 1


def test_without_a_limit_of_its_own_the_smallest_room_that_states_one_counts():
    event, venue = make_event(), make_venue()
    (first,) = event.sessions.all()
    assert (
        room_figures(event, at=NOW).limit,
        room_figures(event, at=NOW).free,
        room_figures(event, at=NOW).holds(999),
    ) == (None, None, True)
    for capacity, is_cancelled in ((None, False), (80, False), (60, False), (20, True)):
        session = make_session(event, starts_at=first.starts_at)
        session.room = Room.objects.create(venue=venue, name=str(capacity), capacity=capacity)
        session.is_cancelled = is_cancelled
        session.save()

    assert (room_figures(event, at=NOW).limit, room_figures(event, at=NOW).free) == (60, 60)
