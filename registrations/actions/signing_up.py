"""Signing up for an event: a handful of statements in one short transaction, the row everybody wants last.

The first try looks at the pools without a lock, writes what follows from them and only then takes the seat (or the
place in the queue) by a conditional UPDATE. When somebody was quicker, everything is undone and the second try locks
the event's queue and pools first, so that nothing can change under it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final

from django.db import IntegrityError, connection
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation

from events.actions.retries import retried
from events.actions.seats import SeatBook, join_queue, lock_queue, take_seats
from events.enums import AgeRule, EventStatus, SeatSource
from events.errors import FieldErrors
from events.models import Event, InformationNotice, ParticipantCategory, Question, SeatPool, Session, User
from events.queries.entrances import Entrance, entrance_of
from events.queries.questions import asked_questions
from events.queries.seats import Place, find_place, is_of_group, released_seats_lie_free
from registrations.actions.answers import Answers, Value, answer_rows, read_answers
from registrations.actions.consents import consent_faults, consent_rows
from registrations.actions.entries import enter
from registrations.actions.history import may_write_again, record
from registrations.actions.moves import expire, hold_has_run_out
from registrations.actions.needs import Need, ask_for, need_faults
from registrations.actions.openings import require_open, require_queue
from registrations.actions.people import person_faults, search_text
from registrations.actions.queues import may_go_before_last, may_pass_queue, passes_queue
from registrations.enums import ACTIVE_STATES, ChangeCause, NeedKind, RegistrationSource, RegistrationState
from registrations.errors import (
    AlreadyRegistered,
    InvitationOver,
    InvitationUsed,
    RateLimited,
    RegistrationClosed,
    SessionsOverlap,
)
from registrations.models import (
    Answer,
    Consent,
    Invitation,
    Participant,
    PartyMember,
    Registration,
    RegistrationChange,
)
from registrations.queries.no_shows import queues_last
from registrations.templatetags.registration_tags import session_in_words
from registrations.tokens import email_key, new_code

_TRIES: Final = 3
# Seconds to wait after all tries were lost.
_BREATH: Final = 1
_STATUS: Final = "SELECT status FROM events_event WHERE id = %s"
# Whoever cancels the event waits until the application is there to be told.
_STATUS_KEPT: Final = f"{_STATUS} FOR SHARE"
_ONE_PER_EMAIL: Final = "registration_one_per_email"
_ONE_PER_INVITATION: Final = "registration_one_per_invitation"


@dataclass(frozen=True)
class Guest:
    """Somebody who comes along; without an address, everything for them goes to the person who registers."""

    first_name: str
    last_name: str
    email: str = ""


@dataclass(frozen=True)
class Applicant:
    """What a person says when registering; no session named: they take part in all of them.

    `answers` by the question's id as text; `age_statement`: they state what the event's age rule asks for. `email` is
    left empty only for somebody whom staff register.
    """

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    organisation: str = ""
    category: str | None = None
    session_ids: tuple[int, ...] = ()
    sms_reminders: bool = False
    no_photo: bool = False
    answers: Answers = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    age_statement: bool = False
    party: tuple[Guest, ...] = ()
    consents: tuple[str, ...] = ()


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
    invitation: Invitation | None

    @property
    def is_vouched_for(self) -> bool:
        """Whether nobody has to show that the mailbox is theirs: staff know the person, or the way in came by mail."""
        invited_at = self.invitation.email if self.invitation is not None else ""
        has_come_by_mail = bool(invited_at) and email_key(invited_at) == email_key(self.applicant.email)
        return self.by is not None or has_come_by_mail


class _Overtaken(Exception):
    """Somebody else took the seat, or left one, between looking and taking."""


class _AlreadyThere(Exception):
    """The address has an active registration; `answer` is what a stranger would have got."""

    def __init__(self, answer: SignUp) -> None:
        super().__init__()
        self.answer = answer


def sign_up(  # noqa: PLR0913 - who, how they came, and what the caller knows already
    event: Event,
    applicant: Applicant,
    *,
    source: RegistrationSource,
    language: str,
    notice: InformationNotice | None,
    by: User | None = None,
    at: datetime,
    seen: Entrance | None = None,
    invitation: Invitation | None = None,
) -> SignUp:
    """Register a person and who comes along: all with a seat, all in the queue, or refused with nothing stored.

    `by` null: the participant. `seen`: what the caller has just read of the event; else it is read here. `invitation`:
    the personal link that they came by. A person who is registered already gets a stranger's answer, and a mail; staff
    are told so (`AlreadyRegistered`).
    """
    _require_valid(applicant, by=by)
    if invitation is not None and invitation.event_id != event.pk:
        raise InvitationOver
    wish = _Wish(event.pk, applicant, source, language, notice, by, at, seen, invitation)
    # Wheelchairs are counted: who brings one lets nobody else come in with another at the same time.
    brings_wheelchair = any(need.kind == NeedKind.WHEELCHAIR for need in applicant.needs)
    locked = brings_wheelchair or (invitation is not None and invitation.uses_reserved)
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


def _require_valid(applicant: Applicant, *, by: User | None) -> None:
    errors = person_faults(_participant(applicant)) | consent_faults(applicant.consents)
    if not applicant.email.strip() and by is None:
        errors["email"] = [_("Give an e-mail address.")]
    for number, guest in enumerate(applicant.party):
        faults = person_faults(Participant(**_tidy(guest)))
        errors |= {f"party.{number}.{field}": sentences for field, sentences in faults.items()}
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
    if wish.invitation is not None:
        _require_standing(wish.invitation)
    event, all_pools, asks = _reread(wish.event_id, book) if book else _look(wish)
    require_open(event, at=wish.at)
    answers = _read(event, asked_questions(event.pk) if asks else [], wish)
    category = listed_category(all_pools, wish.applicant.category)
    sessions = _sessions(event, wish.applicant.session_ids, at=wish.at)

    registration = Registration(
        event=event,
        category=category,
        seats=_seats(event, wish.applicant),
        source=wish.source,
        language=wish.language,
        email_key=email_key(wish.applicant.email) if wish.applicant.email.strip() else None,
        reference=new_code(),
        ticket_code=new_code(),
        notice=wish.notice,
        invitation=wish.invitation,
        sms_reminders=wish.applicant.sms_reminders,
        no_photo=wish.applicant.no_photo,
        age_statement=None if event.age_rule == AgeRule.NONE else True,
        created_at=wish.at,
        queued_at=wish.at,
    )
    registration.waits_last = queues_last(event, registration.email_key, at=wish.at)
    if book is None and not may_pass_queue(event) and may_go_before_last(registration, all_pools, event):
        # Who is in front of whom is seen under the lock.
        raise _Overtaken
    place = find_place(
        all_pools,
        registration.seats,
        category_id=registration.category_id,
        session_ids={session.pk for session in sessions},
        past_queue=may_pass_queue(event) if book is None else passes_queue(registration, all_pools, event),
        is_invited=wish.invitation is not None and wish.invitation.uses_reserved,
    )
    claims = _decide(registration, place, wish)

    _write(registration, sessions, answers, wish)
    if book is not None:
        if claims:
            _claim_locked(book, registration, place)
    elif claims:
        _claim(registration, place)
    else:
        _require_announced(event, statement=_STATUS_KEPT)
    return _answer(registration, registration)


def _require_standing(invitation: Invitation) -> None:
    # Whoever takes it back or changes it waits until it is known whether it was used.
    standing = Invitation.objects.select_for_update(no_key=True).filter(
        pk=invitation.pk, generation=invitation.generation, revoked_at=None
    )
    if not standing.values_list("pk"):
        raise InvitationOver


def _seats(event: Event, applicant: Applicant) -> int:
    """One for each person, and one for an assistant where assistants take seats."""
    brings_assistant = any(need.kind == NeedKind.ASSISTANT for need in applicant.needs)
    return 1 + len(applicant.party) + int(brings_assistant and event.policy.assistants_take_seats)


def _look(wish: _Wish) -> tuple[Event, Sequence[SeatPool], bool]:
    """The event, its pools, and whether it asks questions: most ask none, and then nobody goes looking for them."""
    seen = wish.seen or entrance_of(wish.event_id, at=wish.at)
    if seen is None:
        raise RegistrationClosed
    return seen.event, seen.pools, seen.asks


def _reread(event_id: int, book: SeatBook) -> tuple[Event, Sequence[SeatPool], bool]:
    """The same from the locked rows."""
    return book.event or Event.objects.select_related("policy", "unit").get(pk=event_id), book.pools, True


def _read(event: Event, questions: Sequence[Question], wish: _Wish) -> dict[int, Value | None]:
    applicant = wish.applicant
    faults = need_faults(applicant.needs)
    most = wish.invitation.seats if wish.invitation is not None else event.policy.group_max
    if len(applicant.party) >= most and applicant.party:
        faults["party"] = [
            ngettext_lazy(
                "Only one person can be registered at once.",
                "At most %(count)s people can be registered at once.",
                most,
            )
            % {"count": most}
        ]
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


def listed_category(pools: Sequence[SeatPool], code: str | None) -> ParticipantCategory | None:
    """The group of this code, out of those that the event lists; where it lists some, one has to be named."""
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
    clashes = [(first, second) for first, second in combinations(chosen, 2) if second.starts_at < first.ends_at]
    if clashes:
        raise _overlap(clashes, event.time_zone)
    return chosen


def _overlap(clashes: Sequence[tuple[Session, Session]], zone: str) -> SessionsOverlap:
    """The refusal with both sessions by their names; the other pairs stand in its details."""
    first, second = (session_in_words(session, zone) for session in clashes[0])
    return SessionsOverlap(
        gettext("These two happen at the same time: “%(first)s” and “%(second)s”. Choose one of them.")
        % {"first": first, "second": second},
        details={"sessions": [[session.pk for session in pair] for pair in clashes]},
    )


def _decide(registration: Registration, place: Place, wish: _Wish) -> bool:
    """Where the registration stands from now on; whether that takes a seat or a place in the queue."""
    event, policy, blocking = registration.event, registration.event.policy, place.blocking
    needs_approval = policy.approval and not (wish.invitation is not None and wish.invitation.skips_approval)
    if needs_approval:
        registration.state = RegistrationState.AWAITING_APPROVAL
        registration.address_confirmed_at = wish.at if wish.is_vouched_for else None
        if not policy.approval_holds_seat:
            return False
    elif policy.confirm_email and not wish.is_vouched_for:
        registration.state = RegistrationState.HELD
        registration.hold_expires_at = registration.created_at + timedelta(minutes=policy.hold_minutes)
    elif blocking is None:
        registration.state = RegistrationState.CONFIRMED
        registration.confirmed_at = registration.created_at
    else:
        registration.state = RegistrationState.WAITLISTED
    if blocking is not None:
        require_queue(event, blocking, registration.seats)
    registration.holds_seat = blocking is None
    registration.waiting_pool = blocking
    registration.seat_source = place.source
    return True


def _write(
    registration: Registration, sessions: Sequence[Session], answers: Mapping[int, Value | None], wish: _Wish
) -> None:
    participant = _participant(wish.applicant)
    participant.search_text = search_text(registration, participant, wish.applicant.party)
    change = RegistrationChange(cause=ChangeCause.SIGNED_UP, to_state=registration.state, by=wish.by, at=wish.at)
    try:
        enter(registration, participant, change)
    except IntegrityError as error:
        name = error.__cause__.diag.constraint_name if isinstance(error.__cause__, UniqueViolation) else None
        if name == _ONE_PER_EMAIL:
            raise _AlreadyThere(_answer(registration, None)) from error
        if name == _ONE_PER_INVITATION:
            raise InvitationUsed from error
        raise
    if sessions:
        choice = Registration.sessions.through
        choice.objects.bulk_create(choice(registration=registration, session=session) for session in sessions)
    # Nothing to put in is no statement.
    PartyMember.objects.bulk_create(_members(registration, wish.applicant.party))
    Answer.objects.bulk_create(answer_rows(registration, answers))
    ask_for(registration, wish.applicant.needs, sessions=sessions, by=wish.by, at=wish.at)
    allowed = consent_rows(
        registration, wish.applicant.consents, source=wish.source, language=wish.language, at=wish.at
    )
    Consent.objects.bulk_create(allowed)


def _members(registration: Registration, party: Sequence[Guest]) -> list[PartyMember]:
    return [
        PartyMember(
            registration=registration,
            ticket_code=new_code(),
            created_at=registration.created_at,
            **_tidy(guest),
        )
        for guest in party
    ]


def _tidy(guest: Guest) -> dict[str, str]:
    return {name: str(value).strip() for name, value in asdict(guest).items()}


def _claim(registration: Registration, place: Place) -> None:
    """Take the seat or the place in the queue; whoever wants the same row waits from here to the commit."""
    event, waiting_pool = registration.event, registration.waiting_pool
    past_queue = may_pass_queue(event)
    if waiting_pool is not None:
        limit = event.policy.waitlist_limit
        has_place = join_queue(waiting_pool, registration.seats, limit=limit, past_queue=past_queue)
        if has_place and is_of_group(waiting_pool):
            # Another group may have given seats up since we looked; under the lock it is seen who may have them.
            has_place = not released_seats_lie_free(event.pk)
    elif place.source == SeatSource.OWN:
        has_place = take_seats(place.pools, registration.seats, past_queue=past_queue) is None
    else:
        # Seats that other groups have given up are handed out under the lock only.
        has_place = False
    if not has_place:
        raise _Overtaken
    _require_announced(event)


def _claim_locked(book: SeatBook, registration: Registration, place: Place) -> None:
    if place.blocking is not None:
        book.queue(place.blocking.pk, registration.seats)
    else:
        book.take(place.pools, registration.seats, source=place.source, past_queue=True)
    book.write()


def _require_announced(event: Event, *, statement: str = _STATUS) -> None:
    # Whoever cancels the event locks its pools on the way, so after ours this is the last word.
    with connection.cursor() as cursor:
        cursor.execute(statement, [event.pk])
        if cursor.fetchone() != (EventStatus.PUBLISHED,):
            raise _Overtaken


def _answer(registration: Registration, shown: Registration | None) -> SignUp:
    return SignUp(RegistrationState(registration.state), shown, registration.hold_expires_at)


@retried
def _tell_owner(wish: _Wish) -> bool:
    """Let the owner of the address know, or staff who ask for them; False: that one has ended by now, the way is free."""
    lock_queue(wish.event_id)
    own = Registration.objects.filter(
        event=wish.event_id, email_key=email_key(wish.applicant.email), state__in=ACTIVE_STATES
    ).first()
    if own is None:
        return False
    if own.state == RegistrationState.HELD and hold_has_run_out(own, at=wish.at):
        expire(own, at=wish.at)
        return False
    if wish.by is not None:
        raise AlreadyRegistered(details={"reference": own.reference})
    notify = may_write_again(own, ChangeCause.ASKED_AGAIN, at=wish.at)
    record([own], ChangeCause.ASKED_AGAIN, was=own.state, by=wish.by, at=wish.at, notify=notify)
    return True
