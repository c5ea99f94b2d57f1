"""The queue: two schedules, a nudge on commit, a tick that does its steps, and a message that arrives once after kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psutil
import pytest
from django.conf import settings as project
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success, Task
from django_q.tasks import async_task

from events.models import ReminderRule
from notifications import tasks
from notifications.apps import _keep_schedules
from notifications.enums import Job, MessageState
from notifications.models import ChannelState, Heartbeat, Message
from notifications.queries.health import due_state
from notifications.receivers import nudge
from notifications.schedules import ensure_schedules
from registrations.actions.signing_up import sign_up
from registrations.enums import RegistrationSource
from registrations.models import Registration
from tests.make import make_applicant, make_event, make_registration
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink, broken_mail_server
from tests.notifications.make_messages import make_message


def schedules() -> list[tuple[str | None, str, str]]:
    return sorted(Schedule.objects.values_list("name", "func", "schedule_type"))


TWO = [
    ("housekeeping", "notifications.tasks.housekeeping", "H"),
    ("tick", "notifications.tasks.tick", "I"),
]


@pytest.mark.django_db
def test_there_are_exactly_two_schedules_however_often_one_makes_them():
    Schedule.objects.all().delete()
    Schedule.objects.create(name="tick", func="something.old", schedule_type="D", minutes=7)
    Schedule.objects.create(name="tick", func="notifications.tasks.tick", schedule_type="I", minutes=1)
    Schedule.objects.create(name="another", func="something.else", schedule_type="H")
    Schedule.objects.filter(name="another").update(next_run=timezone.now() + timedelta(days=9))

    ensure_schedules()
    ensure_schedules()

    assert schedules() == TWO
    assert Schedule.objects.get(name="tick").minutes == 1


@pytest.mark.django_db
def test_a_schedule_far_in_the_future_is_brought_back():
    Schedule.objects.update(next_run=timezone.now() + timedelta(days=400))

    ensure_schedules()

    assert not Schedule.objects.filter(next_run__gt=timezone.now()).exists()


@pytest.mark.django_db
def test_migrating_makes_the_schedules(monkeypatch: pytest.MonkeyPatch):
    assert schedules() == TWO
    Schedule.objects.all().delete()
    monkeypatch.setattr("notifications.apps.connection.introspection.table_names", list)

    _keep_schedules()
    assert schedules() == []

    monkeypatch.undo()
    _keep_schedules()
    assert schedules() == TWO


@pytest.mark.django_db
def test_a_nudge_puts_one_tick_into_the_queue_until_it_runs():
    nudge()
    nudge()

    (waiting,) = OrmQ.objects.all()
    assert waiting.task["func"] == "notifications.tasks.tick"
    OrmQ.objects.update(lock=timezone.now() + timedelta(minutes=5))
    nudge()
    assert OrmQ.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_signing_up_nudges_once_when_it_is_committed():
    event = make_event()

    with transaction.atomic():
        for _ in range(3):
            sign_up(
                event, make_applicant(), source=RegistrationSource.WEB, language="pl", notice=None, at=timezone.now()
            )
        assert not OrmQ.objects.exists()

    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_nudge_that_fails_breaks_nothing(monkeypatch: pytest.MonkeyPatch):
    def fail() -> None:
        raise ConnectionError

    monkeypatch.setattr("notifications.receivers.nudge", fail)
    event = make_event()

    sign_up(event, make_applicant(), source=RegistrationSource.WEB, language="pl", notice=None, at=timezone.now())

    assert Registration.objects.count() == 1


@pytest.mark.django_db
def test_a_tick_does_everything_and_leaves_a_heartbeat():
    now = timezone.now()
    event = make_event(confirm_email=True, at=now)
    sign_up(event, make_applicant(), source=RegistrationSource.WEB, language="pl", notice=None, at=now)

    tasks.tick()

    assert list(Message.objects.values_list("kind", "state")) == [("hold_to_confirm", "sent")]
    assert due_state(timezone.now()).is_ready


@pytest.mark.django_db
def test_a_step_that_fails_does_not_stop_the_others_and_leaves_no_heartbeat(monkeypatch: pytest.MonkeyPatch):
    def fail(*, at: object) -> int:
        raise RuntimeError(at)

    monkeypatch.setattr(tasks, "expire_due", fail)
    now = timezone.now()
    make_message(make_registration(make_event(at=now)), at=now)

    with pytest.raises(RuntimeError):
        tasks.tick()

    assert Message.objects.get().state == MessageState.SENT
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db
def test_housekeeping_clears_the_queues_old_records():
    now = timezone.now()
    for days, success in ((20, True), (20, False), (1, True), (1, False)):
        at = now - timedelta(days=days)
        Task.objects.create(id=f"{days}{success}", name="x", func="x", started=at, stopped=at, success=success)

    tasks.housekeeping()

    assert (Success.objects.count(), Failure.objects.count()) == (1, 1)
    assert Heartbeat.objects.get(name="housekeeping").name == Job.HOUSEKEEPING


@pytest.mark.django_db
def test_the_budget_of_a_tick_is_kept():
    for _ in range(3):
        make_message(make_registration(make_event()))

    work = tasks.work_through(clock=lambda: NOW, until=time.monotonic())

    assert work.sent.sent == 0
    assert set(Message.objects.values_list("state", "claims")) == {("planned", 0)}


# Readiness


@pytest.mark.django_db
def test_ready_means_that_the_tick_runs_and_nothing_waits_long(settings: Any):
    now = timezone.now()
    assert not due_state(now).is_ready
    tasks.beat(Job.TICK)
    assert due_state(now).is_ready
    message = make_message(make_registration(make_event(at=now)), at=now - timedelta(minutes=9))
    assert due_state(now).is_ready
    Message.objects.filter(pk=message.pk).update(next_attempt_at=now - timedelta(minutes=11))
    late = due_state(now)
    assert (late.is_ready, late.oldest_due_seconds) == (False, 660)
    settings.SENDING_ENABLED = False
    assert due_state(now).is_ready
    Heartbeat.objects.update(finished_at=Now() - timedelta(minutes=5))
    assert not due_state(now).is_ready
    assert (late.mail, late.sms, late.unknown, late.failed_today) == ("kept", "kept", 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "is_ready"), [(600, True), (601, False)])
def test_a_due_message_may_wait_for_ten_minutes(seconds: int, is_ready: bool):
    now = timezone.now()
    tasks.beat(Job.TICK)
    make_message(make_registration(make_event(at=now)), at=now - timedelta(seconds=seconds))

    state = due_state(now)

    assert (state.is_ready, state.oldest_due_seconds) == (is_ready, seconds)


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "is_ready"), [(240, True), (241, False)])
@pytest.mark.parametrize("job", [Job.TICK, Job.WORK_ONCE])
def test_the_work_may_rest_for_four_minutes_whoever_does_it(job: Job, seconds: int, is_ready: bool):
    Heartbeat.objects.create(name=job, finished_at=Now() - timedelta(seconds=seconds))
    # Housekeeping is other work.
    Heartbeat.objects.create(name=Job.HOUSEKEEPING, finished_at=Now())

    assert due_state(timezone.now()).is_ready == is_ready


@pytest.mark.django_db
def test_what_waits_for_the_rate_limit_of_a_channel_that_flows_is_not_late(settings: Any):
    now = timezone.now()
    tasks.beat(Job.TICK)
    make_message(make_registration(make_event(at=now)), at=now - timedelta(hours=1))
    ChannelState.objects.create(channel="email", refilled_at=now)

    settings.MAIL_PER_SECOND = 0
    assert not due_state(now).is_ready
    settings.MAIL_PER_SECOND = 10
    assert due_state(now).is_ready
    ChannelState.objects.update(refilled_at=Now() - timedelta(seconds=61))
    assert not due_state(now).is_ready


@pytest.mark.django_db
def test_what_is_held_back_is_not_due(settings: Any):
    now = timezone.now()
    tasks.beat(Job.TICK)
    make_message(make_registration(make_event(at=now)), at=now - timedelta(hours=1))
    assert not due_state(now).is_ready

    state = ChannelState.objects.update_or_create(
        channel="email", defaults={"refilled_at": now, "open_until": now + timedelta(minutes=5)}
    )[0]
    assert (due_state(now).is_ready, due_state(now).oldest_due_seconds) == (True, None)
    state.open_until = now - timedelta(seconds=1)
    state.save()
    assert not due_state(now).is_ready

    # Put off by quiet hours, or to be tried again.
    Message.objects.update(next_attempt_at=now + timedelta(hours=8))
    assert due_state(now).is_ready


# The real queue


def start_queue(database_url: str, port: int) -> subprocess.Popen[bytes]:
    """A real cluster in a process group of its own, on the test's database."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "DEBUG": "1",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=project.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def wait_for(what: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def make_due(number: int) -> None:
    now = timezone.now()
    event = make_event(capacity=None, at=now)
    for _ in range(number):
        make_message(make_registration(event), at=now)
    nudge()


