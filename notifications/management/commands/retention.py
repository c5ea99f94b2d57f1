"""`manage.py retention`: deletes what has had its time, and says how much of what."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from notifications.actions.retention import run_retention


class Command(BaseCommand):
    help = "Deletes personal data that have had their time. Prints counts; --dry-run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Run the rules once, to the end."""
        is_rehearsal = options["dry_run"]
        counts = run_retention(at=timezone.now(), is_rehearsal=is_rehearsal).counts
        self.stdout.write("Would be deleted or emptied:" if is_rehearsal else "Deleted or emptied:")
        for name, count in counts.items():
            self.stdout.write(f"  {name}: {count}")
