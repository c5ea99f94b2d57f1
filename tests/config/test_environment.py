"""The environment is read once, typed, and a wrong value is answered with a sentence."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from datetime import time
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import settings

from config.environment import Environment, MailServer, WrongSettingError, read_environment

KEY = "k" * 50
PRODUCTION = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "wiec.example.org",
    "BASE_URL": "https://wiec.example.org",
    "DATABASE_URL": "postgresql://wiec:secret@db.example.org:5433/wiec?sslmode=require",
    "EMAIL_URL": "smtp://wiec:p%40ss@mail.example.org",
}


def read(tmp_path: Path, **values: str) -> Environment:
    return read_environment(values, var=tmp_path)


def test_with_nothing_set_it_is_a_trial_with_secrets_made_once(tmp_path: Path) -> None:
    first = read(tmp_path)
    second = read(tmp_path)

    assert first.debug
    assert first.database_url is None
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_production_is_whatever_names_a_database_or_a_key(tmp_path: Path) -> None:
    assert not read(tmp_path, **PRODUCTION).debug
    with pytest.raises(WrongSettingError, match="ALLOWED_HOSTS is not set"):
        read(tmp_path, SECRET_KEY=KEY)


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL"])
def test_production_needs_its_variables(tmp_path: Path, name: str) -> None:
    values = {**PRODUCTION, "DEBUG": "0", name: " "}

    with pytest.raises(WrongSettingError, match=f"^{name} is not set"):
        read(tmp_path, **values)


def test_values_are_typed(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        **PRODUCTION,
        QUIET_HOURS="22:00-07:00",
        REGISTRATION_RATE="5/h",
        TRUSTED_PROXIES="10.0.0.0/8, ::1",
        SENDING_ENABLED="off",
        WEB_WORKERS="3",
        SMS_COUNTRIES="pl, UA",
        SMS_TRANSLITERATE="0",
    )

    assert environment.quiet_hours == (time(22), time(7))
    assert environment.registration_rate == (5, 3600)
    assert environment.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert not environment.sending_enabled
    assert environment.web_workers == 3
    assert environment.sms_countries == {"PL", "UA"}
    assert not environment.sms_transliterate
    assert (environment.mail_per_second, environment.sms_per_second, environment.sms_most_segments) == (0, 10, 3)
    assert environment.default_from_email == "wiec@wiec.example.org"
    assert environment.email_url == MailServer(
        host="mail.example.org", port=587, user="wiec", password="p@ss", use_tls=True, use_ssl=False
    )


def test_a_trial_at_a_bare_address_writes_from_the_example_domain(tmp_path: Path) -> None:
    assert read(tmp_path).default_from_email == "wiec@example.org"


def test_a_relay_on_the_same_machine_is_spoken_to_plainly(tmp_path: Path) -> None:
    server = read(tmp_path, EMAIL_URL="smtp://wiec:secret@127.0.0.1:2525").email_url

    assert server is not None
    assert not server.use_tls


def test_the_link_key_is_its_own_and_derived_when_unset(tmp_path: Path) -> None:
    derived = read(tmp_path, **PRODUCTION).link_key

    assert derived != KEY
    assert derived == read(tmp_path, **PRODUCTION).link_key
    assert read(tmp_path, **PRODUCTION, LINK_KEY="l" * 50).link_key == "l" * 50


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "short", "5 characters"),
        ("LINK_KEY", "short", "50"),
        ("DEBUG", "maybe", "neither 1 nor 0"),
        ("ALLOWED_HOSTS", "*", "wiec.example.org"),
        ("ALLOWED_HOSTS", "https://wiec.example.org", "host name"),
        ("BASE_URL", "wiec.example.org", "http:// or https://"),
        ("BASE_URL", "https://wiec.example.org/app", "after the host name"),
        ("DATABASE_URL", "mysql://localhost/wiec", "postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "/name"),
        ("TIME_ZONE", "Europe/Lublin", "Europe/Warsaw"),
        ("EMAIL_URL", "mail.example.org:25", "smtp://"),
        ("EMAIL_URL", "smtp://mail.example.org:port", "port"),
        ("DEFAULT_FROM_EMAIL", "wiec", "e-mail address"),
        ("DEFAULT_FROM_EMAIL", "Wiec <wiec@example.org", "e-mail address"),
        ("BOUNCE_ADDRESS", "Wiec <bounce@example.org>", "bounce@wiec.example.org"),
        ("BOUNCE_ADDRESS", "a-name-of-22-letters-x@example.org", "21 letters"),
        ("ANYMAIL_WEBHOOK_SECRET", "user:short", "16 characters"),
        ("ANYMAIL_WEBHOOK_SECRET", "a-long-word-without-a-colon", "user:password"),
        ("ANYMAIL_WEBHOOK_KEYS", "key", "NAME=value"),
        ("TWILIO_ACCOUNT_SID", "SK0123", "AC"),
        ("TWILIO_AUTH_TOKEN", "two words", "space"),
        ("TWILIO_MESSAGING_SERVICE_SID", "MG12", "MG"),
        ("TWILIO_FROM", "+48 123", r"\+48123456789"),
        ("TWILIO_FROM", "Urzad Miasta Lublin", "11 letters"),
        ("TWILIO_API_URL", "api.twilio.com", "https://"),
        ("MAIL_PER_SECOND", "-1", "from 0 to 10000"),
        ("SMS_PER_SECOND", "ten", "from 0 to 1000"),
        ("SMS_COUNTRIES", "PL,XX", "“XX” is not the code of a country"),
        ("SMS_COUNTRIES", ",", "names no country"),
        ("SMS_TRANSLITERATE", "2", "neither 1 nor 0"),
        ("SMS_MOST_SEGMENTS", "2", "from 3 to 10"),
        ("SENDING_ENABLED", "2", "neither 1 nor 0"),
        ("QUIET_HOURS", "22-7", "22:00-07:00"),
        ("QUIET_HOURS", "22:00+02:00-07:00", "22:00-07:00"),
        ("BASE_URL", "https://wiec.example.org:http", "65535"),
        ("DATABASE_URL", "postgresql://wiec@localhost:port/wiec", "65535"),
        ("DATABASE_URL", "postgresql://wiec:100%zz@localhost/wiec", "%25"),
        ("DATABASE_URL", "postgresql://wiec@localhost/wiec?colour=red", "options"),
        ("QUIET_HOURS", "22:00", "22:00-07:00"),
        ("SMS_PRICE_PER_SEGMENT", "0,165", "0.165"),
        ("SMS_CURRENCY", "zł", "PLN"),
        ("REGISTRATION_RATE", "60", "60/min"),
        ("REGISTRATION_RATE", "0/min", "60/min"),
        ("TRUSTED_PROXIES", "proxy.example.org", "10.0.0.0/8"),
        ("ALLOW_CLOCK", "please", "neither 1 nor 0"),
        ("WEB_WORKERS", "0", "from 1 to 64"),
        ("WEB_WORKERS", "²", "from 1 to 64"),
        ("QUEUE_WORKERS", "many", "from 1 to 64"),
        ("SENTRY_DSN", "key", "https://"),
        ("PORT", "99999", "from 1 to 65535"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(tmp_path: Path, name: str, value: str, words: str) -> None:
    with pytest.raises(WrongSettingError, match=f"^{name} is wrong: .*{words}"):
        read(tmp_path, **{**PRODUCTION, name: value})


def test_several_database_servers_may_be_named(tmp_path: Path) -> None:
    url = "postgresql://wiec@one.example.org:5432,two.example.org:5433/wiec"

    assert read(tmp_path, **{**PRODUCTION, "DATABASE_URL": url}).database_url == url


def test_half_of_a_twilio_account_is_a_mistake(tmp_path: Path) -> None:
    account = {"TWILIO_ACCOUNT_SID": f"AC{'0' * 32}"}

    with pytest.raises(WrongSettingError, match=r"^TWILIO_AUTH_TOKEN is not set"):
        read(tmp_path, **account)
    with pytest.raises(WrongSettingError, match=r"^TWILIO_MESSAGING_SERVICE_SID is not set"):
        read(tmp_path, **account, TWILIO_AUTH_TOKEN="token")
    assert read(tmp_path, **account, TWILIO_AUTH_TOKEN="token", TWILIO_FROM="Wiec").twilio_from == "Wiec"


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    shown = repr(read(tmp_path, **PRODUCTION))

    assert KEY not in shown
    assert "secret" not in shown.replace("secret_key", "")
    assert "p@ss" not in shown


def test_a_wrong_value_stops_the_start_with_one_sentence() -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.defpath, "WEB_WORKERS": "lots"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        "WEB_WORKERS is wrong: “lots” is not a whole number from 1 to 64. See docs/reference/settings.md.\n"
    )


def test_the_reference_lists_exactly_what_is_read() -> None:
    reference = (settings.BASE_DIR / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\| `([A-Z_]+)` \|", reference, re.MULTILINE)

    assert sorted(listed) == sorted(field.name.upper() for field in fields(Environment))
