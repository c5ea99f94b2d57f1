"""The two schedules of the queue: everything else that is due stands in our own tables."""

from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django_q.models import Schedule

from notifications.enums import Job

_LOCK: Final = 4_203_001  # of pg_advisory_xact_lock; a number of our own
_WANTED: Final[dict[str, dict[str, Any]]] = {
    Job.TICK.value: {"func": "notifications.tasks.tick", "schedule_type": Schedule.MINUTES, "minutes": 1},
    Job.HOUSEKEEPING.value: {
        "func": "notifications.tasks.housekeeping",
        "schedule_type": Schedule.HOURLY,
        "minutes": None,
    },
}


@transaction.atomic
def ensure_schedules() -> None:
    """Exactly these two, however many hosts start at once: a schedule's name is not unique in its table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    kept: list[int] = []
    for name, values in _WANTED.items():
        schedule = Schedule.objects.filter(name=name).order_by("id").first() or Schedule(name=name)
        for field, value in {**values, "repeats": -1, "args": None, "kwargs": None, "cluster": None}.items():
            setattr(schedule, field, value)
        if schedule.next_run is None or schedule.next_run > timezone.now() + timedelta(hours=1):
            schedule.next_run = timezone.now()
        schedule.save()
        kept.append(schedule.pk)
    Schedule.objects.exclude(pk__in=kept).delete()
