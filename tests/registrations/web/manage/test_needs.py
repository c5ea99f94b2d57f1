"""The page of what people need: for those who arrange it, with numbers instead of names."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.enums import EventStatus, Role
from events.models import AccessLog
from registrations.enums import NeedState
from registrations.models import AccommodationRequest
from tests.make import Program, make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

PAGE = "/en/manage/events/meeting/needs/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user("koordynator@example.org", role=Role.ACCESSIBILITY))
    return client


def accesses():
    rows = AccessLog.objects.order_by("id")
    return list(rows.values_list("user__email", "kind", "event_slug", "about", "people"))


def test_needs_are_listed_by_number_and_nobody_is_named(client):
    event = make_event("meeting")
    registration = make_registration(event, last_name="Kowalska", email="anna@example.org")
    registration.needs.create(kind="wheelchair", note="Szerokie drzwi", created_at=NOW)

    response = client.get(PAGE)

    page = response.content.decode()
    for shown in ("Place for a wheelchair", "Szerokie drzwi", "Asked for", registration.reference):
        assert shown in page
    assert "Kowalska" not in page
    assert "anna@example.org" not in page
    assert "no-store" in response["Cache-Control"]


def test_an_event_at_which_nobody_needs_anything_says_so(client):
    make_event("meeting")

    assert "Nobody has asked for anything yet. People can do so" in client.get(PAGE).content.decode()


def test_three_needs_take_no_more_statements_than_one(client):
    event = make_event("meeting")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    make_registration(event).needs.create(kind="pjm", created_at=NOW)
    statements()
    one = statements()
    for kind in ("sjm", "skogn"):
        make_registration(event).needs.create(kind=kind, created_at=NOW)

    assert statements() == one


def test_needs_are_counted_by_state_and_late_ones_say_so(client):
    registration = make_registration(make_event("meeting"))
    registration.needs.create(kind="pjm", is_late=True, created_at=NOW)
    registration.needs.create(kind="sjm", state=NeedState.ARRANGED, created_at=NOW)
    registration.needs.create(kind="large_print", state=NeedState.ARRANGED, created_at=NOW)

    everything = client.get(PAGE).content.decode()
    arranged = client.get(f"{PAGE}?state=arranged").content.decode()
    nothing = client.get(f"{PAGE}?state=fulfilled").content.decode()

    for words in ("All (3)", "Asked for (1)", "Arranged (2)", "Late", "Can be promised until 21 January 2027"):
        assert words in everything
    assert "Large print" in arranged
    assert "Polish Sign Language" not in arranged
    assert "No need stands there any more." in nothing
    assert "All (3)" in client.get(f"{PAGE}?state=unknown").content.decode()


# One need


@pytest.fixture
def need():
    registration = make_registration(make_event("meeting"), last_name="Kowalska", email="anna@example.org")
    return registration.needs.create(kind="pjm", note="Dwie osoby", created_at=NOW)


def address(need):
    return f"{PAGE}{need.pk}/"


def stands(need):
    return AccommodationRequest.objects.values_list("state", "reason", "alternative").get(pk=need.pk)


def test_a_button_of_the_list_answers(client, need):
    page = client.get(PAGE).content.decode()
    response = client.post(address(need), {"state": "arranged"}, follow=True)

    assert f'action="{address(need)}"' in page
    assert response.redirect_chain == [(PAGE, 302)]
    assert "Saved. The person will be told." in response.content.decode()
    assert stands(need) == ("arranged", "", "")


def test_that_something_was_provided_is_told_to_nobody(client, need):
    client.post(address(need), {"state": "arranged"}, follow=True)

    page = client.post(address(need), {"state": "fulfilled"}, follow=True).content.decode()

    assert "Saved." in page
    assert "will be told" not in page


def test_what_is_not_possible_needs_a_reason_and_an_alternative(client, need):
    response = client.post(address(need), {"state": "not_possible", "reason": "Brak tłumaczy"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "Say what you offer instead" in page
    assert "Brak tłumaczy" in page
    assert "<title>Error:" in page
    assert stands(need) == ("requested", "", "")

    client.post(address(need), {"state": "not_possible", "reason": "Brak tłumaczy", "alternative": "Napisy"})

    page = client.get(address(need)).content.decode()
    assert stands(need) == ("not_possible", "Brak tłumaczy", "Napisy")
    assert "What is offered instead" in page
    # Nothing is left to say of it.
    assert "Save the answer" not in page


def test_an_answer_has_to_be_chosen(client, need):
    assert "Choose an answer." in client.post(address(need), {"reason": "Brak"}).content.decode()


def test_who_was_slower_is_told_and_nothing_moves(client, need):
    AccommodationRequest.objects.update(state=NeedState.WITHDRAWN)

    page = client.post(address(need), {"state": "arranged"}, follow=True).content.decode()

    assert "This cannot be said of the need any more." in page
    assert stands(need)[0] == "withdrawn"


def test_the_page_of_a_need_tells_its_history_and_no_name(client, need):
    client.post(address(need), {"state": "acknowledged", "reason": "Szukamy tłumacza"})

    page = client.get(address(need)).content.decode()

    for words in (
        "Dwie osoby",
        "Szukamy tłumacza",
        "koordynator@example.org",
        need.registration.reference,
        "21 January",
    ):
        assert words in page
    assert "Kowalska" not in page
    assert "anna@example.org" not in page


def test_every_look_at_needs_is_written_down_once(client, need):
    reference = need.registration.reference

    client.get(PAGE)
    client.get(address(need))
    client.post(address(need), {"state": "not_possible"})
    client.post(address(need), {"state": "arranged"})

    mine = ("koordynator@example.org", "needs", "meeting")
    assert accesses() == [(*mine, "", 1), (*mine, reference, 1), (*mine, reference, 1)]


def test_who_may_not_see_needs_leaves_no_row(need):
    for role in (Role.EDITOR, Role.HEAD, Role.AUDITOR, Role.DOOR):
        stranger = Client()
        stranger.force_login(make_user(role=role))
        assert {stranger.get(PAGE).status_code, stranger.get(address(need)).status_code} == {404}
    assert accesses() == []


# Closing the event


@pytest.mark.parametrize(("role", "sees_link"), [(Role.OWNER, True), (Role.EDITOR, False)])
def test_an_event_with_an_open_need_is_not_closed_and_the_page_says_where_to_go(role, sees_link):
    event = make_event("meeting", status=EventStatus.HELD)
    make_registration(event).needs.create(kind="pjm", created_at=NOW)
    user = make_user(role=role)
    client = Client()
    client.force_login(user)

    page = client.post("/en/manage/events/meeting/close/", {}).content.decode()

    assert "1 need is still open. Say first what became of it." in page
    assert (f'<a href="{PAGE}">See the needs</a>' in page) is sees_link
    assert ("Whoever coordinates accessibility in your unit" in page) is not sees_link
    refusal = Program(user).post("/api/v1/manage/events/meeting/close/", {})
    assert (refusal.status_code, refusal.json()["code"], refusal.json()["count"]) == (409, "needs_open", 1)
    event.refresh_from_db()
    assert event.status == EventStatus.HELD
