"""Staff pages of registrations: found, read with their history, cancelled."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.enums import AccessKind, QuestionKind, Role
from events.models import AccessLog
from registrations.actions.moves import cancel_registration
from registrations.actions.parties import cancel_contact, cancel_member
from registrations.enums import Attendance, RegistrationState
from registrations.models import Registration, RegistrationChange
from tests.make import make_event, make_member, make_question, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

LIST = "/en/manage/events/meeting/registrations/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def event():
    return make_event("meeting", capacity=1)


@pytest.fixture
def owner():
    return make_user("ola@example.org")


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner)
    return client


def names(client, query=""):
    return [row.participant.last_name for row in client.get(LIST + query).context["page"].object_list]


def test_the_list_is_searched_without_diacritics_and_filtered_by_state(client, event):
    make_registration(event, last_name="Zolc")
    make_registration(event, last_name="Kowalski", state=RegistrationState.WAITLISTED)

    assert names(client) == ["Zolc", "Kowalski"]
    assert names(client, "?q=ŻÓŁĆ") == ["Zolc"]
    assert names(client, "?state=waitlisted") == ["Kowalski"]
    assert names(client, "?state=nonsense") == ["Zolc", "Kowalski"]
    assert "number 1 in the queue" in client.get(LIST).content.decode()


def test_organisers_read_answers_and_never_needs(client, event):
    food = make_question(event, QuestionKind.CHOICE, choices=["soup"])
    registration = make_registration(event)
    registration.answers.create(question=food, value="soup")
    registration.needs.create(kind="wheelchair", note="Szerokie drzwi", created_at=NOW)
    Registration.objects.update(age_statement=True)

    page = client.get(f"{LIST}{registration.reference}/").content.decode()

    assert "Soup" in page
    assert "Statement of age" in page
    assert "Szerokie" not in page
    assert "wheelchair" not in page


def test_a_list_that_is_empty_says_what_to_do(client, event):
    assert "Nobody has registered yet." in client.get(LIST).content.decode()
    assert "Nobody fits what you are looking for." in client.get(f"{LIST}?q=xyz").content.decode()


def test_one_registration_shows_its_person_and_its_history(client, event, owner):
    person = make_registration(
        event, first_name="Anna", last_name="Nowak", email="anna@example.org", phone="+48600100200"
    )
    cancel_registration(person, by=owner, reason="Poproszono telefonicznie", at=NOW)

    page = client.get(f"{LIST}{person.reference}/").content.decode()

    for shown in (
        "Anna Nowak",
        "anna@example.org",
        "Poproszono telefonicznie",
        "ola@example.org",
        "Cancelled by the organiser",
    ):
        assert shown in page
    assert person.manage_token not in page
    assert "Cancel this registration" not in page


def test_history_says_in_words_who_did_what_to_whom(client, owner):
    person = make_registration(make_event("meeting"), seats=2)
    jan = make_member(person, first_name="Jan", last_name="Lis")
    for cause, member, by in [
        ("signed_up", None, None),
        ("asked_again", None, None),
        ("offer_lapsed", None, None),
        ("member_cancelled", jan, None),
        ("edited", None, owner),
    ]:
        person.changes.create(cause=cause, to_state="confirmed", member=member, by=by, at=NOW)

    page = client.get(f"{LIST}{person.reference}/")

    assert [(line.what, line.whom, str(line.who)) for line in page.context["history"]] == [
        ("Signed up", "", "the person"),
        ("Tried to register again", "", "somebody with this address"),
        ("The offer ran out", "", "the service itself"),
        ("Somebody of the group does not come", "Jan Lis", "the person"),
        ("Details changed", "", "ola@example.org"),
    ]
    assert jan.ticket_code in page.content.decode()
    assert "only looks after the others" not in page.content.decode()


def test_whoever_only_looks_after_others_is_shown_so(client, event):
    person = make_registration(event)
    make_member(person)
    Registration.objects.filter(pk=person.pk).update(contact_comes=False)

    page = client.get(f"{LIST}{person.reference}/").content.decode()

    assert "Anna Nowak only looks after the others and does not come." in page


def test_the_list_is_narrowed_and_taken_away_as_it_is_shown(client):
    event = make_event("meeting", categories=[("business", 5), ("ngo", 5)], sessions=2)
    first, _second = event.sessions.all()
    make_registration(event, last_name="Lis", category="business", sessions=[first])
    make_registration(event, last_name="Wilk", category="ngo")
    query = f"?category=business&session={first.pk}&source=web&attendance=not_recorded"

    page = client.get(f"{LIST}{query}")
    file = client.get(f"{LIST}export.csv{query}").getvalue().decode()

    assert names(client, query) == ["Lis"]
    assert "registrations/export.csv?category=business" in page.content.decode()
    assert ("Lis" in file, "Wilk" in file) == (True, False)
    assert names(client, "?session=999") == ["Lis", "Wilk"]


def test_looking_is_logged_and_a_head_is_shown_no_file(client, event, owner):
    person = make_registration(event)
    head = Client()
    head.force_login(make_user("head@example.org", role=Role.HEAD))

    client.get(f"{LIST}{person.reference}/")
    page = head.get(LIST).content.decode()

    assert ("export.csv" in page, "export.csv" in client.get(LIST).content.decode()) == (False, True)
    rows = AccessLog.objects.order_by("id").values_list("user__email", "kind", "about", "people")
    assert list(rows)[:2] == [
        ("ola@example.org", AccessKind.REGISTRATION, person.reference, 1),
        ("head@example.org", AccessKind.REGISTRATIONS, "", 1),
    ]


@pytest.mark.parametrize(
    ("page", "state"),
    [
        ("edit/", RegistrationState.CONFIRMED),
        ("cancel/", RegistrationState.CONFIRMED),
        ("promote/", RegistrationState.WAITLISTED),
        ("reject/", RegistrationState.AWAITING_APPROVAL),
    ],
)
def test_each_page_that_shows_somebody_is_one_look(client, event, page, state):
    person = make_registration(event, state=state)
    address = f"{LIST}{person.reference}/{page}"

    shown = [client.get(address), client.post(address, {})]

    assert [answer.status_code for answer in shown] == [200, 200]
    rows = AccessLog.objects.order_by("id").values_list("kind", "about", "people")
    assert list(rows) == [(AccessKind.REGISTRATION, person.reference, 1)] * 2


def test_a_registration_of_another_event_is_404(client, event):
    other = make_registration(make_event())

    assert client.get(f"{LIST}{other.reference}/").status_code == 404
    assert client.post(f"{LIST}{other.reference}/cancel/", {"reason": "x"}).status_code == 404


def test_cancelling_needs_a_reason_and_moves_the_next_one_up(client, event, owner):
    person = make_registration(event)
    waiting = make_registration(event, state=RegistrationState.WAITLISTED)
    address = f"{LIST}{person.reference}/cancel/"

    refused = client.post(address, {"reason": ""})
    person.refresh_from_db()
    assert (refused.status_code, person.state) == (200, RegistrationState.CONFIRMED)
    response = client.post(address, {"reason": "Na prośbę"})

    person.refresh_from_db()
    waiting.refresh_from_db()
    assert response["Location"] == f"{LIST}{person.reference}/"
    assert (person.state, waiting.state) == (RegistrationState.CANCELLED_BY_ORGANIZER, RegistrationState.CONFIRMED)
    change = RegistrationChange.objects.filter(registration=person).latest("id")
    assert (change.by, change.reason) == (owner, "Na prośbę")


def test_lists_ask_the_same_number_of_queries_for_one_and_for_three(client, event):
    person = make_registration(event, category=None)

    def counts():
        found = []
        for page in (LIST, f"{LIST}{person.reference}/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        return found

    counts()
    before = counts()
    for category in ("business", "media"):
        make_registration(event, state=RegistrationState.WAITLISTED, category=category)
        RegistrationChange.objects.create(registration=person, cause="edited", to_state="confirmed", at=NOW)

    assert counts() == before


@pytest.mark.parametrize(("prefix", "word"), [("", "Na miejscu"), ("/uk", "На місці")])
def test_who_came_is_said_in_a_word_of_its_own(client, event, prefix, word):
    person = make_registration(event)
    Registration.objects.filter(pk=person.pk).update(attendance=Attendance.PRESENT)

    page = client.get(f"{prefix}/manage/events/meeting/registrations/").content.decode()

    assert f">{word}</td>" in page


def test_everybody_who_comes_along_is_shown_with_where_they_stand(client):
    event = make_group_event("meeting")
    party, (ewa, jan) = party_of(event, EWA, JAN)
    cancel_member(jan, by=None, at=NOW)
    cancel_contact(party, by=None, at=NOW)

    html = client.get(f"/en/manage/events/meeting/registrations/{party.reference}/").content.decode()

    assert "Anna Nowak only looks after the others and does not come." in html
    assert ewa.ticket_code in html
    assert "Jan Zając" in html
    assert jan.get_state_display() not in html.split("Jan Zając")[1].split("</tr>")[0]
