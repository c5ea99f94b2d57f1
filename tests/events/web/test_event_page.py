"""The programme on the page of an event: agenda, people, languages, age, streaming, moves."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.actions.history import record
from events.enums import AgeRule, EventChangeKind, EventMode, EventRoleKind, EventStatus
from events.models import AgendaItem, Event, EventRole, Organization
from events.templatetags.programme_tags import languages_of
from tests.make.events import NOW, make_attachment, make_event, make_session, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False):
        yield


def page(client: Client, path: str = "/en/events/debata/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def structured(html: str):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def add_role(event, name, kind=EventRoleKind.SPEAKER, *, item=None, public=True, organization=None):
    return EventRole.objects.create(
        event=event,
        agenda_item=item,
        kind=kind,
        name=name,
        email="private@example.org",
        phone="+48600000000",
        identity=name.lower(),
        is_public=public,
        organization=organization,
    )


def debate() -> Event:
    event = make_event("debata")
    session = event.sessions.get()
    opening = AgendaItem.objects.create(
        session=session,
        position=0,
        title={"pl": "Otwarcie", "en": "Opening"},
        description={"pl": "**Powitanie**"},
        starts_at=session.starts_at,
        ends_at=session.starts_at + timedelta(minutes=15),
    )
    AgendaItem.objects.create(session=session, position=1, title={"pl": "Dyskusja"})
    body = Organization.objects.create(slug="izba", name="Izba Przykładowa", contact_email="izba@example.org")
    add_role(event, "Ewa Przykład", item=opening, organization=body)
    add_role(event, "Jan Przykład", EventRoleKind.CHAIR)
    add_role(event, "Tajna Osoba", public=False)
    # Whoever was ordered is never named, even where somebody ticked the box.
    add_role(event, "Tłumacz Migowy", EventRoleKind.INTERPRETER)
    add_role(event, "Obsługa Sali", EventRoleKind.STAFF, item=opening)
    return event


def test_the_agenda_names_who_may_be_named_and_nobody_else(client):
    debate()

    html = page(client)

    assert "Opening" in html
    assert "10:00–10:15" in html
    assert "<strong>Powitanie</strong>" in html
    assert "Ewa Przykład (Izba Przykładowa)" in html
    assert "Jan Przykład, chair" in html
    hidden = (
        "Tajna Osoba",
        "Tłumacz Migowy",
        "Obsługa Sali",
        "private@example.org",
        "+48600000000",
        "izba@example.org",
    )
    assert [word for word in hidden if word in html] == []
    assert structured(html)["performer"] == [
        {"@type": "Person", "name": "Jan Przykład"},
        {
            "@type": "Person",
            "name": "Ewa Przykład",
            "affiliation": {"@type": "Organization", "name": "Izba Przykładowa"},
        },
    ]


def test_the_programme_costs_the_same_for_one_point_and_for_many(client, django_assert_max_num_queries):
    small = make_event("maly")
    AgendaItem.objects.create(session=small.sessions.get(), title={"pl": "Punkt"})
    large = debate()
    second = make_session(large, starts_at=NOW + timedelta(days=15), title="Drugi dzień")
    for number in range(3):
        item = AgendaItem.objects.create(session=second, position=number, title={"pl": f"Punkt {number}"})
        add_role(large, f"Osoba {number}", item=item)

    with django_assert_max_num_queries(14) as few:
        page(client, "/events/maly/")
    with django_assert_max_num_queries(14) as many:
        page(client, "/events/debata/")

    assert len(few) == len(many)


def test_a_cancelled_session_has_no_agenda(client):
    debate().sessions.update(is_cancelled=True)

    assert "Opening" not in page(client)


def test_streaming_and_recording_are_said_before_registering(client):
    event = make_event("debata")
    flags = {
        (True, True): "This meeting is streamed live and recorded.",
        (True, False): "This meeting is streamed live. Whoever",
        (False, True): "This meeting is recorded.",
    }

    for (is_streamed, is_recorded), sentence in flags.items():
        Event.objects.filter(pk=event.pk).update(is_streamed=is_streamed, is_recorded=is_recorded)
        html = page(client)
        assert sentence in html
        assert html.index(sentence) < html.index('<a class="button" href="/en/events/debata/register/"')
        assert sentence in page(client, "/en/events/debata/register/")

    Event.objects.filter(pk=event.pk).update(is_streamed=False, is_recorded=False)
    assert 'id="recording"' not in page(client)


def test_languages_and_age_are_said(client):
    event = make_event("debata")
    assert "<dd>Polish</dd>" in page(client)

    Event.objects.filter(pk=event.pk).update(languages=["pl", "de", "csb"], age_rule=AgeRule.ADULTS_ONLY)
    html = page(client)
    assert "Polish, german, csb".lower() in html.lower()
    assert "For adults only." in html
    assert structured(html)["typicalAgeRange"] == "18-"
    assert structured(html)["inLanguage"] == ["pl", "de", "csb"]

    Event.objects.filter(pk=event.pk).update(age_rule=AgeRule.GUARDIAN_STATEMENT, age_limit=16)
    assert "Whoever is under 16 comes with the consent of a parent or guardian." in page(client)


def test_an_old_meeting_says_no_language_that_its_source_does_not_state(client):
    make_event("debata", starts_at=NOW - timedelta(days=400))

    assert "<dd>Polish</dd>" not in page(client)


def test_the_word_for_a_language_follows_the_page():
    with translation.override("pl"):
        assert languages_of(Event(languages=["pl"])) == "Polski"


def moved_online(**options) -> Event:
    event = make_event("debata", mode=EventMode.ONLINE, **options)
    Event.objects.filter(pk=event.pk).update(join_url="https://join.example.org/room")
    later = NOW + timedelta(minutes=1)
    record(
        event, EventChangeKind.MODE_CHANGED, by=None, at=later, before={"mode": "in_person"}, after={"mode": "online"}
    )
    return event


def test_the_place_is_struck_out_when_the_event_has_moved_online(client):
    moved_online(venue=make_venue(name="Ratusz (przykład)"))

    html = page(client)

    assert "This event has moved online." in html
    assert re.search(r"<s>Town hall \(example\)<br>Rynek 1", html)
    assert "openstreetmap" not in html
    assert "join.example.org" not in html
    assert structured(html)["eventStatus"] == "https://schema.org/EventMovedOnline"
    assert structured(html)["location"]["@type"] == "VirtualLocation"


def test_a_place_that_was_taken_out_is_struck_out_too(client):
    event = moved_online()
    record(
        event,
        EventChangeKind.RELOCATED,
        by=None,
        at=NOW + timedelta(minutes=1),
        before={"venue": "dom", "name": {"pl": "Dom Kultury"}, "address": "Rynek 9"},
        after={"venue": None},
    )

    assert re.search(r'<s>(<span lang="pl">)?Dom Kultury(</span>)?<br>Rynek 9</s>', page(client))


def test_an_event_that_was_online_from_the_start_strikes_nothing_out(client):
    event = make_event("debata", mode=EventMode.ONLINE)
    record(event, EventChangeKind.MODE_CHANGED, by=None, at=NOW - timedelta(days=1), after={"mode": "online"})

    html = page(client)

    assert "<s>" not in html
    assert "from 30 minutes before the start" in html


def test_moved_online_without_a_place_strikes_nothing_out(client):
    moved_online()

    html = page(client)

    assert "This event has moved online." in html
    assert "<s>" not in html


def test_a_postponed_event_strikes_its_date_and_says_what_happens_to_registrations(client):
    make_event("debata", status=EventStatus.POSTPONED)

    html = page(client)

    assert "This event has been postponed" in html
    assert "Whoever has registered keeps their place." in html
    assert re.search(r"<s><time ", html)
    assert "calendar.google.com" not in html


def test_a_new_date_counts_as_rescheduled(client):
    event = make_event("debata")
    record(event, EventChangeKind.NEW_DATE, by=None, at=NOW + timedelta(minutes=1))

    html = page(client)

    assert structured(html)["eventStatus"] == "https://schema.org/EventRescheduled"
    assert "The time of this event has changed since it was announced." in html


def test_files_are_offered_with_their_size(client):
    event = make_event("debata")
    file = make_attachment(event)

    html = page(client)

    assert f'href="/attachments/{file.pk}/{file.file_name}"' in html
    assert f"({file.file_name}, " in html
