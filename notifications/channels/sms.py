"""SMS by Twilio's HTTP API; the only module that knows Twilio."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import requests
from django.conf import settings
from django.http import QueryDict
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
from notifications.enums import Delivery
from notifications.errors import ChannelError

TIMEOUT_SECONDS: Final = 10.0
_API: Final = "https://api.twilio.com"
_LONGEST_VALIDITY: Final = 36_000
_SHORTEST_VALIDITY: Final = 60
_SEARCHED: Final = 20

_STOPPED: Final = 21610
_TOO_MANY: Final = frozenset({20429, 21611})
# Wrong in our own set-up, so no message is to blame: account, region, sender, service.
_SET_UP: Final = frozenset({20003, 20404, 21408, 21606, 21703, 21705, 401, 403, 404})

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


def report_of(fields: Mapping[str, str]) -> Report | None:
    """The report in a callback's fields; None where there is none, or a status that we do not know yet."""
    status = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    delivery = _DELIVERIES.get(status)
    provider_id = fields.get("MessageSid") or fields.get("SmsSid") or ""
    if delivery is None or not provider_id:
        return None
    return Report(provider_id, status, delivery, fields.get("ErrorCode", ""))


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
        yield _Twilio(session)


class _HttpClient(TwilioHttpClient):
    """Sends every request to the configured address and nowhere else; never repeats one by itself."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__(pool_connections=False, timeout=TIMEOUT_SECONDS, max_retries=None)
        self.session = session

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        if not url.startswith(f"{_API}/"):
            raise ChannelError("host", "A request to another host than the API's.", is_outage=True)
        return super().request(method, settings.TWILIO_API_URL + url.removeprefix(_API), *args, **kwargs)


class _Twilio:
    def __init__(self, session: requests.Session) -> None:
        # Regions of the environment would change the host behind our back.
        nowhere = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
        self._client = Client(
            settings.TWILIO_ACCOUNT_SID,
            settings.TWILIO_AUTH_TOKEN,
            http_client=_HttpClient(session),
            environment=nowhere,
        )

    def send(self, outgoing: Outgoing, meanwhile: Meanwhile | None = None) -> Acceptance:  # noqa: ARG002 - the library waits itself
        """One SMS; its id stands in the address of the status callback, so that a report finds its row."""
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
            raise _failure(error) from error
        if not created.sid:
            raise ChannelError("no id", "The answer names no message.", unclear=True)
        return Acceptance(provider_id=created.sid, status=str(created.status or ""))

    def find(self, outgoing: Outgoing, *, known: frozenset[str]) -> Acceptance | None:
        """Look through the provider's list of what it has for this number."""
        try:
            listed = self._client.messages.list(to=outgoing.to, page_size=_SEARCHED, limit=_SEARCHED)
        except (TwilioException, requests.RequestException, ValueError) as error:
            raise _failure(error) from error
        for message in listed:
            if message.sid and message.sid not in known and message.body == outgoing.text:
                return Acceptance(provider_id=message.sid, status=str(message.status or ""))
        return None


def _failure(error: Exception) -> ChannelError:
    """Which of our answers a failure calls for."""
    if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
        return ChannelError("connect", type(error).__name__, is_outage=True)
    if isinstance(error, requests.RequestException | ValueError):
        # No answer, or none that can be read: it may have been taken. Nothing more is tried on this channel for now.
        return ChannelError("no answer", type(error).__name__, unclear=True, is_outage=True)
    if not isinstance(error, TwilioRestException | TwilioServiceException):
        return ChannelError("client", type(error).__name__, is_outage=True)
    return _refusal(int(error.status), int(error.code or error.status))


def _refusal(status: int, code: int) -> ChannelError:
    """A default for each class of HTTP status, and few known codes: their meanings are split up over time."""
    failure = partial(ChannelError, str(code), f"HTTP {status}")
    answer = failure(permanent=True)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in _TOO_MANY:
        # Such a request was not carried out.
        answer = failure(is_outage=True, retry_after=60)
    elif code == _STOPPED:
        answer = failure(permanent=True, is_suppressed=True)
    elif code in _SET_UP:
        answer = failure(is_outage=True)
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        answer = failure(unclear=True, is_outage=True)
    return answer


def _never_connected(error: Exception) -> bool:
    """A refused connection sent nothing; one that broke later may have."""
    cause: object = error
    while isinstance(cause, Exception):
        if isinstance(cause, NewConnectionError | NameResolutionError):
            return True
        inner = cause.args[0] if cause.args else None
        cause = inner if isinstance(inner, Exception) else getattr(cause, "reason", None)
    return False
