"""Far ends as fixtures, and the settings that lead to them."""

from collections.abc import Iterator
from typing import Any

import pytest

from notifications.channels import sms
from notifications.rendering.overrides import rendered
from notifications.rendering.situations import Reader
from tests.notifications.far_ends import (
    ACCOUNT,
    SERVICE,
    TOKEN,
    MailSink,
    SmsProvider,
    mail_sink,
    sms_provider,
)


def use_mail_server(settings: Any, port: int) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1


@pytest.fixture(autouse=True)
def texts_compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Hold every text that is filled in to the one that its template gives for this reader alone, byte for byte.

    What was compared: the template, and whether nobody else could have read the same.
    """
    compared: list[tuple[str, bool]] = []
    fill = Reader.render

    def both(self: Reader, name: str) -> str:
        filled = fill(self, name)
        assert filled == rendered(self.kind, name, self.values, self.own_words)
        compared.append((f"messages/{self.kind.name}/{name}", self._is_alone))
        return filled

    monkeypatch.setattr(Reader, "render", both)
    return compared


@pytest.fixture
def sink(settings: Any) -> Iterator[MailSink]:
    """A mail server that takes everything unless told otherwise."""
    with mail_sink() as server:
        use_mail_server(settings, server.port)
        yield server


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmsProvider]:
    """An SMS provider that takes everything unless told otherwise; no request may be wrong."""
    monkeypatch.setattr(sms, "TIMEOUT_SECONDS", 0.5)
    with sms_provider(SmsProvider) as far_end:
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.TWILIO_MESSAGING_SERVICE_SID, settings.TWILIO_FROM = SERVICE, ""
        settings.TWILIO_API_URL = far_end.url
        yield far_end
        assert far_end.wrong == []
