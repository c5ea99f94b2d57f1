"""The life of a message row: claimed, marked, settled; every move is one conditional UPDATE.

Leases use the database's clock, so that processes with different clocks agree; what counts as due comes in as `at=`.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Now

from notifications.actions import channel_states
from notifications.actions.standing_in import plan_instead
from notifications.actions.suppressing import suppress
from notifications.enums import AttemptResult, Channel, MessageState, StateReason, SuppressionReason
from notifications.errors import ChannelError
from notifications.kinds import KINDS, Kind
from notifications.models import DeliveryAttempt, Message
from notifications.models.messages import status_to_keep
from notifications.queries.suppressions import address_key, refusals_in_a_row, scopes_for, suppression_of
from notifications.rendering.letters import Letter
from notifications.rendering.secret_links import as_long_as_sent
from notifications.rendering.short_messages import segments
from registrations.enums import AttendanceIntent

BATCH: Final = 50
# Twice the longest call (channels end one after 60 s): whoever holds a row longer than this is dead. It begins anew
# when a row is marked, so a batch must only begin each row well within it.
LEASE: Final = timedelta(seconds=120)
RETRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
_TRY_FOR: Final = timedelta(hours=24)
_AFTER_OUTAGE: Final = timedelta(minutes=1)
_REWRITTEN_AFTER: Final = timedelta(minutes=1)
# How long a provider's own report is waited for before it is asked.
_REPORT_WAIT: Final = timedelta(minutes=2)
_MOST_CLAIMS: Final = 5
_MOST_RENDERINGS: Final = 3
_MOST_UNCLEAR: Final = 2
# A mailbox that is refused for good so often in a row is given up; what says that it does not exist, at once.
_MOST_REFUSALS: Final = 3

_S = MessageState
_Rows = QuerySet[Message]
_NO_LEASE: Final = {"lease_token": None, "lease_until": None}
# `claims` counts only those that nobody gave back, which is to say crashes.
_GIVEN_BACK: Final = {"claims": F("claims") - 1, **_NO_LEASE}
_REASON_OF: Final[Mapping[str, StateReason]] = {
    SuppressionReason.OPTED_OUT: StateReason.ADDRESS_BLOCKED,
    SuppressionReason.COMPLAINT: StateReason.COMPLAINT,
    SuppressionReason.BOUNCED: StateReason.BOUNCED,
    SuppressionReason.INVALID: StateReason.INVALID,
}

# What `still_true` looks at: which of these a message has decides what its statement asks.
_ABOUT: Final = ("registration_id", "member_id", "invitation_id", "event_id", "session_starts_at", "announcement_id")
_truths: Final[dict[tuple[object, ...], tuple[str, tuple[Any, ...]]]] = {}
_DUE: Final = """
    SELECT id, priority, claims FROM notifications_message
     WHERE channel = %s AND state = 'planned' AND next_attempt_at <= %s
       AND (lease_until IS NULL OR lease_until < STATEMENT_TIMESTAMP())
     ORDER BY priority, next_attempt_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_LEASE: Final = """
    UPDATE notifications_message SET lease_token = %s, lease_until = STATEMENT_TIMESTAMP() + %s, claims = claims + 1
     WHERE id = ANY(%s)
"""
_MARK: Final = """
    {before} UPDATE notifications_message SET state = 'sending', lease_until = STATEMENT_TIMESTAMP() + %s,
        "to" = %s, subject = %s, body = %s, html = %s, calendar = %s, calendar_method = %s,
        segments = %s
    WHERE id = %s AND state = 'planned' AND lease_token = %s AND lease_until > STATEMENT_TIMESTAMP()
        AND useful_until > %s
        AND NOT EXISTS (
            SELECT FROM notifications_suppression barred
             WHERE barred.channel = %s AND barred.address_key = %s AND barred.scope = ANY(%s) AND barred.lifted_at IS NULL)
        AND id IN ({truth})
        AND EXISTS (SELECT FROM {reader} AND reader.{column} = %s)
    RETURNING {patience}
"""
# Whose address it is, in the order in which a message is written to somebody.
_READERS: Final = (
    ("member_id", "registrations_partymember reader WHERE reader.id = notifications_message.member_id"),
    (
        "registration_id",
        "registrations_participant reader WHERE reader.registration_id = notifications_message.registration_id",
    ),
    ("invitation_id", "registrations_invitation reader WHERE reader.id = notifications_message.invitation_id"),
    ("role_id", "events_eventrole reader WHERE reader.id = notifications_message.role_id"),
    ("staff_id", "events_user reader WHERE reader.id = notifications_message.staff_id AND reader.is_active"),
)
_ATTEMPT: Final = """
    WITH tried AS (
        INSERT INTO notifications_deliveryattempt (message_id, at, result, code, detail, provider_id)
        VALUES (%s, %s, %s, '', '', %s) RETURNING {patience}
    )
"""
# Also when the answer took so long that somebody else counts the row as unclear by now: it was taken.
_TAKEN: Final = """
    UPDATE notifications_message SET state = 'sent', state_reason = '', provider_id = %s, provider_status = %s,
        sent_at = %s, lease_token = NULL, lease_until = NULL
    WHERE id = %s AND state IN ('sending', 'unknown', 'planned')
"""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A provider's word that it took a message, to be written down."""

    message: Message
    result: AttemptResult
    provider_id: str
    status: str
    at: datetime

    @property
    def values(self) -> tuple[Any, ...]:
        """What the statement is filled with."""
        pk, said = self.message.pk, self.provider_id
        return (pk, self.at, self.result, said, said, status_to_keep(self.status), self.at, pk)


