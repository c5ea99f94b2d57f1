"""SMS by Twilio's HTTP API; the only module that knows Twilio."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import requests
from django.conf import settings
from django.http import QueryDict
from phonenumbers import NumberParseException, parse, region_code_for_number
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)
from twilio.rest import Client
from urllib3.exceptions import NameResolutionError, NewConnectionError

from notifications.channels.outgoing import Acceptance, Carrier, Meanwhile, Outgoing
from notifications.channels.words import word_of
from notifications.enums import Delivery, Loss, SmsWord, StateReason, SuppressionReason
from notifications.errors import ChannelError

TIMEOUT_SECONDS: Final = 10.0
_API: Final = "https://api.twilio.com"
_LONGEST_VALIDITY: Final = 36_000
_SHORTEST_VALIDITY: Final = 60
_SEARCHED: Final = 20

_PATIENCE_SECONDS: Final = 60

_STOPPED: Final = 21610
_TOO_MANY: Final = frozenset({20429, 21611})
_NO_MOBILE_NUMBER: Final = frozenset({21211, 21614})
# It does not know us.
_LOCKED_OUT: Final = frozenset({20003, 401, 403})
# Wrong in our own set-up, so no message is to blame: account, service.
_SET_UP: Final = frozenset({*_LOCKED_OUT, 20404, 21703, 21705, 404})
# Also our set-up, and yet it depends on the number: its country is switched off; our sender cannot write there, or not
# at all, which one message cannot tell.
_COUNTRY_OFF: Final = 21408
_SENDER_UNFIT: Final = 21606
# What became of an SMS that was lost: the phone may be on later; it is no mobile phone; its text was taken for spam.
_WORTH_REPEATING: Final = frozenset({"30001", "30003", "30008"})
_NO_MOBILE_PHONE: Final = frozenset({"30005", "30006"})
_FILTERED: Final = "30007"

_DELIVERIES: Final[Mapping[str, Delivery]] = {
    "accepted": Delivery.ON_ITS_WAY,
    "scheduled": Delivery.ON_ITS_WAY,
    "queued": Delivery.ON_ITS_WAY,
    "sending": Delivery.ON_ITS_WAY,
    "sent": Delivery.ON_ITS_WAY,
    "partially_delivered": Delivery.DELIVERED,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.LOST,
    "failed": Delivery.LOST,
    "canceled": Delivery.LOST,
}


@dataclass(frozen=True)
class Report:
    """What a status callback says."""

    provider_id: str
    status: str
    delivery: Delivery
    code: str
    segments: int | None = None
    loss: Loss = Loss.FOR_GOOD


@dataclass(frozen=True)
class Incoming:
    """What somebody wrote to us; `is_answered`: the provider has answered it already."""

    provider_id: str
    number: str
    word: SmsWord
    is_answered: bool


def report_of(fields: Mapping[str, str]) -> Report | None:
    """The report in a callback's fields; None where there is none, or a status that we do not know yet."""
    status = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    delivery = _DELIVERIES.get(status)
    provider_id = fields.get("MessageSid") or fields.get("SmsSid") or ""
    if delivery is None or not provider_id:
        return None
    code = fields.get("ErrorCode", "")
    return Report(provider_id, status, delivery, code, _count(fields.get("NumSegments", "")), _loss(code))


def _loss(code: str) -> Loss:
    if code in _WORTH_REPEATING:
        return Loss.FOR_NOW
    if code in _NO_MOBILE_PHONE:
        return Loss.NO_MOBILE_PHONE
    if code == str(_STOPPED):
        return Loss.OPTED_OUT
    return Loss.FILTERED if code == _FILTERED else Loss.FOR_GOOD


def _count(digits: str) -> int | None:
    """Zero stands for a number that is not known yet."""
    return int(digits) or None if re.fullmatch(r"[0-9]{1,3}", digits) else None


def incoming_of(fields: Mapping[str, str]) -> Incoming | None:
    """The SMS in a webhook's fields; None where it names no sender."""
    provider_id, number = fields.get("MessageSid", ""), fields.get("From", "")
    if not provider_id or not number:
        return None
    opt_out = fields.get("OptOutType", "")
    word = word_of(opt_out) if opt_out else word_of(fields.get("Body", ""))
    return Incoming(provider_id, number, word, is_answered=bool(opt_out))


def signature_is_valid(path: str, fields: QueryDict, headers: Mapping[str, str]) -> bool:
    """Whether a callback comes from the provider: signed over the public address, whatever proxy stands before us."""
    signature = headers.get(SIGNATURE_HEADER)
    if not signature or not settings.TWILIO_AUTH_TOKEN:
        return False
    algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER))
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    return bool(validator.validate(f"{settings.BASE_URL}{path}", fields, signature, algorithm))


@contextmanager
def open_sms() -> Iterator[Carrier]:
    """One pooled HTTP client for a batch."""
    with requests.Session() as session:
        # Read once: for every request the library would look through the whole environment for proxies and certificates.
        found = session.merge_environment_settings(settings.TWILIO_API_URL, {}, None, None, None)
        session.proxies, session.verify, session.trust_env = found["proxies"], found["verify"], False
        yield _Twilio(session)


