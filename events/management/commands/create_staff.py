"""Makes a staff account without questions."""

import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.actions.staff import create_staff
from events.enums import Role
from events.errors import FieldErrors
from events.models import OrganizationalUnit, User


class Command(BaseCommand):
    """`manage.py create_staff EMAIL --unit SLUG --role ROLE`."""

    help = "Make a staff account, or give one another role. A new account's password is made up and printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who, where and as what."""
        parser.add_argument("email")
        parser.add_argument("--unit", required=True, help="short name of the unit")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--superuser", action="store_true", help="may do everything in every unit")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Make the account and say how to sign in."""
        email = options["email"].strip().lower()
        unit = OrganizationalUnit.objects.filter(slug=options["unit"]).first()
        if unit is None:
            known = ", ".join(OrganizationalUnit.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"There is no unit “{options['unit']}” (there are: {known or 'none'}).")
        is_new = not User.objects.filter(email=email).exists()
        made_up = secrets.token_urlsafe(12) if is_new and not options["password_stdin"] else None
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else made_up
        try:
            create_staff(
                email,
                unit=unit,
                role=Role(options["role"]),
                password=password,
                is_superuser=options["superuser"],
                by=None,
                at=timezone.now(),
            )
        except FieldErrors as refusal:
            sentences = [str(sentence) for some in refusal.errors.values() for sentence in some]
            raise CommandError(" ".join(sentences)) from refusal
        self.stdout.write(f"{email} is {options['role']} in {unit.slug}.")
        if made_up is not None:
            self.stdout.write(f"Password (shown once): {made_up}")
