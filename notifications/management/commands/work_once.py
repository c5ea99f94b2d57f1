"""`manage.py work_once`: everything that is due, once, by hand or by cron."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.enums import Channel, Job
from notifications.management.moments import moment_of
from notifications.tasks import Work, beat, work_through

# A message that is planned while another is sent is found by the next pass; more passes than this would be a circle.
_MOST_PASSES = 1000


class Command(BaseCommand):
    help = "Does everything that is due: what runs out, reminders, planning, sending. Prints what it did."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at",
            metavar="ISO",
            help="what counts as now, as in 2027-01-11T17:00+01:00 (only with DEBUG or ALLOW_CLOCK=1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's own signature
        moment = _moment(options["at"])
        clock = timezone.now if moment is None else (lambda: moment)
        passes = [work_through(clock=clock)]
        while not passes[-1].is_nothing and len(passes) < _MOST_PASSES:
            passes.append(work_through(clock=clock))
        beat(Job.WORK_ONCE)
        said = _sentences(passes)
        if not said and options["verbosity"]:
            said = ["Nothing was due."]
        for sentence in said:
            self.stdout.write(sentence)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not (settings.DEBUG or settings.ALLOW_CLOCK):
        raise CommandError("--at is refused here: it would make anything due. It needs DEBUG or ALLOW_CLOCK=1.")
    return moment_of(text)


def _sentences(passes: list[Work]) -> list[str]:
    """What was done, in plain words and without anybody's address."""
    sent = [work.sent for work in passes]
    counted = [
        (sum(work.expired for work in passes), "Registrations and offers that have run out"),
        (sum(work.asked for work in passes), "People asked whether they still come"),
        (sum(work.unanswered for work in passes), "Questions whether people still come without an answer in time"),
        (sum(work.planned for work in passes), "Messages planned about what has happened"),
        (sum(work.reminders for work in passes), "Reminders planned"),
        (sum(work.alerts for work in passes), "Alerts to organisers planned"),
        (sum(one.sent for one in sent), "Messages sent, or kept here where no provider is set up"),
        (sum(one.ended for one in sent), "Messages ended unsent, no longer true or too late"),
        (sum(one.put_off for one in sent), "Messages put off, to be tried again"),
        (sum(one.failed for one in sent), "Messages refused for good"),
        (sum(one.unclear for one in sent), "Messages without a clear answer, about which the provider will be asked"),
    ]
    found = [f"{what}: {number}." for number, what in counted if number]
    out_of_order = {channel for one in sent for channel in one.out_of_order}
    found += [f"{Channel(channel).label} is out of order." for channel in sorted(out_of_order)]
    if not settings.SENDING_ENABLED:
        found.append("SENDING_ENABLED is off: nothing was sent.")
    return found
