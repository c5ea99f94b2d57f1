"""Sends what is due: claim a batch, commit each row as `sending`, call the provider, record what it said."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from events.actions.wall_clock import quiet_until
from events.models import Event
from notifications.actions import channel_states, outbox
from notifications.actions.due_times import may_wake
from notifications.channels import Carrier, Outgoing, open_channel
from notifications.delivery.composing import (
    Background,
    ComesTooLate,
    NobodyToWriteTo,
    background_of,
    kept_letter,
    letter_of,
    outgoing_of,
)
from notifications.enums import Channel, MessageState, StateReason
from notifications.errors import ChannelError
from notifications.kinds import KINDS
from notifications.models import Message
from notifications.queries.dispatch import complete_messages, known_provider_ids, leased_messages
from notifications.rendering.letters import Letter, NothingToSay
from notifications.rendering.situations import Renderings

log = structlog.get_logger(__name__)

# How long an answer is kept in hand while the database is away. With the longest call before it, it is what a lease lasts.
_PATIENCE_SECONDS: Final = 60.0
_ASK_AGAIN_SECONDS: Final = 0.2
# Channels take turns: a cancellation by SMS must not wait until ten thousand mails are out.
_TURN_SECONDS: Final = 5.0
# After this long a batch is given back and claimed anew, so that no lease runs out under a slow provider.
_BATCH_SECONDS: Final = 30.0

Clock = Callable[[], datetime]


@dataclass
class Sent:
    """What a run did, in numbers."""

    sent: int = 0
    ended: int = 0  # no longer true, or too late
    put_off: int = 0  # will be tried again
    failed: int = 0
    unclear: int = 0
    handed_over: int = 0  # of all these, what a provider was called for
    answered: int = 0  # and of those, what it gave a clear answer to: yes, or no for the sake of this message
    faults: dict[Channel, ChannelError] = field(default_factory=dict)
    left_alone: set[Channel] = field(default_factory=set)

    @property
    def out_of_order(self) -> set[Channel]:
        """The channels that were in a pause, or broke the run off."""
        return self.left_alone | set(self.faults)


def send_due(*, clock: Clock = timezone.now, until: float = float("inf")) -> Sent:
    """Send what is due on every channel until nothing is, or `until` (of time.monotonic) has come."""
    done = Sent()
    if not settings.SENDING_ENABLED:
        return done
    outbox.recover(at=clock())
    done.ended += outbox.miss_what_is_late(at=clock())
    waiting = list(Channel)
    while waiting and time.monotonic() < until:
        waiting = [channel for channel in waiting if _serve(channel, done, clock=clock, until=until)]
    return done


def _serve(channel: Channel, done: Sent, *, clock: Clock, until: float) -> bool:
    """One channel's turn, over one kept-open connection; whether more may be due. Out of order, it waits for the next run."""
    if channel_states.is_left_alone(channel):
        done.left_alone.add(channel)
        return False
    with open_channel(channel) as carrier:
        _settle_unclear(channel, carrier, done, clock=clock)
        renderings = Renderings()
        until = min(until, time.monotonic() + _TURN_SECONDS)
        while channel not in done.faults:
            if time.monotonic() >= until:
                return True
            try:
                token = outbox.claim(channel, at=clock())
            except outbox.NotYet as not_yet:
                time.sleep(max(0.0, min(not_yet.seconds, until - time.monotonic())))
                continue
            if token is None:
                return False
            messages = leased_messages(token, with_phone=channel == Channel.SMS)
            handed_over, answered = done.handed_over, done.answered
            _send_batch(messages, background_of(messages, renderings), carrier, done, clock=clock, until=until)
            channel_states.note(
                channel,
                claimed=len(messages),
                handed_over=done.handed_over - handed_over,
                was_answered=done.answered > answered,
                fault=done.faults.get(channel),
            )
    return False


