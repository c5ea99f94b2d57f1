"""Whether messages flow: the oldest that is due, the last tick, and how mail and SMS are set up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from notifications.enums import Channel, Job, MessageState
from notifications.models import ChannelState, Heartbeat, Message

_TICK_AT_MOST: Final = timedelta(minutes=4)
_DUE_AT_MOST: Final = timedelta(minutes=10)
# So lately a channel with a rate limit was given something: the rest waits for its turn.
_FLOWS: Final = timedelta(minutes=1)
_FAILED_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True)
class DueState:
    """What `/readyz` says about messages; ages in seconds, null where there is nothing to have an age."""

    oldest_due_seconds: int | None
    last_tick_seconds: int | None
    unknown: int
    failed_today: int
    sending_enabled: bool
    mail: str
    sms: str

    @property
    def is_ready(self) -> bool:
        """Whether the periodic work runs and nothing waits too long; what may not be sent may wait."""
        ticks = self.last_tick_seconds is not None and self.last_tick_seconds <= _TICK_AT_MOST.total_seconds()
        waits = self.sending_enabled and (self.oldest_due_seconds or 0) > _DUE_AT_MOST.total_seconds()
        return ticks and not waits


def due_state(at: datetime) -> DueState:
    """The state of the outbox at a moment; the tick's age by the database's clock.

    A message that is put off, by quiet hours or after a refusal, is due later; what waits for a provider that is out of
    order is not late by our fault, and neither is what waits for the rate limit of a channel that is being given
    messages.
    """
    flows = Q(channel__in=_limited_channels(), refilled_at__gt=Now() - _FLOWS)
    held_back = ChannelState.objects.filter(Q(open_until__gt=Now()) | flows).values("channel")
    due = Q(state=MessageState.PLANNED, next_attempt_at__lte=at) & ~Q(channel__in=held_back)
    found = Message.objects.aggregate(
        oldest=Min("next_attempt_at", filter=due),
        unknown=Count("pk", filter=Q(state=MessageState.UNKNOWN)),
        failed=Count("pk", filter=Q(state=MessageState.FAILED, created_at__gt=at - _FAILED_WITHIN)),
    )
    # Whether the queue does the work or cron, it is done (decision 0039).
    beats = Heartbeat.objects.filter(name__in=[Job.TICK, Job.WORK_ONCE]).annotate(now=Now())
    beat = beats.order_by("-finished_at").values_list("finished_at", "now").first()
    return DueState(
        oldest_due_seconds=None if found["oldest"] is None else int((at - found["oldest"]).total_seconds()),
        last_tick_seconds=None if beat is None else int((beat[1] - beat[0]).total_seconds()),
        unknown=found["unknown"],
        failed_today=found["failed"],
        sending_enabled=settings.SENDING_ENABLED,
        mail="smtp" if settings.MAIL_IS_SET_UP else "kept",
        sms="twilio" if settings.TWILIO_ACCOUNT_SID else "kept",
    )


def _limited_channels() -> list[Channel]:
    rates = {Channel.EMAIL: settings.MAIL_PER_SECOND, Channel.SMS: settings.SMS_PER_SECOND}
    return [channel for channel, rate in rates.items() if rate]
