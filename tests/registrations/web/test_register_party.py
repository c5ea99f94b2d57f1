"""Signing up with others, and applying: rows for people that need no script, and what the page says of it."""

import pytest
import time_machine
from django.test import Client

from events.models import Event, RegistrationPolicy
from registrations.enums import RegistrationState
from registrations.models import Registration
from tests.make import make_notice, make_registration
from tests.make.events import NOW
from tests.registrations.parties import make_group_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]

ANNA = {"first_name": "Anna", "last_name": "Żółć", "email": "anna@example.org"}
FORM = "/en/events/spotkanie/register/"


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event() -> Event:
    make_notice()
    return make_group_event("spotkanie", group_max=3, capacity=3)


def row(number: int, first_name: str = "", last_name: str = "", email: str = "") -> dict[str, str]:
    """What is typed into one row."""
    typed = {"first_name": first_name, "last_name": last_name, "email": email}
    return {f"party_{number}_{column}": value for column, value in typed.items()}


def rows_of(html: str) -> int:
    return html.count("<legend>Person ")


def test_people_who_come_along_are_registered_with_codes_of_their_own(client: Client, event: Event) -> None:
    typed = {**ANNA, "party_rows": "2", **row(0, "Ewa", "Lis", "ewa@example.org"), **row(1, "Jan", "Zając")}

    response = client.post(FORM, typed)

    assert response.status_code == 302
    registration = Registration.objects.get()
    assert (registration.state, registration.seats) == (RegistrationState.CONFIRMED, 3)
    assert list(registration.members.values_list("first_name", "last_name", "email")) == [
        ("Ewa", "Lis", "ewa@example.org"),
        ("Jan", "Zając", ""),
    ]
    assert client.session["sign_up"]["applicant"]["party"] == []


def test_a_row_more_or_less_keeps_everything_that_was_typed_and_finds_nothing_wrong(
    client: Client, event: Event
) -> None:
    typed = {"first_name": "Anna", "needs": ["pjm"], "party_rows": "0"}

    one = client.post(FORM, {**typed, "add_person": "1"}).content.decode()
    two = client.post(FORM, {**typed, "party_rows": "1", **row(0, "Ewa"), "add_person": "1"})
    back = client.post(FORM, {**typed, "party_rows": "2", **row(0, "Ewa"), **row(1, "Jan"), "remove_person": "0"})

    html = two.content.decode()
    assert [rows_of(page) for page in (one, html, back.content.decode())] == [1, 2, 1]
    assert two.status_code == 200
    assert 'value="Ewa"' in html
    assert 'value="Anna"' in html
    assert html.count("checked") == 1
    assert "wrong" not in html.split("<form", 1)[1]
    # The cursor waits in the new row.
    assert html.count("autofocus") == 1
    assert 'name="party_1_first_name"' in html.split("autofocus")[0].rsplit("<input", 1)[1]
    assert "Add one more person" not in html
    assert 'value="Jan"' in back.content.decode()
    assert 'value="Ewa"' not in back.content.decode()
    assert not Registration.objects.exists()


def test_a_button_that_means_no_row_does_nothing(client: Client, event: Event) -> None:
    for said in ({"remove_person": "7"}, {"remove_person": "x"}, {"add_person": "1"}):
        html = client.post(FORM, {**ANNA, "party_rows": "2", **row(0, "Ewa"), **said}).content.decode()
        assert rows_of(html) == 2


def test_enter_registers_and_never_removes_anybody(client: Client, event: Event) -> None:
    html = client.post(FORM, {"party_rows": "1", "add_person": "1"}).content.decode()

    first = html.split('<form method="post" novalidate>')[1].split("<button", 1)[1].split(">", 1)[0]

    assert first == ' type="submit" hidden'


