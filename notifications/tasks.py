"""What runs by itself: the tick that looks at the tables, and housekeeping."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog
from django.contrib.sessions.backends.db import SessionStore
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import Failure, Success

from notifications.actions.planning import plan_alerts, plan_changes, plan_reminders
from notifications.actions.retention import run_retention
from notifications.delivery.sending import Clock, Sent, send_due
from notifications.enums import Job
from notifications.kinds import STILL_COMING
from notifications.models import Heartbeat
from notifications.queries.questions import unreached_people
from registrations.actions.asking import ask_due, settle_unanswered
from registrations.actions.moves import expire_due
from registrations.actions.rates import forget_attempts

log = structlog.get_logger(__name__)

# With the last call and its answer well below the queue's own limit, which could end a task between answer and row.
_BUDGET_SECONDS: Final = 40.0
_KEEP_TASK_RECORDS: Final = timedelta(days=14)
# Once a day, at the hour that it has found.
_RETENTION_EVERY: Final = timedelta(hours=23, minutes=30)


@dataclass
class Work:
    """What one pass did."""

    expired: int = 0
    asked: int = 0
    unanswered: int = 0
    planned: int = 0
    reminders: int = 0
    alerts: int = 0
    sent: Sent = field(default_factory=Sent)

    @property
    def is_nothing(self) -> bool:
        """Whether another pass would find nothing either."""
        sent = self.sent
        handled = sent.sent + sent.ended + sent.put_off + sent.failed + sent.unclear
        return not (
            self.expired or self.asked or self.unanswered or self.planned or self.reminders or self.alerts or handled
        )


def tick() -> None:
    """Do what is due now; two ticks at once do no harm."""
    work_through(clock=timezone.now, until=time.monotonic() + _BUDGET_SECONDS)
    beat(Job.TICK)


def work_through(*, clock: Clock, until: float = float("inf")) -> Work:
    """One pass: what runs out, what is to be asked and told, what is to be sent; a step that fails does not stop the others."""
    work = Work()

    def expire() -> None:
        work.expired = expire_due(at=clock())

    def ask() -> None:
        work.asked = ask_due(at=clock())

    def settle() -> None:
        at = clock()
        work.unanswered = settle_unanswered(unreached=unreached_people(kind=STILL_COMING.name, at=at), at=at)

    def plan() -> None:
        work.planned = plan_changes(at=clock())

    def remind() -> None:
        work.reminders = plan_reminders(at=clock())

    def alert() -> None:
        work.alerts = plan_alerts(at=clock())

    def send() -> None:
        work.sent = send_due(clock=clock, until=until)

    _take_steps(expire, settle, ask, plan, remind, alert, send)
    return work


def _take_steps(*steps: Callable[[], None]) -> None:
    failures: list[Exception] = []
    for do in steps:
        try:
            do()
        except Exception as failure:
            # The next steps must have their turn; the first failure is raised at the end, so nothing is hidden.
            log.exception("a step of the tick failed")
            failures.append(failure)
    if failures:
        raise failures[0]


def housekeeping() -> None:
    """Once an hour: clear the queue's own records of tasks, counts of attempts, and sessions that are over.

    A session holds what somebody typed when registering, for the page after the form; it may not outlive its hour. Once
    a day: what has had its time by the rules of retention; what takes too long goes on an hour later.
    """
    until = time.monotonic() + _BUDGET_SECONDS
    before = timezone.now() - _KEEP_TASK_RECORDS
    Failure.objects.filter(stopped__lt=before).delete()
    Success.objects.filter(stopped__lt=before).delete()
    forget_attempts(at=timezone.now())
    SessionStore.clear_expired()
    if (
        not _has_run(Job.RETENTION, within=_RETENTION_EVERY)
        and run_retention(at=timezone.now(), until=until).is_finished
    ):
        beat(Job.RETENTION)
    beat(Job.HOUSEKEEPING)


def _has_run(job: Job, *, within: timedelta) -> bool:
    return Heartbeat.objects.filter(name=job.value, finished_at__gt=Now() - within).exists()


def beat(job: Job) -> None:
    """Write down that a job has finished."""
    # The database's clock, because whoever reads it may run elsewhere.
    Heartbeat.objects.update_or_create(name=job.value, defaults={"finished_at": Now()})
