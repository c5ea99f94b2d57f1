"""Fills a trial with meetings to come and the accounts to organise them; only on the embedded database."""

import os
import secrets
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from events.actions.examples import FULL_EVENT, make_examples
from events.actions.staff import create_staff
from events.enums import Role
from events.models import OrganizationalUnit, ParticipationProcess, User
from registrations.actions.examples import fill_with_examples

PROCESS: Final = "lublin2030"
PEOPLE: Final = 8


class Command(BaseCommand):
    """`manage.py load_examples`."""

    help = "Add example events, marked as such, to a trial on the embedded database; twice adds nothing."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Make what is missing."""
        if not settings.USES_EMBEDDED_DATABASE:
            raise CommandError("Examples are only for a trial: they are not put into the database of DATABASE_URL.")
        process = ParticipationProcess.objects.filter(slug=PROCESS).select_related("unit").first()
        if process is None:
            raise CommandError("Load the process first: manage.py import_process events/data/lublin2030.yaml")
        at = timezone.now()
        with transaction.atomic():
            organiser = _account("organiser", Role.OWNER, process.unit)
            _account("door", Role.DOOR, process.unit)
            events = make_examples(process, by=organiser, at=at)
            for event in events:
                if event.slug == FULL_EVENT:
                    fill_with_examples(event, people=PEOPLE, at=at)
        self.stdout.write(f"{len(events)} example events are new.")


def _account(name: str, role: Role, unit: OrganizationalUnit) -> User:
    """An example account whose password is made up once and kept where only this machine's user reads it."""
    email = f"{name}@example.org"
    password: str | None = _password(settings.VAR_DIR / f"example_{name}.txt", email)
    known = User.objects.filter(email=email).first()
    if known is not None and known.check_password(password or ""):
        # Setting it again would sign the person out.
        password = None
    at = timezone.now()
    return create_staff(email, unit=unit, role=role, password=password, is_example=True, by=None, at=at)


def _password(path: Path, email: str) -> str:
    if path.exists():
        return path.read_text(encoding="utf-8").split()[1]
    password = secrets.token_urlsafe(12)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - a file that nobody else ever reads
        file.write(f"{email} {password}\n")
    return password
