"""`manage.py messages` brings the catalogues up to date with the texts in code and templates."""

from typing import Any

from django.core.management.base import BaseCommand

from config.catalogues import LANGUAGES, as_text, catalogue_path, untranslated, updated


class Command(BaseCommand):
    help = "Update locale/*/LC_MESSAGES/django.po and say what has no translation yet."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write each catalogue; translations of texts that are still in use stay."""
        for language in LANGUAGES:
            catalogue, path = updated(language), catalogue_path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(as_text(catalogue))
            missing = untranslated(catalogue)
            self.stdout.write(f"{language}: {len(catalogue)} texts, {len(missing)} without translation")
            for text in missing:
                self.stdout.write(f"  {text}")