def let_leases_run_out() -> None:
    Message.objects.exclude(lease_until=None).update(lease_until=Now() - timedelta(seconds=1))
    OrmQ.objects.all().delete()


def copies(taken: list[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for content in taken:
        (line,) = [line for line in content.split(b"\r\n") if line.startswith(b"Message-ID")]
        found[line] = found.get(line, 0) + 1
    return found


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_queue_killed_in_the_middle_loses_nothing_and_repeats_nothing(database_url: str):
    with broken_mail_server() as server:
        server.after_dot = lambda: time.sleep(0.05)
        make_due(40)
        queue = start_queue(database_url, server.port)
        try:
            wait_for(lambda: len(server.taken) >= 10)
        finally:
            kill_group(queue)
        # Whatever was under way when the processes died is at most one mail.
        sending = set(Message.objects.filter(state=MessageState.SENDING).values_list("pk", flat=True))
        assert len(sending) <= 1
        assert len(server.taken) < 40
        let_leases_run_out()
        nudge()
        queue = start_queue(database_url, server.port)
        try:
            wait_for(lambda: not Message.objects.exclude(state=MessageState.SENT).exists())
        finally:
            kill_group(queue)

    delivered = copies(server.taken)
    assert len(delivered) == 40
    # Only what was cut off between the server's answer and our row may come twice, and then under the same id.
    repeated = {line for line, count in delivered.items() if count > 1}
    assert repeated <= {f"Message-ID: <{pk}@127.0.0.1>".encode() for pk in sending}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_queues_two_schedules_and_ten_ticks_at_once_plan_and_send_everything_once(
    database_url: str, sink: MailSink
):
    now = timezone.now()
    event = make_event(starts_at=now + timedelta(hours=2), capacity=None, at=now - timedelta(days=9))
    ReminderRule.objects.create(event=event, channel="email", minutes_before=130)
    for _ in range(15):
        make_registration(event, at=now - timedelta(days=3))
    for _ in range(15):
        sign_up(event, make_applicant(), source=RegistrationSource.WEB, language="pl", notice=None, at=now)
    OrmQ.objects.all().delete()
    # As if two hosts had made it; whoever schedules finds both due.
    Schedule.objects.create(name="tick", func="notifications.tasks.tick", schedule_type="I", minutes=1, next_run=now)
    Schedule.objects.update(next_run=now - timedelta(seconds=1))
    for _ in range(10):
        async_task("notifications.tasks.tick")

    queues = [start_queue(database_url, sink.port) for _ in range(2)]
    try:
        wait_for(lambda: Message.objects.filter(state=MessageState.SENT).count() >= 30)
        wait_for(lambda: not OrmQ.objects.exists())
    finally:
        for queue in queues:
            kill_group(queue)

    assert sorted(Message.objects.values_list("kind", "state").annotate(number=Count("pk"))) == [
        ("confirmed", "sent", 15),
        ("reminder", "sent", 15),
    ]
    assert len(sink.mails) == 30
    assert len({mail["Message-ID"] for mail in sink.mails}) == 30


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_orphans_of_a_killed_queue_work_on_beside_the_next_one_and_repeat_nothing(
    database_url: str, sink: MailSink
):
    first = start_queue(database_url, sink.port)
    second = None
    try:
        wait_for(lambda: len(family(first)) >= 5)
        orphans = family(first)
        # The first process alone, and nobody there who would end its group.
        first.kill()
        first.wait()
        make_due(20)
        second = start_queue(database_url, sink.port)
        for _ in range(6):
            async_task("notifications.tasks.tick")
        wait_for(lambda: not Message.objects.exclude(state=MessageState.SENT).exists())
        assert any(process.is_running() for process in orphans)
    finally:
        for queue in (first, second):
            if queue is not None:
                with suppress(ProcessLookupError):
                    kill_group(queue)

    assert len(sink.mails) == 20
    assert len({mail["Message-ID"] for mail in sink.mails}) == 20
