"""Staff pages of the lists that all units share."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.utils import translation

from events.actions.definitions import usual_reminders
from events.enums import EventStatus, Role
from events.models import Audience, EventKind, Organization, Room, RoomBooking, Topic
from tests.make import make_event, make_kind, make_topic, make_unit, make_user, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def client_of(role):
    client = Client()
    client.force_login(make_user(role=role))
    return client


@pytest.fixture
def client():
    return client_of(Role.ADMIN)


def in_polish(name):
    return {"name_pl": name, "name_en": "", "name_uk": ""}


def test_the_lists_show_what_one_may_change():
    admin, editor = (client_of(role).get("/en/manage/lists/").content.decode() for role in (Role.ADMIN, Role.EDITOR))

    assert "Kinds of meetings" in admin
    assert "Kinds of meetings" not in editor
    assert "Organizations" in editor
    assert client_of(Role.DOOR).get("/en/manage/lists/").status_code == 404


def test_a_topic_is_made_and_renamed(client):
    client.post("/en/manage/topics/new/", {**in_polish("Zieleń miejska"), "position": "3"})
    topic = Topic.objects.get(slug="zielen-miejska")
    client.post("/en/manage/topics/zielen-miejska/", {**in_polish("Zieleń"), "name_en": "Green", "position": "1"})

    topic.refresh_from_db()
    assert (topic.name, topic.position) == ({"pl": "Zieleń", "en": "Green"}, 1)
    assert "Green" in client.get("/en/manage/topics/").content.decode()


def test_a_topic_that_does_not_fit_is_said_at_its_field(client):
    make_topic("zielen")

    nameless = client.post("/en/manage/topics/new/", {**in_polish(""), "position": "0"})
    taken = client.post("/en/manage/topics/new/", {**in_polish("Inna"), "slug": "zielen", "position": "0"})

    assert "Write this in Polish." in nameless.content.decode()
    assert taken.context["form"].errors["slug"]
    assert Topic.objects.count() == 1


@pytest.mark.parametrize("page", ["topics", "kinds", "organizations", "audiences"])
def test_what_is_not_there_is_404(client, page):
    assert client.get(f"/en/manage/{page}/nie-ma/").status_code == 404
    assert client.post("/en/manage/audiences/nie-ma/paste/", {"table": "x"}).status_code == 404


def kind_data(client, path, **changes):
    page = client.get(path)
    form, rows = page.context["form"], page.context["reminders"]
    data = {field.html_name: field.value() for field in rows.management_form}
    for each in (form, *rows.forms):
        for field in each:
            value = field.value()
            if isinstance(value, dict):
                data |= {f"{field.html_name}_{code}": value.get(code, "") for code in ("pl", "en", "uk")}
            elif value is not None and value is not False and value != []:
                data[field.html_name] = value
    return {name: value for name, value in (data | changes).items() if value is not None}


def test_a_kind_sent_as_it_was_stays_as_it_was(client):
    EventKind.objects.filter(code="workshop").update(
        default_registration={
            "confirm_email": False,
            "offer_hours": None,
            "waitlist_policy": "first_fit",
            "wheelchair_places": None,
            "assistants_take_seats": True,
            "group_max": 4,
            "approval": True,
            "approval_holds_seat": False,
            "ask_days_before": 3,
            "ask_reply_hours": 24,
            "ask_no_answer": "release",
            "reserved": 2,
            "capacity": 10,
            "categories": [{"category": "business", "capacity": 5}],
        },
        default_accessibility={"pjm": "yes"},
    )
    before = EventKind.objects.values().get(code="workshop")

    answer = client.post("/en/manage/kinds/workshop/", kind_data(client, "/en/manage/kinds/workshop/"))

    assert answer.status_code == 302
    assert EventKind.objects.values().get(code="workshop") == before


def test_a_kind_is_made_with_what_is_usual_for_it(client):
    path = "/en/manage/kinds/new/"
    data = kind_data(
        client,
        path,
        name_pl="Spacer badawczy",
        name_en="",
        name_uk="",
        waitlist_policy="first_fit",
        waitlist_limit="30",
        gives_at_once="on",
        wheelchair_places="4",
        assistants_take_seats="no",
        capacity="20",
        approval="yes",
        ask_days_before="3",
        ask_no_answer="keep",
        languages=["pl", "uk"],
        access_pjm="on_request",
        **{"reminders-0-channel": "email", "reminders-0-days": "2", "reminders-0-at": "09:00"},
    )

    client.post(path, data)

    kind = EventKind.objects.get(code="spacer-badawczy")
    assert kind.default_registration == {
        "waitlist_policy": "first_fit",
        "waitlist_limit": 30,
        "offer_hours": None,
        "wheelchair_places": 4,
        "assistants_take_seats": False,
        "capacity": 20,
        "approval": True,
        "ask_days_before": 3,
        "ask_no_answer": "keep",
    }
    assert (kind.default_languages, kind.default_accessibility) == (["pl", "uk"], {"pjm": "on_request"})
    assert [(each.days, each.at) for each in usual_reminders(kind)] == [(2, time(9))]


def test_a_freed_seat_is_offered_or_given_but_not_both(client):
    path = "/en/manage/kinds/workshop/"
    before = EventKind.objects.values().get(code="workshop")

    page = client.post(path, kind_data(client, path, gives_at_once="on", offer_hours="12"))

    assert list(page.context["form"].errors) == ["offer_hours"]
    assert EventKind.objects.values().get(code="workshop") == before


def test_wheelchairs_have_so_many_places_or_as_many_as_come_but_not_both(client):
    path = "/en/manage/kinds/workshop/"

    page = client.post(path, kind_data(client, path, any_wheelchairs="on", wheelchair_places="3"))

    assert list(page.context["form"].errors) == ["wheelchair_places"]


def test_a_kind_that_does_not_fit_is_said_at_its_field(client):
    make_kind("workshop")
    path = "/en/manage/kinds/new/"

    taken = client.post(path, kind_data(client, path, name_pl="Warsztat", code="workshop"))
    halved = client.post(path, kind_data(client, path, name_pl="Inny", **{"reminders-0-days": "2"}))

    assert taken.context["form"].errors["code"]
    assert halved.context["reminders"].forms[0].errors["days"]
    assert not EventKind.objects.filter(name__pl="Inny").exists()


def test_an_organization_is_made_and_changed():
    client = client_of(Role.EDITOR)

    client.post("/en/manage/organizations/new/", {"name": "Izba Przykładowa", "contact_email": "izba@example.org"})
    organization = Organization.objects.get()
    client.post(f"/en/manage/organizations/{organization.slug}/", {"name": "Izba Druga"})
    twice = client.post("/en/manage/organizations/new/", {"name": "IZBA DRUGA"})

    assert Organization.objects.get().name == "Izba Druga"
    assert twice.context["form"].errors["name"]
    assert "Izba Druga" in client.get("/en/manage/organizations/").content.decode()


def test_an_audience_is_made_and_filled_from_a_table():
    client = client_of(Role.OWNER)
    client.post("/en/manage/audiences/new/", {**in_polish("Podmioty konsultacji"), "position": "0"})
    audience = Audience.objects.get(name__pl="Podmioty konsultacji")
    page = f"/en/manage/audiences/{audience.slug}/"

    client.post(f"{page}paste/", {"table": "Izba;izba@example.org\nRada;rada@example.org;600 000 000"})

    assert sorted(audience.organizations.values_list("name", flat=True)) == ["Izba", "Rada"]
    assert "2 organizations" in client.get("/en/manage/audiences/").content.decode()
    kept = audience.organizations.get(name="Izba")
    client.post(page, {**in_polish("Podmioty"), "position": "1", "organizations": [kept.pk]})
    assert list(audience.organizations.all()) == [kept]


def test_a_bad_row_refuses_the_whole_table_by_its_number(client):
    audience = Audience.objects.create(slug="podmioty", name={"pl": "Podmioty"})

    answer = client.post("/en/manage/audiences/podmioty/paste/", {"table": "Izba;izba@example.org\nRada;to nie adres"})

    (sentence,) = answer.context["form"].errors["table"]
    assert sentence.startswith("Row 2:")
    assert "Izba;izba@example.org" in answer.content.decode()
    assert not audience.organizations.exists()
    assert not Organization.objects.exists()


@pytest.mark.parametrize("page", ["organizations", "audiences"])
def test_a_list_costs_the_same_for_one_and_for_three(client, page, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(20) as queries:
            client.get(f"/en/manage/{page}/")
        return len(queries)

    def add(number):
        organization = Organization.objects.create(slug=f"o{number}", name=f"Izba {number}")
        Audience.objects.create(slug=f"a{number}", name={"pl": "Lista"}).organizations.add(organization)

    add(1)
    one = cost()
    add(2)
    add(3)

    assert cost() == one


def test_a_place_says_when_its_rooms_are_taken_and_hides_what_others_prepare():
    venue = make_venue("dom")
    room = Room.objects.create(venue=venue, name="Sala 1", setup_minutes=30)
    mine, announced = make_event("mine", title="Nasze"), make_event("announced", unit=make_unit("inny"))
    secret = make_event("secret", unit=make_unit("inny"), status=EventStatus.DRAFT)
    for number, event in enumerate((mine, announced, secret)):
        session = event.sessions.get()
        begins_at = session.starts_at + timedelta(days=number)
        RoomBooking.objects.create(
            session=session, room=room, begins_at=begins_at, ends_at=begins_at + timedelta(hours=2)
        )

    page = client_of(Role.EDITOR).get("/en/manage/places/dom/").content.decode()

    assert [slug for slug in ("mine", "announced", "secret") if f"events/{slug}/" in page] == ["mine", "announced"]
    assert page.count("Strategy Department") == 1
    assert 'name="rooms-0-setup_minutes" value="30"' in page
