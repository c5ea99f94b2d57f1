"""`manage.py end_messages`: after a restore from backup, ends what may have been sent already."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.actions.restoring import end_messages
from notifications.enums import Channel
from notifications.management.moments import moment_of


class Command(BaseCommand):
    help = "Counts the messages that were due before a moment and have not gone; with --end, ends them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--due-before",
            metavar="ISO",
            required=True,
            help="when the database that was lost was last at work, as in 2027-01-11T17:00+01:00",
        )
        parser.add_argument("--end", action="store_true", help="end them; without it they are only counted")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Count, and end when told to."""
        moment = moment_of(options["due_before"])
        if moment > timezone.now():
            raise CommandError("--due-before lies in the future: what is due only then cannot have been sent.")
        if options["end"] and settings.SENDING_ENABLED:
            raise CommandError(
                "Messages go out meanwhile: stop the service, and start it with SENDING_ENABLED=0 first."
            )
        counts = end_messages(due_before=moment, is_rehearsal=not options["end"])
        if not counts:
            self.stdout.write("No message was due before that and has not gone.")
            return
        self.stdout.write("Ended:" if options["end"] else "Would be ended (--end does it):")
        for (kind, channel), count in sorted(counts.items()):
            self.stdout.write(f"  {kind}, {Channel(channel).label}: {count}")