# Claiming


class NotYet(Exception):
    """Something is due, and the rate limit of its channel lets it go in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@transaction.atomic
def claim(channel: Channel, *, at: datetime, most: int = BATCH) -> uuid.UUID | None:
    """Lease what is due on a channel, the most important first, and return the lease.

    None: nothing is due, or the channel is left alone because it is out of order. Raises NotYet.
    """
    turn = channel_states.turn(channel, most=most)
    if turn is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_DUE, (channel.value, at, max(1, turn.most)))
        found: list[tuple[uuid.UUID, int, int]] = cursor.fetchall()
    if not found:
        return None
    together = list(takewhile(_is_above_suspicion, found)) or found[:1]
    ids = [pk for position, (pk, priority, _) in enumerate(together) if turn.includes(position, priority)]
    if not ids:
        raise NotYet(turn.seconds_to_more)
    turn.take(len(ids))
    token = uuid.uuid4()
    lease: tuple[Any, ...] = (token, LEASE, ids)
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, lease)
    return token


def _is_above_suspicion(row: tuple[uuid.UUID, int, int]) -> bool:
    # Whoever had it before has died of it, or of another of its batch: it goes alone now, and takes no others along.
    return row[2] == 0


def release(messages: Sequence[Message]) -> None:
    """Give back what was claimed together and not begun."""
    rows = Message.objects.filter(pk__in=[message.pk for message in messages], lease_token=messages[0].lease_token)
    rows.filter(state=_S.PLANNED).update(**_GIVEN_BACK)


def put_off(message: Message, *, until: datetime) -> None:
    """Leave a claimed message for later without counting a try."""
    _mine(message).update(next_attempt_at=until, **_GIVEN_BACK)


def miss_what_is_late(*, at: datetime) -> int:
    """End what would come too late to be useful; how many."""
    late = Message.objects.filter(state=_S.PLANNED, useful_until__lte=at)
    free = late.filter(Q(lease_until=None) | Q(lease_until__lt=Now()))
    return free.update(state=_S.MISSED, state_reason=StateReason.TOO_LATE, **_NO_LEASE)


# Sending


def mark_sending(message: Message, letter: Letter, *, at: datetime, after: Taken | None = None) -> bool:
    """Commit that a provider is about to be called, if everything the message says is still so; False: do not call.

    One statement asks and writes: lease, registration, event, date, consent, lateness, whose address it is and whether
    it may be used cannot change in between. `after`: the message that went before is written down with it, whether this
    one may go or not.
    """
    kind, channel = KINDS[message.kind], Channel(message.channel)
    truth, known = _truth(message)
    patience = _patience(message)
    before = f"{_ATTEMPT}, taken AS ({_TAKEN})".format(patience=patience) if after is not None else ""
    whose, reader = next((name, rows) for name, rows in _READERS if getattr(message, name) is not None)
    column = "phone" if (whose, channel) == ("registration_id", Channel.SMS) else "email"
    statement = _MARK.format(before=before, truth=truth, reader=reader, column=column, patience=patience)
    parts = segments(as_long_as_sent(letter.body, message.language)) if channel == Channel.SMS else None
    texts = (letter.to, letter.subject, letter.body, letter.html, letter.calendar, letter.calendar_method)
    mine: tuple[Any, ...] = (LEASE, *texts, parts, message.pk, message.lease_token, at)
    address = (channel.value, address_key(channel, letter.to), list(scopes_for(is_optional=kind.is_optional)))
    with connection.cursor() as cursor:
        cursor.execute(statement, (*(after.values if after is not None else ()), *mine, *address, *known, letter.to))
        marked: int = cursor.rowcount
    return marked == 1


def _patience(message: Message) -> str:
    """Nobody waits for the disk about a mail (decision 0035); about an SMS, which costs money, somebody does."""
    return "NULL" if message.channel == Channel.SMS else "set_config('synchronous_commit', 'off', true)"


def _truth(message: Message) -> tuple[str, tuple[Any, ...]]:
    """The messages of its sort that are still true, as SQL: put together once, because the ORM takes longer than the rest."""
    sort = (message.kind, message.channel, *(getattr(message, name) is None for name in _ABOUT))
    if sort not in _truths:
        still = Message.objects.filter(still_true(KINDS[message.kind], message)).order_by().values("pk")
        _truths[sort] = still.query.sql_with_params()
    return _truths[sort]


def still_true(kind: Kind, message: Message) -> Q:
    """The condition under which a message may still be sent."""
    condition = Q()
    if message.registration_id is not None:
        condition &= Q(registration__state__in=kind.true_while, registration__erased_at=None)
    if message.member_id is not None:
        condition &= Q(member__state__in=kind.member_true_while)
    if message.invitation_id is not None:
        condition &= Q(invitation__revoked_at=None)
    if kind.is_question:
        condition &= Q(registration__attendance_intent=AttendanceIntent.ASKED)
    if message.announcement_id is not None:
        # As it was planned: by the state of the registration when it goes out, not when it was written.
        condition &= Q(announcement__states__contains=[F("registration__state")])
    if message.event_id is not None:
        condition &= Q(event__status__in=kind.event_true_while)
    if message.session_starts_at is not None:
        condition &= Q(session__starts_at=F("session_starts_at"), session__is_cancelled=False)
    if kind.needs_sms_consent and message.channel == Channel.SMS:
        condition &= Q(registration__sms_reminders=True)
    return condition


@transaction.atomic
def settle_unsent(message: Message, *, to: str, at: datetime) -> None:
    """End a claimed message that may not be sent, with the reason that staff reads; a lost lease is somebody else's."""
    kind = KINDS[message.kind]
    if message.useful_until <= at:
        end(message, _S.MISSED, StateReason.TOO_LATE)
        return
    registration = message.registration
    no_consent = kind.needs_sms_consent and message.channel == Channel.SMS
    if no_consent and registration is not None and not registration.sms_reminders:
        reason = StateReason.NO_CONSENT
    elif message.session is not None and message.session.starts_at != message.session_starts_at:
        reason = StateReason.MOVED
    else:
        reason = StateReason.NOT_TRUE
    stale = _mine(message).exclude(still_true(kind, message))
    if stale.update(state=_S.CANCELLED, state_reason=reason, **_NO_LEASE):
        return
    suppression = suppression_of(message, to, is_optional=kind.is_optional)
    if suppression is not None:
        _give_up(_mine(message), message, _S.SUPPRESSED, _REASON_OF[suppression.reason], at=at)
    else:
        # The person has another address than a moment ago: it is written anew, to that one.
        put_off(message, until=at + _REWRITTEN_AFTER)


