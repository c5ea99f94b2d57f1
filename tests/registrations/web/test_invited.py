"""An invited person's own door."""

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.enums import EventStatus, Visibility
from events.models import Event
from registrations.actions.addresses import readdress
from registrations.actions.invitations import revoke_invitation
from registrations.actions.moves import cancel_registration
from registrations.enums import ChangeCause, RegistrationSource, RegistrationState
from registrations.models import Invitation, PartyMember, RateWindow, Registration
from registrations.tokens import email_key
from tests.make import make_category, make_event, make_invitation, make_notice, make_registration, make_user
from tests.make.events import NOW
from tests.make.registrations import party_rows

pytestmark = pytest.mark.django_db

S = RegistrationState
SAID = {
    "first_name": "Ewa",
    "last_name": "Zaproszona",
    "email": "ewa@example.org",
    "organisation": "",
    "needs_note": "",
}


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def event():
    event = make_event("meeting", visibility=Visibility.RESTRICTED, capacity=2)
    event.policy.approval = True
    event.policy.save()
    return event


@pytest.fixture
def invitation(event) -> Invitation:
    return make_invitation(event, email="ewa@example.org", organisation="Izba")


@pytest.fixture
def client() -> Client:
    return Client()


def door(invitation: Invitation) -> str:
    return f"/en/invited/{invitation.token}/"


def test_the_door_shows_a_restricted_meeting_and_a_form_that_is_filled_in(client, invitation):
    page = client.get(door(invitation))

    text = page.content.decode()
    assert page.status_code == 200
    assert "Trial meeting" in text
    assert {name: page.context["form"][name].value() for name in ("first_name", "email", "organisation")} == {
        "first_name": "Ewa",
        "email": "ewa@example.org",
        "organisation": "Izba",
    }
    assert "/events/meeting/" not in text
    assert page["Cache-Control"] == "private, no-store"
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert not Registration.objects.exists()


def test_whoever_registers_is_in_without_an_approval_and_without_a_second_mail(client, event, invitation):
    notice = make_notice()

    done = client.post(door(invitation), SAID)

    registration = Registration.objects.get()
    assert done["Location"] == f"{door(invitation)}?say=sent"
    assert (registration.state, registration.source, registration.invitation, registration.notice) == (
        S.CONFIRMED,
        RegistrationSource.INVITATION,
        invitation,
        notice,
    )
    page = client.get(done["Location"]).content.decode()
    for shown in ("We have written to the address you gave.", "You are registered already", "e•••@example.org"):
        assert shown in page
    assert registration.manage_token not in page
    assert "<form" in page
    assert 'name="first_name"' not in page


@pytest.mark.parametrize("is_registered", [True, False])
def test_nobody_learns_from_it_whether_another_address_is_registered(client, event, invitation, is_registered):
    victim = make_registration(event, email="ofiara@example.org") if is_registered else None

    done = client.post(door(invitation), {**SAID, "email": "ofiara@example.org"})

    page = client.get(done["Location"]).content.decode()
    again = client.post(door(invitation), {**SAID, "email": "ofiara@example.org"})
    for seen in (done, again):
        assert (seen.status_code, seen["Location"]) == (302, f"{door(invitation)}?say=sent")
    assert ("e•••@example.org" in page, "o•••" in page, 'name="first_name"' in page) == (True, False, False)
    assert Registration.objects.get(email_key=email_key("ewa@example.org")).invitation == invitation
    assert Registration.objects.count() == 1 + int(is_registered)
    assert victim is None or not victim.changes.exists()


def test_the_form_takes_the_invited_address_only_and_says_how_to_get_another(client, invitation):
    page = client.get(door(invitation))

    assert page.context["form"].fields["email"].disabled
    assert "ask the organiser to send the invitation there" in page.content.decode()


def test_a_registration_that_has_another_address_now_is_not_shown_and_its_owner_gets_the_link(client, invitation):
    client.post(door(invitation), SAID)
    registration = Registration.objects.get()
    readdress(registration, email="inna@example.org", by=make_user(), at=NOW)

    page = client.get(door(invitation)).content.decode()
    done = client.post(door(invitation), SAID)

    assert ("You are registered already" in page, "i•••" in page, 'name="first_name"' in page) == (False, False, True)
    assert (done.status_code, done["Location"]) == (302, f"{door(invitation)}?say=sent")
    assert registration.changes.latest("id").cause == ChangeCause.LINK_REQUESTED
    assert Registration.objects.count() == 1


def test_it_is_used_once_and_again_after_cancelling(client, event, invitation):
    client.post(door(invitation), SAID)
    registration = Registration.objects.get()

    twice = client.post(door(invitation), SAID)
    assert (twice["Location"], Registration.objects.count()) == (f"{door(invitation)}?say=sent", 1)
    cancel_registration(registration, by=None, at=NOW)
    client.post(door(invitation), SAID)

    assert Registration.objects.count() == 2


def test_the_link_goes_to_the_mailbox_again(client, event, invitation):
    client.post(door(invitation), SAID)

    done = client.post(f"{door(invitation)}send/")

    assert done["Location"] == f"{door(invitation)}?say=again"
    change = Registration.objects.get().changes.latest("id")
    assert (change.cause, change.notify) == (ChangeCause.LINK_REQUESTED, True)
    assert "another one is on its way" in client.get(done["Location"]).content.decode()


def test_nothing_is_sent_for_an_invitation_that_nobody_used(client, invitation):
    done = client.post(f"{door(invitation)}send/")

    assert (done.status_code, Registration.objects.exists()) == (302, False)