def _send_batch(
    messages: Sequence[Message], background: Background, carrier: Carrier, done: Sent, *, clock: Clock, until: float
) -> None:
    until = min(until, time.monotonic() + _BATCH_SECONDS)
    rest = messages
    desk = _Desk(messages, background, done, clock)
    try:
        for position, message in enumerate(messages):
            if time.monotonic() >= until or Channel(message.channel) in done.faults:
                outbox.release(messages[position:])
                return
            rest = messages[position + 1 :]
            _send(message, position, desk, carrier, done, clock=clock)
    except Exception:
        # The others did not cause it: they need not wait for their lease, nor count it as a crash of theirs. It is raised on.
        if rest:
            _until_written(partial(outbox.release, rest))
        raise
    finally:
        desk.write_down()


class _Desk:
    """Writes the messages of a batch one after the other, the next one while the server is busy with the one before."""

    def __init__(self, messages: Sequence[Message], background: Background, done: Sent, clock: Clock) -> None:
        self._messages = messages
        self._background = background
        self._done = done
        self._clock = clock
        self._ahead: dict[int, tuple[Letter, Outgoing] | None] = {}
        self._taken: outbox.Taken | None = None

    def note(self, taken: outbox.Taken, position: int) -> None:
        """What the provider took; with the mark of the next message, if that lies ready, else at once."""
        self._taken = taken
        if self._ahead.get(position + 1) is None:
            self.write_down()

    def write_down(self) -> None:
        """Record what was noted and has not been written with another mark."""
        taken = self.noted()
        if taken is not None:
            _until_written(partial(outbox.record_accepted, taken))

    def noted(self) -> outbox.Taken | None:
        """What was noted, once."""
        taken, self._taken = self._taken, None
        return taken

    def take(self, position: int) -> tuple[Letter, Outgoing] | None:
        """The message at this place of the batch, written; None: it has been ended or put off."""
        self.write(position)
        return self._ahead.pop(position)

    def write_ahead(self, position: int) -> None:
        """The same while a server is busy: what goes wrong then must not keep us from hearing its answer."""
        try:
            self.write(position)
        except (OperationalError, InterfaceError):
            log.warning("the database is away; the next message is written later")
            connection.close()
        except Exception:
            # It goes wrong once more, and for all to see, when the message's turn comes.
            log.exception("the next message could not be written ahead")

    def mark(self, message: Message, letter: Letter, *, at: datetime) -> bool:
        """Commit that a provider is about to be called, and with it what was noted before."""
        taken = self.noted()
        mark = partial(outbox.mark_sending, message, letter, at=at, after=taken)
        try:
            try:
                return mark()
            except OperationalError as trouble:
                if not isinstance(trouble.__cause__, DeadlockDetected):
                    raise
                # Broken off as a whole, for the sake of somebody who takes back many messages at once.
                return mark()
        except BaseException:
            # Whatever is wrong with this one, the one before it was taken: it is written down by itself.
            self._taken = taken
            raise

    def write(self, position: int) -> None:
        """Have it ready, unless the batch has no such place."""
        if position in self._ahead or position >= len(self._messages):
            return
        message, at = self._messages[position], self._clock()
        morning = _quiet_until(message, at=at)
        if morning is None:
            self._ahead[position] = _write(message, self._background, self._done, at=at)
        else:
            self._ahead[position] = None
            outbox.put_off(message, until=morning)
            self._done.put_off += 1


def _send(message: Message, position: int, desk: _Desk, carrier: Carrier, done: Sent, *, clock: Clock) -> None:
    written = desk.take(position)
    if written is None:
        return
    letter, outgoing = written
    at = clock()
    if not desk.mark(message, letter, at=at):
        message.refresh_from_db(fields=["state", "registration", "session", "event"])
        outbox.settle_unsent(message, to=letter.to, at=at)
        done.ended += 1
        return
    # From here on the row says `sending`, and nobody but this call or the provider's word may change that.
    try:
        acceptance = carrier.send(outgoing, partial(desk.write_ahead, position + 1))
    except ChannelError as error:
        _until_written(partial(outbox.record_failed, message, error, at=clock()))
        _count(error, message, done)
        done.handed_over += not error.is_ours
        done.answered += not (error.is_ours or error.is_outage or error.unclear)
    else:
        taken = outbox.Taken(
            message=message,
            result=acceptance.result,
            provider_id=acceptance.provider_id,
            status=acceptance.status,
            at=clock(),
        )
        desk.note(taken, position)
        done.sent += 1
        done.handed_over += 1
        done.answered += 1