def end(message: Message, state: MessageState, reason: str) -> None:
    """End a claimed message without sending it."""
    _mine(message).update(state=state, state_reason=reason, **_NO_LEASE)


def _give_up(rows: _Rows, message: Message, state: MessageState, reason: str, *, at: datetime) -> int:
    """End a message that will not arrive, and plan what stands in for it; unless the row is somebody else's by now."""
    ended = rows.update(state=state, state_reason=reason, **_NO_LEASE)
    if ended:
        plan_instead(message, at=at)
    return ended


def record_accepted(taken: Taken) -> None:
    """The provider took it; a report that came before its answer is left alone."""
    statement = f"{_ATTEMPT}{_TAKEN}".format(patience=_patience(taken.message))
    with connection.cursor() as cursor:
        cursor.execute(statement, taken.values)


@transaction.atomic
def record_failed(message: Message, error: ChannelError, *, at: datetime) -> None:
    """The provider did not take it, or said nothing clear."""
    if error.is_trouble:
        channel_states.note_trouble(Channel(message.channel), str(error))
    if error.unclear:
        _attempt(message, AttemptResult.UNCLEAR, error=error, at=at)
        _set_aside(_sending(message), message, reason=error.code)
    elif error.permanent or error.is_suppressed:
        _attempt(message, AttemptResult.REFUSED, error=error, at=at)
        _learn_from_refusal(message, error, at=at)
        _give_up(_sending(message), message, *_outcome(error), at=at)
    elif error.is_outage:
        # Not the message's fault: it keeps its tries, and its place in the queue.
        wait = max(_AFTER_OUTAGE, timedelta(seconds=error.retry_after or 0))
        _sending(message).update(
            state=_S.PLANNED,
            state_reason=str(error),
            next_attempt_at=at + wait,
            **_GIVEN_BACK,
        )
    else:
        _attempt(message, AttemptResult.DEFERRED, error=error, at=at)
        _retry(_sending(message), message, error, at=at)


