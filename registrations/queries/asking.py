"""Whether people are to be asked if they still come: when, whom, and who has not answered in time."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from events.enums import EventChangeKind, EventStatus
from events.models import Event, EventChange
from registrations.enums import ACTIVE_STATES, Attendance, AttendanceIntent, ChangeCause, RegistrationState
from registrations.models import Registration, RegistrationChange

_S: Final = RegistrationState

# On the clock on the wall of the event, so many days before its first date: by day, so that people can answer at once.
ASKED_AT: Final = time(10)
_A_DAY: Final = timedelta(days=1)
_DATES: Final = (EventChangeKind.RESCHEDULED, EventChangeKind.NEW_DATE)


def asks_at(event: Event) -> datetime | None:
    """When people are asked, as far as its policy wants it; the days before keep the wall clock, as in reminders."""
    days = event.policy.ask_days_before
    if days is None or event.starts_at is None:
        return None
    zone = ZoneInfo(event.time_zone)
    day = event.starts_at.astimezone(zone).date() - timedelta(days=days)
    return datetime.combine(day, ASKED_AT, tzinfo=zone).astimezone(UTC)


def events_that_ask(*, at: datetime) -> QuerySet[Event]:
    """Announced events to come whose day of asking is here, in the order of their numbers.

    A day more than the policy says, because the wall clock may be anywhere; `asks_at` has the moment.
    """
    days = ExpressionWrapper(Value(_A_DAY) * (F("policy__ask_days_before") + 1), output_field=DurationField())
    rows = Event.objects.filter(
        status=EventStatus.PUBLISHED, planned_only=False, starts_at__gt=at, policy__ask_days_before__isnull=False
    )
    return rows.filter(starts_at__lte=Value(at) + days).select_related("policy").order_by("pk")


def is_on_another_day(change: EventChange) -> bool:
    """Whether a change moved a date to another day, so that what people said of the old one counts no longer."""
    if change.kind == EventChangeKind.NEW_DATE:
        return True
    starts = [values.get("starts_at") for values in (change.before, change.after)]
    if change.kind != EventChangeKind.RESCHEDULED or not all(starts):
        return False
    zone = ZoneInfo(change.event.time_zone)
    old, new = (datetime.fromisoformat(str(start)).astimezone(zone).date() for start in starts)
    return old != new


def asked_since(event: Event) -> datetime | None:
    """From when on a question is one about the present date; None: nobody is asked (any more).

    Who has a seat by then is asked, whoever comes later knows the date. A new date after a postponement has asked
    already, unless it lies so far ahead that the policy's own day is still to come.
    """
    moment = asks_at(event)
    rows = EventChange.objects.filter(event=event, kind__in=_DATES).select_related("event").order_by("-pk")
    moved = next((change for change in rows if is_on_another_day(change)), None)
    if moment is None or moved is None or moved.at < moment:
        return moment
    return None if moved.kind == EventChangeKind.NEW_DATE and moved.notify else moved.at


def people_to_ask(event: Event, *, since: datetime) -> QuerySet[Registration]:
    """Who had a confirmed seat, can be written to, and has not been asked since; the first to sign up first."""
    asked = RegistrationChange.objects.filter(
        registration=OuterRef("pk"), cause=ChangeCause.ASKED_STILL_COMING, at__gte=since
    )
    reachable = Q(participant__email__gt="") | Q(participant__phone__gt="")
    return Registration.objects.filter(
        ~Exists(asked), reachable, event=event, state=_S.CONFIRMED, confirmed_at__lte=since
    ).order_by("pk")


def unanswered(*, at: datetime) -> QuerySet[Registration]:
    """Who was asked and has not answered by the limit, while it still matters; the first to sign up first."""
    return (
        Registration.objects.filter(
            state=_S.CONFIRMED,
            attendance_intent=AttendanceIntent.ASKED,
            intent_due_at__lte=at,
            event__status=EventStatus.PUBLISHED,
            event__starts_at__gt=at,
        )
        .exclude(attendance=Attendance.PRESENT)
        .order_by("pk")
    )


@dataclass(frozen=True)
class IntentFigures:
    """So many people were asked whether they (still) come to the present date; the other figures are parts of it."""

    asked: int
    coming: int
    not_coming: int
    silent: int


def intent_figures(event: Event) -> IntentFigures:
    """What people answered; silent is who has not, whether they have kept the seat or lost it by that."""
    asked = Registration.objects.filter(event=event).exclude(attendance_intent=AttendanceIntent.NOT_ASKED)
    active, silent = Q(state__in=ACTIVE_STATES), Q(attendance_intent=AttendanceIntent.ASKED)
    released = Q(changes__cause=ChangeCause.NO_ANSWER) & Q(changes__to_state=_S.CANCELLED_BY_ORGANIZER)
    lost = asked.filter(silent, released).order_by().values("pk")
    found = asked.aggregate(
        asked=_people(Q()),
        coming=_people(active & ~silent),
        not_coming=_people(Q(state=_S.CANCELLED_BY_PARTICIPANT)),
        silent=_people(silent & (active | Q(pk__in=lost))),
    )
    return IntentFigures(**found)


def _people(of: Q) -> Coalesce:
    return Coalesce(Sum("seats", filter=of) if of else Sum("seats"), 0)
