"""Staff pages for people who called or wrote, and for applications."""

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.enums import AgeRule, QuestionKind, Role
from events.models import Event
from registrations.enums import RegistrationState
from registrations.models import AccommodationRequest, PartyMember, Registration, RegistrationChange
from tests.make import make_event, make_notice, make_question, make_registration, make_user
from tests.make.events import NOW
from tests.make.registrations import party_rows

pytestmark = pytest.mark.django_db

LIST = "/en/manage/events/meeting/registrations/"
CALLER = {"source": "phone", "first_name": "Ewa", "last_name": "Lis", "language": "pl"}
S = RegistrationState


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def owner():
    return make_user("ola@example.org")


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner)
    return client


def test_somebody_on_the_phone_is_registered_with_the_notice_they_are_told(client, owner):
    notice = make_notice(version=3)
    event = make_event("meeting", categories=[("business", 5), ("ngo", 5)], sessions=2)
    event.policy.group_max = 4
    event.policy.save()
    Event.objects.update(age_rule=AgeRule.ADULTS_ONLY)
    question = make_question(event, QuestionKind.YES_NO)
    session = event.sessions.first()
    assert session is not None

    page = client.get(f"{LIST}new/").content.decode()
    assert "Version 3 of the information notice" in page
    done = client.post(
        f"{LIST}new/",
        {
            **CALLER,
            "category": "ngo",
            "sessions": [session.pk],
            **party_rows(("Jan Maria", "Lis", "jan@example.org"), ("", "", ""), ("Ola", "Wilk", "")),
            f"answer_{question.pk}": "yes",
            "needs": ["pjm"],
            "needs_note": "",
            "age_statement": "on",
            "phone": "600100200",
            "note": "Dzwoniła rano",
        },
    )

    made = Registration.objects.select_related("participant", "category").get()
    assert done["Location"] == f"{LIST}{made.reference}/"
    assert (made.state, made.source, made.notice, made.seats) == (S.CONFIRMED, "phone", notice, 3)
    assert made.category is not None
    assert (made.category.code, list(made.sessions.all()), made.age_statement) == ("ngo", [session], True)
    members = PartyMember.objects.order_by("id").values_list("first_name", "last_name", "email")
    assert list(members) == [("Jan Maria", "Lis", "jan@example.org"), ("Ola", "Wilk", "")]
    assert (made.answers.get().value, AccommodationRequest.objects.get().kind) == (True, "pjm")
    change = RegistrationChange.objects.get()
    assert (change.by, change.reason) == (owner, "Dzwoniła rano")


def test_whoever_is_registered_already_is_named_with_the_way_there(client):
    event = make_event("meeting")
    own = make_registration(event, email="ewa@example.org")

    page = client.post(f"{LIST}new/", {**CALLER, "email": "ewa@example.org"}).content.decode()

    assert "This person is registered already." in page
    assert f'<a href="{LIST}{own.reference}/">{own.reference}</a>' in page
    assert Registration.objects.count() == 1


def test_what_is_wrong_with_the_party_is_said_of_the_person(client):
    event = make_event("meeting")
    event.policy.group_max = 3
    event.policy.save()

    party = party_rows(("Jan", "Lis", ""), ("Cher", "", "nowhere"))
    page = client.post(f"{LIST}new/", CALLER | party).context["form"]

    assert list(page.errors) == ["party_1_email", "party_1_last_name"]
    assert not Registration.objects.exists()


def test_a_full_meeting_says_so_on_top(client):
    event = make_event("meeting", capacity=1)
    event.policy.waitlist = False
    event.policy.save()
    make_registration(event)

    page = client.post(f"{LIST}new/", CALLER).content.decode()

    assert "There are no seats left." in page
    assert "There is no information notice yet." in page


def test_details_are_put_right_and_only_what_is_different_is_written(client, owner):
    event = make_event("meeting")
    question = make_question(event)
    registration = make_registration(event, email="anna@example.org", phone="+48600100200")
    registration.answers.create(question=question, value="Zupa")
    address = f"{LIST}{registration.reference}/edit/"
    standing = {
        "first_name": "Anna",
        "last_name": "Nowak",
        "email": "anna@example.org",
        "phone": "+48600100200",
        "organisation": "",
        "language": "pl",
        f"answer_{question.pk}": "Zupa",
    }
    token = registration.manage_token

    assert "Zupa" in client.get(address).content.decode()
    same = client.post(address, standing)
    assert (same.status_code, RegistrationChange.objects.count()) == (302, 0)
    changed = client.post(address, {**standing, "last_name": "Lis", "phone": "", "email": "anna@example.com"})

    registration = Registration.objects.select_related("participant").get()
    person = registration.participant
    assert changed["Location"] == f"{LIST}{registration.reference}/"
    assert (person.last_name, str(person.phone), person.email) == ("Lis", "", "anna@example.com")
    assert registration.manage_token != token
    rows = RegistrationChange.objects.order_by("id").values_list("cause", "by")
    assert list(rows) == [("address_corrected", owner.pk), ("edited", owner.pk)]