def _outcome(error: ChannelError) -> tuple[MessageState, str]:
    if not error.is_suppressed:
        return _S.FAILED, str(error)
    if error.suppresses is not None:
        return _S.SUPPRESSED, _REASON_OF[error.suppresses]
    return _S.SUPPRESSED, error.code


def _learn_from_refusal(message: Message, error: ChannelError, *, at: datetime) -> None:
    """Give an address up that the provider says is none, or that has been refused too often."""
    reason = error.suppresses
    if reason is None and not error.blames_address:
        return
    # As it was marked; whoever claimed the row may hold it without.
    to = Message.objects.values_list("to", flat=True).get(pk=message.pk)
    channel = Channel(message.channel)
    if reason is None and refusals_in_a_row(message, to) >= _MOST_REFUSALS:
        reason = SuppressionReason.BOUNCED
    if reason is not None and to:
        suppress(channel, to, reason=reason, detail=str(error), message=message, at=at)


@transaction.atomic
def record_unwritable(message: Message, error: Exception, *, at: datetime) -> None:
    """Its text could not be written: tried again a little later, and set aside when that does not help."""
    fault = ChannelError("unwritable", type(error).__name__)
    _attempt(message, AttemptResult.DEFERRED, error=fault, at=at)
    if DeliveryAttempt.objects.filter(message=message, code=fault.code).count() >= _MOST_RENDERINGS:
        _give_up(_mine(message), message, _S.FAILED, str(fault), at=at)
    else:
        _retry(_mine(message), message, fault, at=at)


def _retry(rows: _Rows, message: Message, error: ChannelError, *, at: datetime) -> None:
    deferred = DeliveryAttempt.objects.filter(message=message, result=AttemptResult.DEFERRED)
    found = deferred.aggregate(tries=Count("pk"), first_at=Min("at"))
    again_at = at + max(RETRIES[min(found["tries"], len(RETRIES)) - 1], timedelta(seconds=error.retry_after or 0))
    # From the first try on: it may have lain here for days because the channel was out of order.
    if again_at >= min(message.useful_until, found["first_at"] + _TRY_FOR):
        _give_up(rows, message, _S.FAILED, str(error), at=at)
    else:
        rows.update(state=_S.PLANNED, state_reason=str(error), next_attempt_at=again_at, **_GIVEN_BACK)


# What was interrupted, and what got no clear answer


def recover(*, at: datetime) -> int:
    """Take up what a process left behind when it died; how many rows moved."""
    dead = Message.objects.filter(state=_S.SENDING, lease_until__lt=Now()).order_by("id")
    moved = 0
    for message in dead[:BATCH]:
        moved += _interrupted(message, at=at)
    poison = Message.objects.filter(state=_S.PLANNED, claims__gte=_MOST_CLAIMS, lease_until__lt=Now()).order_by("id")
    for message in poison[:BATCH]:
        moved += _set_poison_aside(message, at=at)
    return moved


