"""How seats that become free find the next in the queue: the one function behind every promotion."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Final, cast

from django.db.models import Q

from events.actions.retries import retried
from events.actions.seats import SeatBook, lock_queue
from events.enums import EventStatus, SeatSource, WaitlistPolicy
from events.models import Event, SeatPool
from events.queries.seats import Place, applying, find_place, fits, is_of_group, own_pool
from registrations.actions.history import record
from registrations.actions.transitions import move
from registrations.enums import ChangeCause, RegistrationState
from registrations.models import Registration
from registrations.queries.queue_order import QUEUE_ORDER, behind, place_in_order

# So long before the start nobody is asked any more whether they want the seat: it is theirs.
CONFIRM_DIRECTLY_WITHIN: Final = timedelta(hours=4)
# An offer ends early enough for somebody else to take the seat.
OFFER_ENDS_BEFORE_START: Final = timedelta(hours=2)

_CHUNK: Final = 500
# The columns of a registration that has let go of its seat or of its place in the queue.
NOTHING_HELD: Final[Mapping[str, object]] = MappingProxyType(
    {"holds_seat": False, "waiting_pool": None, "seat_source": SeatSource.OWN}
)
# What a walk along the queue looks at; the rest of a row stays where it is.
_LOOKED_AT: Final = ("event", "state", "seats", "category", "waiting_pool", "waits_last", "queued_at")


@retried
def promote(event_id: int, *, at: datetime) -> int:
    """Give seats that are free to those who wait for them; returns how many parties moved up."""
    lock_queue(event_id)
    return move_up(event_id, at=at)


@retried
def offer_again(event_id: int, *, at: datetime) -> None:
    """Offer anew, with a time to answer that counts from now, what was on offer when the event lost its date."""
    lock_queue(event_id)
    book = SeatBook(event_id)
    offers = list(Registration.objects.filter(event=event_id, state=RegistrationState.OFFERED).order_by("id"))
    if book.event is not None and offers:
        _Promotion(book, book.event, at).offer_again(offers)


@dataclass(frozen=True)
class Claim:
    """What a registration holds: seats, or a place in a queue; taken down before the registration lets go of it."""

    registration: Registration
    seats: int
    holds_seat: bool
    waiting_pool_id: int | None
    source: SeatSource


def claim_of(registration: Registration, *, seats: int | None = None) -> Claim:
    """What the registration holds now; `seats`: only so many of them are let go."""
    return Claim(
        registration,
        registration.seats if seats is None else seats,
        registration.holds_seat,
        registration.waiting_pool_id,
        SeatSource(registration.seat_source),
    )


def move_up(event_id: int, freed: Sequence[Claim] = (), *, at: datetime) -> int:
    """Count back what was let go and give free seats to whoever waits; the event's queue is locked already.

    Nobody moves up while the event is not announced (draft, postponed, cancelled, held), nor when all its parts that
    they registered for have begun. Returns how many parties got a seat.
    """
    book = SeatBook(event_id)
    chosen = sessions_that_count([claim.registration for claim in freed], book.pools)
    for claim in freed:
        if claim.holds_seat:
            book.release(_pools_of_claim(claim, book, chosen), claim.seats, claim.source)
        if claim.waiting_pool_id is not None:
            book.queue(claim.waiting_pool_id, -claim.seats)
    moved = 0
    if book.event is not None and book.event.status == EventStatus.PUBLISHED:
        moved = _Promotion(book, book.event, at).carry_out()
    book.write()
    return moved


def _pools_of_claim(claim: Claim, book: SeatBook, chosen: Mapping[int, Collection[int]]) -> list[SeatPool]:
    # As they were held: by now the registration counts in nothing.
    return applying(
        book.pools,
        category_id=claim.registration.category_id,
        session_ids=chosen.get(claim.registration.pk, ()),
        source=claim.source,
    )


def pools_of(registrations: Sequence[Registration], pools: Sequence[SeatPool]) -> Mapping[int, list[SeatPool]]:
    """The pools that each registration passes, out of its event's pools; by the registration's id."""
    chosen = sessions_that_count(registrations, pools)
    return {
        registration.pk: applying(
            pools,
            category_id=registration.category_id,
            session_ids=chosen.get(registration.pk, ()),
            source=SeatSource(registration.seat_source),
        )
        for registration in registrations
    }


def sessions_that_count(
    registrations: Sequence[Registration], pools: Sequence[SeatPool]
) -> Mapping[int, Collection[int]]:
    """What each registration chose; nobody looks where no session has seats of its own."""
    if registrations and any(pool.session_id is not None for pool in pools):
        return _chosen_sessions(registrations)
    return {}


def place_for(registration: Registration, book: SeatBook, event: Event) -> Place:
    """Where a registration that holds nothing yet comes in; the event's queue is locked."""
    return _place(registration, book, past_queue=passes_queue(registration, book.pools, event))


