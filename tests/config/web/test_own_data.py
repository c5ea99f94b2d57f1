"""A person's copy of their data: everything that is stored, to read and as a file, and no key in it."""

import json

import pytest
import time_machine
from django.test import Client

from notifications.enums import MessageState
from notifications.models import Message
from notifications.rendering.secret_links import manage_link_mark
from registrations.actions.addresses import my_registrations_link
from registrations.actions.consents import give_consents
from registrations.enums import ChangeCause, CheckInSource, ConsentPurpose, NeedKind, NeedState
from registrations.models import (
    AccommodationRequest,
    Answer,
    CheckIn,
    Consent,
    NeedChange,
    Participant,
    Registration,
    RegistrationChange,
)
from tests.make import (
    make_event,
    make_invitation,
    make_member,
    make_notice,
    make_question,
    make_registration,
    make_user,
)
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]

EMAIL = "anna@example.org"


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def make_full(event=None):
    event = event or make_event(categories=[("business", None)], sessions=2)
    chosen = event.sessions.first()
    registration = make_registration(
        event, email=EMAIL, phone="+48600100200", category="business", sessions=[chosen], seats=2, language="en"
    )
    invitation = make_invitation(event, note="Zaproszona z radą dzielnicy")
    Registration.objects.filter(pk=registration.pk).update(
        invitation=invitation, notice=make_notice(), age_statement=True, attendance_intent="asked"
    )
    Participant.objects.filter(pk=registration.pk).update(organisation="Klub Sąsiedzki")
    member = make_member(registration, first_name="Gniewomir", email="gniewomir@example.org")
    Answer.objects.create(registration=registration, question=make_question(event), value="Zupa dyniowa")
    need = AccommodationRequest.objects.create(
        registration=registration,
        kind=NeedKind.PJM,
        note="Siedzę z przodu",
        state=NeedState.NOT_POSSIBLE,
        reason="Brak tłumacza",
        alternative="Napisy na żywo",
        created_at=NOW,
    )
    NeedChange.objects.create(need=need, to_state=NeedState.NOT_POSSIBLE, at=NOW, reason="Odmowa agencji")
    RegistrationChange.objects.create(
        registration=registration,
        cause=ChangeCause.SIGNED_UP,
        to_state="confirmed",
        at=NOW,
        by=make_user(),
        reason="Dzwoniła",
    )
    RegistrationChange.objects.create(
        registration=registration,
        cause=ChangeCause.MEMBER_CANCELLED,
        to_state="confirmed",
        at=NOW,
        by=make_user(),
        reason="Zgodnie z rozmową",
    )
    for nonce, who in (("1", None), ("2", member)):
        CheckIn.objects.create(
            registration=registration,
            member=who,
            source=CheckInSource.LIST,
            nonce=f"{registration.pk}:{nonce}",
            at=NOW,
            reason="Bez kodu",
        )
    give_consents(registration, [ConsentPurpose.NEWS], source="web", language="en", at=NOW)
    message = make_message(registration)
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.SENT,
        to=EMAIL,
        subject="Do zobaczenia",
        body=f"Tekst listu {manage_link_mark(registration.pk)}",
        sent_at=NOW,
    )
    to_member = make_message(registration, "waitlisted")
    Message.objects.filter(pk=to_member.pk).update(member=member, body="Tylko dla Gniewomira")
    return Registration.objects.get(pk=registration.pk)


def mailbox_key():
    my_registrations_link(EMAIL, at=NOW)
    change = RegistrationChange.objects.filter(cause=ChangeCause.OVERVIEW_REQUESTED).latest("id")
    return change.mine_token


# All that is about the person, as it is stored.
STORED = (
    "Anna",
    "Nowak",
    EMAIL,
    "+48600100200",
    "Klub Sąsiedzki",
    "Gniewomir",
    "gniewomir@example.org",
    "Zaproszona z radą dzielnicy",
    "Zupa dyniowa",
    "Siedzę z przodu",
    "Brak tłumacza",
    "Napisy na żywo",
    "Odmowa agencji",
    "Zgodnie z rozmową",
    "Bez kodu",
    "I want e-mails about similar meetings.",
    "Do zobaczenia",
    "Tekst listu [personal link]",
)
IN_WORDS = (
    "Co zjesz? (en)",
    "The organiser registered you.",
    "Polish Sign Language (PJM)",
    "You have a seat",
    "Notice",
)


