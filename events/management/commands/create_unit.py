"""Makes a unit of the city, so that its first member of staff has somewhere to belong."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.actions.staff import create_unit
from events.errors import FieldErrors


class Command(BaseCommand):
    """`manage.py create_unit SLUG --name NAME`."""

    help = "Make a unit that owns events; create_staff then gives it its people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the short name and the name in each language."""
        parser.add_argument("slug", help="short name in lower case, as in strategy")
        parser.add_argument("--name", required=True, help="name in Polish")
        parser.add_argument("--name-en", default="", help="name in English")
        parser.add_argument("--name-uk", default="", help="name in Ukrainian")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Make the unit and say what comes next."""
        translations = {"en": options["name_en"], "uk": options["name_uk"]}
        name = {"pl": options["name"], **{language: text for language, text in translations.items() if text}}
        try:
            unit = create_unit(options["slug"], name=name, by=None, at=timezone.now())
        except FieldErrors as refusal:
            sentences = [str(sentence) for some in refusal.errors.values() for sentence in some]
            raise CommandError(" ".join(sentences)) from refusal
        self.stdout.write(f"The unit {unit.slug} is there. Next: create_staff EMAIL --unit {unit.slug} --role admin")