def place_past_queue(registration: Registration, book: SeatBook) -> Place:
    """The same for somebody whom an organiser lets pass the queue."""
    return _place(registration, book, past_queue=True)


def _place(registration: Registration, book: SeatBook, *, past_queue: bool) -> Place:
    chosen = sessions_that_count([registration], book.pools)
    invitation = registration.invitation
    return find_place(
        book.pools,
        registration.seats,
        category_id=registration.category_id,
        session_ids=chosen.get(registration.pk, ()),
        past_queue=past_queue,
        is_invited=invitation is not None and invitation.uses_reserved,
    )


def may_pass_queue(event: Event) -> bool:
    """Whether a party that fits may go before one that does not."""
    return event.policy.waitlist_policy == WaitlistPolicy.FIRST_FIT


def passes_queue(registration: Registration, pools: Sequence[SeatPool], event: Event) -> bool:
    """Whether this party, if it fits, goes before all who wait: under strict order only where they all wait last.

    Who waits is certain only under the lock of the event's queue.
    """
    if may_pass_queue(event):
        return True
    if not may_go_before_last(registration, pools, event):
        return False
    return not Registration.objects.filter(waiting_pool__in=[pool.pk for pool in pools], waits_last=False).exists()


def may_go_before_last(registration: Registration, pools: Sequence[SeatPool], event: Event) -> bool:
    """Whether people may wait at this event whom this party has a right to go before."""
    somebody_waits = any(pool.waiting for pool in pools)
    return somebody_waits and not registration.waits_last and event.unit.no_show_limit is not None


def _chosen_sessions(registrations: Iterable[Registration]) -> Mapping[int, Collection[int]]:
    chosen: dict[int, set[int]] = defaultdict(set)
    choices = Registration.sessions.through.objects.filter(registration__in=registrations)
    for registration_id, session_id in choices.values_list("registration_id", "session_id"):
        chosen[registration_id].add(session_id)
    return chosen


@dataclass(frozen=True)
class _Turn:
    """A party whose turn has come, with the next start of what it registered for."""

    registration: Registration
    starts_at: datetime
    source: SeatSource


