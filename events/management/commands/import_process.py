"""Loads a process data set, such as `events/data/lublin2030.yaml`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.actions.importing import import_process
from events.actions.process_file import ProcessFileRefused, read_process_file


class Command(BaseCommand):
    """`manage.py import_process FILE.yaml`."""

    help = "Load a participation process from a YAML file; loading it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and the unit that it belongs to."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--unit", default="strategia", help="short name of the unit (default: strategia)")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Load everything or say line by line what is wrong."""
        path: Path = options["file"]
        try:
            facts = read_process_file(path.read_bytes())
            result = import_process(facts, unit_slug=options["unit"], by=None, at=timezone.now())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except ProcessFileRefused as refusal:
            raise CommandError("\n".join([f"{path} was not loaded:", *refusal.problems])) from refusal
        self.stdout.write(
            f"{result.process}: {result.stages} stages, {result.activities} activities, {result.topics} topics;"
            f" {result.new_events} events are new."
        )
