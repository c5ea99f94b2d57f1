"""Places: made and changed with their rooms, refused with every fault at once, and their events keep in step."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from events.actions.bookings import book_rooms
from events.actions.places import RoomDefinition, VenueDefinition, create_venue, edit_venue
from events.enums import EventMode, EventStatus, Visibility
from events.errors import FieldErrors, RoomTaken
from events.models import CalendarEntry, Event, EventChange, Room, RoomBooking, Venue
from events.queries.search import with_words
from tests.make import make_event, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def a_place(**changes):
    given = {"slug": "dom", "name": {"pl": "Dom Kultury"}, "address": "ul. Przykładowa 1"}
    return VenueDefinition(**(given | changes))


def refused(definition, venue=None):
    by = make_user()
    with pytest.raises(FieldErrors) as refusal:
        _save(definition, venue, by)
    return set(refusal.value.errors)


def _save(definition, venue, by):
    return edit_venue(venue, definition, by=by, at=NOW) if venue else create_venue(definition, by=by, at=NOW)


def test_a_place_is_made_with_its_rooms():
    rooms = (RoomDefinition("Sala 1", 80), RoomDefinition(" Sala 2 "))

    venue = create_venue(a_place(rooms=rooms, accessibility={"pjm": "yes"}), by=make_user(), at=NOW)

    assert (venue.slug, venue.accessibility) == ("dom", {"pjm": "yes"})
    assert list(venue.rooms.values_list("name", "capacity")) == [("Sala 1", 80), ("Sala 2", None)]


def test_all_faults_are_said_at_once_and_nothing_is_saved():
    make_venue("dom")

    faults = refused(
        a_place(
            name={"pl": " "},
            address="",
            latitude=Decimal(91),
            accessibility={"pjm": "perhaps"},
            rooms=(RoomDefinition("A"), RoomDefinition(""), RoomDefinition("B", id=7)),
        )
    )

    assert faults == {"name", "address", "slug", "latitude", "accessibility", "rooms"}
    assert (Venue.objects.count(), Room.objects.count()) == (1, 0)


def test_a_short_name_is_needed_and_a_feature_has_to_exist():
    assert refused(a_place(slug="", accessibility={"lift": "yes"})) == {"slug", "accessibility"}


def test_a_place_keeps_its_own_short_name():
    venue = make_venue("dom")

    edit_venue(venue, a_place(name={"pl": "Nowy Dom"}), by=make_user(), at=NOW)

    assert Venue.objects.get().name == {"pl": "Nowy Dom"}


def test_rooms_are_renamed_and_added_and_none_goes():
    venue = make_venue("dom")
    first, second = venue.rooms.create(name="A", capacity=1), venue.rooms.create(name="B")
    rooms = (RoomDefinition("Aula", 200, id=first.pk), RoomDefinition("B", 30), RoomDefinition("C"))

    edit_venue(venue, a_place(rooms=rooms), by=make_user(), at=NOW)

    assert list(venue.rooms.order_by("name").values_list("name", "capacity")) == [("Aula", 200), ("B", 30), ("C", None)]
    assert venue.rooms.get(name="B").pk == second.pk


def test_a_room_cannot_take_the_name_of_another():
    venue = make_venue("dom")
    first = venue.rooms.create(name="A")
    venue.rooms.create(name="B")

    assert refused(a_place(rooms=(RoomDefinition("b", id=first.pk),)), venue) == {"rooms"}
    assert Room.objects.get(pk=first.pk).name == "A"


def test_the_calendar_and_the_search_of_its_events_follow_at_once():
    venue = make_venue("dom")
    event, _other = make_event("here", venue=venue), make_event("elsewhere", venue=make_venue("ratusz"))

    edit_venue(venue, a_place(name={"pl": "Nowy Żółty Dom"}), by=make_user(), at=NOW)

    assert list(Event.objects.filter(with_words("nowy zolty dom"))) == [event]
    assert "Nowy Żółty Dom" in CalendarEntry.objects.get(session__event=event, language="pl").content


# Features that a place does not have any more


def relying(venue: Venue, **given: Any) -> Event:
    own = given.pop("accessibility", {})
    event = make_event(venue=venue, **given)
    Event.objects.filter(pk=event.pk).update(accessibility=own)
    return event


def lost() -> list[tuple[int, dict[str, list[str]], bool]]:
    rows = EventChange.objects.filter(kind="feature_lost").order_by("event")
    return [(row.event_id, row.before, row.notify) for row in rows]


def test_events_to_come_lose_what_their_place_does_not_have_any_more():
    venue = make_venue("dom")
    old = {"step_free": "yes", "induction_loop": "yes", "pjm": "yes", "quiet_room": "on_request", "captions": "yes"}
    Venue.objects.update(accessibility=old)
    both, postponed = relying(venue), relying(venue, status=EventStatus.POSTPONED, starts_at=NOW - timedelta(days=9))
    part = relying(venue, accessibility={"step_free": "unknown"})
    relying(venue, accessibility={"step_free": "yes", "induction_loop": "no"})
    relying(venue, mode=EventMode.ONLINE)
    relying(venue, status=EventStatus.DRAFT)
    relying(venue, starts_at=NOW - timedelta(days=9))
    relying(make_venue())

    # A sign language interpreter comes on request instead; of the loop nobody knows any more.
    new = {"step_free": "no", "pjm": "on_request", "captions": "yes", "quiet_room": "no"}
    edit_venue(venue, a_place(accessibility=new), by=make_user(), at=NOW)

    assert lost() == [
        (both.pk, {"features": ["induction_loop", "step_free"]}, True),
        (postponed.pk, {"features": ["induction_loop", "step_free"]}, True),
        (part.pk, {"features": ["induction_loop"]}, True),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_more_events_that_lose_something_need_no_more_statements(count, django_assert_num_queries):
    venue = make_venue("dom")
    Venue.objects.update(accessibility={"step_free": "yes"})
    for _ in range(count):
        relying(venue)

    by = make_user()
    with django_assert_num_queries(26):
        edit_venue(venue, a_place(), by=by, at=NOW)

    assert len(lost()) == count


def test_a_refused_edit_of_a_place_takes_no_feature_away():
    venue = make_venue("dom")
    Venue.objects.update(accessibility={"step_free": "yes"})
    relying(venue)

    assert refused(a_place(address=""), venue) == {"address"}
    assert lost() == []


# Rooms and the time to set them up


def a_meeting(venue: Venue, room: Room, *, hours_later: int = 0) -> Event:
    event = make_event(venue=venue, starts_at=NOW + timedelta(days=14, hours=hours_later))
    event.sessions.update(room=room)
    book_rooms(event, by=None, at=NOW)
    return event


def test_time_to_set_a_room_up_counts_for_what_is_to_come():
    venue = make_venue("dom")
    room = venue.rooms.create(name="Aula")
    event = a_meeting(venue, room)
    over = a_meeting(venue, room, hours_later=24 * 7)
    RoomBooking.objects.filter(session__event=over).update(begins_at=NOW - timedelta(hours=2), ends_at=NOW)

    edit_venue(venue, a_place(rooms=(RoomDefinition("Aula", setup_minutes=30, id=room.pk),)), by=make_user(), at=NOW)

    assert Room.objects.get().setup_minutes == 30
    session = event.sessions.get()
    assert session.booking.begins_at == session.starts_at - timedelta(minutes=30)
    assert over.sessions.get().booking.begins_at == NOW - timedelta(hours=2)


def test_a_form_that_does_not_know_of_it_leaves_it_alone():
    venue = make_venue("dom")
    venue.rooms.create(name="Aula", setup_minutes=15)

    edit_venue(venue, a_place(rooms=(RoomDefinition("Aula", 40),)), by=make_user(), at=NOW)

    assert list(venue.rooms.values_list("capacity", "setup_minutes")) == [(40, 15)]


def test_more_time_than_there_is_between_two_meetings_is_refused():
    venue = make_venue("dom")
    room = venue.rooms.create(name="Aula")
    a_meeting(venue, room)
    # What is not announced is named by its unit.
    hidden = a_meeting(venue, room, hours_later=2)
    Event.objects.filter(pk=hidden.pk).update(visibility=Visibility.RESTRICTED)

    with translation.override("en"), pytest.raises(RoomTaken) as refusal:
        edit_venue(venue, a_place(rooms=(RoomDefinition("Aula", setup_minutes=5, id=room.pk),)), by=make_user(), at=NOW)

    assert refusal.value.message == (
        "There is not enough time to set up Aula between Trial meeting (26 January 2027, 10:00–12:00) "
        "and Strategy Department (26 January 2027, 12:00–14:00)."
    )
    assert (Room.objects.get().setup_minutes, Venue.objects.get().slug, Venue.objects.get().address) == (
        0,
        "dom",
        "Rynek 1, 20-000 Lublin",
    )


def test_setting_up_takes_a_day_at_most():
    assert refused(a_place(rooms=(RoomDefinition("Aula", setup_minutes=1441),))) == {"rooms"}
    assert refused(a_place(rooms=(RoomDefinition("Aula", setup_minutes=-1),))) == {"rooms"}


@pytest.mark.parametrize("count", [1, 3])
def test_more_meetings_in_a_room_need_no_more_statements(count, django_assert_num_queries):
    venue = make_venue("dom")
    room = venue.rooms.create(name="Aula")
    for number in range(count):
        a_meeting(venue, room, hours_later=24 * number)
    rooms = (RoomDefinition("Aula", setup_minutes=30, id=room.pk),)
    definition = a_place(rooms=rooms, accessibility=venue.accessibility)

    by = make_user()
    with django_assert_num_queries(27):
        edit_venue(venue, definition, by=by, at=NOW)
