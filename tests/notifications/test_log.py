"""The delivery log: complete for staff, in order, at a constant price, and without a person's own links."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.delivery.sending import send_due
from notifications.enums import AttemptResult, Channel, MessageState, StateReason
from notifications.models import Message
from notifications.queries.log import event_messages, state_counts
from notifications.rendering.log_rows import PRIVATE_KINDS, log_row
from notifications.rendering.secret_links import without_links
from tests.make import Program, make_event, make_invitation, make_member, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message, make_message_to, make_message_to_invited, make_role

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


def test_a_person_is_found_by_name_and_address_without_diacritics_and_never_by_a_need():
    event = make_event()
    zofia = make_registration(event, first_name="Zofia", last_name="Żółć", email="zofia@example.org")
    mail = make_message(zofia)
    make_message(zofia, "feature_lost")
    make_message(make_registration(event))

    def found(words: str) -> list[Message]:
        return list(event_messages(event, q=words, private=PRIVATE_KINDS))

    assert found("zolc ZOFIA") == [mail]
    assert found("zofia@example") == [mail]
    assert found(zofia.reference) == [mail]
    assert found("zofia nowak") == []


def test_a_row_says_who_it_is_whoever_it_went_to():
    event = make_event()
    registration = make_registration(event)
    member = make_member(registration, email="jan@example.org")
    user = make_user()
    user.full_name = "Ola Przykładowa"
    user.save()
    erased = make_registration(event)
    make_message(registration)
    make_message(registration, member=member)
    make_message(registration, "feature_lost")
    make_message_to_invited(make_invitation(event))
    make_message_to(make_role(event), "supplier_changed")
    make_message_to(user, "accessibility_alert", event=event)
    make_message(erased, "waitlisted")
    erased.participant.delete()

    rows = {(log_row(one, at=NOW).person, log_row(one, at=NOW).registration) for one in event_messages(event)}

    assert rows == {
        ("Anna Nowak", registration.reference),
        ("Jan Nowak", registration.reference),
        ("", ""),
        ("Ewa Zaproszona", ""),
        ("Jan Kowalski", ""),
        ("Ola Przykładowa", ""),
        ("", erased.reference),
    }


def test_an_sms_without_a_report_for_a_day_has_no_receipt():
    message = make_message(make_registration(make_event()), channel=Channel.SMS)
    Message.objects.update(state=MessageState.SENT, sent_at=NOW, provider_id="SM1")
    message.refresh_from_db()

    assert not log_row(message, at=NOW + timedelta(hours=24)).has_no_receipt
    assert log_row(message, at=NOW + timedelta(hours=25)).has_no_receipt
    # Nothing left this machine.
    message.provider_id = ""
    assert not log_row(message, at=NOW + timedelta(hours=25)).has_no_receipt


def test_states_are_counted_in_the_order_of_a_message_s_life():
    event = make_event()
    for state in (MessageState.FAILED, MessageState.SENT, MessageState.SENT):
        message = make_message(make_registration(event))
        Message.objects.filter(pk=message.pk).update(state=state)

    assert list(state_counts(event).items()) == [(MessageState.SENT, 2), (MessageState.FAILED, 1)]
