"""Conflicts: the same room, the same people, the same public, each as one sentence."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from events.actions.bookings import book_rooms
from events.enums import EventRoleKind, EventStatus
from events.models import AgendaItem, Audience, Event, EventRole
from events.queries.conflicts import audience_hints, conflicts_of, people_conflicts, room_conflicts
from tests.make import make_event, make_session, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

FIVE = datetime(2027, 1, 26, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def make_role(event: Event, name: str = "Anna Kowalska (przykład)", *, item: AgendaItem | None = None, **changes):
    given = {"kind": EventRoleKind.SPEAKER, "name": name, "identity": name.lower(), "agenda_item": item}
    return EventRole.objects.create(event=event, **(given | changes))


def make_item(event: Event, *, begins: int | None = None, ends: int | None = None) -> AgendaItem:
    """A point of the first session; minutes after five."""
    starts_at, ends_at = (None if minutes is None else FIVE + timedelta(minutes=minutes) for minutes in (begins, ends))
    session = event.sessions.all()[0]
    return AgendaItem.objects.create(session=session, title={"pl": "Punkt"}, starts_at=starts_at, ends_at=ends_at)


def sentences(conflicts) -> list[str]:
    return [conflict.message for conflict in conflicts]


def residents() -> Audience:
    return Audience.objects.get_or_create(slug="residents", defaults={"name": {"pl": "Mieszkańcy", "en": "Residents"}})[
        0
    ]


# Rooms


def test_a_shared_room_is_said_to_both():
    room = make_venue().rooms.create(name="Aula")
    first, second = (make_event(slug, starts_at=FIVE, venue=room.venue) for slug in ("first", "second"))
    later = make_event("later", starts_at=FIVE + timedelta(hours=2), venue=room.venue)
    for event in (first, second, later):
        event.sessions.update(room=room)
        book_rooms(event, override_reason="Za ścianą.", by=make_user(), at=NOW)

    assert sentences(room_conflicts(first)) == [
        "The room Aula is shared: Trial meeting (26 January 2027, 17:00–19:00)."
    ]
    assert [conflict.other_event for conflict in room_conflicts(second)] == [first]
    assert room_conflicts(later) == []


# People


def test_somebody_who_is_wanted_twice_at_a_time_is_named_with_the_other_meeting():
    mine, other = make_event(starts_at=FIVE), make_event("other", starts_at=FIVE + timedelta(hours=1))
    make_role(mine)
    make_role(other, kind=EventRoleKind.INTERPRETER)
    make_role(other, "Jan Nowak (przykład)")
    make_role(make_event(starts_at=FIVE + timedelta(hours=2)))

    [conflict] = people_conflicts(mine)

    assert conflict.message == (
        "Anna Kowalska (przykład) has another meeting at this time: Trial meeting (26 January 2027, 18:00–20:00)."
    )
    assert (conflict.kind, conflict.severity, conflict.other_event) == ("person", "warning", other)


def test_a_meeting_of_another_unit_that_is_not_announced_is_named_by_the_unit():
    mine = make_event(starts_at=FIVE)
    make_role(mine)
    make_role(make_event(starts_at=FIVE, unit=make_unit("kultura"), status=EventStatus.DRAFT))

    [conflict] = people_conflicts(mine)

    assert conflict.message == (
        "Anna Kowalska (przykład) has another meeting at this time: Strategy Department (26 January 2027, 17:00–19:00)."
    )
    assert (conflict.other_event, conflict.unit.slug) == (None, "kultura")


def test_a_point_of_the_agenda_takes_its_own_time_only():
    mine, other = make_event(starts_at=FIVE), make_event("other", starts_at=FIVE)
    make_role(mine, item=make_item(mine, begins=0, ends=30))
    role = make_role(other, item=make_item(other, begins=30, ends=60))

    assert people_conflicts(mine) == []

    role.agenda_item = make_item(other)
    role.save()
    assert [conflict.other_event for conflict in people_conflicts(mine)] == [other]


@pytest.mark.parametrize(
    "off",
    [{"status": EventStatus.CANCELLED}, {"status": EventStatus.POSTPONED}, {"status": "draft", "is_template": True}],
)
def test_what_does_not_take_place_needs_nobody(off):
    mine, other = make_event(starts_at=FIVE), make_event(starts_at=FIVE)
    make_role(mine)
    make_role(other)
    Event.objects.filter(pk=other.pk).update(**off)

    assert people_conflicts(mine) == []


def test_nor_does_a_cancelled_session():
    mine, other = make_event(starts_at=FIVE), make_event(starts_at=FIVE, sessions=2)
    make_role(mine)
    make_role(other, item=make_item(other, begins=0, ends=30))
    make_role(other, kind=EventRoleKind.CHAIR)
    other.sessions.filter(starts_at=FIVE).update(is_cancelled=True)

    assert people_conflicts(mine) == []


def test_somebody_in_two_roles_of_the_other_meeting_is_one_warning_for_each_date():
    mine, other = make_event(starts_at=FIVE, sessions=2), make_event(starts_at=FIVE, sessions=2)
    make_role(mine)
    make_role(other)
    make_role(other, kind=EventRoleKind.CHAIR)

    assert [conflict.starts_at for conflict in people_conflicts(mine)] == [FIVE, FIVE + timedelta(days=1)]


# Audiences


def test_the_same_public_on_the_same_evening_is_a_hint():
    mine, other = make_event(starts_at=FIVE), make_event("other", starts_at=FIVE + timedelta(hours=3))
    morning = make_event(starts_at=FIVE - timedelta(hours=8))
    for event in (mine, other, morning):
        event.audiences.add(residents())
    other.audiences.add(Audience.objects.create(slug="another", name={"pl": "Inni"}))

    [conflict] = audience_hints(mine)

    assert conflict.message == (
        "Another meeting that evening is meant for the same people (Residents):"
        " Trial meeting (26 January 2027, 20:00–22:00)."
    )
    assert (conflict.kind, conflict.severity, conflict.other_event) == ("audience", "hint", other)
    assert audience_hints(morning) == []


def test_weeks_are_no_evening_and_nobody_asked_is_no_public():
    mine, weeks, other = (make_event(starts_at=FIVE, hours=hours) for hours in (2, 24 * 14, 2))
    for event in (mine, weeks):
        event.audiences.add(residents())

    assert audience_hints(mine) == []
    assert audience_hints(weeks) == []
    assert audience_hints(other) == []


# All


def test_a_meeting_is_named_by_its_days_and_times():
    mine = make_event(starts_at=FIVE, hours=10)
    make_role(mine)
    night = make_event(starts_at=FIVE + timedelta(hours=5), hours=4)
    day = make_event(starts_at=datetime(2027, 1, 25, 23, 0, tzinfo=UTC), hours=24)
    day.sessions.update(all_day=True)
    for event in (night, day):
        make_role(event)

    assert [conflict.message.partition("meeting (")[2] for conflict in conflicts_of(mine)] == [
        "26 January 2027).",
        "26 January 2027, 22:00 – 27 January 2027, 02:00).",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_conflicts_need_as_many_statements_for_many_as_for_one(count, django_assert_num_queries):
    room = make_venue().rooms.create(name="Aula")
    events = [make_event(starts_at=FIVE, venue=room.venue) for _ in range(count + 1)]
    for event in events:
        make_session(event, starts_at=FIVE + timedelta(days=7))
        event.sessions.update(room=room)
        event.audiences.add(residents())
        make_role(event, item=make_item(event))
        make_role(event, kind=EventRoleKind.CHAIR)
        book_rooms(event, override_reason="Za ścianą.", by=make_user(), at=NOW)

    event = Event.objects.get(pk=events[0].pk)

    # Rooms; own and other people with their dates; audiences, evenings, other dates and their audiences.
    with django_assert_num_queries(9):
        conflicts = conflicts_of(event)

    assert len(conflicts) == 6 * count
