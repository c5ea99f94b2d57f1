"""Rooms: one meeting at a time, unless somebody decides otherwise and says why; the database has the last word."""

import threading
from datetime import timedelta
from typing import cast

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from events.actions import bookings
from events.actions.bookings import book_rooms, book_rooms_of, release_rooms
from events.enums import EventChangeKind, EventStatus, Role, Visibility
from events.errors import RoomTaken
from events.models import Event, EventChange, Room, RoomBooking
from tests.make import make_event, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


FIVE = NOW + timedelta(days=14, hours=7)
DEADLOCKED = 20


def a_room(*, setup_minutes: int = 0) -> Room:
    return make_venue().rooms.create(name="Aula", setup_minutes=setup_minutes)


def in_room(room: Room, slug: str | None = None, **changes) -> Event:
    event = make_event(slug, venue=room.venue, **({"starts_at": FIVE} | changes))
    event.sessions.update(room=room)
    return event


def book(event: Event, **how) -> None:
    book_rooms(event, **({"by": None, "at": NOW} | how))


def held() -> list[tuple[str, int, int, bool]]:
    """Who holds a room, from when to when in minutes after five, and whether it is shared."""
    return [
        (
            booking.session.event.slug,
            int((booking.begins_at - FIVE).total_seconds() // 60),
            int((booking.ends_at - FIVE).total_seconds() // 60),
            booking.is_shared,
        )
        for booking in RoomBooking.objects.select_related("session__event").order_by("begins_at", "session")
    ]


def conflicts_in(refusal: RoomTaken) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", refusal.details["conflicts"])


def test_a_draft_holds_its_room_from_the_set_up_to_the_end():
    event = in_room(a_room(setup_minutes=30), "draft", status=EventStatus.DRAFT)

    book(event)

    assert held() == [("draft", -30, 120, False)]


def test_one_may_begin_when_the_other_ends_if_nothing_has_to_be_set_up():
    room = a_room()
    book(in_room(room, "first", starts_at=FIVE - timedelta(hours=2)))

    book(in_room(room, "second"))

    assert held() == [("first", -120, 0, False), ("second", 0, 120, False)]


def test_setting_up_needs_the_room_too():
    room = a_room(setup_minutes=15)
    book(in_room(room, "first", starts_at=FIVE - timedelta(hours=2)))

    with pytest.raises(RoomTaken):
        book(in_room(room, "second"))

    assert held() == [("first", -135, 0, False)]


def test_a_taken_room_is_refused_by_the_name_of_the_other_meeting():
    room = a_room()
    book(in_room(room, "first", title="Debata"))

    with pytest.raises(RoomTaken) as refusal:
        book(in_room(room, "second"), override_reason="We share it.")

    assert refusal.value.message == "The room Aula is taken: Trial meeting (26 January 2027, 17:00–19:00)."
    assert refusal.value.details == {
        "conflicts": [
            {
                "kind": "room",
                "severity": "warning",
                "message": refusal.value.message,
                "event": "first",
                "title": {"pl": "Debata", "en": "Trial meeting", "uk": "Пробна зустріч"},
                "unit": "strategia",
                "starts_at": "2027-01-26T16:00:00+00:00",
                "ends_at": "2027-01-26T18:00:00+00:00",
            }
        ]
    }
    assert [name for name, *_ in held()] == ["first"]
    assert not EventChange.objects.exists()


@pytest.mark.parametrize("hidden", [{"status": EventStatus.DRAFT}, {"visibility": Visibility.RESTRICTED}])
def test_a_meeting_that_ones_unit_does_not_know_is_named_by_its_unit_and_time(hidden):
    room = a_room()
    book(in_room(room, "secret", unit=make_unit("kultura", name="Wydział Kultury"), **hidden))

    with translation.override("pl"), pytest.raises(RoomTaken) as refusal:
        book(in_room(room))

    assert "(26 stycznia 2027, 17:00–19:00)" in refusal.value.message
    assert "Wydział Kultury" in refusal.value.message
    [conflict] = conflicts_in(refusal.value)
    assert (conflict["event"], conflict["title"], conflict["unit"]) == (None, None, "kultura")
    assert "secret" not in str(refusal.value.details)


@pytest.mark.parametrize(
    ("role", "reason", "may"),
    [(Role.OWNER, "Połowa sali.", True), (Role.OWNER, "  ", False), (Role.EDITOR, "Połowa sali.", False)],
)
def test_who_may_override_shares_a_room_with_a_reason(role, reason, may):
    room = a_room()
    first, second = in_room(room, "first"), in_room(room, "second")
    book(first)
    by = make_user(role=role)

    if not may:
        with pytest.raises(RoomTaken):
            book(second, override_reason=reason, by=by)
        assert (held(), EventChange.objects.count()) == ([("first", 0, 120, False)], 0)
        return
    book(second, override_reason=reason, by=by)

    assert held() == [("first", 0, 120, False), ("second", 0, 120, True)]
    change = EventChange.objects.get()
    assert (change.event, change.kind, change.reason, change.by, change.notify) == (
        second,
        EventChangeKind.ROOM_SHARED,
        reason,
        by,
        False,
    )
    assert change.session == second.sessions.get()
    assert change.after == {
        "room": "Aula",
        "with": [
            {
                "event": "first",
                "title": first.title,
                "unit": "strategia",
                "starts_at": "2027-01-26T16:00:00+00:00",
                "ends_at": "2027-01-26T18:00:00+00:00",
            }
        ],
    }


def test_a_third_meeting_asks_for_itself():
    room = a_room()
    book(in_room(room, "first"))
    book(in_room(room, "second", hours=4), override_reason="Za ścianą.", by=make_user())

    with pytest.raises(RoomTaken) as refusal:
        book(in_room(room, "third", starts_at=FIVE + timedelta(hours=3)))

    assert [conflict["event"] for conflict in conflicts_in(refusal.value)] == ["second"]


def test_two_sessions_of_one_event_need_two_rooms():
    event = in_room(a_room(), sessions=2)
    event.sessions.update(starts_at=FIVE, ends_at=FIVE + timedelta(hours=1))

    with pytest.raises(RoomTaken):
        book(event)

    assert held() == []


def test_only_what_changes_is_booked_anew():
    event = in_room(a_room(), "one", sessions=2)
    book(event)
    first, second = event.sessions.all()
    first.starts_at += timedelta(minutes=30)
    first.save()

    book(event)

    assert held() == [("one", 30, 120, False), ("one", 1440, 1560, False)]
    second.room = None
    second.save()
    book(event)
    assert held() == [("one", 30, 120, False)]


def test_sessions_of_an_event_may_change_places_with_each_other():
    event = in_room(a_room(), "one", sessions=2)
    book(event)
    first, second = event.sessions.all()
    for session, other in ((first, second), (second, first)):
        type(session).objects.filter(pk=session.pk).update(starts_at=other.starts_at, ends_at=other.ends_at)

    book(event)

    assert [booking.session for booking in RoomBooking.objects.order_by("begins_at")] == [second, first]


def test_an_override_ends_with_what_it_was_for():
    room = a_room()
    book(in_room(room, "first"))
    second = in_room(room, "second")
    book(second, override_reason="Za ścianą.", by=make_user())
    second.sessions.update(starts_at=FIVE + timedelta(hours=2), ends_at=FIVE + timedelta(hours=3))

    book(second)

    assert held() == [("first", 0, 120, False), ("second", 120, 180, False)]


@pytest.mark.parametrize("status", [EventStatus.POSTPONED, EventStatus.CANCELLED])
def test_what_does_not_take_place_holds_no_room(status):
    event = in_room(a_room())
    book(event)
    Event.objects.filter(pk=event.pk).update(status=status)

    book(event)

    assert held() == []


def test_neither_does_a_cancelled_session_nor_a_template():
    event = in_room(a_room(), sessions=2)
    event.sessions.filter(starts_at=FIVE).update(is_cancelled=True)
    template = in_room(a_room(), status=EventStatus.DRAFT)
    Event.objects.filter(pk=template.pk).update(is_template=True)

    book_rooms_of([event, template], by=None, at=NOW)

    assert [minutes for _, minutes, *_ in held()] == [1440]


def test_what_is_over_is_left_as_it_was():
    event = in_room(a_room(), "one", sessions=2)
    book(event)
    first, second = event.sessions.all()

    book(event, at=first.ends_at)
    assert [minutes for _, minutes, *_ in held()] == [0, 1440]

    type(second).objects.filter(pk=second.pk).update(starts_at=FIVE - timedelta(hours=3), ends_at=FIVE)
    book(event, at=FIVE)
    assert [minutes for _, minutes, *_ in held()] == [0]


def test_rooms_are_released():
    room = a_room()
    first, second = in_room(room, "first"), in_room(room, "second", starts_at=FIVE + timedelta(days=1))
    book_rooms_of([first, second], by=None, at=NOW)

    release_rooms(first)

    assert [name for name, *_ in held()] == ["second"]


def test_an_override_needs_every_unit():
    room = a_room()
    book(in_room(room))
    by = make_user()
    mine, theirs = in_room(room), in_room(room, unit=make_unit("kultura"))

    with pytest.raises(RoomTaken):
        book_rooms_of([mine, theirs], override_reason="Za ścianą.", by=by, at=NOW)

    assert not EventChange.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_many_events_need_as_many_statements_as_one(count, django_assert_num_queries):
    room = a_room()
    events = [in_room(room, starts_at=FIVE + timedelta(days=day)) for day in range(count)]

    # Sessions, the lock, the other bookings; the bookings within a savepoint of their own, in the action's.
    with django_assert_num_queries(8):
        book_rooms_of(events, by=None, at=NOW)
    with django_assert_num_queries(3):
        book_rooms_of(events, by=None, at=NOW)
    with django_assert_num_queries(1):
        release_rooms(events[0])

    assert RoomBooking.objects.count() == count - 1


def test_the_database_has_the_last_word(monkeypatch):
    room = a_room()
    book(in_room(room, "first"))
    monkeypatch.setattr(bookings, "_overlaps", lambda _new: [])

    with pytest.raises(RoomTaken) as refusal:
        book(in_room(room, "second"))

    assert refusal.value.message == "The room is taken at that time."
    assert [name for name, *_ in held()] == ["first"]


def test_any_other_fault_of_the_database_is_a_bug(monkeypatch):
    event = in_room(a_room(setup_minutes=10))
    wanted = bookings._wanted

    def backwards(session, *, at):
        booking = wanted(session, at=at)
        assert booking is not None
        booking.begins_at = booking.ends_at
        return booking

    monkeypatch.setattr(bookings, "_wanted", backwards)

    with pytest.raises(IntegrityError, match="booking_ends_after_it_begins"), transaction.atomic():
        book(event)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_the_room_and_the_other_a_refusal():
    room = a_room()
    events = [in_room(room), in_room(room)]
    together = threading.Barrier(2, timeout=DEADLOCKED)
    outcomes: list[str] = []

    def run(event: Event) -> None:
        try:
            with transaction.atomic():
                together.wait()
                book(event)
            outcomes.append("booked")
        except RoomTaken as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(event,)) for event in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLOCKED)

    assert sorted(outcomes) == ["booked", "room_taken"]
    assert RoomBooking.objects.count() == 1
