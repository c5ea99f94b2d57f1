"""What is refused: by `manage.py check --deploy` what belongs to a trial or a test, by every command a wrong queue."""

from collections.abc import Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from events.queries.examples import example_data_exists

# The tag of the check that also commands make which make no others.
QUEUE: Final = "queue"
QUEUE_PROMISES = {"orm": "default", "max_attempts": 1, "ack_failures": True, "save_limit": -1, "catch_up": False}


@register(deploy=True)
def production_settings(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001  # Django's own signature
    """Everything of a trial that must not be in production."""
    found: list[CheckMessage] = []
    if settings.ALLOW_CLOCK:
        found.append(Error("ALLOW_CLOCK is set: `work_once --at` could make anything due.", id="config.E001"))
    if settings.USES_EMBEDDED_DATABASE:
        found.append(Error("The database is the embedded one: set DATABASE_URL.", id="config.E002"))
    if settings.ENVIRONMENT.email_url is None:
        found.append(Error("EMAIL_URL is not set: nobody would get a mail.", id="config.E003"))
    return found


@register(QUEUE)
def queue_settings(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001  # as above
    """The queue must lose nothing and repeat nothing for ever."""
    queue = settings.Q_CLUSTER
    found: list[CheckMessage] = [
        Error(f"Q_CLUSTER has {name}={queue.get(name)!r} and needs {value!r}.", id="config.E004")
        for name, value in QUEUE_PROMISES.items()
        if queue.get(name) != value
    ]
    times = [queue.get(name) for name in ("retry", "timeout", "queue_limit", "workers")]
    if not all(times):
        found.append(Error("Q_CLUSTER needs retry, timeout, queue_limit and workers.", id="config.E008"))
    elif queue["retry"] <= queue["timeout"] * (1 + queue["queue_limit"] / queue["workers"]):
        hint = "retry must be more than timeout × (1 + queue_limit / workers)."
        found.append(Error("Q_CLUSTER would start tasks again that still run.", hint=hint, id="config.E005"))
    return found


@register(deploy=True)
def no_example_data(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001  # as above
    """Examples live on the embedded server only: elsewhere a citizen might sign up for one."""
    if settings.USES_EMBEDDED_DATABASE:
        return []
    try:
        found = example_data_exists()
    except DatabaseError:
        hint = "Run `manage.py migrate`, or look at DATABASE_URL."
        return [Error("The database cannot be asked whether it holds example data.", hint=hint, id="config.E007")]
    if not found:
        return []
    hint = "Make a new database: example events, accounts and notices were loaded into this one."
    return [Error("The database holds example data.", hint=hint, id="config.E006")]
