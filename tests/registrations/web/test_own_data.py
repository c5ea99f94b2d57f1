"""A person's own data behind their own doors: change, allow, close, erase; GET shows, POST acts."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from events.models import Event
from registrations.actions.addresses import my_registrations_link
from registrations.actions.consents import give_consents
from registrations.enums import ChangeCause, ConsentPurpose
from registrations.enums import RegistrationState as S
from registrations.models import Consent, Participant, Registration, RegistrationChange
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.registrations.acts import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]

EMAIL = "anna@example.org"


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def door(registration, rest=""):
    return f"/en/r/{registration.manage_token}/{rest}"


def mailbox_door(email=EMAIL, rest="", *, at=NOW):
    my_registrations_link(email, at=at)
    change = RegistrationChange.objects.filter(cause=ChangeCause.OVERVIEW_REQUESTED).latest("id")
    return f"/en/my/{change.mine_token}/{rest}"


def without_cookies():
    return Client(enforce_csrf_checks=True)


def text_of(response):
    return response.content.decode()


PERSON = {
    "first_name": "Ewa",
    "last_name": "Lis",
    "organisation": "Klub",
    "phone": "600 100 200",
    "sms_reminders": "on",
    "language": "uk",
}


# Details


def test_details_are_shown_and_changed():
    registration = make_registration(make_event(), first_name="Anna")
    client = without_cookies()

    assert 'value="Anna"' in text_of(client.get(door(registration, "person/")))
    response = client.post(door(registration, "person/"), PERSON)

    assert (response.status_code, response["Location"]) == (302, door(registration))
    person = Participant.objects.get()
    assert (person.full_name, person.organisation, person.phone) == ("Ewa Lis", "Klub", "+48600100200")
    assert (fresh(registration).language, fresh(registration).sms_reminders) == ("uk", True)
    assert Consent.objects.get().purpose == ConsentPurpose.SMS_REMINDERS


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first_name": ""}, "Give your first name."),
        ({"phone": "12"}, "It should read like +48 600 100 200."),
        ({"phone": ""}, "Give a phone number, or untick the SMS reminder."),
        ({"first_name": "www.example.org/x"}, "Links are not allowed here."),
    ],
)
def test_what_does_not_fit_stands_at_its_field_and_changes_nothing(typed, said):
    registration = make_registration(make_event(), first_name="Anna")

    response = without_cookies().post(door(registration, "person/"), {**PERSON, **typed})

    assert response.status_code == 400
    assert said in text_of(response)
    assert Participant.objects.get().first_name == "Anna"


def test_what_has_ended_is_not_changed():
    registration = make_registration(make_event(), state=S.CANCELLED_BY_PARTICIPANT, first_name="Anna")
    client = without_cookies()

    assert client.get(door(registration, "person/")).status_code == 302
    assert client.post(door(registration, "person/"), PERSON).status_code == 302

    assert Participant.objects.get().first_name == "Anna"


# Consents


def test_consents_are_ticked_as_they_stand_and_each_apart():
    registration = make_registration(make_event())
    give_consents(registration, [ConsentPurpose.PHOTO], source="web", language="pl", at=NOW)
    client = without_cookies()

    html = text_of(client.get(door(registration, "consents/")))
    assert 'id="id_consent_photo" checked' in html
    assert 'id="id_consent_news">' in html
    assert "I want e-mails about similar meetings." in html

    assert client.post(door(registration, "consents/"), {"consent_news": "on"}).status_code == 302
    standing = Consent.objects.filter(withdrawn_at=None).values_list("purpose", "language")
    assert list(standing) == [(ConsentPurpose.NEWS, "en")]


def test_news_need_an_address():
    registration = make_registration(make_event())
    Participant.objects.update(email="")

    response = without_cookies().post(door(registration, "consents/"), {"consent_news": "on"})

    assert response.status_code == 400
    assert "Give an e-mail address: the news go there." in text_of(response)
    assert not Consent.objects.exists()


def test_a_consent_is_taken_back_by_its_own_link_which_only_shows_when_it_is_opened():
    registration = make_registration(make_event())
    (consent,) = give_consents(registration, [ConsentPurpose.NEWS], source="web", language="pl", at=NOW)
    address, client = f"/en/consents/{consent.withdraw_token}/", without_cookies()
    assert address in text_of(client.get(door(registration)))

    shown = client.get(address)
    assert "I want e-mails about similar meetings." in text_of(shown)
    assert Consent.objects.get().withdrawn_at is None

    assert [client.post(address).status_code for _twice in range(2)] == [302, 302]
    assert Consent.objects.get().withdrawn_at == NOW
    assert "You have taken this consent back." in text_of(client.get(address))
    assert client.get(f"/en/consents/{registration.manage_token}/").status_code == 404


# Old links


def test_closing_old_links_shuts_the_page_it_was_asked_on():
    registration = make_registration(make_event())
    client = without_cookies()

    response = client.post(door(registration, "close-links/"))

    assert response.status_code == 200
    assert "A new link is on its way to you." in text_of(response)
    assert fresh(registration).manage_token not in text_of(response)
    assert client.get(door(registration)).status_code == 404
    assert client.get(door(fresh(registration))).status_code == 200


def test_links_stay_open_when_no_new_one_can_be_sent():
    registration = make_registration(make_event())
    for _often in range(3):
        RegistrationChange.objects.create(
            registration=registration, cause=ChangeCause.LINK_REVOKED, to_state=S.CONFIRMED, at=NOW
        )
    client = without_cookies()

    assert client.post(door(registration, "close-links/")).status_code == 429
    Participant.objects.update(email="")
    assert client.post(door(registration, "close-links/")).status_code == 409

    assert client.get(door(registration)).status_code == 200


# Erasing


def test_erasing_asks_first_and_then_the_link_is_dead():
    registration = make_registration(make_event())
    client = without_cookies()

    asked = client.get(door(registration, "erase/"))
    assert "your seat goes to the next person" in text_of(asked)
    assert fresh(registration).erased_at is None

    done, again = (client.post(door(registration, "erase/")) for _twice in range(2))
    assert (done.status_code, again.status_code) == (200, 404)
    assert "Your data are erased" in text_of(done)
    assert fresh(registration).erased_at == NOW


def test_under_a_legal_hold_the_page_says_whom_to_ask():
    event = make_event()
    registration = make_registration(event)
    Event.objects.update(legal_hold="Sprawa", contact_email="prawny@example.org")

    response = without_cookies().post(door(registration, "erase/"))

    assert response.status_code == 409
    assert "Ask prawny@example.org about it." in text_of(response)
    assert fresh(registration).erased_at is None


# Everything of a mailbox


def test_everything_of_an_address_stands_on_one_page_whatever_became_of_it():
    own = [
        make_registration(make_event(title="Ahead"), email=EMAIL),
        make_registration(make_event(starts_at=NOW - timedelta(days=400)), email=EMAIL),
        make_registration(make_event(), email=EMAIL, state=S.CANCELLED_BY_ORGANIZER),
    ]
    other = make_registration(make_event())
    give_consents(own[1], [ConsentPurpose.NEWS], source="web", language="pl", at=NOW)

    html = text_of(without_cookies().get(mailbox_door()))

    assert all(door(registration) in html for registration in own)
    assert other.manage_token not in html
    assert f"/en/consents/{Consent.objects.get().withdraw_token}/" in html


def test_the_page_costs_as_many_statements_for_three_as_for_one(django_assert_num_queries):
    def asked():
        with django_assert_num_queries(4):
            assert Client().get(address).status_code == 200

    make_registration(make_event(), email=EMAIL)
    address = mailbox_door()
    asked()
    for _more in range(2):
        make_registration(make_event(), email=EMAIL)
    asked()


@pytest.mark.parametrize("rest", ["", "export/", "export.json", "erase/"])
def test_the_key_opens_for_a_day_and_for_one_mailbox_only(client, rest):
    registration = make_registration(make_event(), email=EMAIL)
    address = mailbox_door(rest=rest)
    response = client.get(address)
    assert response.status_code == 200
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("private, no-store", "no-referrer")

    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        late = client.get(address)
    Registration.objects.update(link_generation=2)
    closed = client.get(address)

    assert (late.status_code, closed.status_code) == (404, 404)
    assert "Ask for a new one" in text_of(late)
    assert client.get(f"/en/my/{registration.manage_token}/{rest}").status_code == 404


def test_another_kind_of_change_is_no_key(client):
    registration = make_registration(make_event(), email=EMAIL)
    change = RegistrationChange.objects.create(
        registration=registration, cause=ChangeCause.LINK_REQUESTED, to_state=S.CONFIRMED, at=NOW
    )

    assert client.get(f"/en/my/{change.mine_token}/").status_code == 404


def test_everything_is_erased_at_once_after_a_question():
    own = [make_registration(make_event(), email=EMAIL) for _two in range(2)]
    address, client = mailbox_door(rest="erase/"), without_cookies()

    assert "This concerns 2 registrations." in text_of(client.get(address))
    assert {fresh(registration).erased_at for registration in own} == {None}

    done, again = (client.post(address) for _twice in range(2))
    assert (done.status_code, again.status_code) == (200, 404)
    assert {fresh(registration).erased_at for registration in own} == {NOW}


def test_what_has_to_be_kept_is_named_with_whom_to_ask():
    held = make_event(title="Sporne spotkanie")
    Event.objects.update(legal_hold="Sprawa", contact_email="prawny@example.org")
    free = make_registration(make_event(), email=EMAIL)
    kept = make_registration(held, email=EMAIL)

    html = text_of(without_cookies().post(mailbox_door(rest="erase/")))

    assert "Some of your data had to stay" in html
    assert "prawny@example.org" in html
    assert (fresh(free).erased_at, fresh(kept).erased_at) == (NOW, None)
