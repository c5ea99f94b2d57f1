"""Signing up for an event: a handful of statements in one short transaction, the row everybody wants last.

The first try looks at the pools without a lock, writes what follows from them and only then takes the seat (or the
place in the queue) by a conditional UPDATE. When somebody was quicker, everything is undone and the second try locks
the event's queue and pools first, so that nothing can change under it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final

from django.db import IntegrityError, connection
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation

from events.actions.retries import retried
from events.actions.seats import SeatBook, join_queue, lock_queue, take_seats
from events.enums import AgeRule, EventStatus
from events.errors import FieldErrors
from events.models import Event, InformationNotice, ParticipantCategory, Question, SeatPool, Session, User
from events.queries.entrances import Entrance, entrance_of
from events.queries.questions import asked_questions
from events.queries.search import fold
from events.queries.seats import applying, blocking_pool
from registrations.actions.answers import Answers, Value, answer_rows, read_answers
from registrations.actions.entries import enter
from registrations.actions.history import may_write_again, record
from registrations.actions.moves import expire, hold_has_run_out
from registrations.actions.needs import Need, need_faults, need_rows
from registrations.actions.openings import require_open, require_queue
from registrations.actions.people import person_faults
from registrations.actions.queues import may_pass_queue
from registrations.enums import ACTIVE_STATES, ChangeCause, RegistrationSource, RegistrationState
from registrations.errors import RateLimited, RegistrationClosed, SessionsOverlap
from registrations.models import AccommodationRequest, Answer, Participant, Registration, RegistrationChange
from registrations.tokens import email_key, new_code

_TRIES: Final = 3
# Seconds to wait after all tries were lost.
_BREATH: Final = 1
_STATUS: Final = "SELECT status FROM events_event WHERE id = %s"
_ONE_PER_EMAIL: Final = "registration_one_per_email"


@dataclass(frozen=True)
class Applicant:
    """What a person says when registering; no session named: they take part in all of them.

    `answers` by the question's id as text; `age_statement`: they state what the event's age rule asks for.
    """

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    organisation: str = ""
    category: str | None = None
    session_ids: tuple[int, ...] = ()
    sms_reminders: bool = False
    answers: Answers = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    age_statement: bool = False


@dataclass(frozen=True)
class SignUp:
    """What the asker is told.

    `registration` null: the address has an active one already. Its owner gets a mail, and everything else here is what
    a stranger would have got.
    """

    state: RegistrationState
    registration: Registration | None
    confirm_by: datetime | None


@dataclass(frozen=True)
class _Wish:
    event_id: int
    applicant: Applicant
    source: RegistrationSource
    language: str
    notice: InformationNotice | None
    by: User | None
    at: datetime
    seen: Entrance | None


class _Overtaken(Exception):
    """Somebody else took the seat, or left one, between looking and taking."""


class _AlreadyThere(Exception):
    """The address has an active registration; `answer` is what a stranger would have got."""

    def __init__(self, answer: SignUp) -> None:
        super().__init__()
        self.answer = answer


def sign_up(
    event: Event,
    applicant: Applicant,
    *,
    source: RegistrationSource,
    language: str,
    notice: InformationNotice | None,
    by: User | None = None,
    at: datetime,
    seen: Entrance | None = None,
) -> SignUp:
    """Register a person: with a seat, in the queue, or refused with nothing stored.

    `by` null: the participant. `seen`: what the caller has just read of the event; else it is read here. A person who
    is registered already gets a stranger's answer, and a mail.
    """
    _require_valid(applicant)
    wish = _Wish(event.pk, applicant, source, language, notice, by, at, seen)
    locked = False
    for _try in range(_TRIES):
        try:
            return _enter(wish, locked=locked)
        except (_Overtaken, IntegrityError):  # The latter: one of the codes exists already.
            locked = True
        except _AlreadyThere as already:
            if _tell_owner(wish):
                return already.answer
    try:
        return _enter(wish, locked=True)
    except _AlreadyThere as already:
        if _tell_owner(wish):
            return already.answer
        # Registrations with this address come and go faster than one can look: a machine, or many clicks at once.
        raise RateLimited(details={"retry_after": _BREATH}) from already


def _require_valid(applicant: Applicant) -> None:
    errors = person_faults(_participant(applicant))
    if not applicant.email.strip():
        errors["email"] = [_("Give an e-mail address.")]
    if applicant.sms_reminders and not applicant.phone:
        errors["phone"] = [_("Give a phone number, or leave the SMS reminder out.")]
    if errors:
        raise FieldErrors(errors)


def _participant(applicant: Applicant) -> Participant:
    return Participant(
        first_name=applicant.first_name.strip(),
        last_name=applicant.last_name.strip(),
        email=applicant.email.strip(),
        phone=applicant.phone,
        organisation=applicant.organisation.strip(),
    )


@retried
def _enter(wish: _Wish, *, locked: bool) -> SignUp:
    book: SeatBook | None = None
    if locked:
        lock_queue(wish.event_id)
        book = SeatBook(wish.event_id)
    event, all_pools, asks = _reread(wish.event_id, book) if book else _look(wish)
    require_open(event, at=wish.at)
    answers = _read(event, asked_questions(event.pk) if asks else [], wish.applicant)
    category = _category(all_pools, wish.applicant.category)
    sessions = _sessions(event, wish.applicant.session_ids, at=wish.at)
    pools = applying(
        all_pools, category_id=category.pk if category else None, session_ids={session.pk for session in sessions}
    )

    registration = Registration(
        event=event,
        category=category,
        source=wish.source,
        language=wish.language,
        email_key=email_key(wish.applicant.email),
        reference=new_code(),
        ticket_code=new_code(),
        notice=wish.notice,
        sms_reminders=wish.applicant.sms_reminders,
        age_statement=None if event.age_rule == AgeRule.NONE else True,
        created_at=wish.at,
        queued_at=wish.at,
    )
    blocking = blocking_pool(pools, registration.seats, past_queue=may_pass_queue(event))
    if blocking is not None:
        require_queue(event, blocking, registration.seats)
    _place(registration, blocking)

    _write(registration, sessions, answers, wish)
    if book is None:
        _claim(registration, pools)
    elif blocking is None:
        book.take(pools, registration.seats, past_queue=True)
    else:
        book.queue(blocking.pk, registration.seats)
    if book is not None:
        book.write()
    return _answer(registration, registration)


def _look(wish: _Wish) -> tuple[Event, Sequence[SeatPool], bool]:
    """The event, its pools, and whether it asks questions: most ask none, and then nobody goes looking for them."""
    seen = wish.seen or entrance_of(wish.event_id, at=wish.at)
    if seen is None:
        raise RegistrationClosed
    return seen.event, seen.pools, seen.asks


def _reread(event_id: int, book: SeatBook) -> tuple[Event, Sequence[SeatPool], bool]:
    """The same from the locked rows."""
    return book.event or Event.objects.select_related("policy").get(pk=event_id), book.pools, True


def _read(event: Event, questions: Sequence[Question], applicant: Applicant) -> dict[int, Value | None]:
    faults = need_faults(applicant.needs)
    if event.age_rule != AgeRule.NONE and not applicant.age_statement:
        faults["age_statement"] = [_("Without this statement you cannot register for this event.")]
    elif event.age_rule == AgeRule.NONE and applicant.age_statement:
        faults["age_statement"] = [_("This event asks nothing about age; leave it out.")]
    try:
        answers = read_answers(questions, applicant.answers)
    except FieldErrors as refusal:
        raise FieldErrors({**faults, **refusal.errors}) from refusal
    if faults:
        raise FieldErrors(faults)
    return answers


def _category(pools: Sequence[SeatPool], code: str | None) -> ParticipantCategory | None:
    listed = {pool.category.code: pool.category for pool in pools if pool.category is not None}
    if not code:
        if listed:
            raise FieldErrors({"category": [_("Choose the group you belong to.")]})
        return None
    if code not in listed:
        raise FieldErrors({"category": [_("There are no places for this group at this event.")]})
    return listed[code]


def _sessions(event: Event, ids: Sequence[int], *, at: datetime) -> list[Session]:
    if not ids:
        return []
    prefetch_related_objects([event], "sessions")
    chosen = [session for session in event.sessions.all() if session.pk in ids and not session.is_cancelled]
    if len(chosen) < len(set(ids)):
        raise FieldErrors({"sessions": [_("This part does not belong to the event.")]})
    if any(session.starts_at <= at for session in chosen):
        raise FieldErrors({"sessions": [_("This part has already begun.")]})
    clashes = [[first.pk, second.pk] for first, second in combinations(chosen, 2) if second.starts_at < first.ends_at]
    if clashes:
        raise SessionsOverlap(details={"sessions": clashes})
    return chosen


def _place(registration: Registration, blocking: SeatPool | None) -> None:
    policy = registration.event.policy
    registration.holds_seat = blocking is None
    registration.waiting_pool = blocking
    if policy.confirm_email:
        registration.state = RegistrationState.HELD
        registration.hold_expires_at = registration.created_at + timedelta(minutes=policy.hold_minutes)
    elif blocking is None:
        registration.state = RegistrationState.CONFIRMED
        registration.confirmed_at = registration.created_at
    else:
        registration.state = RegistrationState.WAITLISTED


def _write(
    registration: Registration, sessions: Sequence[Session], answers: Mapping[int, Value | None], wish: _Wish
) -> None:
    participant = _participant(wish.applicant)
    participant.search_text = fold(f"{participant.full_name} {participant.organisation} {registration.reference}")
    change = RegistrationChange(cause=ChangeCause.SIGNED_UP, to_state=registration.state, by=wish.by, at=wish.at)
    try:
        enter(registration, participant, change)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation) and error.__cause__.diag.constraint_name == _ONE_PER_EMAIL:
            raise _AlreadyThere(_answer(registration, None)) from error
        raise
    if sessions:
        choice = Registration.sessions.through
        choice.objects.bulk_create(choice(registration=registration, session=session) for session in sessions)
    # Nothing to put in is no statement.
    Answer.objects.bulk_create(answer_rows(registration, answers))
    AccommodationRequest.objects.bulk_create(need_rows(registration, wish.applicant.needs, at=wish.at))


def _claim(registration: Registration, pools: Sequence[SeatPool]) -> None:
    """Take the seat or the place in the queue; whoever wants the same row waits from here to the commit."""
    event, waiting_pool = registration.event, registration.waiting_pool
    past_queue = may_pass_queue(event)
    if waiting_pool is None:
        has_place = take_seats(pools, registration.seats, past_queue=past_queue) is None
    else:
        limit = event.policy.waitlist_limit
        has_place = join_queue(waiting_pool, registration.seats, limit=limit, past_queue=past_queue)
    # Whoever cancels the event locks its pools on the way, so after ours this is the last word.
    if not has_place or not _is_announced(event.pk):
        raise _Overtaken


def _is_announced(event_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_STATUS, [event_id])
        return bool(cursor.fetchone() == (EventStatus.PUBLISHED,))


def _answer(registration: Registration, shown: Registration | None) -> SignUp:
    return SignUp(RegistrationState(registration.state), shown, registration.hold_expires_at)


@retried
def _tell_owner(wish: _Wish) -> bool:
    """Let the owner of the address know; False: their registration has ended by now, so the way is free."""
    lock_queue(wish.event_id)
    own = Registration.objects.filter(
        event=wish.event_id, email_key=email_key(wish.applicant.email), state__in=ACTIVE_STATES
    ).first()
    if own is None:
        return False
    if own.state == RegistrationState.HELD and hold_has_run_out(own, at=wish.at):
        expire(own, at=wish.at)
        return False
    notify = may_write_again(own, ChangeCause.ASKED_AGAIN, at=wish.at)
    record([own], ChangeCause.ASKED_AGAIN, was=own.state, by=wish.by, at=wish.at, notify=notify)
    return True