def test_an_edit_that_does_not_fit_stays_on_the_page(client):
    event = make_event("meeting")
    registration = make_registration(event, email="anna@example.org")
    other = make_registration(event, email="ewa@example.org")
    gone = make_registration(event, state=S.CANCELLED_BY_PARTICIPANT)
    said = {"first_name": "Joanna", "last_name": "Nowak", "language": "pl", "email": "anna@example.org"}

    pages = [
        client.post(f"{LIST}{registration.reference}/edit/", {**said, "email": "ewa@example.org"}),
        client.post(f"{LIST}{registration.reference}/edit/", {**said, "email": ""}),
        client.post(f"{LIST}{registration.reference}/edit/", {**said, "first_name": "7"}),
        client.post(f"{LIST}{gone.reference}/edit/", said),
    ]

    for page, sentence in zip(
        pages,
        (
            f"{other.reference}</a>",
            "Enter a valid e-mail address.",
            "A name has at least one letter.",
            "This registration is no longer active.",
        ),
        strict=True,
    ):
        assert sentence in page.content.decode()
    assert not RegistrationChange.objects.exists()


def test_a_seat_is_given_and_forced_only_by_those_who_may(client):
    event = make_event("meeting", capacity=1)
    make_registration(event)
    waiting = make_registration(event, state=S.WAITLISTED)
    address = f"{LIST}{waiting.reference}/promote/"
    editor = Client()
    editor.force_login(make_user("edyta@example.org", role=Role.EDITOR))

    assert 'name="force"' not in editor.get(address).content.decode()
    refused = editor.post(address, {"reason": "Prelegent", "force": "on"}).content.decode()
    page = client.get(address).content.decode()
    done = client.post(address, {"reason": "Prelegent", "force": "on"})

    assert "There are no seats left." in refused
    assert ('name="force"' in page, "Seats taken: 1 / 1." in page, "Now it is number 1 in the queue." in page) == (
        True, True, True,
    )  # fmt: skip
    waiting.refresh_from_db()
    assert (done.status_code, waiting.state, event.pools.get().overbooked) == (302, S.CONFIRMED, 1)


def test_applications_are_decided_one_after_the_other(client):
    event = make_event("meeting", capacity=5)
    event.policy.approval = True
    event.policy.save()
    yes, no = (make_registration(event, state=S.AWAITING_APPROVAL) for _person in range(2))
    queue = f"{LIST}?state=awaiting_approval"

    page = client.get(queue).content.decode()
    assert f"{LIST}{yes.reference}/approve/" in page
    accepted = client.post(f"{LIST}{yes.reference}/approve/", {"to_list": "yes"})
    form = client.get(f"{LIST}{no.reference}/reject/?to_list=yes").content.decode()
    silent = client.post(f"{LIST}{no.reference}/reject/", {"reason": ""})
    rejected = client.post(f"{LIST}{no.reference}/reject/", {"reason": "Poza Lublinem", "to_list": "yes"})

    assert (accepted["Location"], rejected["Location"], silent.status_code) == (queue, queue, 200)
    assert 'name="to_list"' in form
    states = dict(Registration.objects.values_list("pk", "state"))
    assert states == {yes.pk: S.CONFIRMED, no.pk: S.REJECTED}
    again = client.post(f"{LIST}{no.reference}/approve/", follow=True)
    assert "This registration is no longer active." in again.content.decode()


def test_each_registration_has_the_buttons_of_its_state(client):
    event = make_event("meeting")
    buttons = ("/edit/", "/promote/", "/cancel/", "/approve/", "/reject/")

    def shown(state: RegistrationState) -> list[str]:
        registration = make_registration(event, state=state)
        page = client.get(f"{LIST}{registration.reference}/").content.decode()
        return [button for button in buttons if f"{registration.reference}{button}" in page]

    assert {state: shown(state) for state in (S.CONFIRMED, S.WAITLISTED, S.AWAITING_APPROVAL, S.REJECTED)} == {
        S.CONFIRMED: ["/edit/", "/cancel/"],
        S.WAITLISTED: ["/edit/", "/promote/", "/cancel/"],
        S.AWAITING_APPROVAL: ["/edit/", "/approve/", "/reject/"],
        S.REJECTED: [],
    }
