"""Search: Polish and English words in any form, with diacritics or without, and while they are typed."""

import pytest
from django.db import connection

from events.actions.search_texts import keep_search_words, keep_search_words_of
from events.models import District, Event
from events.queries.search import fold, search_words, with_words
from tests.make import make_event, make_topic, make_venue

pytestmark = pytest.mark.django_db


def an_event(title: str, **texts: object) -> Event:
    event = make_event(title=title)
    Event.objects.filter(pk=event.pk).update(**texts)
    keep_search_words(event)
    return event


def finds(query: str) -> list[str]:
    return [event.title["pl"] for event in Event.objects.filter(with_words(query)).order_by("pk")]


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Spotkanie z mieszkańcami", "spotkania"),
        ("Spotkania w dzielnicach", "spotkanie"),
        ("Spotkań będzie kilka", "spotkaniach"),
        ("Łódź i Lublin", "lodz"),
        ("Wycieczka do Łodzi", "łódź"),
        ("Konsultacje społeczne", "konsultacji"),
        ("Konsultacje społeczne", "KONSULTACJI spolecznych"),
        ("Debata o zieleni", "deb"),
        ("Debata o zieleni", "debaty zieleń"),
        ("Strategia Lublin 2030", "2030"),
        ("Kawiarenka „Café”", "cafe"),
        ("Spotkanie on-line", "on-line"),
        ("Зустріч з мешканцями", "зустр"),
        ("Za\u0301mek", "zamek"),
    ],
)
def test_words_are_found_in_their_other_forms(title, query):
    an_event(title)
    make_event(title="Zupełnie co innego")

    assert finds(query) == [title]


@pytest.mark.parametrize(
    "query", ["kania", "debata nic", "'", "\\", "!!!", "a:* | b", "<->", "%", "½⁄", "x" * 500, "☃", "\u0301"]
)
def test_nothing_else_is_found_whatever_is_typed(query):
    an_event("Spotkanie")

    assert finds(query) == []


@pytest.mark.parametrize("query", ["", "   "])
def test_nothing_asked_leaves_everything(query):
    an_event("Spotkanie")

    assert finds(query) == ["Spotkanie"]


def test_titles_summaries_topics_and_places_are_found_in_every_language():
    venue = make_venue(name="Ratusz", address="ul. Złota 7, 20-000 Lublin")
    event = an_event(
        "Otwarte",
        summary={"pl": "Rozmowa", "en": "Planning together"},
        venue=venue,
        district=District.objects.create(slug="czuby-x", name="Czuby Południowe"),
    )
    event.topics.add(make_topic())
    keep_search_words(event)

    queries = ("rozmowy", "plans", "zielen cities", "ratusz", "złota 7", "town hall", "czuby", "пробна", "meetings")
    assert {query: finds(query) for query in queries} == {query: ["Otwarte"] for query in queries}


def test_a_word_without_end_is_cut():
    an_event("a" * 4000)

    assert finds("a" * 70) == ["a" * 4000]


def test_a_language_without_stems_keeps_its_words():
    assert search_words("Зустрічі у Любліні", "uk") == {fold("Зустрічі"), "у", fold("Любліні")}


def test_an_index_finds_the_words(django_assert_num_queries):
    an_event("Spotkanie")

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with django_assert_num_queries(1):
            plan = Event.objects.filter(with_words("spotkania")).explain()

    assert "event_search_words" in plan


@pytest.mark.parametrize("count", [1, 3])
def test_words_of_many_events_are_written_with_as_many_statements_as_of_one(count, django_assert_num_queries):
    events = [make_event(title="Spotkanie") for _ in range(count)]
    for event in events:
        event.topics.add(make_topic())

    # Events and topics; the update.
    with django_assert_num_queries(3):
        keep_search_words_of([event.pk for event in events])

    assert len(finds("spotkania zieleni")) == count
