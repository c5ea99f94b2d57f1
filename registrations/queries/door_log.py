"""The door's log as it is read: which scan counts, and who was scanned by more than one device."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from events.models import Event
from events.models.kept import kept
from registrations.enums import CheckInKind
from registrations.models import CheckIn, Participant, PartyMember, Registration


@dataclass(frozen=True)
class RepeatedCheckIn:
    """Somebody whom several devices admitted, with every scan since the admission was last taken back; first one first.

    `member`: whom of the party it is about; null: the person who registered.
    """

    registration: Registration
    member: PartyMember | None
    scans: list[CheckIn]

    @property
    def named(self) -> Participant | PartyMember:
        """Where the name stands."""
        return self.member or self.registration.participant


def log_around(registration: Registration, nonce: str) -> list[CheckIn]:
    """The log of everybody of a registration, and the row of anybody under this number, in the order of arrival."""
    return _log_around(registration.pk, nonce)


@kept
def _log_around(registration_id: Any, nonce: Any) -> QuerySet[CheckIn]:
    rows = CheckIn.objects.filter(Q(registration=registration_id) | Q(nonce=nonce))
    return rows.select_related("by", "door_pass").order_by("id")


def admissions(rows: Iterable[CheckIn]) -> list[list[CheckIn]]:
    """The scans of one person, in the order of arrival, parted where an admission was taken back or began.

    The last part is the admission that stands; it is empty where nobody has come, or come again. What was scanned
    before somebody was admitted (of the reserve list, at the door; on another day) says nothing about when they came.
    """
    parts: list[list[CheckIn]] = [[]]
    for row in rows:
        if row.is_scan:
            if row.kind == CheckInKind.ADMIT and parts[-1]:
                parts.append([])
            parts[-1].append(row)
        elif row.kind == CheckInKind.VOID:
            parts.append([])
    return parts


def word_that_stands(rows: Iterable[CheckIn]) -> CheckIn | None:
    """What the log of one person says now: what was taken back gives way to what stood there before, as an excuse does."""
    words: list[CheckIn] = []
    for row in rows:
        if row.kind == CheckInKind.VOID:
            del words[-1:]
        elif row.kind != CheckInKind.REPEAT or not words:
            words.append(row)
    return words[-1] if words else None


def first_of(scans: Iterable[CheckIn]) -> CheckIn | None:
    """The scan that counts: the earliest by our clock, in whatever order devices have sent them."""
    return min(scans, key=lambda row: (row.happened_at, row.pk), default=None)


def repeated_check_ins(event: Event) -> list[RepeatedCheckIn]:
    """Who was scanned by more than one device since their admission was last taken back, by name; one statement."""
    repeated = CheckIn.objects.filter(kind=CheckInKind.REPEAT, registration__event=event).values("registration")
    rows = (
        CheckIn.objects.filter(registration__in=repeated)
        .select_related("registration__participant", "member", "by", "door_pass")
        .order_by("registration", "member", "id")
    )
    found = []
    for _person, log in groupby(rows, key=lambda row: (row.registration_id, row.member_id)):
        scans = admissions(log)[-1]
        if len({_device(row) for row in scans}) > 1:
            scans.sort(key=lambda row: (row.happened_at, row.pk))
            found.append(RepeatedCheckIn(scans[0].registration, scans[0].member, scans))
    return sorted(found, key=_by_name)


def _device(row: CheckIn) -> object:
    """What tells devices apart: the name that they give, else who stood there."""
    return row.device or (row.by_id, row.door_pass_id)


def _by_name(person: RepeatedCheckIn) -> tuple[str, str, int]:
    return person.named.last_name, person.named.first_name, person.registration.pk
