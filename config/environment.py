"""What the environment says, read once, checked and typed; a wrong value is answered with a sentence."""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from phonenumbers import SUPPORTED_REGIONS
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

Network = IPv4Network | IPv6Network
T = TypeVar("T")

KEY_LENGTH: Final = 50  # characters; what Django asks for, and what `secrets.token_urlsafe(38)` gives
TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"0", "false", "no", "off"})
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
POLAND_AND_NEIGHBOURS: Final = frozenset({"PL", "UA", "DE", "CZ", "SK", "LT", "BY"})
NIGHT: Final = (time(22), time(7))
RATE_SECONDS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


class WrongSettingError(Exception):
    """A variable is missing or wrong; the text names it and says what to do."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over, from `EMAIL_URL`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    use_tls: bool  # STARTTLS
    use_ssl: bool


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Every variable of `docs/reference/settings.md`, under its own name in lower case."""

    secret_key: str = field(repr=False)
    link_key: str = field(repr=False)
    debug: bool
    allowed_hosts: tuple[str, ...]
    base_url: str
    database_url: str | None = field(repr=False)
    time_zone: str
    email_url: MailServer | None
    default_from_email: str
    bounce_address: str
    anymail_webhook_secret: str = field(repr=False)
    anymail_webhook_keys: Mapping[str, str] = field(repr=False)
    twilio_account_sid: str
    twilio_auth_token: str = field(repr=False)
    twilio_messaging_service_sid: str
    twilio_from: str
    twilio_api_url: str
    mail_per_second: int
    sms_per_second: int
    sms_countries: frozenset[str]
    sms_transliterate: bool
    sms_most_segments: int
    sms_price_per_segment: Decimal | None
    sms_currency: str
    sending_enabled: bool
    quiet_hours: tuple[time, time] | None
    changes_gather_minutes: int
    registration_rate: tuple[int, int]
    trusted_proxies: tuple[Network, ...]
    allow_clock: bool
    web_workers: int
    queue_workers: int
    sentry_dsn: str | None = field(repr=False)
    port: int


def read_environment(values: Mapping[str, str], *, var: Path) -> Environment:
    """Read and check everything; `var` keeps the secrets of a local trial, made once."""
    read = _Reader(values)
    database_url = read.optional("DATABASE_URL", _postgresql_url)
    # With neither a database nor a key somebody is trying it out on their own machine.
    debug = read.yes_no("DEBUG", default=database_url is None and not values.get("SECRET_KEY"))
    if not debug:
        for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL"):
            read.require(name)
    # A trial may sign with anything; what signs in production must not be guessed.
    key = _word if debug else _key
    secret_key = read.optional("SECRET_KEY", key) or _made_once(var / "secret_key")
    port = read.text("PORT", _whole_number(1, 65_535), default=8000)
    base_url = read.text("BASE_URL", _base_url, default=f"http://127.0.0.1:{port}")
    environment = Environment(
        secret_key=secret_key,
        link_key=read.optional("LINK_KEY", key) or _derived(secret_key, "personal links"),
        debug=debug,
        allowed_hosts=read.text("ALLOWED_HOSTS", _hosts, default=("127.0.0.1", "localhost", "[::1]")),
        base_url=base_url,
        database_url=database_url,
        time_zone=read.text("TIME_ZONE", _time_zone, default="Europe/Warsaw"),
        email_url=read.optional("EMAIL_URL", _mail_server),
        default_from_email=read.text("DEFAULT_FROM_EMAIL", _mail_address, default=f"wiec@{_mail_host(base_url)}"),
        bounce_address=read.text("BOUNCE_ADDRESS", _bounce_mailbox, default=""),
        anymail_webhook_secret=read.text("ANYMAIL_WEBHOOK_SECRET", _user_and_password, default=""),
        anymail_webhook_keys=read.text("ANYMAIL_WEBHOOK_KEYS", _named_values, default={}),
        twilio_account_sid=read.text("TWILIO_ACCOUNT_SID", _twilio_sid("AC"), default=""),
        twilio_auth_token=read.text("TWILIO_AUTH_TOKEN", _word, default=""),
        twilio_messaging_service_sid=read.text("TWILIO_MESSAGING_SERVICE_SID", _twilio_sid("MG"), default=""),
        twilio_from=read.text("TWILIO_FROM", _sms_sender, default=""),
        twilio_api_url=read.text("TWILIO_API_URL", _base_url, default="https://api.twilio.com"),
        mail_per_second=read.text("MAIL_PER_SECOND", _whole_number(0, 10_000), default=0),
        sms_per_second=read.text("SMS_PER_SECOND", _whole_number(0, 1000), default=10),
        sms_countries=read.text("SMS_COUNTRIES", _countries, default=POLAND_AND_NEIGHBOURS),
        sms_transliterate=read.yes_no("SMS_TRANSLITERATE", default=True),
        sms_most_segments=read.text("SMS_MOST_SEGMENTS", _whole_number(3, 10), default=3),
        sms_price_per_segment=read.optional("SMS_PRICE_PER_SEGMENT", _price),
        sms_currency=read.text("SMS_CURRENCY", _currency, default="PLN"),
        sending_enabled=read.yes_no("SENDING_ENABLED", default=True),
        quiet_hours=_unless_empty(read.text("QUIET_HOURS", _hours, default=NIGHT)),
        changes_gather_minutes=read.text("CHANGES_GATHER_MINUTES", _whole_number(0, 120), default=10),
        registration_rate=read.text("REGISTRATION_RATE", _rate, default=(60, 60)),
        trusted_proxies=read.text("TRUSTED_PROXIES", _networks, default=()),
        allow_clock=read.yes_no("ALLOW_CLOCK", default=False),
        web_workers=read.text("WEB_WORKERS", _whole_number(1, 64), default=2),
        queue_workers=read.text("QUEUE_WORKERS", _whole_number(1, 64), default=2),
        sentry_dsn=read.optional("SENTRY_DSN", _web_address),
        port=port,
    )
    _check_twilio(environment)
    return environment


