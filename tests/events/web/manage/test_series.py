"""Staff pages of what is made from an event: copies, templates, series; and changing a series."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.enums import EventStatus, Role
from events.models import District, Event, EventSeries, Room, RoomBooking
from tests.make import make_event, make_registration, make_unit, make_user, make_venue
from tests.make.events import NOW
from tests.make.sheets import sheet_data

pytestmark = pytest.mark.django_db

EVENT = "/en/manage/events/meeting/"
RULE = {"name": "Cykl", "first": "2027-02-02T17:00", "frequency": "weekly", "interval": "1", "count": "3"}


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user())
    return client


def starts(series):
    return [f"{start:%m-%d %H:%M}" for start in series.events.order_by("starts_at").values_list("starts_at", flat=True)]


# Copies, templates, drafts that go


def test_an_event_is_made_from_a_template(client):
    make_event("meeting", status=EventStatus.DRAFT)

    kept = client.post(f"{EVENT}template/", follow=True).content.decode()
    template = Event.objects.get(is_template=True)
    assert "Make an event from it" in kept
    assert f"events/{template.slug}/" in client.get("/en/manage/templates/").content.decode()
    assert f"events/{template.slug}/" not in client.get("/en/manage/events/?when=all").content.decode()
    client.post(f"/en/manage/events/{template.slug}/copy/")

    assert Event.objects.filter(is_template=False).count() == 2


def test_templates_of_other_units_are_not_shown(client):
    make_event("foreign", status=EventStatus.DRAFT, unit=make_unit("inny"))
    Event.objects.update(is_template=True)

    assert "There are no templates yet." in client.get("/en/manage/templates/").content.decode()


def test_a_draft_is_deleted_for_good(client):
    event = make_event("meeting", status=EventStatus.DRAFT)

    asked = client.get(f"{EVENT}delete/").content.decode()
    assert "It goes for good" in asked
    assert Event.objects.filter(pk=event.pk).exists()
    client.post(f"{EVENT}delete/")

    assert not Event.objects.filter(pk=event.pk).exists()


def test_what_was_published_is_not_deleted(client):
    make_event("meeting")

    page = client.post(f"{EVENT}delete/", follow=True).content.decode()

    assert "Only a draft that was never published can be deleted." in page
    assert Event.objects.exists()
    assert "Delete the draft" not in client.get(EVENT).content.decode()


# Making series


def test_a_rule_shows_its_dates_before_it_makes_drafts(client):
    make_event("meeting")

    shown = client.post(f"{EVENT}repeat/", RULE)
    page = shown.content.decode()
    assert [f"{start:%m-%d %H:%M}" for start in shown.context["starts"]] == [
        "02-02 17:00",
        "02-09 17:00",
        "02-16 17:00",
    ]
    assert "Tuesday, 9 February 2027, 17:00" in page
    assert "Make 3 drafts" in page
    assert not EventSeries.objects.exists()
    client.post(f"{EVENT}repeat/", {**RULE, "confirmed": "yes"})

    series = EventSeries.objects.get()
    assert (series.name, starts(series)) == ("Cykl", ["02-02 16:00", "02-09 16:00", "02-16 16:00"])
    assert set(series.events.values_list("status", flat=True)) == {EventStatus.DRAFT}
    assert Event.objects.get(slug="meeting").series is None


def test_the_first_proposal_is_a_week_later_at_the_same_hour(client):
    make_event("meeting")

    assert 'value="2027-02-02T10:00"' in client.get(f"{EVENT}repeat/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count": "", "until": ""}, "count"),
        ({"until": "2027-03-01"}, "count"),
        ({"count": "", "until": "2027-01-01"}, "until"),
        ({"interval": "0"}, "interval"),
        ({"frequency": "yearly"}, "frequency"),
        ({"weekdays": ["7"]}, "weekdays"),
        ({"frequency": "monthly", "week_of_month": "9"}, "week_of_month"),
        ({"first": "soon"}, "first"),
        ({"name": ""}, "name"),
    ],
)
def test_a_rule_that_makes_no_sense_is_said_at_its_field(client, changes, field):
    make_event("meeting")

    answer = client.post(f"{EVENT}repeat/", {**RULE, **changes, "confirmed": "yes"})

    assert list(answer.context["form"].errors) == [field]
    assert not EventSeries.objects.exists()


def test_an_hour_that_does_not_exist_refuses_the_series(client):
    make_event("meeting")
    rule = {**RULE, "first": "2027-03-27T02:30", "frequency": "daily", "confirmed": "yes"}

    answer = client.post(f"{EVENT}repeat/", rule)

    assert answer.context["form"].errors
    assert not EventSeries.objects.exists()


def test_a_taken_room_refuses_the_series_and_says_so(client):
    venue = make_venue()
    room = Room.objects.create(venue=venue, name="Sala 1")
    event, other = make_event("meeting", venue=venue), make_event("other", starts_at=NOW + timedelta(days=21))
    event.sessions.update(room=room)
    session = other.sessions.get()
    RoomBooking.objects.create(
        session=session, room=room, begins_at=session.starts_at, ends_at=session.starts_at + timedelta(days=1)
    )

    page = client.post(f"{EVENT}repeat/", {**RULE, "confirmed": "yes"})

    assert page.context["form"].non_field_errors()
    assert not EventSeries.objects.exists()


def test_thirteen_districts_become_thirteen_drafts(client):
    make_event("meeting")
    for number in range(13):
        District.objects.create(slug=f"dzielnica-{number}", name=f"Dzielnica {number}")
    rows = [f"2027-03-{number + 1:02};17:00;19:00;Dzielnica {number}" for number in range(13)]
    table = "\n".join(["data;od;do;dzielnica", *rows])

    shown = client.post(f"{EVENT}table/", {"name": "Spotkania", "table": table})
    assert "13 drafts would be made" in shown.content.decode()
    assert not EventSeries.objects.exists()
    client.post(f"{EVENT}table/", {"name": "Spotkania", "table": table, "confirmed": "yes"})

    events = EventSeries.objects.get().events.order_by("starts_at")
    assert [event.district.name for event in events if event.district] == [f"Dzielnica {n}" for n in range(13)]


def test_a_bad_row_is_named_by_its_number_and_makes_nothing(client):
    make_event("meeting")
    table = "data;od;do\n2027-03-01;17:00;19:00\nkiedyś;17:00;19:00"

    answer = client.post(f"{EVENT}table/", {"name": "Cykl", "table": table, "confirmed": "yes"})

    assert any(sentence.startswith("Row 3: ") for sentence in answer.context["form"].errors["table"])
    assert "kiedyś;17:00" in answer.content.decode()
    assert not EventSeries.objects.exists()


# Looking at series and changing them


def series_of(count=3, *, status=EventStatus.PUBLISHED):
    series = EventSeries.objects.create(unit=make_unit(), name="Cykl", created_at=NOW)
    slugs = ["meeting", "second", "third"]
    events = [
        make_event(slugs[number], status=status, starts_at=NOW + timedelta(days=14 + 7 * number))
        for number in range(count)
    ]
    Event.objects.filter(pk__in=[event.pk for event in events]).update(series=series)
    return series


def test_a_series_shows_its_events_with_their_states(client):
    series = series_of()
    Event.objects.filter(slug="third").update(status=EventStatus.CANCELLED)

    page = client.get(f"/en/manage/series/{series.pk}/")

    assert [event.slug for event in page.context["events"]] == ["meeting", "second", "third"]
    assert "Cancelled" in page.content.decode()
    assert "3 events" in client.get("/en/manage/series/").content.decode()
    assert f"/manage/series/{series.pk}/" in client.get(EVENT).content.decode()


def test_a_series_of_another_unit_is_not_there(client):
    foreign = EventSeries.objects.create(unit=make_unit("inny"), name="Obcy", created_at=NOW)

    assert client.get(f"/en/manage/series/{foreign.pk}/").status_code == 404
    assert "Obcy" not in client.get("/en/manage/series/").content.decode()


@pytest.mark.parametrize(
    ("scope", "changed"),
    [
        ("", ["second"]),
        ("this", ["second"]),
        ("following", ["second", "third"]),
        ("all", ["meeting", "second", "third"]),
    ],
)
def test_editing_asks_which_events_are_meant(client, scope, changed):
    series_of(status=EventStatus.DRAFT)
    address = "/en/manage/events/second/edit/"
    page = client.get(address)
    assert "What do you mean?" in page.content.decode()

    client.post(address, {**sheet_data(page.context["sheet"], title_pl="Nowy tytuł"), "scope": scope})

    renamed = Event.objects.filter(title__pl="Nowy tytuł").order_by("starts_at")
    assert list(renamed.values_list("slug", flat=True)) == changed


def test_the_preview_says_what_is_carried_over_and_counts_everybody(client):
    series_of()
    for slug in ("meeting", "second"):
        make_registration(Event.objects.get(slug=slug))
    page = client.get(f"{EVENT}edit/")
    later = sheet_data(page.context["sheet"], **{"sessions-0-ends_at": "2027-01-26T13:00"})

    shown = client.post(f"{EVENT}edit/", {**later, "scope": "all"}).content.decode()

    assert "The same is carried over to 2 other events of the series." in shown
    assert "Messages by e-mail: 2, by SMS: 0." in shown
    assert '<input type="hidden" name="scope" value="all">' in shown
    assert {f"{event.ends_at:%H:%M}" for event in Event.objects.all()} == {"11:00"}
    client.post(f"{EVENT}edit/", {**later, "scope": "all", "confirmed": "yes"})
    assert {f"{event.ends_at:%H:%M}" for event in Event.objects.all()} == {"12:00"}


def test_an_event_alone_is_asked_nothing(client):
    make_event("meeting")

    assert "What do you mean?" not in client.get(f"{EVENT}edit/").content.decode()
    assert "What do you mean?" not in client.get(f"{EVENT}cancel/").content.decode()


def test_cancelling_asks_which_events_are_meant(client):
    series_of()
    address = "/en/manage/events/second/cancel/"
    assert "What do you mean?" in client.get(address).content.decode()

    client.post(address, {"reason": "Awaria", "scope": "following"})

    states = dict(Event.objects.values_list("slug", "status"))
    assert states == {
        "meeting": EventStatus.PUBLISHED,
        "second": EventStatus.CANCELLED,
        "third": EventStatus.CANCELLED,
    }


def test_calling_off_more_than_one_event_says_first_how_many_are_told_in_all(client):
    for each in series_of().events.all():
        make_registration(each, email="anna@example.org")
    address, words = "/en/manage/events/second/cancel/", {"reason": "Awaria", "notify": "on", "scope": "following"}

    page = client.post(address, words)
    assert "Messages by e-mail: 2, by SMS: 0." in page.content.decode()
    assert "Cancel these events" in page.content.decode()
    assert not Event.objects.filter(status=EventStatus.CANCELLED).exists()
    client.post(address, {**dict(page.context["carried"]), "confirmed": "yes"})

    assert Event.objects.filter(status=EventStatus.CANCELLED).count() == 2


def test_series_cost_the_same_for_one_and_for_three(client, django_assert_max_num_queries):
    def cost(series):
        total = 0
        for page in ("/en/manage/series/", f"/en/manage/series/{series.pk}/"):
            with django_assert_max_num_queries(20) as queries:
                client.get(page)
            total += len(queries)
        return total

    one = cost(series_of(1))
    Event.objects.all().delete()

    assert cost(series_of(3)) == one


def test_whoever_may_only_look_makes_no_series():
    make_event("meeting")
    client = Client()
    client.force_login(make_user(role=Role.AUDITOR))

    for page in ("repeat/", "table/", "delete/"):
        assert client.get(f"{EVENT}{page}").status_code == 404
        assert client.post(f"{EVENT}{page}", RULE).status_code == 404
    assert client.post(f"{EVENT}template/").status_code == 404
