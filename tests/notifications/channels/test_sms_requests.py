"""Requests for SMS against the provider's public description: what it would refuse is found, and we send none such."""

import pytest

from notifications.channels.sms import open_sms
from notifications.delivery.composing import outgoing_of
from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.queries.dispatch import complete_messages
from tests.make.events import NOW
from tests.notifications.far_ends import SERVICE, SmsProvider, wrong_in
from tests.notifications.test_rendering import LANGUAGES, TO_MEMBERS, TO_STAFF, letter, make_complete

# Of these people no number is known.
ONLY_BY_MAIL = TO_MEMBERS | TO_STAFF | {"invited", "reminder_speaker"}
BY_SMS = [kind for kind in KINDS if kind not in ONLY_BY_MAIL and not kind.startswith("supplier_")]

RIGHT = {
    "To": "+48501502503",
    "MessagingServiceSid": SERVICE,
    "Body": "Do zobaczenia",
    "StatusCallback": "https://wiec.example.org/webhooks/twilio/status/?message=1",
    "ValidityPeriod": "36000",
}
WRONG = [
    {"To": "501502503"},
    {"To": "+0123456789"},
    {"MessagingServiceSid": "MG1"},
    {"MessagingServiceSid": "XX" + "1" * 32},
    {"From": "Urząd"},
    {"Body": ""},
    {"Body": "a" * 1601},
    {"StatusCallback": "/webhooks/twilio/status/"},
    {"ValidityPeriod": "0"},
    {"ValidityPeriod": "36001"},
    {"ValidityPeriod": "soon"},
    {"RiskCheck": "maybe"},
    {"ScheduleType": "sometimes"},
    {"SmartEncoded": "yes"},
    {"MaxPrice": "cheap"},
    {"SendAt": "tomorrow"},
    {"Attempt": "1.5"},
    {"Priority": "1"},
]


@pytest.mark.parametrize("change", WRONG)
def test_what_the_provider_would_refuse_is_found(change: dict[str, str]):
    assert wrong_in(RIGHT) == []

    assert len(wrong_in({**RIGHT, **change})) >= 1


@pytest.mark.parametrize("name", ["To", "MessagingServiceSid", "Body"])
def test_what_is_missing_is_found(name: str):
    assert wrong_in({key: value for key, value in RIGHT.items() if key != name}) != []


@pytest.mark.parametrize("sender", ["+48123456789", "Lublin 2030"])
def test_a_number_or_a_name_may_send(sender: str):
    one_sender = {key: value for key, value in RIGHT.items() if key != "MessagingServiceSid"}

    assert wrong_in({**one_sender, "From": sender}) == []
    assert wrong_in({**one_sender, "From": f"{sender} i okolice"}) != []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", BY_SMS)
def test_an_sms_of_every_kind_is_a_right_request(kind: str, provider: SmsProvider):
    texts: list[str] = []
    for language in LANGUAGES:
        message = make_complete(kind, language, Channel.SMS)
        found = letter(message)
        outgoing = outgoing_of(complete_messages([message.pk])[0], found, at=NOW)

        with open_sms() as carrier:
            carrier.send(outgoing)
        texts.append(outgoing.text)

    assert provider.wrong == []
    assert [request["Body"] for request in provider.requests] == texts