class _Promotion:
    """One walk along the queues of an event, in their order, whole parties only.

    Under strict order a party that does not fit stops its pool for everybody behind it; else the next that fits passes.
    A party that is promoted from one pool and stopped by another waits in that one, with its place in time. Where a
    group's own seats are gone, its people may have those that other groups have given up.
    """

    def __init__(self, book: SeatBook, event: Event, at: datetime) -> None:
        self._book = book
        self._event = event
        self._at = at
        self._stopped: set[int] = set()
        self._own = own_pool(book.pools)
        # Under strict order also released seats are given to nobody behind a party for which they are too few.
        self._released_stopped = False
        self._seated: list[_Turn] = []
        self._turned_to: dict[int, list[Registration]] = defaultdict(list)

    def carry_out(self) -> int:
        """Decide for everybody whose turn has come, write it down, and say how many got a seat."""
        self._seat_invited()
        after = Q()
        while waiting_for := self._open_pools():
            queue = Registration.objects.filter(after, waiting_pool__in=waiting_for).order_by(*QUEUE_ORDER)
            rows = list(queue.only(*_LOOKED_AT)[:_CHUNK])
            if not rows:
                break
            self._decide(rows)
            after = behind(place_in_order(rows[-1]))
        self._write()
        return len(self._seated)

    def _seat_invited(self) -> None:
        """Give seats that are kept for invited people to those of them who wait, before anybody else has a turn."""
        if self._own is None or not self._own.reserved_left or not any(pool.waiting for pool in self._book.pools):
            return
        pools = [pool.pk for pool in self._book.pools]
        invited = Registration.objects.filter(waiting_pool__in=pools, invitation__uses_reserved=True)
        rows = list(invited.order_by(*QUEUE_ORDER).only(*_LOOKED_AT))
        chosen = sessions_that_count(rows, self._book.pools)
        starts = self._next_starts(rows)
        for row in rows:
            starts_at = starts[row.pk]
            if starts_at is None:
                continue
            too_few = self._seat(row, chosen.get(row.pk, ()), SeatSource.RESERVED, starts_at) is not None
            if too_few and not may_pass_queue(self._event):
                break

    def _open_pools(self) -> set[int]:
        return {pool.pk for pool in self._book.pools if self._is_open(pool)}

    def _is_open(self, pool: SeatPool) -> bool:
        """Whether somebody waits for it, seats are free, and no party in front is in the way."""
        if not pool.waiting:
            return False
        has_seats = pool.free != 0 and pool.pk not in self._stopped
        return has_seats or (is_of_group(pool) and self._has_released)

    @property
    def _has_released(self) -> bool:
        return self._own is not None and bool(self._own.released_left) and not self._released_stopped

    def _decide(self, rows: Sequence[Registration]) -> None:
        chosen = sessions_that_count(rows, self._book.pools)
        starts = self._next_starts(rows)
        pools = {pool.pk: pool for pool in self._book.pools}
        seated = {turn.registration.pk for turn in self._seated}
        for row in rows:
            starts_at = starts[row.pk]
            if starts_at is None or row.pk in seated or not self._is_open(pools[cast("int", row.waiting_pool_id)]):
                continue
            sessions = chosen.get(row.pk, ())
            blocking = self._seat(row, sessions, SeatSource.OWN, starts_at)
            is_group_full = blocking is not None and is_of_group(blocking)
            if is_group_full and self._has_released:
                still = self._seat(row, sessions, SeatSource.RELEASED, starts_at)
                blocking = blocking if still is not None else None
            if blocking is not None:
                self._stop(row, blocking)

    def _seat(
        self, row: Registration, sessions: Collection[int], source: SeatSource, starts_at: datetime
    ) -> SeatPool | None:
        """Give a party its seats, or say which pool is in the way."""
        pools = applying(self._book.pools, category_id=row.category_id, session_ids=sessions, source=source)
        for pool in pools:
            if pool.pk in self._stopped or not fits(pool, row.seats, source):
                return pool
        self._book.take(pools, row.seats, source=source, past_queue=True)
        self._book.queue(cast("int", row.waiting_pool_id), -row.seats)
        self._seated.append(_Turn(row, starts_at, source))
        return None

    def _stop(self, row: Registration, blocking: SeatPool) -> None:
        if blocking.pk != row.waiting_pool_id and row.waiting_pool_id is not None:
            self._book.queue(row.waiting_pool_id, -row.seats)
            self._book.queue(blocking.pk, row.seats)
            self._turned_to[blocking.pk].append(row)
        if not may_pass_queue(self._event):
            self._stopped.add(blocking.pk)
            self._released_stopped = self._released_stopped or is_of_group(blocking)

    @cached_property
    def _starts(self) -> Mapping[int, datetime]:
        return dict(self._event.sessions.filter(is_cancelled=False).values_list("id", "starts_at"))

    def _next_starts(self, rows: Sequence[Registration]) -> Mapping[int, datetime | None]:
        """The next part of the event that each party registered for and that has not begun."""
        chosen = _chosen_sessions(rows) if len(self._starts) > 1 else {}
        to_come = {pk: starts_at for pk, starts_at in self._starts.items() if starts_at > self._at}
        return {
            row.pk: min(
                (starts_at for pk, starts_at in to_come.items() if pk in chosen.get(row.pk, to_come)), default=None
            )
            for row in rows
        }

    def _write(self) -> None:
        alike: dict[tuple[RegistrationState, SeatSource], list[_Turn]] = defaultdict(list)
        for turn in self._seated:
            alike[RegistrationState(turn.registration.state), turn.source].append(turn)
        for (state, source), turns in alike.items():
            if state == RegistrationState.WAITLISTED:
                self._offer(turns, source)
            else:
                self._keep_for([turn.registration for turn in turns], source)
        for pool_id, rows in self._turned_to.items():
            Registration.objects.filter(pk__in=[row.pk for row in rows]).update(waiting_pool=pool_id)
            for standing in {row.state for row in rows}:
                self._record([row for row in rows if row.state == standing], ChangeCause.QUEUE_CHANGED)

    def _keep_for(self, holds: Sequence[Registration], source: SeatSource) -> None:
        """Keep the seat in silence: once the address is confirmed, or the application accepted, its person is in."""
        pks = [row.pk for row in holds]
        Registration.objects.filter(pk__in=pks).update(holds_seat=True, waiting_pool=None, seat_source=source)
        self._record(holds, ChangeCause.PROMOTED)

    def _record(self, rows: Sequence[Registration], cause: ChangeCause) -> None:
        record(rows, cause, was=rows[0].state, by=None, at=self._at, notify=False)

    def _offer(self, turns: Sequence[_Turn], source: SeatSource) -> None:
        of_deadline: dict[datetime | None, list[Registration]] = defaultdict(list)
        for turn in turns:
            of_deadline[self._deadline(turn.starts_at)].append(turn.registration)
        for deadline, rows in of_deadline.items():
            state, moment = RegistrationState.CONFIRMED, {"confirmed_at": self._at}
            if deadline is not None:
                state, moment = RegistrationState.OFFERED, {"offer_expires_at": deadline}
            columns = {"holds_seat": True, "waiting_pool": None, "seat_source": source, **moment}
            move(rows, to=state, cause=ChangeCause.PROMOTED, by=None, at=self._at, columns=columns)

    def offer_again(self, offers: Sequence[Registration]) -> None:
        """Give them a new time to answer, or the seat itself where nobody is asked any more."""
        starts = self._next_starts(offers)
        of_deadline: dict[datetime | None, list[Registration]] = defaultdict(list)
        for row in offers:
            starts_at = starts[row.pk]
            if starts_at is not None:
                of_deadline[self._deadline(starts_at)].append(row)
        for deadline, rows in of_deadline.items():
            if deadline is None:
                state, columns = RegistrationState.CONFIRMED, {"confirmed_at": self._at}
                move(rows, to=state, cause=ChangeCause.PROMOTED, by=None, at=self._at, columns=columns)
            else:
                Registration.objects.filter(pk__in=[row.pk for row in rows]).update(offer_expires_at=deadline)
                record(rows, ChangeCause.PROMOTED, was=rows[0].state, by=None, at=self._at)

    def _deadline(self, starts_at: datetime) -> datetime | None:
        """Until when the seat is offered; None: it is given without asking."""
        hours = self._event.policy.offer_hours
        if hours is None or starts_at - self._at < CONFIRM_DIRECTLY_WITHIN:
            return None
        return min(self._at + timedelta(hours=hours), starts_at - OFFER_ENDS_BEFORE_START)
