"""The provider's hooks: signed over the public address, and states only move forward."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from events.models import unit_contact
from notifications.actions.suppressing import suppress
from notifications.enums import Channel, MessageState, SuppressionReason
from notifications.models import IncomingSms, Message, ProviderReport, Suppression
from notifications.rendering.short_messages import plain_latin
from registrations.actions.consents import follow_sms_wish
from registrations.enums import ConsentPurpose
from registrations.models import Consent, Registration
from tests.make import make_consent_text, make_event, make_registration
from tests.make.events import NOW
from tests.notifications.far_ends import TOKEN
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

STATUS = "/webhooks/twilio/status/"
INCOMING = "/webhooks/twilio/incoming/"
NUMBER = "+48501502503"


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


# What people write


def write(client: Client, text: str, *, sid: str = "SM7", number: str = NUMBER, **more: str) -> str:
    """The text that Twilio is told to answer with."""
    fields = {"MessageSid": sid, "From": number, "Body": text, **more}
    signature = RequestValidator(TOKEN).compute_signature(f"https://wiec.example.org{INCOMING}", fields)
    answer = client.post(INCOMING, fields, headers={"X-Twilio-Signature": signature})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    response = ET.fromstring(answer.content)  # noqa: S314 - our own
    assert response.tag == "Response"
    return response.findtext("Message") or ""


def make_reader(**more: Any) -> Registration:
    registration = make_registration(make_event(), phone=NUMBER, sms_reminders=True, **more)
    make_consent_text(ConsentPurpose.SMS_REMINDERS)
    follow_sms_wish(registration, source="web", at=NOW)
    return registration


def standing() -> list[tuple[str, str, str]]:
    rows = Suppression.objects.filter(lifted_at=None)
    return list(rows.values_list("channel", "scope", "reason"))


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Unsubscribe", "CANCEL", "REZYGNUJE", "rezygnuję", "СТОП"])
def test_stop_ends_sms_and_takes_the_wish_for_reminders_back(client: Client, word: str):
    mine, other = make_reader(), make_registration(make_event(), phone="+48501502504", sms_reminders=True)

    answer = write(client, word)

    assert "START" in answer
    assert standing() == [("sms", "all", "opted_out")]
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.sms_reminders, other.sms_reminders) == (False, True)
    assert [consent.withdrawn_at is not None for consent in Consent.objects.all()] == [True]
    (row,) = IncomingSms.objects.all()
    assert (row.word, NUMBER in str(vars(row))) == ("stop", False)


def test_the_same_sms_twice_is_taken_in_once_and_answered_alike(client: Client):
    make_reader()
    first = write(client, "STOP")
    write(client, "START", sid="SM8")

    assert write(client, "STOP") == first
    assert standing() == []
    assert IncomingSms.objects.count() == 2


@pytest.mark.parametrize("word", ["START", "yes", "СТАРТ"])
def test_start_lifts_what_the_person_wanted_and_nothing_else(client: Client, word: str):
    reader = make_reader()
    write(client, "STOP")

    assert "STOP" in write(client, word, sid="SM8")

    assert standing() == []
    reader.refresh_from_db()
    # That they may be written to is not that they want reminders.
    assert not reader.sms_reminders
    suppress(Channel.SMS, NUMBER, reason=SuppressionReason.INVALID, at=NOW)
    write(client, word, sid="SM9")
    assert standing() == [("sms", "all", "invalid")]


@pytest.mark.parametrize(("opt_out", "is_stopped"), [("STOP", True), ("HELP", False), ("START", False)])
def test_what_twilio_has_understood_and_answered_is_not_answered_again(client: Client, opt_out: str, is_stopped: bool):
    make_reader()

    assert write(client, "dość", OptOutType=opt_out) == ""

    assert bool(standing()) == is_stopped
    assert IncomingSms.objects.get().word == opt_out.lower()


@pytest.mark.parametrize(("language", "word"), [("pl", "POMOC"), ("en", "help"), ("uk", "ДОПОМОГА")])
def test_help_says_who_we_are_and_where_to_turn(client: Client, language: str, word: str):
    registration = make_reader(language=language)
    unit = registration.event.unit
    unit.name = {"pl": "Wydział <Dialogu> & Spraw"}
    unit.save()

    answer = write(client, word)

    assert plain_latin("Wydział <Dialogu> & Spraw") in answer
    assert unit_contact(registration.event) in answer
    assert "https://wiec.example.org" in answer
    assert "STOP" in answer
    assert standing() == []


def test_who_is_not_registered_is_answered_in_polish_and_learns_the_address(client: Client):
    answer = write(client, "POMOC")

    assert "https://wiec.example.org" in answer
    assert "wiec@example.org" in answer


def test_nobody_reads_what_is_no_such_word_and_that_is_said_once_a_day(client: Client):
    registration = make_reader()

    first = write(client, "Spóźnię się, STOP")

    assert unit_contact(registration.event) in first
    assert standing() == []
    # Another machine would answer the answer.
    assert write(client, "Out of office", sid="SM8") == ""
    assert "STOP" in write(client, "HELP", sid="SM9")
    assert set(IncomingSms.objects.values_list("word", flat=True)) == {"other", "help"}


@pytest.mark.parametrize("fields", [{"Body": "STOP"}, {"MessageSid": "SM7", "Body": "STOP"}])
def test_an_sms_from_nobody_is_taken_quietly(client: Client, fields: dict[str, str]):
    signature = RequestValidator(TOKEN).compute_signature(f"https://wiec.example.org{INCOMING}", fields)

    answer = client.post(INCOMING, fields, headers={"X-Twilio-Signature": signature})

    assert answer.content.endswith(b"<Response/>")
    assert not IncomingSms.objects.exists()


def test_answers_keep_their_letters_where_the_city_wants_them(client: Client, settings: Any):
    settings.SMS_TRANSLITERATE = False
    registration = make_reader()
    registration.event.unit.name = {"pl": "Wydział Dialogu"}
    registration.event.unit.save()

    assert "Wydział Dialogu" in write(client, "POMOC")


def test_stop_is_no_message_and_sends_none(client: Client):
    make_message(make_reader(), "event_changed", channel=Channel.SMS)

    write(client, "STOP")

    assert Message.objects.get().state == MessageState.PLANNED


# What became of an SMS


def test_a_loss_is_recorded_once_and_what_stands_in_is_only_planned(client: Client, message: Message):
    Message.objects.update(useful_until=timezone.now() + timedelta(days=3))
    for _ in range(2):
        report(client, message, "undelivered", "30006")

    standing_in = Message.objects.get(instead_of=message)
    assert (standing_in.channel, standing_in.state) == ("email", "planned")
    assert ProviderReport.objects.count() == 1


@pytest.mark.parametrize(("reported", "kept"), [("3", 3), ("0", None), ("", None), ("many", None)])
def test_the_number_of_parts_is_kept_where_it_is_reported(
    client: Client, message: Message, reported: str, kept: int | None
):
    report(client, message, "sent", NumSegments=reported)

    message.refresh_from_db()
    assert message.segments == kept