class _HttpClient(TwilioHttpClient):
    """Sends every request to the configured address and nowhere else; never repeats one by itself."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__(pool_connections=False, timeout=TIMEOUT_SECONDS, max_retries=None)
        self.session = session
        self.retry_after: int | None = None

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        if not url.startswith(f"{_API}/"):
            raise ChannelError("host", "A request to another host than the API's.", is_outage=True)
        answer = super().request(method, settings.TWILIO_API_URL + url.removeprefix(_API), *args, **kwargs)
        # The library's own errors do not pass it on.
        self.retry_after = _seconds((answer.headers or {}).get("Retry-After", ""))
        return answer


class _Twilio:
    def __init__(self, session: requests.Session) -> None:
        # Regions of the environment would change the host behind our back.
        nowhere = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
        self._http = _HttpClient(session)
        self._client = Client(
            settings.TWILIO_ACCOUNT_SID,
            settings.TWILIO_AUTH_TOKEN,
            http_client=self._http,
            environment=nowhere,
        )

    def send(self, outgoing: Outgoing, meanwhile: Meanwhile | None = None) -> Acceptance:  # noqa: ARG002 - the library waits itself
        """One SMS; its id stands in the address of the status callback, so that a report finds its row."""
        if not is_served(outgoing.to):
            # Somebody could have us pay for numbers at the other end of the world.
            raise ChannelError(StateReason.OTHER_COUNTRY, permanent=True, is_suppressed=True, is_ours=True)
        left = int((outgoing.useful_until - outgoing.sent_at).total_seconds())
        sender = (
            {"messaging_service_sid": settings.TWILIO_MESSAGING_SERVICE_SID}
            if settings.TWILIO_MESSAGING_SERVICE_SID
            else {"from_": settings.TWILIO_FROM}
        )
        try:
            created = self._client.messages.create(
                to=outgoing.to,
                body=outgoing.text,
                status_callback=f"{settings.BASE_URL}/webhooks/twilio/status/?message={outgoing.id}",
                # Queued at the provider it dies there rather than arrive too late.
                validity_period=min(max(left, _SHORTEST_VALIDITY), _LONGEST_VALIDITY),
                **sender,
            )
        except (TwilioException, requests.RequestException, ValueError) as error:
            raise _failure(error, self._http.retry_after) from error
        if not created.sid:
            raise ChannelError("no id", "The answer names no message.", unclear=True)
        return Acceptance(provider_id=created.sid, status=str(created.status or ""))

    def find(self, outgoing: Outgoing, *, known: frozenset[str]) -> Acceptance | None:
        """Look through the provider's list of what it has for this number."""
        try:
            listed = self._client.messages.list(to=outgoing.to, page_size=_SEARCHED, limit=_SEARCHED)
        except (TwilioException, requests.RequestException, ValueError) as error:
            raise _failure(error, self._http.retry_after) from error
        for message in listed:
            if message.sid and message.sid not in known and message.body == outgoing.text:
                return Acceptance(provider_id=message.sid, status=str(message.status or ""))
        return None


def is_served(number: str) -> bool:
    """Whether SMS are sent to the country of a number.

    >>> is_served("+48501502503"), is_served("+1876555123"), is_served("48")
    (True, False, False)
    """
    try:
        region = region_code_for_number(parse(number))
    except NumberParseException:
        return False
    return region in settings.SMS_COUNTRIES


def _failure(error: Exception, retry_after: int | None) -> ChannelError:
    """Which of our answers a failure calls for."""
    if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
        return ChannelError("connect", type(error).__name__, is_outage=True)
    if isinstance(error, requests.RequestException | ValueError):
        # No answer, or none that can be read: it may have been taken. Nothing more is tried on this channel for now.
        return ChannelError("no answer", type(error).__name__, unclear=True, is_outage=True)
    if not isinstance(error, TwilioRestException | TwilioServiceException):
        return ChannelError("client", type(error).__name__, is_outage=True)
    return _refusal(int(error.status), int(error.code or error.status), retry_after)


def _refusal(status: int, code: int, retry_after: int | None) -> ChannelError:
    """A default for each class of HTTP status, and few known codes: their meanings are split up over time."""
    failure = partial(ChannelError, str(code), f"HTTP {status}")
    answer = failure(permanent=True)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in _TOO_MANY:
        # Such a request was not carried out.
        answer = failure(is_outage=True, retry_after=retry_after or _PATIENCE_SECONDS)
    elif code == _STOPPED:
        answer = failure(permanent=True, is_suppressed=True, suppresses=SuppressionReason.OPTED_OUT)
    elif code in _NO_MOBILE_NUMBER:
        answer = failure(permanent=True, suppresses=SuppressionReason.INVALID)
    elif code == _COUNTRY_OFF:
        answer = failure(permanent=True, is_trouble=True)
    elif code == _SENDER_UNFIT:
        answer = failure(is_trouble=True)
    elif code in _SET_UP:
        answer = failure(is_outage=True, is_locked_out=code in _LOCKED_OUT)
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        answer = failure(unclear=True, is_outage=True)
    return answer


def _seconds(text: str) -> int | None:
    """The header in seconds; a date, which Twilio does not write, is not worth reading."""
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else None


def _never_connected(error: Exception) -> bool:
    """A refused connection sent nothing; one that broke later may have."""
    cause: object = error
    while isinstance(cause, Exception):
        if isinstance(cause, NewConnectionError | NameResolutionError):
            return True
        inner = cause.args[0] if cause.args else None
        cause = inner if isinstance(inner, Exception) else getattr(cause, "reason", None)
    return False
