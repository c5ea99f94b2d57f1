"""Sends what is due: claim a batch, commit each row as `sending`, call the provider, record what it said."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.utils import timezone

from events.actions.wall_clock import quiet_until
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
    handed_over: int = 0  # of all these, what a provider was called for
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
    for channel in Channel:
        _serve(channel, done, clock=clock, until=until)
    return done


def _serve(channel: Channel, done: Sent, *, clock: Clock, until: float) -> None:
    """One channel, over one kept-open connection; when it is out of order the others go on."""
    if channel_states.is_left_alone(channel):
        done.left_alone.add(channel)
        return
    with open_channel(channel) as carrier:
        _settle_unclear(channel, carrier, done, clock=clock)
        while time.monotonic() < until and channel not in done.faults:
            try:
                token = outbox.claim(channel, at=clock())
            except outbox.NotYet as turn:
                if time.monotonic() + turn.seconds >= until:
                    return
                time.sleep(turn.seconds)
                continue
            if token is None:
                return
            messages = leased_messages(token)
            handed_over, sent = done.handed_over, done.sent
            _send_batch(messages, carrier, done, clock=clock, until=until)
            channel_states.note(
                channel,
                claimed=len(messages),
                handed_over=done.handed_over - handed_over,
                was_taken=done.sent > sent,
                fault=done.faults.get(channel),
            )


def _send_batch(messages: Sequence[Message], carrier: Carrier, done: Sent, *, clock: Clock, until: float) -> None:
    until = min(until, time.monotonic() + _BATCH_SECONDS)
    background = background_of(messages)
    for position, message in enumerate(messages):
        if time.monotonic() >= until or Channel(message.channel) in done.faults:
            outbox.release(messages[position:])
            return
        _send(message, background, carrier, done, clock=clock)


def _send(message: Message, background: Background, carrier: Carrier, done: Sent, *, clock: Clock) -> None:
    at = clock()
    morning = _quiet_until(message, at=at)
    if morning is not None:
        outbox.put_off(message, until=morning)
        done.put_off += 1
        return
    written = _write(message, background, done, at=at)
    if written is None:
        return
    letter, outgoing = written
    if not outbox.mark_sending(message, letter, at=at):
        message.refresh_from_db(fields=["state", "registration", "session", "event"])
        outbox.settle_unsent(message, to=letter.to, at=at)
        done.ended += 1
        return
    # From here on the row says `sending`, and nobody but this call or the provider's word may change that.
    done.handed_over += 1
    try:
        acceptance = carrier.send(outgoing)
    except ChannelError as error:
        outbox.record_failed(message, error, at=clock())
        _count(error, message, done)
    else:
        outbox.record_accepted(
            message,
            result=acceptance.result,
            provider_id=acceptance.provider_id,
            status=acceptance.status,
            at=clock(),
        )
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
