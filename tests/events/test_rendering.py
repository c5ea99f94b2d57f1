"""What a public calendar says of an event, in each language."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from events.enums import EventMode, EventStatus, Language
from events.ical import EntryFacts, Mailbox
from events.models import Event, OrganizationalUnit, Room, Session
from events.queries.feeds import calendar_sessions
from events.rendering import event_address, facts_of, plain_text, shortened
from tests.make import make_event, make_topic, make_venue

pytestmark = pytest.mark.django_db


def _facts(event: Event, language: str = "en", **values) -> EntryFacts:
    Event.objects.filter(pk=event.pk).update(**values)
    return facts_of(calendar_sessions().get(event=event), language)


def test_an_entry_says_what_when_and_where():
    venue = make_venue()
    venue.latitude, venue.longitude = Decimal("51.246500"), Decimal("22.568400")
    venue.directions = {"pl": "Wejście od **podwórza**.", "en": "Enter from the **yard**."}
    venue.accessibility = {"step_free": "yes", "induction_loop": "on_request", "pjm": "no"}
    venue.save()
    event = make_event("zielen", venue=venue, kind="workshop")
    event.topics.add(make_topic(name="Woda"))
    Session.objects.filter(event=event).update(
        title={"pl": "Część I", "en": "Part I"}, room=Room.objects.create(venue=venue, name="Sala 2")
    )
    OrganizationalUnit.objects.filter(pk=event.unit_id).update(contact_email="office@example.org")

    facts = _facts(event, summary={"pl": "Przyjdź", "en": "Come and plan."}, contact_email="a.person@example.org")

    assert facts.summary == "Trial meeting — Part I"
    assert facts.location == "Town hall (example), Sala 2, Rynek 1, 20-000 Lublin"
    assert facts.coordinates == (Decimal("51.246500"), Decimal("22.568400"))
    assert facts.url == "http://127.0.0.1:8000/en/events/zielen/"
    assert facts.categories[1:] == ("Green city",)
    assert facts.organizer == Mailbox(name="Strategy Department", address="office@example.org")
    assert facts.description.split("\n\n") == [
        "Come and plan.",
        "How to get in: Enter from the yard.",
        "Accessibility: Step-free access, Induction loop (on request)",
        "Details: http://127.0.0.1:8000/en/events/zielen/",
    ]
    assert (facts.status, facts.is_busy, facts.join) == ("CONFIRMED", False, None)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"status": EventStatus.PUBLISHED}, "CONFIRMED"),
        ({"status": EventStatus.HELD}, "CONFIRMED"),
        ({"status": EventStatus.CLOSED}, "CONFIRMED"),
        ({"status": EventStatus.POSTPONED}, "TENTATIVE"),
        ({"status": EventStatus.CANCELLED}, "CANCELLED"),
        ({"planned_only": True}, "TENTATIVE"),
        ({"planned_only": True, "status": EventStatus.CANCELLED}, "CANCELLED"),
    ],
)
def test_status_follows_the_event(values, status):
    assert _facts(make_event(), **values).status == status


def test_a_cancelled_meeting_says_so_in_its_title_and_why():
    facts = _facts(
        make_event(), status=EventStatus.CANCELLED, cancellation_reason={"pl": "Awaria", "en": "The heating is broken"}
    )

    assert facts.summary == "CANCELLED: Trial meeting"
    assert facts.description.startswith("Reason for the cancellation: The heating is broken\n\n")


@pytest.mark.parametrize(("language", "prefix"), [("pl", "ODWOŁANE: "), ("uk", "СКАСОВАНО: ")])
def test_every_language_has_its_word_for_cancelled(language, prefix):
    assert _facts(make_event(), language, status=EventStatus.CANCELLED).summary.startswith(prefix)


def test_a_cancelled_date_of_an_event_that_takes_place_is_cancelled_alone():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    Session.objects.filter(pk=first.pk).update(is_cancelled=True)

    statuses = [facts_of(session, "pl").status for session in calendar_sessions().filter(event=event)]

    assert statuses == ["CANCELLED", "CONFIRMED"]
    assert second.pk > first.pk


def test_a_postponed_meeting_says_so():
    assert "postponed" in _facts(make_event(), status=EventStatus.POSTPONED).description


def test_an_online_meeting_is_online_and_keeps_its_link():
    facts = _facts(make_event(mode=EventMode.ONLINE), join_url="https://meet.example.org/secret")

    assert facts.location == "Online"
    assert "secret" not in str(facts)


def test_a_person_who_is_the_contact_is_no_organizer():
    assert _facts(make_event(), contact_email="a.person@example.org").organizer is None


def test_a_long_text_is_short_in_a_calendar():
    words = "Zapraszamy mieszkańców do rozmowy. " * 40

    facts = _facts(make_event(), "pl", description={"pl": words})

    (text, *_rest) = facts.description.split("\n\n")
    assert len(text) <= 301
    assert text.endswith("…")


def test_a_language_without_its_own_text_has_polish():
    facts = _facts(make_event(title="Zieleń"), "uk", title={"pl": "Zieleń", "uk": ""})

    assert facts.summary == "Zieleń"


@pytest.mark.parametrize("language", Language.values)
def test_the_address_is_that_of_the_page(settings, language):
    with translation.override(language):
        assert event_address("zielen", language) == f"{settings.BASE_URL}{reverse('event-page', args=['zielen'])}"


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [("abc", 3, "abc"), ("ab cd", 4, "ab…"), ("abcdef", 4, "abc…"), ("Tak, bo nie", 6, "Tak…"), ("  a ", 1, "a")],
)
def test_a_text_is_cut_between_words(text, length, short):
    assert shortened(text, length) == short


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# Tytuł\n\nAkapit *ważny*\ni dalej", "Tytuł\nAkapit ważny i dalej"),
        ("- jeden\n- `dwa`", "jeden\ndwa"),
        ("<b>gruby</b> & 2 < 3", "gruby & 2 < 3"),
        ("![mapa](x.png) koniec", " koniec"),
        ("", ""),
    ],
)
def test_marks_of_organisers_are_no_words(markdown, plain):
    assert plain_text(markdown) == plain


def test_facts_of_loaded_sessions_ask_nothing_more():
    event = make_event(venue=make_venue(), sessions=2)
    event.topics.add(make_topic())
    sessions = list(calendar_sessions().filter(event=event))

    with CaptureQueriesContext(connection) as queries:
        for session in sessions:
            facts_of(session, "uk")

    assert len(queries) == 0
