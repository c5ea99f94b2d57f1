"""Calendar entries follow their sessions: written when something changes, newer each time, and only then."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actions.calendar import refresh_entries, refresh_for
from events.enums import EventStatus, Language, Visibility
from events.models import CalendarEntry, CalendarVersion, Event, Session
from tests.make import make_event, make_topic, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def _ids(event: Event) -> list[int]:
    return [session.pk for session in event.sessions.all()]


def _contents(event: Event) -> dict[str, str]:
    return dict(CalendarEntry.objects.filter(session__event=event).values_list("language", "content"))


def _version() -> int:
    return CalendarVersion.objects.get().version


def test_a_public_session_has_an_entry_in_every_language():
    event = make_event(title="Zieleń w mieście")

    assert refresh_entries(_ids(event), at=NOW)

    contents = _contents(event)
    assert sorted(contents) == sorted(Language.values)
    assert "SUMMARY:Zieleń w mieście\r\n" in contents["pl"]
    assert "SUMMARY:Trial meeting\r\n" in contents["en"]
    assert "SUMMARY:Пробна зустріч\r\n" in contents["uk"]
    assert all(f"UID:{event.sessions.get().uid}\r\n" in content for content in contents.values())


def test_a_draft_has_no_entry_and_moves_nothing():
    event = make_event(status=EventStatus.DRAFT)

    assert not refresh_entries(_ids(event), at=NOW)

    assert not CalendarEntry.objects.exists()
    assert not CalendarVersion.objects.exists()
    assert event.sessions.get().last_modified == NOW


def test_stamps_in_the_entry_are_those_of_the_session():
    event = make_event()

    refresh_entries(_ids(event), at=NOW + timedelta(seconds=90, microseconds=250))

    session = event.sessions.get()
    assert session.last_modified == NOW + timedelta(seconds=90)
    assert "DTSTAMP:20270112T090130Z\r\n" in _contents(event)["pl"]
    assert "LAST-MODIFIED:20270112T090130Z\r\n" in _contents(event)["pl"]
    assert "CREATED:20270112T090000Z\r\n" in _contents(event)["pl"]


def test_a_save_that_changes_nothing_shown_leaves_every_byte():
    event = make_event()
    refresh_entries(_ids(event), at=NOW)
    before, stamp = _contents(event), event.sessions.get().last_modified

    assert not refresh_entries(_ids(event), at=NOW + timedelta(hours=1))

    assert _contents(event) == before
    assert event.sessions.get().last_modified == stamp


def test_two_changes_in_one_second_are_two_stamps():
    event = make_event()
    refresh_entries(_ids(event), at=NOW + timedelta(minutes=1))
    stamps = [event.sessions.get().last_modified]

    for title in ("Drugi", "Trzeci"):
        Event.objects.filter(pk=event.pk).update(title={"pl": title})
        refresh_entries(_ids(event), at=NOW + timedelta(minutes=1))
        stamps.append(event.sessions.get().last_modified)

    assert stamps == [NOW + timedelta(minutes=1, seconds=more) for more in range(3)]
    assert CalendarVersion.objects.get().changed_at == NOW + timedelta(minutes=1, seconds=2)


def test_a_renamed_place_reaches_all_its_sessions_and_no_other():
    venue = make_venue()
    there, elsewhere = make_event(venue=venue, sessions=2), make_event(venue=make_venue())
    refresh_for(event_ids=[there.pk, elsewhere.pk], at=NOW)
    stamp = elsewhere.sessions.get().last_modified

    venue.name = {"pl": "Nowy ratusz"}
    venue.save()
    assert refresh_for(venue_ids=[venue.pk], at=NOW + timedelta(hours=1))

    located = CalendarEntry.objects.filter(content__contains="LOCATION:Nowy ratusz")
    assert set(located.values_list("session__event", flat=True)) == {there.pk}
    assert {s.last_modified for s in there.sessions.all()} == {NOW + timedelta(hours=1)}
    assert elsewhere.sessions.get().last_modified == stamp


def test_a_join_link_stays_out_of_the_entry_and_still_makes_it_newer():
    event = make_event()
    refresh_entries(_ids(event), at=NOW)

    Event.objects.filter(pk=event.pk).update(join_url="https://meet.example.org/secret")
    assert refresh_entries(_ids(event), at=NOW + timedelta(hours=1))

    assert "secret" not in "".join(_contents(event).values())
    assert event.sessions.get().last_modified == NOW + timedelta(hours=1)


def test_what_is_no_longer_public_loses_its_entries_and_keeps_its_numbers():
    event = make_event()
    refresh_entries(_ids(event), at=NOW)
    Session.objects.filter(event=event).update(sequence=4)
    stamp = event.sessions.get().last_modified
    before = _version()

    Event.objects.filter(pk=event.pk).update(status=EventStatus.DRAFT)
    assert refresh_entries(_ids(event), at=NOW + timedelta(hours=1))

    assert not CalendarEntry.objects.exists()
    assert _version() == before + 1
    session = event.sessions.get()
    assert (session.sequence, session.last_modified) == (4, stamp)


def test_the_version_rises_for_what_only_filters_see():
    event = make_event()
    refresh_entries(_ids(event), at=NOW)
    before = _version()

    Event.objects.filter(pk=event.pk).update(visibility=Visibility.UNLISTED)
    assert not refresh_entries(_ids(event), at=NOW)

    assert _version() == before + 1


def test_a_new_name_of_a_filter_without_meetings_is_a_new_version(client):
    make_event()
    topic = make_topic("zielen", name="Zieleń")
    address = "/calendar/events.ics?topic=zielen"
    assert ": Zieleń\r\n" in client.get(address).content.decode()

    topic.name = {"pl": "Drzewa"}
    topic.save()
    assert not refresh_for(topic_ids=[topic.pk], at=NOW)

    assert "Drzewa\r\n" in client.get(address).content.decode()


def test_nothing_to_do_asks_nothing_twice():
    assert not refresh_entries([], at=NOW)
    assert not refresh_for(at=NOW)
    assert not CalendarVersion.objects.exists()


def test_statements_do_not_grow_with_sessions():
    counts = []
    for sessions in (1, 3):
        event = make_event(sessions=sessions, venue=make_venue())
        event.topics.add(make_topic(), make_topic())
        refresh_for(event_ids=[event.pk], at=NOW)
        Event.objects.filter(pk=event.pk).update(title={"pl": "Inny"})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            refresh_for(event_ids=[event.pk], at=NOW)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10
