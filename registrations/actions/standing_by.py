"""The reserve list at the door: who of it is here comes in as soon as there is a seat and room, in the queue's order."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from events.actions.retries import retried
from events.actions.seats import SeatBook, lock_queue
from events.enums import EventStatus
from events.models import DoorActor, Event, actor_columns, answers_for
from registrations.actions.attendance import void_check_in
from registrations.actions.moves import locked
from registrations.actions.openings import require_day, require_not_cancelled
from registrations.actions.people import coming_members
from registrations.actions.queues import may_pass_queue, place_past_queue
from registrations.actions.transitions import move
from registrations.enums import Attendance, ChangeCause, CheckInKind, CheckInSource, RegistrationState
from registrations.errors import NotActive
from registrations.models import CheckIn, Registration
from registrations.queries.at_the_door import latest_admission
from registrations.queries.rooms import RoomFigures, room_figures
from registrations.queries.waiting_here import waiting_here


@retried
def note_here(registration: Registration, *, by: DoorActor, at: datetime) -> list[Registration]:
    """Write down that somebody of the reserve list is at the door; once more changes nothing.

    Returns who has a seat now and is inside: whoever is here and is next, which need not be this person.
    """
    current = locked(registration)
    if current.state == RegistrationState.CONFIRMED:
        return []
    if current.state != RegistrationState.WAITLISTED:
        raise NotActive
    require_not_cancelled(current.event)
    require_day(current.event, at=at)
    if not waiting_here(current.event, at=at).filter(pk=current.pk).exists():
        _log([current], CheckInKind.REPEAT, by=by, at=at)
    return call_in(current.event, by=by, at=at)


@retried
def note_gone(registration: Registration, *, by: DoorActor, at: datetime) -> None:
    """Write down that somebody who waited at the door has left; their place in the queue stays. Once more changes nothing."""
    current = locked(registration)
    standing = latest_admission(current)
    if current.state == RegistrationState.WAITLISTED and standing is not None:
        void_check_in(standing, by=by, at=at)


@retried
def call_in(event: Event, *, by: DoorActor, at: datetime) -> list[Registration]:
    """Give free seats to those of the reserve list who are here, whole parties only, and admit them; returns who they are.

    Who is absent is passed. Under strict order a party that does not fit stops those behind it.
    """
    lock_queue(event.pk)
    book = SeatBook(event.pk)
    current = book.event
    if current is None or current.status != EventStatus.PUBLISHED:
        return []
    room = room_figures(current, at=at)
    called: list[Registration] = []
    rows = waiting_here(current, at=at).select_related("participant", "invitation")
    for row in rows.select_for_update(no_key=True, of=("self",)):
        place = place_past_queue(row, book)
        if place.blocking is not None or not _room_for(room, called, row):
            if may_pass_queue(current):
                continue
            break
        book.take(place.pools, row.seats, source=place.source, past_queue=True)
        assert row.waiting_pool_id is not None  # who waits stands in a queue, by constraint
        book.queue(row.waiting_pool_id, -row.seats)
        columns: dict[str, object] = {
            "holds_seat": True,
            "waiting_pool": None,
            "seat_source": place.source,
            "confirmed_at": at,
        }
        if row.contact_comes:
            columns["attendance"] = Attendance.PRESENT
        cause = ChangeCause.PROMOTED
        # They are told by whoever lets them in.
        move(
            [row],
            to=RegistrationState.CONFIRMED,
            cause=cause,
            by=answers_for(by),
            at=at,
            notify=False,
            columns=columns,
        )
        called.append(row)
    book.write()
    _admit(called, by=by, at=at)
    return called


def _room_for(room: RoomFigures, called: Sequence[Registration], row: Registration) -> bool:
    return room.holds(sum(one.seats for one in called) + row.seats)


def _admit(called: Sequence[Registration], *, by: DoorActor, at: datetime) -> None:
    """They no longer wait at the door, they are inside: each of their party as well."""
    _log(called, CheckInKind.VOID, by=by, at=at)
    _log([row for row in called if row.contact_comes], CheckInKind.ADMIT, by=by, at=at)
    for registration in called:
        for member in coming_members(registration):
            member.attendance = Attendance.PRESENT
            member.save(update_fields=["attendance"])
            row = _row(registration, CheckInKind.ADMIT, by=by, at=at)
            row.member = member
            row.save(force_insert=True)


def _log(registrations: Sequence[Registration], kind: CheckInKind, *, by: DoorActor, at: datetime) -> None:
    CheckIn.objects.bulk_create(_row(registration, kind, by=by, at=at) for registration in registrations)


def _row(registration: Registration, kind: CheckInKind, *, by: DoorActor, at: datetime) -> CheckIn:
    return CheckIn(
        registration=registration,
        kind=kind,
        source=CheckInSource.LIST,
        nonce=secrets.token_urlsafe(16),
        **actor_columns(by),
        scanned_at=at,
        at=at,
    )
