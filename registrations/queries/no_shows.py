"""Pauses of people who missed meetings without a word: which of them count, and whom staff have to answer."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from events.models import Event, OrganizationalUnit
from events.permissions import May, Person, units_where
from registrations.enums import Attendance
from registrations.models import NoShowPause, Registration


def counting_pauses() -> QuerySet[NoShowPause]:
    """Pauses that count while they run: the unit has the rule, and nobody has to decide about an objection, in no order.

    A missed meeting at which the person was there after all, or for which they are excused now, counts no more.
    """
    stands = Q(objected_at=None) | Q(upheld=True)
    missed = Q(registration=None) | Q(registration__attendance=Attendance.NO_SHOW)
    return NoShowPause.objects.filter(stands, missed, unit__no_show_limit__isnull=False).order_by()


def queues_last(event: Event, email_key: str | None, *, at: datetime) -> bool:
    """Whether somebody who registers now queues behind everybody else; nobody looks where the unit has no such rule."""
    if event.unit.no_show_limit is None or email_key is None:
        return False
    running = counting_pauses().filter(unit=event.unit_id, email_key=email_key, begins_at__lte=at, ends_at__gt=at)
    return running.exists()


def pause_of(registration: Registration) -> NoShowPause | None:
    """The pause in which a registration was made, whether it counts or was objected to; the one that ends last."""
    unit = registration.event.unit
    if unit.no_show_limit is None or registration.email_key is None:
        return None
    made_at = registration.created_at
    pauses = NoShowPause.objects.filter(unit=unit, email_key=registration.email_key)
    running = pauses.filter(begins_at__lte=made_at, ends_at__gt=made_at)
    return running.order_by("-ends_at", "-id").first()


def open_objections(user: Person) -> QuerySet[NoShowPause]:
    """The objections about which this person may decide and nobody has yet, the oldest first."""
    asked = NoShowPause.objects.filter(unit__in=units_where(user, May.MANAGE_PEOPLE), objected_at__isnull=False)
    waiting = asked.filter(upheld=None).select_related("unit", "registration__event", "registration__participant")
    return waiting.order_by("objected_at", "id")


def get_objection(user: Person, number: int) -> NoShowPause:
    """A pause that was objected to, if this person may decide about it, also when that was done; else 404."""
    asked = NoShowPause.objects.filter(unit__in=units_where(user, May.MANAGE_PEOPLE), objected_at__isnull=False)
    pause = asked.filter(pk=number).first()
    if pause is None:
        raise Http404
    return pause


def ruled_units(user: Person) -> QuerySet[OrganizationalUnit]:
    """The units whose rule this person sets, by short name."""
    return units_where(user, May.SEE_STAFF).order_by("slug")