def test_an_address_that_comes_already_is_told_in_its_mailbox(client, event, invitation):
    own = make_registration(event, email="ewa@example.org")

    done = client.post(door(invitation), SAID)

    assert done["Location"] == f"{door(invitation)}?say=sent"
    assert own.changes.get().cause == ChangeCause.ASKED_AGAIN
    # As after any other form; the link vouches for this mailbox.
    assert "You are registered already" in client.get(done["Location"]).content.decode()


def test_who_comes_along_is_asked_where_the_invitation_is_for_more_than_one(client, event):
    alone, three = make_invitation(event), make_invitation(event, seats=3)
    event.pools.update(capacity=5)

    assert 'name="add_person"' not in client.get(door(alone)).content.decode()
    one_more = client.post(door(three), {**SAID, "party_rows": "0", "add_person": "1"})
    too_many = client.post(door(three), SAID | party_rows(("A", "B", ""), ("C", "D", ""), ("E", "F", "")))
    nameless = client.post(door(three), SAID | party_rows(("A", "B", ""), ("Cher", "", "")))
    done = client.post(door(three), SAID | party_rows(("Jan", "Lis", "jan@example.org"), ("Ola", "Wilk", "")))

    assert (one_more.status_code, len(one_more.context["form"].guests)) == (200, 1)
    assert "At most 3 people can be registered at once." in too_many.content.decode()
    assert "Give the last name, or leave the whole row empty." in nameless.content.decode()
    assert done.status_code == 302
    assert Registration.objects.get().seats == 3
    assert list(PartyMember.objects.order_by("id").values_list("first_name", flat=True)) == ["Jan", "Ola"]


def test_the_group_of_the_invitation_stands(client):
    event = make_event(categories=[("business", 5), ("ngo", 5)])
    invitation = make_invitation(event, category=make_category("ngo"))

    page = client.get(door(invitation))
    refused = client.post(door(invitation), {**SAID, "category": "business"})
    done = client.post(door(invitation), {**SAID, "category": "ngo"})

    assert [code for code, _label in page.context["form"].fields["category"].choices] == ["ngo"]
    assert (refused.status_code, done.status_code) == (400, 302)


def test_a_group_that_was_taken_out_of_the_event_leaves_the_others_to_choose(client):
    event = make_event(categories=[("business", 5), ("ngo", 5)])
    invitation = make_invitation(event, category=make_category("city"))

    page = client.get(door(invitation))
    done = client.post(door(invitation), {**SAID, "category": "ngo"})

    assert [code for code, _label in page.context["form"].fields["category"].choices] == ["business", "ngo"]
    assert (done.status_code, Registration.objects.get(category__code="ngo").invitation) == (302, invitation)


def test_kept_seats_are_there_when_all_others_are_gone(client):
    event = make_event("meeting", capacity=2)
    event.policy.waitlist = False
    event.policy.save()
    event.pools.update(reserved=1)
    make_registration(event)
    kept = make_invitation(event, uses_reserved=True)
    plain = make_invitation(event)

    assert "There are no seats left" in client.get(door(plain)).content.decode()
    assert client.post(door(plain), SAID).status_code == 409
    assert client.get(door(kept)).context["accepts"] is True
    assert client.post(door(kept), SAID).status_code == 302

    assert event.pools.get().reserved_taken == 1


@pytest.mark.parametrize("token", ["x", "A" * 35])
def test_a_key_that_opens_nothing_is_said_in_words(client, token):
    page = client.get(f"/en/invited/{token}/")

    assert page.status_code == 404
    assert "This invitation does not open anything" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"


def test_what_was_taken_back_or_is_not_announced_opens_nothing(client, event, invitation):
    token = invitation.token
    Event.objects.update(status=EventStatus.DRAFT)
    assert client.get(f"/en/invited/{token}/").status_code == 404
    Event.objects.update(status=EventStatus.PUBLISHED)
    assert client.get(f"/en/invited/{token}/").status_code == 200
    revoke_invitation(invitation, by=make_user(), at=NOW)

    assert client.get(f"/en/invited/{token}/").status_code == 404
    assert client.post(f"/en/invited/{token}/", SAID).status_code == 404


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"status": EventStatus.CANCELLED}, "The event has been cancelled"),
        ({"status": EventStatus.CLOSED}, "Registration is closed."),
    ],
)
def test_why_nobody_can_register_is_said(client, event, invitation, columns, sentence):
    Event.objects.update(**columns)

    page = client.get(door(invitation)).content.decode()

    assert sentence in page
    assert 'name="first_name"' not in page


def test_what_is_wrong_stands_on_the_page(client, invitation):
    page = client.post(door(invitation), {**SAID, "first_name": ""})

    assert page.status_code == 400
    assert "Give your first name." in page.content.decode()
    faulty = client.post(door(invitation), {**SAID, "first_name": "7"}).content.decode()
    assert "A name has at least one letter." in faulty


def test_too_many_attempts_are_slowed_down(client, invitation, settings):
    settings.REGISTRATION_RATE = (1, 60)
    client.post(door(invitation), SAID)
    assert RateWindow.objects.exists()

    again = client.post(f"{door(invitation)}send/")
    form = client.post(door(invitation), SAID)

    assert again["Location"].endswith("?say=too_often")
    assert form.status_code == 429


def test_the_page_of_a_public_meeting_is_linked(client):
    invitation = make_invitation(make_event("otwarte"))

    assert "/en/events/otwarte/" in client.get(door(invitation)).content.decode()
