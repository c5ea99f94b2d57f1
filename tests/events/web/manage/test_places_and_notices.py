"""Staff pages of places and information notices."""

from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.enums import AccessibilityFeature, Role
from events.models import CalendarEntry, District, Event, InformationNotice, Venue
from events.queries.search import with_words
from tests.make import make_event, make_kind, make_notice, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

NEW = "/en/manage/places/new/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user(role=Role.EDITOR))
    return client


def a_place(**changes):
    rows = {"rooms-TOTAL_FORMS": 2, "rooms-INITIAL_FORMS": 0, "rooms-0-name": "Sala 1", "rooms-0-capacity": "80"}
    return {"name_pl": "Dom Kultury Żółw", "address": "ul. Przykładowa 1, 20-000 Lublin", **rows} | changes


def test_a_place_is_made_with_its_rooms_and_what_it_offers(client):
    district = District.objects.create(slug="rury", name="Rury")

    response = client.post(
        NEW,
        a_place(
            name_en="House of Culture",
            district=district.pk,
            access_step_free="yes",
            access_pjm="on_request",
            latitude="51.247900",
            longitude="22.568300",
            directions_pl="Przystanek 2",
        ),
    )

    venue = Venue.objects.get()
    assert response["Location"] == "/en/manage/places/"
    assert (venue.slug, venue.name) == ("dom-kultury-zolw", {"pl": "Dom Kultury Żółw", "en": "House of Culture"})
    assert (venue.district, venue.latitude) == (district, Decimal("51.247900"))
    assert venue.accessibility == {"step_free": "yes", "pjm": "on_request"}
    assert list(venue.rooms.values_list("name", "capacity")) == [("Sala 1", 80)]


def test_a_place_sent_as_it_is_shown_stays_as_it_is(client):
    client.post(NEW, a_place(access_step_free="no", directions_pl="Przystanek"))
    before = Venue.objects.values().get()
    shown = client.get("/en/manage/places/dom-kultury-zolw/").context
    room = shown["rooms"].forms[0]["id"].value()

    client.post(
        "/en/manage/places/dom-kultury-zolw/",
        a_place(
            slug="dom-kultury-zolw",
            access_step_free="no",
            directions_pl="Przystanek",
            **{"rooms-INITIAL_FORMS": 1, "rooms-TOTAL_FORMS": 3, "rooms-0-id": room},
        ),
    )

    assert Venue.objects.values().get() == before
    assert Venue.objects.get().rooms.count() == 1


def test_a_new_name_shows_in_the_calendar_and_in_search_at_once(client):
    venue = make_venue("dom")
    event = make_event("meeting", venue=venue)

    client.post("/en/manage/places/dom/", a_place(name_pl="Nowy Dom", slug="dom"))

    assert "Nowy Dom" in CalendarEntry.objects.get(session__event=event, language="pl").content
    assert list(Event.objects.filter(with_words("nowy dom"))) == [event]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name_pl": ""}, "name", "Write this in Polish."),
        ({"address": ""}, "address", "This field is required."),
        ({"latitude": "51.2"}, "latitude", "Give both coordinates or none."),
        ({"latitude": "91", "longitude": "20"}, "latitude", "These coordinates are not on the globe."),
        ({"name_pl": "???"}, "slug", "Give a short name for the address of the page."),
        ({"slug": "zajete"}, "slug", "Another place has this short name already."),
        ({"rooms-1-name": "sala 1"}, "__all__", "Every room has a name of its own."),
        ({"rooms-1-id": "999", "rooms-1-name": "Sala 2"}, "__all__", "This room belongs to another place."),
    ],
)
def test_a_fault_is_named_at_its_field_and_nothing_is_saved(client, changes, field, sentence):
    make_venue("zajete")

    response = client.post(NEW, a_place(**changes))

    assert {name: list(errors) for name, errors in response.context["form"].errors.items()} == {field: [sentence]}
    assert sentence in response.content.decode()
    assert Venue.objects.count() == 1


def test_a_new_version_of_a_notice_is_in_force_and_the_old_one_stays(client):
    unit = make_unit()
    make_notice(unit)

    shown = client.get("/en/manage/notices/strategia/").context["form"]["text"].value()
    response = client.post("/en/manage/notices/strategia/", {"text_pl": "Nowa klauzula", "text_en": "New"}, follow=True)

    assert shown == {"pl": "Klauzula", "en": "Notice"}
    assert list(InformationNotice.objects.order_by("version").values_list("version", "text__pl")) == [
        (1, "Klauzula"),
        (2, "Nowa klauzula"),
    ]
    assert "Version 2 of the notice is in force." in response.content.decode()
    assert [row.notice.version for row in response.context["units"]] == [2]


def test_a_notice_needs_polish(client):
    make_unit()

    response = client.post("/en/manage/notices/strategia/", {"text_pl": "", "text_en": "Only English"})

    assert response.context["form"].errors == {"text": ["Write this in Polish."]}
    assert not InformationNotice.objects.exists()


def test_a_unit_without_a_notice_of_its_own_shows_the_one_for_all(client):
    make_notice(None)

    page = client.get("/en/manage/notices/").content.decode()

    assert "Shows the notice that all units share." in page


def test_every_feature_is_asked_for(client):
    page = client.get(NEW).content.decode()

    assert all(f'name="access_{feature}"' in page for feature in AccessibilityFeature)


def test_the_contact_of_a_unit_is_set_and_taken_away(client):
    unit, address = make_unit(), "/en/manage/notices/strategia/contact/"
    assert "No contact yet" in client.get("/en/manage/notices/").content.decode()

    wrong = client.post(address, {"email": "nobody", "phone": ""})
    saved = client.post(address, {"email": "biuro@example.org", "phone": "81 466 00 00"}, follow=True)

    assert "email" in wrong.context["form"].errors
    assert "biuro@example.org, 81 466 00 00" in saved.content.decode()
    client.post(address, {})
    unit.refresh_from_db()
    assert (unit.contact_email, unit.contact_phone) == ("", "")


def test_a_kind_of_meeting_gets_a_notice_of_its_own(client):
    unit = make_unit()
    make_notice(unit)
    page = "/en/manage/notices/strategia/?kind=workshop"
    shown = client.get(page)
    assert shown.context["form"]["text"].value() == {"pl": "Klauzula", "en": "Notice"}
    assert not shown.context["versions"]

    response = client.post(page, {"text_pl": "Klauzula warsztatów"})

    assert response["Location"] == "/en/manage/notices/"
    kept = InformationNotice.objects.get(kind__code="workshop")
    assert (kept.unit, kept.version, kept.text) == (unit, 1, {"pl": "Klauzula warsztatów"})
    assert client.get("/en/manage/notices/strategia/").context["present"].text["pl"] == "Klauzula"
    assert 'href="/en/manage/notices/strategia/?kind=workshop"' in client.get("/en/manage/notices/").content.decode()
    assert client.get("/en/manage/notices/strategia/?kind=nothing").status_code == 404


def test_units_and_kinds_take_as_many_queries_as_one(client, django_assert_num_queries):
    make_notice(make_unit())
    client.get("/en/manage/notices/")
    with django_assert_num_queries(6) as captured:
        client.get("/en/manage/notices/")
    for code in ("workshop", "conference"):
        notice = make_notice(make_unit(), version=len(code))
        notice.kind = make_kind(code)
        notice.save()
    with django_assert_num_queries(len(captured)):
        client.get("/en/manage/notices/")
