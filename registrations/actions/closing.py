"""After the meeting: closing attendance writes down who did not come; an excuse stands beside, with its reason.

Present, did not come and excused are told apart by what somebody has recorded, never guessed: until attendance is
closed nobody is said not to have come. Whoever is checked in afterwards came all the same.
"""

import hashlib
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from events.actions.history import record
from events.actions.retries import retried
from events.enums import EventChangeKind, EventStatus
from events.errors import FieldErrors, MoveNotAllowed
from events.models import Event, User
from registrations.actions.no_shows import pause_who_missed, take_pauses_back
from registrations.enums import Attendance, CheckInKind, CheckInSource, MemberState, RegistrationState
from registrations.errors import HasCome, NotActive, NotOver
from registrations.models import PartyMember, Registration

_TAKE_PLACE: Final = (EventStatus.PUBLISHED, EventStatus.HELD, EventStatus.CLOSED)

REASON_MAX: Final = 300


@retried
def close_attendance(event: Event, *, by: User, at: datetime) -> int:
    """Write down that nobody came of whom nothing is recorded; how many people that are.

    Only of confirmed registrations: whoever cancelled, or never got a seat, did not fail to come.
    """
    taking_place = Event.objects.filter(pk=event.pk, status__in=_TAKE_PLACE)
    closed = taking_place.filter(attendance_closed_at=None, ends_at__lte=at).update(attendance_closed_at=at)
    if not closed:
        if taking_place.filter(attendance_closed_at__isnull=False).exists():
            raise MoveNotAllowed(_("Attendance is closed already."))
        raise NotOver
    absent = _move_all(event, Attendance.NOT_RECORDED, Attendance.NO_SHOW)
    pause_who_missed(event, at=at)
    record(event, EventChangeKind.ATTENDANCE_CLOSED, by=by, at=at, after={"no_show": absent})
    event.attendance_closed_at = at
    return absent


@retried
def reopen_attendance(event: Event, *, by: User, at: datetime) -> None:
    """Take back that people did not come; who was present or excused stays so."""
    opened = Event.objects.filter(pk=event.pk, attendance_closed_at__isnull=False).update(attendance_closed_at=None)
    if not opened:
        raise MoveNotAllowed(_("Attendance is not closed."))
    missed = Registration.objects.filter(event=event, attendance=Attendance.NO_SHOW)
    take_pauses_back(list(missed.values_list("pk", flat=True)), at=at)
    _move_all(event, Attendance.NO_SHOW, Attendance.NOT_RECORDED)
    record(event, EventChangeKind.ATTENDANCE_REOPENED, by=by, at=at)
    event.attendance_closed_at = None


def _move_all(event: Event, was: Attendance, to: Attendance) -> int:
    """Everybody who comes by a confirmed registration from one state to the other, however many in two statements.

    Who is being checked in meanwhile is waited for, and looked at as they are then.
    """
    confirmed = Registration.objects.filter(event=event, state=RegistrationState.CONFIRMED)
    moved: int = confirmed.filter(attendance=was, contact_comes=True).update(attendance=to)
    members = PartyMember.objects.filter(registration__in=confirmed, state=MemberState.COMING)
    return moved + members.filter(attendance=was).update(attendance=to)


@retried
def excuse(
    registration: Registration, member: PartyMember | None = None, *, reason: str, by: User, at: datetime
) -> None:
    """Write down that somebody could not come, and why; once more changes nothing."""
    reason = reason.strip()
    if not 1 <= len(reason) <= REASON_MAX:
        raise FieldErrors({"reason": [_("Say why, in at most 300 letters.")]})
    person = _locked(registration, member)
    if person.attendance == Attendance.PRESENT:
        raise HasCome
    if person.attendance != Attendance.EXCUSED:
        _note(registration, member, CheckInKind.EXCUSE, reason=reason, by=by, at=at)
        _say(person, Attendance.EXCUSED)
        if member is None:
            take_pauses_back([registration.pk], at=at)


@retried
def take_excuse_back(registration: Registration, member: PartyMember | None = None, *, by: User, at: datetime) -> None:
    """Take an excuse back by another row; of somebody who is not excused nothing changes."""
    person = _locked(registration, member)
    if person.attendance == Attendance.EXCUSED:
        _note(registration, member, CheckInKind.VOID, reason="", by=by, at=at)
        closed = Event.objects.filter(pk=registration.event_id, attendance_closed_at__isnull=False).exists()
        _say(person, Attendance.NO_SHOW if closed else Attendance.NOT_RECORDED)


def _locked(registration: Registration, member: PartyMember | None) -> Registration | PartyMember:
    """Where the person's attendance stands, as it is now, the registration locked as the door locks it."""
    current = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
    person = current if member is None else current.members.get(pk=member.pk)
    comes = current.contact_comes if isinstance(person, Registration) else person.state == MemberState.COMING
    if current.state != RegistrationState.CONFIRMED or not comes:
        raise NotActive
    return person


def _say(person: Registration | PartyMember, attendance: Attendance) -> None:
    person.attendance = attendance
    person.save(update_fields=["attendance"])


def _note(
    registration: Registration, member: PartyMember | None, kind: CheckInKind, *, reason: str, by: User, at: datetime
) -> None:
    # The log only grows and its registration is locked, so its length names the row once.
    number = f"{kind}:{registration.pk}:{registration.check_ins.count()}"
    registration.check_ins.create(
        member=member,
        kind=kind,
        source=CheckInSource.LIST,
        nonce=hashlib.sha256(number.encode()).hexdigest(),
        by=by,
        scanned_at=at,
        at=at,
        reason=reason,
    )
