"""The page that shows every message before anybody gets it, and its endpoint."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from events.enums import Role
from registrations.models import Participant
from tests.make import Program, make_event, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink

pytestmark = pytest.mark.django_db

URL = "/en/manage/events/debata/messages/preview/"
API = "/api/v1/manage/events/debata/messages/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user("ola@example.org"))
    return client


def test_a_kind_is_shown_in_the_language_that_is_asked_for(desk: Client):
    make_event("debata")

    page = desk.get(f"{URL}?kind=waitlisted&language=uk").content.decode()

    assert "Пробна зустріч" in page
    assert "&lt;html lang=&quot;uk&quot;&gt;" in page
    other = desk.get(f"{URL}?kind=nonsense&language=xx").content.decode()
    assert '<input type="hidden" name="kind" value="confirmed">' in other


def test_costs_are_estimated_where_somebody_has_said_what_a_part_costs(desk: Client, settings: Any):
    event = make_event("debata")
    for _ in range(3):
        make_registration(event, phone="+48501502503")
    person = make_registration(event, phone="+48501502504", sms_reminders=True)
    Participant.objects.filter(registration=person).update(email="")

    without = desk.get(f"{URL}?kind=event_cancelled").content.decode()
    settings.SMS_PRICE_PER_SEGMENT = Decimal("0.165")
    everybody = desk.get(f"{URL}?kind=event_cancelled").content.decode()

    assert "4 people of this event would get it by SMS." in without
    assert "Estimated cost" not in without
    assert "Estimated cost: 4 × 1 = 0.66 PLN." in everybody
    assert "1 person of this event" in desk.get(f"{URL}?kind=confirmed").content.decode()
    assert "1 person of this event" in desk.get(f"{URL}?kind=reminder").content.decode()


def test_a_test_goes_to_one_s_own_address(desk: Client, sink: MailSink):
    make_event("debata")

    page = desk.post(URL, {"kind": "confirmed", "language": "pl", "channel": "email"}).content.decode()

    assert "The test message is on its way to ola@example.org." in page
    assert [mail["To"] for mail in sink.mails] == ["ola@example.org"]


def test_an_sms_without_a_number_and_a_channel_that_is_not_set_up_are_said(desk: Client):
    make_event("debata")
    sms = {"kind": "confirmed", "language": "pl", "channel": "sms"}

    assert "Give the number" in desk.post(URL, sms).content.decode()
    assert "Nothing leaves this machine" in desk.post(URL, {**sms, "to": "501 502 503"}).content.decode()


def test_the_endpoint_says_the_same(sink: MailSink):
    make_event("debata")
    program = Program(make_user("ola@example.org"))

    said = program.get(f"{API}preview/?kind=confirmed&language=en").json()
    sent = program.post(f"{API}test/", {"kind": "confirmed", "channel": "email"}, format="json")
    numberless = program.post(f"{API}test/", {"kind": "confirmed", "channel": "sms"}, format="json")

    assert "Anna (example)" in said["text"]
    assert (said["segments"], said["people"], said["cost"], said["currency"]) == (1, 0, None, "PLN")
    assert sent.status_code == 204
    assert [mail["To"] for mail in sink.mails] == ["ola@example.org"]
    assert list(numberless.json()["errors"]) == ["to"]
    assert list(program.get(f"{API}preview/?kind=none").json()["errors"]) == ["kind"]


def test_who_only_looks_sends_no_tests(client: Client):
    make_event("debata")
    client.force_login(make_user(role=Role.AUDITOR))

    assert "Send a test" not in client.get(URL).content.decode()
    assert client.post(URL, {"kind": "confirmed", "channel": "email"}).status_code == 404
