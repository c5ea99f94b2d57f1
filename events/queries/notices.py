"""Information notices that people are shown before they submit data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from events.models import EventKind, InformationNotice, OrganizationalUnit
from events.models.kept import kept
from events.permissions import May, Person, units_where


def current_notice(
    unit: OrganizationalUnit, *, kind: EventKind | None = None, at: datetime
) -> InformationNotice | None:
    """The newest notice in force of the unit for the kind, else of the unit, else for the kind, else for everything."""
    return next(iter(_in_force(unit.pk, kind.pk if kind is not None else None, at)), None)


@kept
def _in_force(unit_id: Any, kind_id: Any, at: Any) -> QuerySet[InformationNotice]:
    return InformationNotice.objects.filter(
        Q(unit=unit_id) | Q(unit__isnull=True), Q(kind=kind_id) | Q(kind__isnull=True), in_force_from__lte=at
    ).order_by(F("unit").asc(nulls_last=True), F("kind").asc(nulls_last=True), "-version")[:1]


@dataclass(frozen=True)
class UnitNotice:
    """A unit and the notice that its people are shown: its own, the one for all units, or none yet.

    `of_kinds`: its own notices for single kinds of meetings.
    """

    unit: OrganizationalUnit
    notice: InformationNotice | None
    of_kinds: list[InformationNotice]


def units_with_notice(user: Person, *, at: datetime) -> list[UnitNotice]:
    """The units whose notices this person writes, by short name; two queries however many there are."""
    units = list(units_where(user, May.EDIT).order_by("slug"))
    in_force = InformationNotice.objects.filter(Q(unit__in=units) | Q(unit__isnull=True), in_force_from__lte=at)
    rows = in_force.select_related("kind").order_by("version")
    newest = {(notice.unit_id, notice.kind_id): notice for notice in rows}
    of_kinds: dict[int | None, list[InformationNotice]] = {}
    for notice in newest.values():
        if notice.kind is not None:
            of_kinds.setdefault(notice.unit_id, []).append(notice)
    return [
        UnitNotice(
            unit,
            newest.get((unit.pk, None)) or newest.get((None, None)),
            sorted(of_kinds.get(unit.pk, ()), key=_place_of_kind),
        )
        for unit in units
    ]


def _place_of_kind(notice: InformationNotice) -> tuple[int, str]:
    return (notice.kind.position, notice.kind.code) if notice.kind is not None else (0, "")


def notice_versions(unit: OrganizationalUnit, *, kind: EventKind | None = None) -> QuerySet[InformationNotice]:
    """The unit's own versions for a kind, or for all kinds that have none of their own; the newest first."""
    return unit.notices.filter(kind=kind).order_by("-version")
