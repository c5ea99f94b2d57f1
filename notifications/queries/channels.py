"""Whether the channels work, for monitors and for the dashboard."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Now

from notifications.enums import Channel
from notifications.models import ChannelState


@dataclass(frozen=True)
class ChannelHealth:
    """A channel as it stands; `paused_for_seconds` null: it is used. `last_error` may be long past.

    `opens_at`: when it is tried again, while that lies ahead.
    """

    channel: Channel
    paused_for_seconds: int | None
    failures: int
    is_slowed: bool
    last_error: str
    last_error_at: datetime | None
    opens_at: datetime | None = None

    @property
    def works(self) -> bool:
        """Whether messages are handed over."""
        return self.paused_for_seconds is None


def channel_states() -> list[ChannelHealth]:
    """Every channel, also one that nobody has used yet; a pause that is over counts until a message has got through."""
    known = {state.channel: (state, state.now) for state in ChannelState.objects.annotate(now=Now())}
    return [_health(channel, *known.get(channel.value, (None, None))) for channel in Channel]


def _health(channel: Channel, state: ChannelState | None, now: datetime | None) -> ChannelHealth:
    if state is None or now is None:
        return ChannelHealth(channel, None, 0, is_slowed=False, last_error="", last_error_at=None)
    paused_for = None if state.open_until is None else max(0, int((state.open_until - now).total_seconds()))
    return ChannelHealth(
        channel=channel,
        paused_for_seconds=paused_for,
        failures=state.failures,
        is_slowed=state.slowed_until is not None and state.slowed_until > now,
        last_error=state.last_error,
        last_error_at=state.last_error_at,
        opens_at=state.open_until if state.open_until is not None and state.open_until > now else None,
    )
