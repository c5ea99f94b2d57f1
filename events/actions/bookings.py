"""Rooms held for sessions: one meeting at a time in a room, unless somebody decides otherwise and says why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import psycopg
from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, ExpressionWrapper, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext as _

from events.actions.history import record
from events.enums import EventChangeKind
from events.errors import RoomTaken
from events.models import Event, Room, RoomBooking, Session, User
from events.permissions import May, units_where
from events.queries.conflicts import OFF, Conflict, ConflictKind, Severity, conflict_with, named

_ONE_AT_A_TIME: Final = "room_booked_once"
# A refusal is read by a person; the others stand in its details.
_NAMED_AT_ONCE: Final = 3


def book_rooms(event: Event, *, override_reason: str = "", by: User | None, at: datetime) -> None:
    """Hold the rooms that the sessions of an event stand in, and let go of the others.

    The calling action has locked the event and written its sessions. A taken room is refused, unless `by` may override
    that in the unit and gives a reason.
    """
    book_rooms_of([event], override_reason=override_reason, by=by, at=at)


@transaction.atomic
def book_rooms_of(events: Iterable[Event], *, override_reason: str = "", by: User | None, at: datetime) -> None:
    """Do the same for many events, with as many statements as for one."""
    sessions = _sessions_of(events, at=at)
    kept = {session.pk: session.booking for session in sessions if hasattr(session, "booking")}
    wanted = [booking for session in sessions if (booking := _wanted(session, at=at)) is not None]
    new = [booking for booking in wanted if not _is_same(kept.get(booking.session_id), booking)]
    gone = kept.keys() - {booking.session_id for booking in wanted}
    changed = [booking.session_id for booking in new if booking.session_id in kept]
    if gone or changed:
        RoomBooking.objects.filter(session__in=[*gone, *changed]).delete()
    if not new:
        return
    overlaps = _overlaps(new)
    if overlaps:
        reason = override_reason.strip()
        if not (reason and _may_override(by, overlaps)):
            raise _refusal(overlaps)
        _share(overlaps, reason=reason, by=by, at=at)
    _insert(new)


def release_rooms(event: Event) -> None:
    """Let go of every room of an event that does not take place."""
    RoomBooking.objects.filter(session__event=event).delete()


def rebook_room(room: Room, *, at: datetime) -> None:
    """Hold a room for its new set-up time before everything that is to come; refused where there is not enough between."""
    sessions = Session.objects.filter(pk=OuterRef("session")).values("starts_at")
    begins_at = ExpressionWrapper(
        Subquery(sessions) - Value(timedelta(minutes=room.setup_minutes)), output_field=DateTimeField()
    )
    try:
        with _last_word():
            RoomBooking.objects.filter(room=room, ends_at__gt=at).update(begins_at=begins_at)
    except RoomTaken as refusal:
        raise _too_close(room, at=at) from refusal


def _too_close(room: Room, *, at: datetime) -> RoomTaken:
    """The meetings between which a room cannot be set up, by their names as far as everybody may know them."""
    bookings = RoomBooking.objects.filter(room=room, ends_at__gt=at, is_shared=False)
    in_order = list(bookings.select_related("session__event__unit").order_by("session__starts_at", "session"))
    needed = timedelta(minutes=room.setup_minutes)
    conflicts = [
        conflict_with(
            earlier.session,
            kind=ConflictKind.ROOM,
            severity=Severity.WARNING,
            sentence=_("There is not enough time to set up %(room)s between %(meeting)s and %(next)s."),
            facts={"room": room.name, "next": named(later.session, beside=None)},
            beside=None,
        )
        for earlier, later in pairwise(in_order)
        if later.session.starts_at - needed < earlier.ends_at
    ]
    return _taken(conflicts)


@dataclass(frozen=True)
class _Overlap:
    """A booking that is wanted and one that stands in its way."""

    mine: RoomBooking
    other: RoomBooking

    def in_words(self) -> Conflict:
        """The conflict as whoever works on the wanted booking may hear of it."""
        return conflict_with(
            self.other.session,
            kind=ConflictKind.ROOM,
            severity=Severity.WARNING,
            sentence=_("The room %(room)s is taken: %(meeting)s."),
            facts={"room": self.mine.room.name},
            beside=self.mine.session.event,
        )


def _sessions_of(events: Iterable[Event], *, at: datetime) -> list[Session]:
    """The sessions to come that stand in a room, and those that hold one in time to come, as the database has them now."""
    to_come = Q(room__isnull=False, ends_at__gt=at) | Q(booking__ends_at__gt=at)
    return list(
        Session.objects.filter(to_come, event__in=[one.pk for one in events])
        .select_related("event__unit", "room", "booking")
        .order_by("starts_at", "id")
    )


def _wanted(session: Session, *, at: datetime) -> RoomBooking | None:
    event, room = session.event, session.room
    if room is None or session.ends_at <= at or session.is_cancelled or event.is_template or event.status in OFF:
        return None
    begins_at = session.starts_at - timedelta(minutes=room.setup_minutes)
    return RoomBooking(session=session, room=room, begins_at=begins_at, ends_at=session.ends_at)


def _is_same(kept: RoomBooking | None, wanted: RoomBooking) -> bool:
    return kept is not None and (kept.room_id, kept.begins_at, kept.ends_at) == (
        wanted.room_id,
        wanted.begins_at,
        wanted.ends_at,
    )


def _overlaps(new: Sequence[RoomBooking]) -> list[_Overlap]:
    """Who is in the way: of those who hold a room already, and among the new ones themselves."""
    rooms = {booking.room_id for booking in new}
    # In one order, so that two who want the same rooms wait for each other; and without a quarrel with whoever only
    # points at a room.
    list(Room.objects.select_for_update(no_key=True).filter(pk__in=rooms).order_by("pk").values_list("pk"))
    standing: dict[int, list[RoomBooking]] = defaultdict(list)
    for booking in (
        RoomBooking.objects.filter(
            room__in=rooms,
            begins_at__lt=max(booking.ends_at for booking in new),
            ends_at__gt=min(booking.begins_at for booking in new),
        )
        .select_related("room", "session__event__unit")
        .order_by("begins_at", "session")
    ):
        standing[booking.room_id].append(booking)
    overlaps: list[_Overlap] = []
    for mine in new:
        overlaps += [
            _Overlap(mine, other)
            for other in standing[mine.room_id]
            if mine.begins_at < other.ends_at and other.begins_at < mine.ends_at
        ]
        standing[mine.room_id].append(mine)
    return overlaps


def _may_override(by: User | None, overlaps: Sequence[_Overlap]) -> bool:
    if by is None:
        return False
    units = {overlap.mine.session.event.unit_id for overlap in overlaps}
    return units_where(by, May.OVERRIDE).filter(pk__in=units).count() == len(units)


def _refusal(overlaps: Sequence[_Overlap]) -> RoomTaken:
    return _taken([overlap.in_words() for overlap in overlaps])


def _taken(conflicts: Sequence[Conflict]) -> RoomTaken:
    sentences = list(dict.fromkeys(conflict.message for conflict in conflicts))
    return RoomTaken(
        " ".join(sentences[:_NAMED_AT_ONCE]),
        details={"conflicts": [conflict.as_json() for conflict in conflicts]},
    )


def _share(overlaps: Sequence[_Overlap], *, reason: str, by: User | None, at: datetime) -> None:
    """Say in the history of each session whom it shares its room with, and leave it out of the database's own check."""
    by_session: dict[int, list[_Overlap]] = defaultdict(list)
    for overlap in overlaps:
        overlap.mine.is_shared = True
        by_session[overlap.mine.session_id].append(overlap)
    for found in by_session.values():
        mine = found[0].mine
        record(
            mine.session.event,
            EventChangeKind.ROOM_SHARED,
            by=by,
            at=at,
            session=mine.session,
            reason=reason,
            after=_shared(mine.room, found),
        )


def _shared(room: Room, found: Sequence[_Overlap]) -> Mapping[str, object]:
    named = ("event", "title", "unit", "starts_at", "ends_at")
    others = [overlap.in_words().as_json() for overlap in found]
    return {"room": room.name, "with": [{name: other[name] for name in named} for other in others]}


def _insert(new: Sequence[RoomBooking]) -> None:
    with _last_word():
        RoomBooking.objects.bulk_create(new)


@contextmanager
def _last_word() -> Iterator[None]:
    """Let the database say that a room is taken, of two bookings that nobody has seen together."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.Error) and cause.diag.constraint_name == _ONE_AT_A_TIME:
            raise RoomTaken from error
        raise
