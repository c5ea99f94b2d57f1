"""Log lines: one JSON object each, and never a person's address, number or link."""

import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

# What stands for a person, and what is written in its place. Links first: a token may look like anything.
EMAIL: Final = re.compile(r"[^\s@<>\"'(),;:=\[\]]+@[^\s@<>\"'(),;:=\[\]]+\.[^\s@<>\"'(),;:=\[\]]+")
PERSONAL: Final = (
    (re.compile(r"(/(?:r|t|my|consents|invited|calendar/my|api/v1/registrations|reset/key)/)[^/\s?\"'<>]+"), r"\1…"),
    # Pages below a meeting's door have names, a pass has a key.
    (re.compile(r"(/door/)[\w-]{35}(?![\w-])"), r"\1…"),
    (re.compile(r"(?<![\w.+-])\+[0-9](?:[ ()./-]{0,2}[0-9]){6,14}(?![\w-])"), "[phone]"),
    (re.compile(r"(?<![\w.:+/-])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}(?![\w:-]|\.[0-9])"), "[phone]"),
)


def without_personal_data(text: str) -> str:
    """The text with e-mail addresses, phone numbers and personal links taken out."""
    for pattern, replacement in PERSONAL:
        text = pattern.sub(replacement, text)
    # Looked for only where there can be one: the pattern is slow on long lines without.
    return EMAIL.sub("[e-mail]", text) if "@" in text else text


def scrub(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take personal data out of every value of a log line."""
    for name, value in line.items():
        if name not in {"timestamp", "level", "logger"}:
            line[name] = _scrubbed(value)
    return line


def _scrubbed(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {_scrubbed(key): _scrubbed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrubbed(inner) for inner in value]
    return without_personal_data(str(value))


SHARED_PROCESSORS: Final[list[structlog.typing.Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING_SETTINGS: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": SHARED_PROCESSORS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                # Last before writing: also what exceptions and other people's loggers say goes through it.
                scrub,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"level": "INFO"},
        # A page that is not there is no news; the access log has it.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "ERROR"},
        # It would print every statement with its values.
        "django.db.backends": {"level": "INFO"},
        "django-q": {"level": "WARNING", "propagate": True},
        "_granian": {"level": "INFO"},
        "granian.access": {"level": "INFO"},
        "django_migration_linter": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "twilio": {"level": "WARNING"},
    },
}


def configure_structlog() -> None:
    """Let `structlog.get_logger()` write through the same formatter as everybody else."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS[:-2],
            SHARED_PROCESSORS[-1],
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
