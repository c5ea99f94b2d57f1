"""What every test may ask for: a database of its own run, and a browser."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from playwright.sync_api import Browser, Page, sync_playwright
from psycopg import sql

# Live-server tests use the ORM beside Playwright's own event loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave browser tests out, saying why, where there is no browser."""
    if CHROMIUM.exists():
        return
    reason = f"needs a browser, and {CHROMIUM} is missing: apt-get install chromium"
    for item in items:
        if {"browser", "page"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords of test accounts quickly: a slow hash is for real ones."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_xdist_suffix: None) -> None:
    """Commit without waiting for the disk, and clear away what killed runs left behind."""
    database = settings.DATABASES["default"]
    database["OPTIONS"]["options"] += " -c synchronous_commit=off"
    connection.settings_dict["OPTIONS"] = database["OPTIONS"]
    _drop_databases_of_dead_runs()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Empty the tables after a test that commits by deleting its few rows: TRUNCATE makes new files for all of them."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone() == ("on",):
            operations: Any = connection.ops
            operations.sql_flush = _deletions


def _deletions(_style: object, tables: list[str], **_given: Any) -> list[str]:
    # Without triggers, so that the order of the tables does not matter; until the end of the transaction.
    steps = ["PERFORM set_config('session_replication_role', 'replica', true)", *(f'DELETE FROM "{t}"' for t in tables)]
    return [f"DO $$ BEGIN {'; '.join(steps)}; END $$"]


def _drop_databases_of_dead_runs() -> None:
    with psycopg.connect(**_server(), autocommit=True) as server:
        rows = server.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_wiec_[0-9]+'").fetchall()
        for (name,) in rows:
            if not psutil.pid_exists(int(name.split("_")[2])):
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _server() -> dict[str, Any]:
    known = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {"dbname": "postgres", **{key: known[name] for key, name in names.items() if known[name]}}


@pytest.fixture(autouse=True)
def _no_feeds_of_other_tests() -> None:
    """Forget finished calendar files: the version they are kept under is rolled back with every test."""
    from events.web.feeds import kept_bodies  # noqa: PLC0415  # needs the applications

    kept_bodies.clear()


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The test database as a `DATABASE_URL`, for processes that a test starts."""
    known = connection.settings_dict
    secret = f":{quote(known['PASSWORD'], safe='')}" if known["PASSWORD"] else ""
    host = quote(known["HOST"], safe="")
    return f"postgresql://{known['USER']}{secret}@/{known['NAME']}?host={host}&port={known['PORT'] or 5432}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        with suppress(Exception):  # It may have gone with the test that killed it.
            browser.close()


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A fresh window on the running service: `page.goto("/events/")`."""
    context = browser.new_context(base_url=live_server.url, locale="pl-PL", timezone_id="Europe/Warsaw")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
