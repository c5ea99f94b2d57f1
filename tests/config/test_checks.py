"""`manage.py check --deploy` is clean in production and refuses what belongs to a trial."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from config.checks import production_settings, queue_settings
from events.models import User
from tests.make.events import make_user

PRODUCTION = {
    "SECRET_KEY": "x7Kp2vQ9sLw4Zt8Rb1Nc6Hy3Jm5Gd0Fa-Ue_XoIqTzWnBvCkSfMl",
    "ALLOWED_HOSTS": "wiec.example.org",
    "BASE_URL": "https://wiec.example.org",
    "EMAIL_URL": "smtp://mail.example.org",
}


def check(database_url: str, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=project.BASE_DIR,
        env={"PATH": os.defpath, "DATABASE_URL": database_url, **PRODUCTION, **values},
        capture_output=True,
        text=True,
        check=False,
    )


def codes() -> set[str | None]:
    return {message.id for check in (production_settings, queue_settings) for message in check(None)}


def test_production_settings_are_clean(database_url: str) -> None:
    result = check(database_url)

    assert result.stderr == ""
    assert result.returncode == 0


def test_a_clock_or_a_debugger_is_not(database_url: str) -> None:
    result = check(database_url, ALLOW_CLOCK="1", DEBUG="1")

    assert result.returncode == 1
    assert "config.E001" in result.stderr
    assert "security.W018" in result.stderr


def test_example_data_is_not(database_url: str) -> None:
    make_user()
    User.objects.update(is_example=True)

    result = check(database_url)

    assert result.returncode == 1
    assert "config.E006" in result.stderr


def test_a_database_that_cannot_be_asked_is_not(database_url: str) -> None:
    result = check(database_url.replace("/test_wiec", "/missing_wiec"))

    assert result.returncode == 1
    assert "config.E007" in result.stderr


def test_the_embedded_database_and_kept_mail_are_not() -> None:
    assert {"config.E002", "config.E003"} <= codes()


@pytest.mark.parametrize(
    "change",
    [{"orm": None}, {"max_attempts": 0}, {"ack_failures": False}, {"save_limit": 250}, {"catch_up": True}],
)
def test_a_queue_that_repeats_or_loses_is_not(settings: Any, change: dict[str, object]) -> None:
    assert "config.E004" not in codes()

    settings.Q_CLUSTER = {**settings.Q_CLUSTER, **change}

    assert "config.E004" in codes()


@pytest.mark.parametrize("change", [{"retry": 180}, {"queue_limit": 50}, {"timeout": 200}])
def test_a_queue_that_starts_running_tasks_again_is_not(settings: Any, change: dict[str, object]) -> None:
    assert "config.E005" not in codes()

    settings.Q_CLUSTER = {**settings.Q_CLUSTER, **change}

    assert "config.E005" in codes()


def test_a_queue_without_its_limits_is_not(settings: Any) -> None:
    settings.Q_CLUSTER = {name: value for name, value in settings.Q_CLUSTER.items() if name != "retry"}

    assert "config.E008" in codes()


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["qcluster", "work_once", "serve", "run", "migrate"])
def test_no_command_starts_with_a_wrong_queue(settings: Any, command: str) -> None:
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, "max_attempts": 0}

    with pytest.raises(SystemCheckError, match=r"config\.E004"):
        call_command(command, skip_checks=False)
