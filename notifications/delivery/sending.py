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
from django.utils import timezone

from events.actions.wall_clock import quiet_until
from notifications.actions import outbox
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
    out_of_order: set[Channel] = field(default_factory=set)


def send_due(*, clock: Clock = timezone.now, until: float = float("inf")) -> Sent:
    """Send what is due on every channel until nothing is, or `until` (of time.monotonic) has come."""
    done = Sent()
    if not settings.SENDING_ENABLED:
        return done
    outbox.recover(at=clock())
    done.ended += outbox.miss_what_is_late(at=clock())
    for channel in Channel:
        _serve(channel, done, clock=clock, until=until)
    return done


def _serve(channel: Channel, done: Sent, *, clock: Clock, until: float) -> None:
    """One channel, over one kept-open connection; when it is out of order the others go on."""
    with open_channel(channel) as carrier:
        _settle_unclear(channel, carrier, done, clock=clock)
        renderings = Renderings()
        while time.monotonic() < until and channel not in done.out_of_order:
            token = outbox.claim(channel, at=clock())
            if token is None:
                return
            messages = leased_messages(token)
            _send_batch(messages, background_of(messages, renderings), carrier, done, clock=clock, until=until)


def _send_batch(
    messages: Sequence[Message], background: Background, carrier: Carrier, done: Sent, *, clock: Clock, until: float
) -> None:
    until = min(until, time.monotonic() + _BATCH_SECONDS)
    desk = _Desk(messages, background, done, clock)
    try:
        for position, message in enumerate(messages):
            if time.monotonic() >= until or Channel(message.channel) in done.out_of_order:
                outbox.release(messages[position:])
                return
            _send(message, position, desk, carrier, done, clock=clock)
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
            outbox.record_accepted(taken)

    def noted(self) -> outbox.Taken | None:
        """What was noted, once."""
        taken, self._taken = self._taken, None
        return taken

    def take(self, position: int) -> tuple[Letter, Outgoing] | None:
        """The message at this place of the batch, written; None: it has been ended or put off."""
        self.write(position)
        return self._ahead.pop(position)

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
    if not outbox.mark_sending(message, letter, at=at, after=desk.noted()):
        message.refresh_from_db(fields=["state", "registration", "session", "event"])
        outbox.settle_unsent(message, at=at)
        done.ended += 1
        return
    # From here on the row says `sending`, and nobody but this call or the provider's word may change that.
    try:
        acceptance = carrier.send(outgoing, partial(desk.write, position + 1))
    except ChannelError as error:
        outbox.record_failed(message, error, at=clock())
        _count(error, message, done)
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
    if message.session_starts_at is None and may_wake(at, event.starts_at):
        return None
    return quiet_until(at, ZoneInfo(event.time_zone), settings.QUIET_HOURS)


def _count(error: ChannelError, message: Message, done: Sent) -> None:
    if error.is_outage:
        done.out_of_order.add(Channel(message.channel))
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