def _until_written(record: Callable[[], None]) -> None:
    """Write down what a provider has said, also when the database is stopped at that moment and comes back soon.

    Lost, the answer would make a mail go out twice: nobody can ask a mail server.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            record()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline or connection.in_atomic_block:
                raise
            log.warning("the database is away; a provider's answer waits for it")
            connection.close()
            time.sleep(_ASK_AGAIN_SECONDS)
        else:
            return


def _write(message: Message, background: Background, done: Sent, *, at: datetime) -> tuple[Letter, Outgoing] | None:
    try:
        letter = letter_of(message, background, at=at)
        return letter, outgoing_of(message, letter, at=at)
    except NobodyToWriteTo:
        outbox.end(message, MessageState.CANCELLED, StateReason.NO_ADDRESS)
        done.ended += 1
    except ComesTooLate:
        outbox.end(message, MessageState.MISSED, StateReason.TOO_LATE)
        done.ended += 1
    except NothingToSay:
        outbox.end(message, MessageState.CANCELLED, StateReason.NO_CHANGE_LEFT)
        done.ended += 1
    except Exception as error:
        # Whatever is wrong with one message, the others have to go out; the log and the row keep what it was.
        log.exception("message could not be written", message=str(message.pk), kind=message.kind)
        outbox.record_unwritable(message, error, at=at)
        done.put_off += 1
    return None


def _quiet_until(message: Message, *, at: datetime) -> datetime | None:
    """When an SMS may ring again that must not ring now."""
    event = message.event
    if message.channel != Channel.SMS or not KINDS[message.kind].waits_for_daytime or event is None:
        return None
    if message.session_starts_at is None and may_wake(at, _next_start(message, event, at=at)):
        return None
    return quiet_until(at, ZoneInfo(event.time_zone), settings.QUIET_HOURS)


def _next_start(message: Message, event: Event, *, at: datetime) -> datetime | None:
    """When whoever reads it would set out next: to a session to come, or in vain to the one that the news is about."""
    subject = message.event_change.session_id if message.event_change is not None else None
    starts = [
        session.starts_at
        for session in event.sessions.all()
        if session.ends_at > at and (not session.is_cancelled or session.pk == subject)
    ]
    return min(starts, default=event.starts_at)


def _count(error: ChannelError, message: Message, done: Sent) -> None:
    if error.is_outage:
        done.faults[Channel(message.channel)] = error
    if error.unclear:
        done.unclear += 1
    elif error.permanent:
        done.failed += 1
    else:
        done.put_off += 1
    log.warning("message not taken", message=str(message.pk), channel=message.channel, code=error.code)


# What got no clear answer


def _settle_unclear(channel: Channel, carrier: Carrier, done: Sent, *, clock: Clock) -> None:
    """Ask the provider, where it can be asked, before anything is sent again."""
    claimed = outbox.claim_unclear(channel)
    for message in complete_messages(message.pk for message in claimed):
        at = clock()
        if channel in done.faults:
            outbox.ask_later(message, at=at)
            continue
        outgoing = outgoing_of(message, kept_letter(message), at=at)
        try:
            found = carrier.find(outgoing, known=known_provider_ids(message))
        except ChannelError as error:
            outbox.ask_later(message, at=at)
            _count(error, message, done)
        else:
            if found is not None:
                outbox.found_sent(message, provider_id=found.provider_id, status=found.status, at=at)
                done.sent += 1
            else:
                outbox.not_found(message, at=at)
    if channel in done.faults:
        channel_states.note(channel, fault=done.faults[channel])
