"""Every public page in every language, what browsers are told about it, and input nobody should send."""

import pytest
from django.test import Client

from events.enums import Visibility
from tests.make.events import make_event, make_notice, make_process

PREFIXES = {"pl": "", "en": "/en", "uk": "/uk"}
PAGES = [
    "/",
    "/events/",
    "/events/?when=past",
    "/events/?month=2027-01",
    "/processes/",
    "/calendar/",
    "/my/",
    "/privacy/",
    "/accessibility/",
]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_the_language_of_its_address(client: Client, path: str, language: str) -> None:
    make_event("spotkanie")

    response = client.get(PREFIXES[language] + path, headers={"accept-language": "de"})

    assert response.status_code == 200
    assert response["Content-Language"] == language
    assert f'<html lang="{language}">' in response.content.decode()


@pytest.mark.parametrize("language", PREFIXES)
def test_the_page_of_an_event_and_of_a_process(client: Client, language: str) -> None:
    make_notice()
    make_event("spotkanie", categories=[("business", 16)], sessions=2)
    make_process("strategia-2030")

    statuses = [
        client.get(PREFIXES[language] + path).status_code
        for path in ("/events/spotkanie/", "/events/spotkanie/register/", "/processes/strategia-2030/")
    ]

    assert statuses == [200, 200, 200]


def test_the_language_switch_keeps_the_page_and_its_filters(client: Client) -> None:
    make_event()

    html = client.get("/en/events/?kind=workshop&when=past").content.decode()

    assert 'href="/events/?kind=workshop&amp;when=past" lang="pl"' in html
    assert 'href="/uk/events/?kind=workshop&amp;when=past" lang="uk"' in html


def test_a_page_names_its_one_address_and_those_of_its_languages(client: Client, settings) -> None:
    html = client.get("/en/privacy/?x=1").content.decode()

    assert f'<link rel="canonical" href="{settings.BASE_URL}/en/privacy/">' in html
    assert f'<link rel="alternate" hreflang="pl" href="{settings.BASE_URL}/privacy/">' in html
    assert f'<link rel="alternate" hreflang="uk" href="{settings.BASE_URL}/uk/privacy/">' in html


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/events/?page=100000000000000000000", 404),
        ("/events/?page=0", 404),
        ("/events/?page=-1", 404),
        ("/events/?page=2", 404),
        ("/events/?page=%D9%A1", 404),
        ("/events/?month=2027-13", 404),
        ("/events/?month=99999999999-01", 404),
        ("/events/?kind=no-such-kind", 400),
        ("/events/?mode=by_pigeon", 400),
        ("/events/?q=%00", 400),
        ("/events/?q=%ff%fe", 400),
        ("/events/?q=%ed%a0%80", 400),
        ("/events/?" + "&".join(f"topic=t{number}" for number in range(21)), 400),
        ("/calendar/?" + "&".join(f"topic=t{number}" for number in range(21)), 400),
        ("/events/no-such-event/", 404),
        ("/events/no-such-event/register/", 404),
        ("/processes/no-such-process/", 404),
        ("/no-such-page/", 404),
        ("/r/not-a-token/", 404),
        ("/r/" + "A" * 35 + "/", 404),
        ("/r/" + "A" * 5000 + "/", 404),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_breaks(client: Client, path: str, status: int) -> None:
    make_event()

    assert client.get(path).status_code == status


def test_a_search_for_anything_at_all_is_answered(client: Client) -> None:
    make_event()

    for words in ("zażółć gęślą jaźń", "' OR 1=1 --", "%_%", "<script>alert(1)</script>", "🎉" * 300, "a " * 5000):
        response = client.get("/events/", {"q": words})
        assert response.status_code == 200
        assert b"<script>alert" not in response.content


def test_an_error_page_offers_ways_on_in_its_language(client: Client) -> None:
    response = client.get("/en/no-such-page/")

    html = response.content.decode()
    assert response.status_code == 404
    assert '<html lang="en">' in html
    assert 'href="/en/events/"' in html


def test_search_engines_read_what_is_listed_and_nobodys_door(client: Client, settings) -> None:
    make_event("jawne")
    make_event("tylko-z-adresu", visibility=Visibility.UNLISTED)

    robots = client.get("/robots.txt").content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()

    for door in ("/r/", "/uk/r/", "/invited/", "/en/invited/", "/door/", "/uk/door/"):
        assert f"Disallow: {door}\n" in robots
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in robots
    assert f"<loc>{settings.BASE_URL}/uk/events/jawne/</loc>" in sitemap
    assert "tylko-z-adresu" not in sitemap


def test_public_pages_load_nothing_from_elsewhere_and_run_no_inline_code(client: Client) -> None:
    make_event("spotkanie")

    for path in (*PAGES, "/events/spotkanie/", "/events/spotkanie/register/"):
        html = client.get(path).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert " onclick=" not in html
        assert 'src="http' not in html
        assert "<script" not in html.replace('<script type="application/ld+json">', "")


def test_a_refusal_from_below_the_pages_is_a_page_in_their_language(client: Client) -> None:
    response = client.get("/uk/events/?q=%ff")

    html = response.content.decode()
    assert response.status_code == 400
    assert '<html lang="uk">' in html
    assert 'href="/uk/"' in html


@pytest.mark.django_db
def test_an_address_that_google_does_not_take_is_called_too_long(client: Client) -> None:
    short, long = (
        client.get(
            "/en/calendar/?" + "&".join(f"topic=some-topic-{number}" for number in range(count))
        ).content.decode()
        for count in (2, 15)
    )

    assert "longer than Google Calendar takes" not in short
    assert "longer than Google Calendar takes" in long
