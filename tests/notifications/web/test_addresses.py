"""Staff see whose mails come back, in the list and at the registration, and have an address tried again."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.enums import Role
from notifications.actions.suppressing import suppress
from notifications.enums import Channel, SuppressionReason, SuppressionScope
from notifications.models import Suppression
from notifications.queries.mailboxes import suppressed_addresses_of
from registrations.models import Registration
from tests.make import make_event, make_member, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

LIST = "/en/manage/events/meeting/registrations/"
NOTE = "Mails to this address come back"
BUTTON = "Try this address again"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def registration() -> Registration:
    return make_registration(make_event("meeting"), email="anna@example.org")


@pytest.fixture
def owner(client: Client):
    user = make_user("ola@example.org")
    client.force_login(user)
    return user


def comes_back(address: str) -> None:
    suppress(Channel.EMAIL, address, reason=SuppressionReason.BOUNCED, detail="bounced 5.1.1", at=NOW)


def page_of(registration: Registration) -> str:
    return f"{LIST}{registration.reference}/"


def test_whose_mails_come_back_stands_in_the_list_and_at_the_registration(client, owner, registration):
    make_registration(registration.event, email="jan@example.org")
    comes_back("Anna@example.org")

    page = client.get(LIST).content.decode()

    assert page.count(NOTE) == 1
    page = client.get(page_of(registration)).content.decode()
    assert NOTE in page
    assert BUTTON in page


def test_who_wants_no_reminders_is_no_trouble(client, owner, registration):
    suppress(
        Channel.EMAIL,
        "anna@example.org",
        reason=SuppressionReason.OPTED_OUT,
        scope=SuppressionScope.OPTIONAL,
        at=NOW,
    )

    assert NOTE not in client.get(LIST).content.decode() + client.get(page_of(registration)).content.decode()


def test_the_address_is_tried_again(client, owner, registration):
    comes_back("anna@example.org")

    response = client.post(f"{page_of(registration)}address/", follow=True)

    assert response.redirect_chain == [(page_of(registration), 302)]
    assert "The next mail goes to this address again." in response.content.decode()
    assert NOTE not in response.content.decode()
    row = Suppression.objects.get()
    assert (row.lifted_at, row.lifted_by) == (NOW, owner)
    again = client.post(f"{page_of(registration)}address/", follow=True).content.decode()
    assert "Nothing is in the way of mails to this address." in again


def test_the_address_of_one_of_the_party_is_tried_again(client, owner, registration):
    member = make_member(registration, email="ewa@example.org")
    comes_back("ewa@example.org")
    comes_back("anna@example.org")
    assert client.get(page_of(registration)).content.decode().count(NOTE) == 2

    client.post(f"{page_of(registration)}address/", {"member": member.pk})

    assert [NOTE in client.get(page_of(registration)).content.decode()] == [True]
    assert Suppression.objects.filter(lifted_at=None).count() == 1
    other = make_member(make_registration(make_event("other")), email="ewa@example.org")
    assert client.post(f"{page_of(registration)}address/", {"member": other.pk}).status_code == 404


def test_what_its_reader_has_decided_is_not_for_staff_to_change(client, owner, registration):
    suppress(Channel.EMAIL, "anna@example.org", reason=SuppressionReason.COMPLAINT, at=NOW)

    client.post(f"{page_of(registration)}address/")

    assert Suppression.objects.get().lifted_at is None


def test_who_was_erased_has_no_address(client, owner, registration):
    registration.participant.delete()

    assert client.post(f"{page_of(registration)}address/").status_code == 302


def test_who_may_only_look_sees_the_note_and_no_button(client, registration):
    comes_back("anna@example.org")
    client.force_login(make_user("auditor@example.org", role=Role.AUDITOR))

    page = client.get(page_of(registration)).content.decode()

    assert (NOTE in page, BUTTON in page) == (True, False)
    assert client.post(f"{page_of(registration)}address/").status_code == 404
    assert Suppression.objects.get().lifted_at is None


def test_a_long_list_asks_once(registration):
    others = [make_registration(registration.event) for _ in range(3)]
    Registration.objects.filter(pk=others[0].pk).update(email_key=None)
    comes_back("anna@example.org")

    with CaptureQueriesContext(connection) as asked:
        found = suppressed_addresses_of(Registration.objects.all())

    assert list(found) == [registration.email_key]
    assert len(asked) == 2  # the registrations, and what stands against them