class _Reader:
    """Turns one variable into one value; an empty variable counts as unset."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def require(self, name: str) -> None:
        if not self._values.get(name, "").strip():
            problem = "is not set: production needs it (for a trial on your own machine set DEBUG=1)."
            raise WrongSettingError(name, problem)

    def optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        raw = self._values.get(name, "").strip()
        if not raw:
            return None
        try:
            return parse(raw)
        except ValueError as error:
            raise WrongSettingError(name, f"is wrong: {error}") from error

    def text(self, name: str, parse: Callable[[str], T], *, default: T) -> T:
        value = self.optional(name, parse)
        return default if value is None else value

    def yes_no(self, name: str, *, default: bool) -> bool:
        return self.text(name, _yes_no, default=default)


def _check_twilio(environment: Environment) -> None:
    """SMS needs the account, its token and one sender: some of them without the others is a mistake."""
    sender = environment.twilio_messaging_service_sid or environment.twilio_from
    account = environment.twilio_account_sid
    token = environment.twilio_auth_token
    if not (account or token or sender):
        return
    for name, value in (("TWILIO_ACCOUNT_SID", account), ("TWILIO_AUTH_TOKEN", token)):
        if not value:
            raise WrongSettingError(name, "is not set, but other TWILIO_ variables are: set it, or unset them all.")
    if not sender:
        problem = "is not set: SMS needs it or TWILIO_FROM to say who is writing."
        raise WrongSettingError("TWILIO_MESSAGING_SERVICE_SID", problem)


# Secrets of a local trial


def _made_once(path: Path) -> str:
    """A random key kept in a file only its owner may read; the first of several processes makes it."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # Made before, or by another process just now: that one counts.
    finally:
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def _derived(key: str, purpose: str) -> str:
    return hmac.new(key.encode(), f"wiec: {purpose}".encode(), hashlib.sha256).hexdigest()


# One function for each kind of value: it returns the value or raises ValueError with what to do


def _yes_no(raw: str) -> bool:
    if raw.lower() in TRUE:
        return True
    if raw.lower() in FALSE:
        return False
    raise ValueError(f"“{raw}” is neither 1 nor 0.")


def _key(raw: str) -> str:
    if len(raw) < KEY_LENGTH:
        raise ValueError(f"it has {len(raw)} characters and needs at least {KEY_LENGTH} random ones.")
    return raw


def _word(raw: str) -> str:
    if re.search(r"\s", raw):
        raise ValueError("it has a space in it: copy it again without one.")
    return raw


def _whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", raw) or not lowest <= int(raw) <= highest:
            raise ValueError(f"“{raw}” is not a whole number from {lowest} to {highest}.")
        return int(raw)

    return parse