@pytest.mark.parametrize("whose", ["registration", "mailbox"])
def test_everything_stands_on_the_page_in_the_person_s_words(whose):
    registration = make_full()
    key = f"r/{registration.manage_token}" if whose == "registration" else f"my/{mailbox_key()}"

    response = Client().get(f"/en/{key}/export/")

    html = response.content.decode()
    main = html.split("<main", 1)[1]
    assert [text for text in (*STORED, *IN_WORDS) if text not in main] == []
    assert "{{" not in main
    assert "Tylko dla Gniewomira" not in main
    # Its form says that colleagues read it.
    assert "Dzwoniła" not in main
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("whose", ["registration", "api", "mailbox"])
def test_everything_is_in_the_file(whose):
    registration = make_full()
    addresses = {
        "registration": f"/en/r/{registration.manage_token}/export.json",
        "api": f"/api/v1/registrations/{registration.manage_token}/export/",
        "mailbox": f"/en/my/{mailbox_key()}/export.json",
    }

    response = Client(HTTP_ACCEPT_LANGUAGE="en").get(addresses[whose])

    body = json.loads(response.content)
    text = json.dumps(body, ensure_ascii=False)
    assert [part for part in STORED if part not in text] == []
    assert registration.manage_token not in text
    assert "Tylko dla Gniewomira" not in text
    assert "Dzwoniła" not in text
    one = body["registrations"][0] if whose == "mailbox" else body
    assert one["registration"]["reference"] == registration.reference
    assert one["registration"]["category"] == "business"
    assert one["participant"]["phone"] == "+48600100200"
    assert [session["id"] for session in one["sessions"]] == [session.pk for session in registration.sessions.all()]
    assert one["answers"] == [
        {
            "question": {"pl": "Co zjesz?", "en": "Co zjesz? (en)"},
            "purpose": {"pl": "Zamawiamy jedzenie.", "en": "We order food."},
            "value": "Zupa dyniowa",
            "kept_for_days_after_the_event": 30,
        }
    ]
    assert [row["of"] for row in one["check_ins"]] == [None, "Gniewomir Nowak"]
    assert one["consents"][0]["text_version"] == 1
    assert one["notice"]["version"] == 1
    assert one["messages"][0]["sent_at"] == "2027-01-12T10:00:00+01:00"
    if whose != "api":
        assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'


def test_what_is_not_there_is_null_or_empty():
    registration = make_registration(make_event())

    body = Client().get(f"/api/v1/registrations/{registration.manage_token}/export/").json()

    parts = ("party", "sessions", "answers", "needs", "consents", "check_ins", "history", "messages")
    assert {name: body[name] for name in parts} == {name: [] for name in parts}
    assert (body["notice"], body["invitation"], body["registration"]["category"]) == (None, None, None)


def test_an_invitation_was_sent_to_the_person_too():
    registration = make_full()
    message = make_message(registration, "promoted")
    Message.objects.filter(pk=message.pk).update(
        registration=None, invitation=registration.invitation, subject="Zapraszamy"
    )

    body = Client().get(f"/api/v1/registrations/{registration.manage_token}/export/").json()

    assert "Zapraszamy" in [message["subject"] for message in body["messages"]]


def test_consents_that_outlived_their_registration_are_in_the_copy_of_a_mailbox():
    make_full()
    Consent.objects.update(registration=None)
    key = mailbox_key()

    body = json.loads(Client().get(f"/en/my/{key}/export.json").content)
    html = Client().get(f"/en/my/{key}/export/").content.decode()

    assert [consent["purpose"] for consent in body["consents"]] == ["news"]
    assert "I want e-mails about similar meetings." in html


def test_a_copy_of_three_costs_as_many_statements_as_of_one(django_assert_num_queries):
    def asked():
        with django_assert_num_queries(15):
            Client().get(address)

    make_full()
    address = f"/en/my/{mailbox_key()}/export/"
    asked()
    for _more in range(2):
        make_full()
    asked()
