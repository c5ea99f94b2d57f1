"""Copies, templates and drafts that nobody needs."""
# ruff: noqa: DTZ001 - wall-clock times are what is tested

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.actions.copying import copy_event, delete_draft, save_as_template
from events.actions.definitions import RegistrationDefinition, definition_of
from events.actions.editing import create_event
from events.enums import EventStatus
from events.errors import EditConflict, FieldErrors, MoveNotAllowed, RoomTaken
from events.models import Event, Room, RoomBooking
from tests.make import make_event, make_registration, make_topic, make_user, make_venue
from tests.make.definitions import a_definition, a_question, a_role, a_session, an_item
from tests.make.events import NOW
from tests.snapshots import snapshot

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


def an_event(**given: Any) -> Event:
    return create_event(a_definition(**given), by=make_user(), at=NOW)


def a_whole_event() -> Event:
    venue = make_venue()
    item = an_item(starts_at=datetime(2027, 1, 26, 18), roles=(a_role(),))
    session = a_session(room=Room.objects.create(venue=venue, name="Sala 1"), capacity=9, agenda=(item,))
    return an_event(
        venue=venue,
        sessions=(session, a_session(27, hour=9)),
        join_url="https://example.org/join",
        roles=(a_role(),),
        questions=(a_question(),),
        topics=(make_topic(),),
        registration=RegistrationDefinition(capacity=50, opens_at=datetime(2027, 1, 13, 8)),
    )


def test_a_copy_takes_the_definition_and_neither_people_nor_codes_nor_rooms(django_assert_num_queries):
    event = a_whole_event()
    user = make_user()

    with django_assert_num_queries(32):
        copy = copy_event(event, by=user, at=LATER)

    read = definition_of(Event.objects.get(pk=copy.pk))
    assert (copy.uid != event.uid, copy.status, copy.slug) == (True, "draft", "otwarte-spotkanie-2027-01-26")
    assert (read.roles, read.join_url, read.registration.opens_at, read.registration.capacity) == ((), "", None, 50)
    assert [question.text for question in read.questions] == [a_question().text]
    assert [session.room for session in read.sessions] == [None, None]
    assert [session.capacity for session in read.sessions] == [9, None]
    agenda = read.sessions[0].agenda
    assert isinstance(agenda, tuple)
    assert [(item.title, item.roles) for item in agenda] == [({"pl": "Otwarcie"}, ())]
    assert RoomBooking.objects.count() == 1


def test_a_copy_for_another_day_keeps_its_shape_and_its_room():
    event = a_whole_event()

    copy = copy_event(event, first_start=datetime(2027, 3, 30, 16), by=None, at=LATER)

    first, second = definition_of(Event.objects.get(pk=copy.pk)).sessions
    assert [first.starts_at, second.starts_at] == [
        datetime(2027, 3, 30, 14, tzinfo=UTC),
        datetime(2027, 3, 31, 6, tzinfo=UTC),
    ]
    assert (first.room and first.room.name, RoomBooking.objects.count()) == ("Sala 1", 2)


def test_a_copy_on_top_of_its_original_is_refused():
    event = a_whole_event()
    before = snapshot()

    with pytest.raises(RoomTaken):
        copy_event(event, first_start=datetime(2027, 1, 26, 18), by=None, at=LATER)

    assert snapshot() == before


@pytest.mark.parametrize("first_start", [datetime(9999, 12, 31, 20), datetime(1, 1, 1, 0, 30)])
def test_a_copy_at_the_end_of_all_years_is_refused(first_start):
    event = a_whole_event()
    before = snapshot()

    with pytest.raises(FieldErrors) as refusal:
        copy_event(event, first_start=first_start, by=None, at=LATER)

    assert "sessions.0.starts_at" in refusal.value.errors
    assert snapshot() == before


def test_an_event_without_dates_is_copied_without_dates():
    copy = copy_event(an_event(sessions=()), first_start=datetime(2027, 3, 30, 16), by=None, at=LATER)

    assert not copy.sessions.exists()


def test_a_template_keeps_everything_but_people_and_holds_no_room(django_assert_num_queries):
    event = a_whole_event()
    user = make_user()

    with django_assert_num_queries(32):
        template = save_as_template(event, by=user, at=LATER)

    read = definition_of(Event.objects.get(pk=template.pk))
    assert (read.is_template, template.status, read.roles) == (True, EventStatus.DRAFT, ())
    assert [session.room and session.room.name for session in read.sessions] == ["Sala 1", None]
    assert RoomBooking.objects.count() == 1


def test_an_event_made_from_a_template_is_none():
    template = save_as_template(a_whole_event(), by=None, at=LATER)

    event = copy_event(template, first_start=datetime(2027, 5, 4, 17), by=None, at=LATER)

    assert (event.is_template, event.starts_at) == (False, datetime(2027, 5, 4, 15, tzinfo=UTC))
    assert RoomBooking.objects.filter(session__event=event).count() == 1


def test_a_form_for_pesel_is_not_copied_by_anybody():
    event = an_event(questions=(a_question(),))
    event.questions.update(text={"pl": "PESEL"}, asks_pesel=True)

    with pytest.raises(FieldErrors):
        copy_event(event, by=make_user(), at=LATER)

    assert Event.objects.count() == 1


# Deleting


def test_a_draft_that_nobody_has_seen_is_gone_with_all_its_parts(django_assert_num_queries):
    user = make_user()
    empty = snapshot(["events", "registrations", "notifications"])
    event = create_event(a_definition(), by=user, at=NOW)

    with django_assert_num_queries(38):
        delete_draft(event, by=user, at=LATER)

    assert snapshot() == empty


@pytest.mark.parametrize(
    "status", [status for status in EventStatus if status not in {EventStatus.DRAFT, EventStatus.IN_REVIEW}]
)
def test_what_was_announced_is_never_deleted(status):
    event = make_event(status=status)

    with pytest.raises(MoveNotAllowed):
        delete_draft(event, by=make_user(), at=LATER)

    assert Event.objects.filter(pk=event.pk).exists()


def test_a_draft_that_somebody_has_changed_meanwhile_is_not_deleted():
    event = an_event()

    with pytest.raises(EditConflict):
        delete_draft(event, expected_version=event.version + 1, by=make_user(), at=LATER)

    assert Event.objects.filter(pk=event.pk).exists()


def test_a_draft_that_was_published_once_or_has_registrations_stays():
    was_public, registered = make_event(), make_event()
    make_registration(registered)
    Event.objects.filter(pk=was_public.pk).update(status=EventStatus.DRAFT)
    Event.objects.filter(pk=registered.pk).update(status=EventStatus.DRAFT, published_at=None)
    user = make_user()
    before = snapshot()

    for event in (was_public, registered):
        with pytest.raises(MoveNotAllowed):
            delete_draft(event, by=user, at=LATER)

    assert snapshot() == before