def _listed(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _hosts(raw: str) -> tuple[str, ...]:
    for host in _listed(raw):
        if host == "*" or not re.fullmatch(r"\.?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]", host):
            raise ValueError(f"“{host}” is not a host name: write names with commas, as in wiec.example.org.")
    return _listed(raw)


def _web_address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it is not a web address: it must begin with http:// or https:// and a host name.")
    _require_port(parts)
    return raw


def _require_port(parts: SplitResult) -> None:
    try:
        _port = parts.port
    except ValueError as error:
        raise ValueError("its port is not a number from 1 to 65535.") from error


def _base_url(raw: str) -> str:
    parts = urlsplit(_web_address(raw))
    if parts.path.rstrip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError(f"“{raw}” must end after the host name, as in https://wiec.example.org.")
    return raw.rstrip("/")


def _postgresql_url(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("it must begin with postgresql://, as in postgresql://user:password@host:5432/name.")
    if not parts.path.strip("/"):
        raise ValueError("it names no database: it must end in /name, as in postgresql://user:password@host:5432/name.")
    try:
        ports = str(conninfo_to_dict(raw).get("port") or "")
    except ProgrammingError:
        # What it could not read may be part of the password: nobody repeats it.
        problem = "it cannot be read: write special characters percent-encoded (% as %25), and only options that exist."
        raise ValueError(problem) from None
    # Several servers have several ports, with commas.
    if not re.fullmatch(r"[0-9,]*", ports):
        raise ValueError("its port is not a number from 1 to 65535.")
    return raw


def _mail_server(raw: str) -> MailServer:
    parts = urlsplit(raw)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("it must look like smtp://user:password@host:587 or smtps://user:password@host:465.")
    _require_port(parts)
    is_ssl = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if is_ssl else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        # A relay on this machine speaks plain; whoever signs in elsewhere does so over TLS.
        use_tls=not is_ssl and bool(parts.username) and parts.hostname not in LOOPBACK,
        use_ssl=is_ssl,
    )


def _mail_address(raw: str) -> str:
    if not re.fullmatch(r"(?:[^<>@\r\n]*<)?[^\s<>@]+@[^\s<>@]+>?", raw) or ("<" in raw) != raw.endswith(">"):
        raise ValueError(f"“{raw}” is not an e-mail address, as in wiec@example.org or Wiec <wiec@example.org>.")
    return raw


def _bounce_mailbox(raw: str) -> str:
    # What says which message it was takes the rest of the 64 characters that a name may have.
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,21}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", raw):
        problem = "is not an address with a name of at most 21 letters and digits, as in bounce@wiec.example.org."
        raise ValueError(f"“{raw}” {problem}")
    return raw


def _user_and_password(raw: str) -> str:
    if not re.fullmatch(r"[^\s:]+:[^\s:]{16,}", raw):
        raise ValueError("it must look like user:password, with a password of at least 16 characters.")
    return raw


def _named_values(raw: str) -> Mapping[str, str]:
    pairs = [part.partition("=") for part in _listed(raw)]
    for name, _, value in pairs:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name) or not value:
            raise ValueError("it must look like NAME=value, several with commas, as in MAILGUN_WEBHOOK_SIGNING_KEY=….")
    return {name: value for name, _, value in pairs}


def _mail_host(base_url: str) -> str:
    """The service's own host; a trial runs at a bare address or `localhost`, where no mailbox can be."""
    host = urlsplit(base_url).hostname or ""
    return host if re.search(r"\.[a-z]{2,}$", host) else "example.org"


def _time_zone(raw: str) -> str:
    if raw not in available_timezones():
        raise ValueError(f"“{raw}” is not a time zone, as in Europe/Warsaw.")
    return ZoneInfo(raw).key


def _twilio_sid(prefix: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if not re.fullmatch(rf"{prefix}[0-9a-fA-F]{{32}}", raw):
            raise ValueError(f"it must be {prefix} and 32 hexadecimal digits: copy it from Twilio's console.")
        return raw

    return parse


def _sms_sender(raw: str) -> str:
    is_number = re.fullmatch(r"\+[1-9][0-9]{6,14}", raw)
    is_name = re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", raw)
    if not (is_number or is_name):
        raise ValueError(f"“{raw}” is neither a number as in +48123456789 nor a name of at most 11 letters and digits.")
    return raw


def _countries(raw: str) -> frozenset[str]:
    countries = frozenset(part.upper() for part in _listed(raw))
    if not countries:
        raise ValueError("it names no country: write codes with commas, as in PL,UA.")
    for country in sorted(countries):
        if country not in SUPPORTED_REGIONS:
            raise ValueError(f"“{country}” is not the code of a country: write codes with commas, as in PL,UA.")
    return countries


def _price(raw: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", raw):
        raise ValueError(f"“{raw}” is not a price, as in 0.165.")
    return Decimal(raw)


def _currency(raw: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", raw):
        raise ValueError(f"“{raw}” is not a currency in three capital letters, as in PLN.")
    return raw


def _hours(raw: str) -> tuple[time, time]:
    try:
        start, end = (time.fromisoformat(part.strip()) for part in raw.split("-"))
    except ValueError as error:
        raise ValueError(f"“{raw}” is not a span of hours, as in 22:00-07:00.") from error
    if start.tzinfo or end.tzinfo:
        raise ValueError(f"“{raw}” names a zone, but the night is that of each event: write 22:00-07:00.")
    return start, end


def _unless_empty(hours: tuple[time, time]) -> tuple[time, time] | None:
    return None if hours[0] == hours[1] else hours


def _rate(raw: str) -> tuple[int, int]:
    """How many in how many seconds."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})/(s|min|h|d)", raw)
    if not found:
        raise ValueError(f"“{raw}” is not a rate, as in 60/min (per s, min, h or d).")
    return int(found[1]), RATE_SECONDS[found[2]]


def _networks(raw: str) -> tuple[Network, ...]:
    networks: list[Network] = []
    for part in _listed(raw):
        try:
            networks.append(ip_network(part))
        except ValueError as error:
            raise ValueError(f"“{part}” is not an address or network, as in 10.0.0.0/8.") from error
    return tuple(networks)
