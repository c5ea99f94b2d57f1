"""How much a channel may be given now: its rate limit and its circuit breaker, shared by all processes.

Times are the database's, as those of leases. A channel that fails again and again is left alone for a minute, then for
two, and so on up to a quarter of an hour; each pause ends with one message that tries it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from notifications.enums import Channel, Priority
from notifications.errors import ChannelError
from notifications.models import ChannelState

log = structlog.get_logger(__name__)

FAULTS: Final = 5
SHORTEST_PAUSE: Final = 60
LONGEST_PAUSE: Final = 900
# How long a provider that asked for patience is given half as much.
_SLOWED: Final = timedelta(minutes=10)
_JITTER_PERCENT: Final = 25
_SMALLEST_BUCKET: Final = 5.0
# Nobody who is due a confirmation waits behind a thousand reminders.
_KEPT_FOR_URGENT: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What may be claimed for a channel now; its row is locked until the claim is committed, where something is counted.

    `most`: how many messages; `most_that_can_wait`: how many of those may be less urgent than a confirmation.
    """

    channel: Channel
    most: int
    most_that_can_wait: int
    seconds_to_more: float = 0
    next_pause: int | None = None
    tokens: float | None = None

    def includes(self, position: int, priority: int) -> bool:
        """Whether the message at this place in the order of sending may go."""
        return position < (self.most if priority <= Priority.CONFIRMATION else self.most_that_can_wait)

    def take(self, number: int) -> None:
        """Count what was claimed, in the transaction of the claim."""
        rows = ChannelState.objects.filter(pk=self.channel)
        if self.next_pause is not None:
            # Only one message shall try the channel, and whoever sends it may die: the next pause begins already.
            rows.update(open_until=Now() + timedelta(seconds=self.next_pause), pause_seconds=self.next_pause)
        elif self.tokens is not None:
            rows.update(tokens=self.tokens - number, refilled_at=Now())


def turn(channel: Channel, *, most: int) -> Turn | None:
    """What may be claimed now, asked in the transaction of the claim; None: the channel is left alone for now."""
    rate = _rate(channel)
    state, now = _read(channel, is_locked=bool(rate))
    if state.open_until is not None:
        state, now = _read(channel, is_locked=True)
    if state.open_until is not None:
        pause = min(LONGEST_PAUSE, max(SHORTEST_PAUSE, state.pause_seconds * 2))
        one = Turn(channel=channel, most=1, most_that_can_wait=1, next_pause=pause)
        return one if state.open_until <= now else None
    if not rate:
        return Turn(channel=channel, most=most, most_that_can_wait=most)
    present_rate = rate / 2 if state.slowed_until is not None and state.slowed_until > now else rate
    bucket = _bucket(rate)
    kept = bucket * _KEPT_FOR_URGENT
    tokens = min(bucket, state.tokens + max(0.0, (now - state.refilled_at).total_seconds()) * present_rate)
    # A handful at a time: claiming each message alone would cost more than it is worth.
    enough = max(kept + 1, bucket / 2)
    return Turn(
        channel=channel,
        most=min(most, int(tokens)),
        most_that_can_wait=min(most, max(0, int(tokens - kept))),
        seconds_to_more=max(0.0, enough - tokens) / present_rate,
        tokens=tokens,
    )


def is_left_alone(channel: Channel) -> bool:
    """Whether the channel is in a pause."""
    state, now = _read(channel)
    return state.open_until is not None and state.open_until > now


@transaction.atomic
def note(
    channel: Channel, *, claimed: int = 0, handed_over: int = 0, was_answered: bool = False, fault: ChannelError | None
) -> None:
    """Remember what a batch has shown of its channel: whether it answers, and then what has ended the batch.

    `was_answered`: a message was taken, or refused for its own sake; either way the channel works.
    What was claimed and not handed over is given back to the rate limit.
    """
    unused = claimed - handed_over if _rate(channel) else 0
    state, _now = _read(channel)
    if fault is None and not unused and not state.failures and state.open_until is None:
        return
    state, now = _read(channel, is_locked=True)
    state.tokens = min(_bucket(_rate(channel)), state.tokens + unused)
    if was_answered:
        if state.open_until is not None:
            log.info("channel works again", channel=channel.value)
        state.failures, state.open_until, state.pause_seconds = 0, None, 0
    if fault is not None:
        _count_fault(state, fault, now=now)
    elif state.open_until is not None and not handed_over:
        # The one message that was to try it had to stay: another may.
        state.open_until, state.pause_seconds = now, state.pause_seconds // 2
    state.save()


def _count_fault(state: ChannelState, fault: ChannelError, *, now: datetime) -> None:
    state.last_error, state.last_error_at = str(fault), now
    if fault.retry_after is not None:
        # Whoever was sent away at the same moment must not come back at the same moment.
        wait = fault.retry_after * (1 + secrets.randbelow(_JITTER_PERCENT + 1) / 100)
        state.open_until, state.slowed_until, state.tokens = now + timedelta(seconds=wait), now + _SLOWED, 0
        log.warning("channel asks for patience", channel=state.channel, code=fault.code, seconds=int(wait))
        return
    state.failures += 1
    if state.open_until is None and (fault.is_locked_out or state.failures >= FAULTS):
        state.pause_seconds = SHORTEST_PAUSE
        state.open_until = now + timedelta(seconds=SHORTEST_PAUSE)
    if fault.is_locked_out:
        log.error("channel does not let us in", channel=state.channel, code=fault.code)
    elif state.open_until is not None:
        log.warning(
            "channel out of order", channel=state.channel, code=fault.code, seconds=max(0, _seconds_left(state, now))
        )


def note_trouble(channel: Channel, trouble: str) -> None:
    """Show staff what a provider reported of one message and what may be true of many."""
    _read(channel)
    ChannelState.objects.filter(pk=channel).update(last_error=trouble, last_error_at=Now())


def _seconds_left(state: ChannelState, now: datetime) -> int:
    assert state.open_until is not None
    return int((state.open_until - now).total_seconds())


def _rate(channel: Channel) -> int:
    """Messages a second; 0: as many as it takes."""
    return int(settings.MAIL_PER_SECOND if channel == Channel.EMAIL else settings.SMS_PER_SECOND)


def _bucket(rate: int) -> float:
    """What may go at once after a rest."""
    return max(float(rate), _SMALLEST_BUCKET)


def _read(channel: Channel, *, is_locked: bool = False) -> tuple[ChannelState, datetime]:
    """The row of a channel and the database's clock; a channel that nobody has used yet gets its row."""
    rows = ChannelState.objects.annotate(now=Now())
    if is_locked:
        rows = rows.select_for_update(no_key=True)
    state = rows.filter(pk=channel).first()
    if state is None:
        fresh = ChannelState(channel=channel, tokens=_bucket(_rate(channel)), refilled_at=Now())
        ChannelState.objects.bulk_create([fresh], ignore_conflicts=True)
        state = rows.get(pk=channel)
    return state, state.now