def test_rows_left_empty_bring_nobody(client: Client, event: Event) -> None:
    client.post(FORM, {**ANNA, "party_rows": "2", **row(0), **row(1, "Jan", "Zając")})

    assert list(Registration.objects.get().members.values_list("first_name", flat=True)) == ["Jan"]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (row(1, "Jan"), "party_1_last_name", "Give the last name, or leave the whole row empty."),
        (row(1, "", "Zając"), "party_1_first_name", "Give the first name, or leave the whole row empty."),
        (row(1, "Jan", "Zając", "jan"), "party_1_email", "It should read like name@example.org."),
        (row(1, "", "", "jan"), "party_1_email", "It should read like name@example.org."),
        (row(1, "Jan", "x" * 101), "party_1_last_name", "at most 100 characters"),
        # Only the action sees these; the empty row before does not confuse it.
        (row(1, "Jan", "www.example.org/a"), "party_1_last_name", "Links are not allowed here."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_on_top(
    client: Client, event: Event, typed: dict[str, str], field: str, sentence: str
) -> None:
    response = client.post(FORM, {**ANNA, "party_rows": "2", **row(0), **typed})

    html = response.content.decode()
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in html
    assert f'<a href="#id_{field}">Person 3: ' in html
    assert html.count(sentence) == 2
    assert not Registration.objects.exists()


def test_nobody_is_dropped_when_fewer_may_come_than_before(client: Client, event: Event) -> None:
    RegistrationPolicy.objects.update(group_max=1)

    response = client.post(FORM, {**ANNA, "party_rows": "1", **row(0, "Ewa", "Lis")})

    html = response.content.decode()
    assert response.status_code == 400
    assert "Only one person can be registered at once." in html
    assert 'value="Ewa"' in html
    assert not Registration.objects.exists()


@pytest.mark.parametrize("rows", ["", "-1", "51", "x", "²", "9" * 5000])
def test_a_number_of_rows_that_no_page_sends_is_none(client: Client, event: Event, rows: str) -> None:
    assert client.post(FORM, {**ANNA, "party_rows": rows}).status_code == 302


def test_the_rule_for_groups_is_said_and_who_may_bring_nobody_is_not_asked(client: Client, event: Event) -> None:
    group = client.get(FORM).content.decode()
    RegistrationPolicy.objects.update(group_max=1)
    alone = client.get(FORM).content.decode()

    assert "You can register up to 3 people at once, yourself included." in group
    assert "You all get seats together, or you all wait together." in group
    assert "add_person" in group
    assert "party_rows" not in alone
    assert "add_person" not in alone


def test_too_few_seats_for_all_let_all_wait(client: Client, event: Event) -> None:
    make_registration(event, seats=2)

    shown = client.post(FORM, {**ANNA, "party_rows": "1", **row(0, "Ewa", "Lis")}, follow=True).content.decode()

    assert "You are on the reserve list" in shown
    waiting = Registration.objects.latest("id")
    assert (waiting.state, waiting.seats) == (RegistrationState.WAITLISTED, 2)


def test_who_corrects_an_address_that_was_somebody_elses_brings_the_same_people(client: Client) -> None:
    event = make_group_event("spotkanie", confirm_email=True)
    make_registration(event, email="anna@example.org")
    client.post(FORM, {**ANNA, "party_rows": "1", **row(0, "Ewa", "Lis")})

    client.post("/en/events/spotkanie/register/correct/", {"email": "iga@example.org"})

    registration = Registration.objects.get(participant__email="iga@example.org")
    assert list(registration.members.values_list("first_name", flat=True)) == ["Ewa"]


@pytest.mark.parametrize(
    ("policy", "words"),
    [("strict", "are given out in strict order"), ("first_fit", "a smaller group may pass a larger one")],
)
def test_who_is_next_is_said_where_one_may_wait(client: Client, policy: str, words: str) -> None:
    event = make_group_event("spotkanie", capacity=1, waitlist_policy=policy)
    before = client.get("/en/events/spotkanie/").content.decode()
    make_registration(event)

    pages = [client.get(address).content.decode() for address in ("/en/events/spotkanie/", FORM)]

    assert words not in before
    assert all(words in page for page in pages)


@pytest.mark.parametrize("confirm_email", [True, False])
def test_an_application_is_called_one(client: Client, confirm_email: bool) -> None:
    make_group_event("spotkanie", approval=True, confirm_email=confirm_email)

    pages = [client.get(address).content.decode() for address in ("/en/events/spotkanie/", FORM)]
    sent = client.post(FORM, ANNA, follow=True).content.decode()

    assert all("Apply to take part" in page for page in pages)
    assert "The organiser decides who takes part" in pages[0]
    assert "Send the application" in pages[1]
    assert "This is an application." in pages[1]
    assert "Your seat is held" not in pages[1]
    assert "We have your application" in sent
    assert ("confirm your address now" in sent) == confirm_email
    assert Registration.objects.get().state == RegistrationState.AWAITING_APPROVAL


def test_an_application_to_a_full_event_says_that_one_would_wait(client: Client) -> None:
    make_registration(make_group_event("spotkanie", approval=True, capacity=1))

    html = client.get(FORM).content.decode()

    assert "If your application is accepted, you join the reserve list" in html
    assert "Apply to take part" in html