@transaction.atomic
def _set_poison_aside(message: Message, *, at: datetime) -> int:
    rows = Message.objects.filter(pk=message.pk, state=_S.PLANNED, lease_until__lt=Now())
    return _give_up(rows, message, _S.FAILED, StateReason.CRASHES, at=at)


@transaction.atomic
def _interrupted(message: Message, *, at: datetime) -> int:
    rows = Message.objects.filter(pk=message.pk, state=_S.SENDING, lease_until__lt=Now())
    moved = _set_aside(rows, message, reason=StateReason.INTERRUPTED)
    if moved:
        _attempt(message, AttemptResult.UNCLEAR, error=ChannelError(StateReason.INTERRUPTED), at=at)
    return moved


def _set_aside(rows: _Rows, message: Message, *, reason: str) -> int:
    """Unknown; an SMS waits for the provider's report first, nobody reports on a mail."""
    wait = _REPORT_WAIT if message.channel == Channel.SMS else timedelta(0)
    return rows.update(state=_S.UNKNOWN, state_reason=reason, lease_token=None, lease_until=Now() + wait)


@transaction.atomic
def claim_unclear(channel: Channel, *, most: int = BATCH) -> list[Message]:
    """Lease messages whose outcome is unknown and has been waited for long enough."""
    unclear = Message.objects.filter(channel=channel, state=_S.UNKNOWN, lease_until__lt=Now())
    # Whose person was erased on the way, about that nobody can be asked.
    unclear = unclear.exclude(to="").order_by("lease_until", "id")
    messages = list(unclear.select_for_update(skip_locked=True)[:most])
    if messages:
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(lease_until=Now() + LEASE)
    return messages


def found_sent(message: Message, *, provider_id: str, status: str, at: datetime) -> None:
    """The provider, asked, has it."""
    kept = status_to_keep(status)
    _unknown(message).update(
        state=_S.SENT, state_reason="", provider_id=provider_id, provider_status=kept, sent_at=at, **_NO_LEASE
    )


@transaction.atomic
def not_found(message: Message, *, at: datetime) -> None:
    """The provider, asked, has nothing, or cannot be asked at all (mail): the policy of the kind decides."""
    tries = DeliveryAttempt.objects.filter(message=message, result=AttemptResult.UNCLEAR).count()
    may_repeat = message.channel == Channel.SMS or KINDS[message.kind].repeat_when_unclear
    if not may_repeat:
        # It stays unknown; without a lease nobody comes back to it.
        _unknown(message).update(state_reason=StateReason.NOT_REPEATED, **_NO_LEASE)
    elif tries > _MOST_UNCLEAR:
        _give_up(_unknown(message), message, _S.FAILED, StateReason.TRIED_ENOUGH, at=at)
    else:
        _unknown(message).update(state=_S.PLANNED, next_attempt_at=at, **_NO_LEASE)


def ask_later(message: Message, *, at: datetime) -> None:
    """The provider could not be asked: once more in a while, for as long as the message is of use."""
    if message.useful_until <= at:
        _unknown(message).update(state_reason=StateReason.NOT_REPEATED, **_NO_LEASE)
    else:
        _unknown(message).update(lease_until=Now() + _REPORT_WAIT)


def _mine(message: Message) -> _Rows:
    return Message.objects.filter(pk=message.pk, state=_S.PLANNED, lease_token=message.lease_token)


def _sending(message: Message) -> _Rows:
    return Message.objects.filter(pk=message.pk, state=_S.SENDING, lease_token=message.lease_token)


def _unknown(message: Message) -> _Rows:
    return Message.objects.filter(pk=message.pk, state=_S.UNKNOWN)


def _attempt(
    message: Message,
    result: AttemptResult,
    *,
    at: datetime,
    error: ChannelError | None = None,
    provider_id: str = "",
) -> None:
    DeliveryAttempt.objects.create(
        message=message,
        at=at,
        result=result,
        code=error.code if error else "",
        detail=error.detail if error else "",
        provider_id=provider_id,
    )
