"""The delivery log: complete for staff, in order, at a constant price, and without a person's own links."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.delivery.sending import send_due
from notifications.enums import AttemptResult, Channel, MessageState, StateReason
from notifications.models import Message
from notifications.queries.log import event_messages
from notifications.rendering.secret_links import without_links
from tests.make import Program, make_event, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 3])
def test_the_log_costs_the_same_for_one_and_for_three(number: int):
    event = make_event()
    for _ in range(number):
        make_message(make_registration(event))
    make_message(make_registration(make_event()))
    send_due(clock=lambda: NOW)

    with CaptureQueriesContext(connection) as statements:
        found = [(message.recipient, len(message.attempts.all())) for message in event_messages(event)]

    assert len(found) == number
    assert all(tries == 1 for _to, tries in found)
    assert len(statements) == 2


def test_the_log_can_be_narrowed_to_a_state():
    event = make_event()
    make_message(make_registration(event))

    assert event_messages(event, state=MessageState.PLANNED).count() == 1
    assert event_messages(event, state=MessageState.SENT).count() == 0


def test_before_it_is_sent_a_message_shows_whom_it_would_go_to():
    registration = make_registration(make_event(), email="anna@example.org", phone="+48501502503")
    mail = make_message(registration)
    sms = make_message(registration, channel=Channel.SMS)

    assert (mail.recipient, sms.recipient) == ("anna@example.org", "+48501502503")
    Message.objects.update(to="old@example.org")
    assert Message.objects.get(pk=mail.pk).recipient == "old@example.org"
    registration.participant.delete()
    assert Message(registration=None).recipient == ""


def test_links_are_not_for_staff():
    assert without_links("Open {{manage_link:7}} now") == "Open [personal link] now" or "{{" not in without_links(
        "Open {{manage_link:7}} now"
    )


def test_what_stands_for_a_message_names_nobody():
    registration = make_registration(make_event(), email="anna@example.org")
    message = make_message(registration)

    assert str(message) == "confirmed/email planned"


def test_the_log_does_not_say_what_somebody_needs(client: Client):
    event = make_event("debata")
    message = make_message(make_registration(event), "feature_lost")
    Message.objects.update(
        to="anna@example.org",
        subject="Przeczytaj",
        body="Tłumacz PJM",
        state=MessageState.FAILED,
        state_reason="550 anna",
    )
    message.attempts.create(at=NOW, result=AttemptResult.REFUSED, code="550", detail="anna@example.org unknown")
    owner = make_user()
    client.force_login(owner)

    page = client.get("/en/manage/events/debata/messages/").content.decode()
    answer = Program(owner).get("/api/v1/manage/events/debata/messages/")

    assert "Something you asked for will not be there" in page
    for secret in ("anna", "PJM", "Przeczytaj"):
        assert secret not in page
        assert secret not in answer.content.decode()
    (said,) = answer.json()["results"]
    assert (said["to"], said["body"], said["state"], said["attempts"]) == ("", "", "failed", [])
    # Our own reasons tell nothing of anybody.
    Message.objects.update(state_reason=StateReason.NOT_TRUE)
    assert "has changed since" in client.get("/en/manage/events/debata/messages/").content.decode()
