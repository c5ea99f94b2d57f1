"""Restricted meetings: one test for every way out; each would show the same meeting if it were public."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from events.actions.calendar import refresh_for
from events.actions.search_texts import keep_search_words
from events.enums import Visibility
from events.models import District, Event
from tests.make import make_attachment, make_event, make_notice, make_process, make_topic, make_unit, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

TITLE = "Posiedzenie"
FILE = b"Porz\xc4\x85dek obrad"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def meeting() -> Event:
    """A restricted meeting that is the only one of its kind, topic, process, district and place."""
    make_notice()
    event = make_event(
        "posiedzenie",
        title=TITLE,
        kind="district_meeting",
        visibility=Visibility.RESTRICTED,
        venue=make_venue("ratusz"),
        unit=make_unit("rady", name="Rady dzielnic"),
        starts_at=NOW + timedelta(days=2),
    )
    event.topics.add(make_topic("statut", name="Statuty"))
    event.process = make_process("proces")
    event.district = District.objects.create(slug="nowa", name="Nowa")
    event.save()
    event.topics.update(name={"pl": "Statuty"})
    Event.objects.filter(pk=event.pk).update(title={"pl": TITLE})
    keep_search_words(event)
    refresh_for(event_ids=[event.pk], at=NOW)
    return event


def open_to_everybody(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(visibility=Visibility.PUBLIC)
    refresh_for(event_ids=[event.pk], at=NOW)


def said(client: Client, path: str) -> str:
    return client.get(path).getvalue().decode().replace("\r\n ", "")


def test_the_list(client, meeting):
    assert_only_when_public(client, meeting, "/events/", "/events/posiedzenie/")


def test_the_home_page(client, meeting):
    assert_only_when_public(client, meeting, "/", "/events/posiedzenie/")


def test_search(client, meeting):
    assert_only_when_public(client, meeting, "/events/?q=posiedzenia", "/events/posiedzenie/")


def test_the_month_s_sheet(client, meeting):
    assert_only_when_public(client, meeting, "/events/?month=2027-01", "/events/posiedzenie/")


@pytest.mark.parametrize("value", ["statut", "proces", "nowa", "district_meeting"])
def test_the_values_of_filters(client, meeting, value):
    assert_only_when_public(client, meeting, "/events/", f'value="{value}"')


@pytest.mark.parametrize("name", ["topic=statut", "process=proces", "district=nowa", "venue=ratusz", "unit=rady"])
def test_a_list_that_is_narrowed_to_it(client, meeting, name):
    assert_only_when_public(client, meeting, f"/events/?{name}", TITLE)


def test_the_public_calendar(client, meeting):
    assert_only_when_public(client, meeting, "/calendar/events.ics", TITLE)


def test_the_public_calendar_that_is_named_after_its_topic(client, meeting):
    assert_only_when_public(client, meeting, "/calendar/events.ics?topic=statut", TITLE)


def test_its_own_calendar_file(client, meeting):
    assert client.get("/events/posiedzenie.ics").status_code == 404
    assert_only_when_public(client, meeting, "/events/posiedzenie.ics", TITLE)


def test_the_sitemap(client, meeting):
    assert_only_when_public(client, meeting, "/sitemap.xml", "/events/posiedzenie/")


def test_news_readers(client, meeting):
    assert_only_when_public(client, meeting, "/events/rss.xml", TITLE)


def test_the_list_of_the_api(client, meeting):
    assert_only_when_public(client, meeting, "/api/v1/events/", TITLE)


def test_search_in_the_api(client, meeting):
    assert_only_when_public(client, meeting, "/api/v1/events/?q=posiedzenie", TITLE)


def test_one_event_of_the_api(client, meeting):
    assert client.get("/api/v1/events/posiedzenie/").status_code == 404
    assert_only_when_public(client, meeting, "/api/v1/events/posiedzenie/", TITLE)


@pytest.mark.parametrize("path", ["/api/v1/events.csv", "/api/v1/events.jsonl"])
def test_open_data(client, meeting, path):
    assert_only_when_public(client, meeting, path, TITLE)


def test_its_page(client, meeting):
    assert client.get("/events/posiedzenie/").status_code == 404
    assert_only_when_public(client, meeting, "/events/posiedzenie/", f"{TITLE}</h1>")


@pytest.mark.parametrize("mark", ['<script type="application/ld+json"', '"name": "Posiedzenie"', "<title>Posiedzenie"])
def test_what_its_page_says_to_programs(client, meeting, mark):
    assert_only_when_public(client, meeting, "/events/posiedzenie/", mark)


def test_the_page_of_its_process(client, meeting):
    assert_only_when_public(client, meeting, "/processes/proces/", "/events/posiedzenie/")


def test_its_files(client, meeting):
    file = make_attachment(meeting, data=FILE)
    path = f"/attachments/{file.pk}/{file.file_name}"

    assert client.get(path).status_code == 404
    assert_only_when_public(client, meeting, path, FILE.decode())


@pytest.mark.parametrize("path", ["/events/posiedzenie/register/", "/api/v1/events/posiedzenie/registrations/"])
def test_signing_up(client, meeting, path):
    assert client.get(path).status_code in {404, 405}
    assert client.post(path, {}).status_code == 404
    assert TITLE not in said(client, path)


def assert_only_when_public(client: Client, meeting: Event, path: str, mark: str) -> None:
    assert mark not in said(client, path)

    open_to_everybody(meeting)

    assert mark in said(client, path)
