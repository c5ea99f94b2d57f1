"""`manage.py ingest_bounce`: takes one mail from a mail server's pipe, and learns what became of one of ours."""

import os
import sys
from typing import Any, BinaryIO, Final

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.actions.mail_reports import take_mail_report
from notifications.channels.mail_reports import report_of

log = structlog.get_logger(__name__)

# Reports stand at the beginning; behind them is the mail that came back, with its pictures.
MOST_BYTES: Final = 2_000_000


class Command(BaseCommand):
    help = (
        "Reads one mail from standard input. Reports about our own mails are taken note of, everything else is left "
        "alone. Exits with 75 when that could not be done now, so that the mail server tries again."
    )
    # It runs once for each mail that comes back.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recipient", default="", metavar="ADDRESS", help="whom the mail was sent to")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's own signature
        try:
            report = report_of(_read(sys.stdin.buffer), recipient=options["recipient"])
            if report is None:
                log.info("mail is no report about one of ours")
            elif not take_mail_report(report, at=timezone.now()):
                log.info("report about no mail of ours")
        except Exception as error:
            # Whatever it is, the database away or a fault of ours: the mail server keeps the mail and comes again.
            log.exception("report could not be taken")
            raise CommandError("The report could not be taken now.", returncode=os.EX_TEMPFAIL) from error


def _read(pipe: BinaryIO) -> bytes:
    """The beginning of the mail; the rest is read too, or the mail server would take it for a failure."""
    raw = pipe.read(MOST_BYTES)
    while pipe.read(MOST_BYTES):
        pass
    return raw
