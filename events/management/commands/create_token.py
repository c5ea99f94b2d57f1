"""Makes a key for a program of a member of staff."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.actions.staff import create_token
from events.models import User

MOST_DAYS: Final = 3650


class Command(BaseCommand):
    """`manage.py create_token EMAIL [--days N]`."""

    help = "Print an API token once; only its hash is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose it is and how long it is good."""
        parser.add_argument("email")
        parser.add_argument("--days", type=_days, help="how long it is good (default: without end)")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Print the key and nothing else, for scripts."""
        user = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError("There is no active account with this address: make one with create_staff.")
        self.stdout.write(create_token(user, days=options["days"], at=timezone.now()))


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_DAYS:
        return int(text)
    raise ArgumentTypeError(f"give a number of days from 1 to {MOST_DAYS}")
