"""The provider's hooks: signed over the public address, and states only move forward."""

from typing import Any

import pytest
from django.test import Client
from twilio.request_validator import RequestValidator

from notifications.enums import Channel, MessageState
from notifications.models import Message, ProviderReport
from tests.make import make_event, make_registration
from tests.notifications.far_ends import TOKEN
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

STATUS = "/webhooks/twilio/status/"
INCOMING = "/webhooks/twilio/incoming/"


@pytest.fixture(autouse=True)
def public_address(settings: Any) -> None:
    settings.BASE_URL = "https://wiec.example.org"
    settings.TWILIO_AUTH_TOKEN = TOKEN


@pytest.fixture
def message() -> Message:
    registration = make_registration(make_event(), phone="+48501502503")
    row = make_message(registration, channel=Channel.SMS)
    Message.objects.update(state=MessageState.SENT, provider_id="SM1")
    return row


def post(client: Client, path: str, fields: dict[str, str], *, token: str = TOKEN) -> int:
    signature = RequestValidator(token).compute_signature(f"https://wiec.example.org{path}", fields)
    return client.post(path, fields, headers={"X-Twilio-Signature": signature}).status_code


def report(client: Client, message: Message, status: str, code: str = "", **more: str) -> str:
    path = f"{STATUS}?message={message.pk}"
    assert post(client, path, {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code, **more}) == 204
    message.refresh_from_db()
    return message.state


def test_a_report_moves_the_message_on(client: Client, message: Message):
    assert report(client, message, "delivered", AccountSid="AC1", SomethingNew="1") == MessageState.DELIVERED
    assert message.provider_status == "delivered"


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["queued", "sent", "delivered"], MessageState.DELIVERED),
        (["delivered", "sent", "queued"], MessageState.DELIVERED),
        (["delivered", "delivered"], MessageState.DELIVERED),
        (["delivered", "undelivered"], MessageState.DELIVERED),
        (["sent", "undelivered"], MessageState.FAILED),
        (["undelivered", "sent"], MessageState.FAILED),
        (["something_new"], MessageState.SENT),
    ],
)
def test_reports_in_any_order_and_twice_end_in_the_right_state(
    client: Client, message: Message, statuses: list[str], state: str
):
    for status in statuses:
        report(client, message, status)

    message.refresh_from_db()
    assert message.state == state
    known = {status for status in statuses if status != "something_new"}
    assert ProviderReport.objects.count() == len(known)


def test_why_an_sms_was_lost_is_kept(client: Client, message: Message):
    report(client, message, "undelivered", "30005")

    assert message.state_reason == "undelivered 30005"


def test_a_report_may_come_before_the_providers_answer(client: Client, message: Message):
    Message.objects.update(state=MessageState.SENDING, provider_id="")

    assert report(client, message, "sent") == MessageState.SENT
    assert message.provider_id == "SM1"


@pytest.mark.parametrize("path", [STATUS, INCOMING])
def test_without_a_signature_nothing_happens(client: Client, message: Message, path: str, settings: Any):
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    path = f"{path}?message={message.pk}"

    assert client.post(path, fields).status_code == 403
    assert post(client, path, fields, token="another token") == 403
    assert client.get(path).status_code == 405
    settings.TWILIO_AUTH_TOKEN = ""
    assert post(client, path, fields) == 403

    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert not ProviderReport.objects.exists()


def test_a_changed_field_makes_the_signature_wrong(client: Client, message: Message):
    path = f"{STATUS}?message={message.pk}"
    signature = RequestValidator(TOKEN).compute_signature(
        f"https://wiec.example.org{path}", {"MessageSid": "SM1", "MessageStatus": "sent"}
    )
    forged = {"MessageSid": "SM1", "MessageStatus": "delivered"}

    answer = client.post(path, forged, headers={"X-Twilio-Signature": signature})

    assert answer.status_code == 403


@pytest.mark.parametrize("query", ["", "?message=", "?message=7", "?message=00000000-0000-4000-8000-000000000000"])
def test_a_report_about_nothing_of_ours_is_taken_quietly(client: Client, query: str):
    assert post(client, f"{STATUS}{query}", {"MessageSid": "SM1", "MessageStatus": "delivered"}) == 204
    assert not ProviderReport.objects.exists()


def test_an_incoming_sms_gets_no_answer(client: Client):
    fields = {"From": "+48501502503", "Body": "STOP", "OptOutType": "STOP"}
    signature = RequestValidator(TOKEN).compute_signature(f"https://wiec.example.org{INCOMING}", fields)

    answer = client.post(INCOMING, fields, headers={"X-Twilio-Signature": signature})

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert answer.content.endswith(b"<Response/>")


def test_a_newer_signature_is_understood(client: Client, message: Message):
    path = f"{STATUS}?message={message.pk}"
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signature = RequestValidator(TOKEN).compute_signature(f"https://wiec.example.org{path}", fields, "HMAC_SHA256")
    headers = {
        "X-Twilio-Signature": signature,
        "X-Twilio-Webhooks-Signature-Settings": "key=test,algorithm=HMAC_SHA256",
    }

    assert client.post(path, fields, headers=headers).status_code == 204
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
