"""Information notices that people are shown before they submit data."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from events.models import InformationNotice, OrganizationalUnit
from events.permissions import May, Person, units_where


def current_notice(unit: OrganizationalUnit, *, at: datetime) -> InformationNotice | None:
    """The unit's own newest notice in force, else the newest one for every unit."""
    return (
        InformationNotice.objects.filter(Q(unit=unit) | Q(unit__isnull=True), in_force_from__lte=at)
        .order_by(F("unit").asc(nulls_last=True), "-version")
        .first()
    )


@dataclass(frozen=True)
class UnitNotice:
    """A unit and the notice that its people are shown: its own, the one for all units, or none yet."""

    unit: OrganizationalUnit
    notice: InformationNotice | None


def units_with_notice(user: Person, *, at: datetime) -> list[UnitNotice]:
    """The units whose notices this person writes, by short name; two queries however many there are."""
    units = list(units_where(user, May.EDIT).order_by("slug"))
    in_force = InformationNotice.objects.filter(Q(unit__in=units) | Q(unit__isnull=True), in_force_from__lte=at)
    newest = {notice.unit_id: notice for notice in in_force.order_by("version")}
    return [UnitNotice(unit, newest.get(unit.pk) or newest.get(None)) for unit in units]


def notice_versions(unit: OrganizationalUnit) -> QuerySet[InformationNotice]:
    """The unit's own versions, the newest first."""
    return unit.notices.order_by("-version")
