"""What goes out in place of an SMS that does not arrive: the same once more, or a mail that says it."""

from datetime import datetime, timedelta
from typing import Final

from notifications.enums import Channel, MessageState, Priority
from notifications.models import Message

# A phone that is off now may be on then.
_LATER: Final = timedelta(minutes=30)
_AGAIN: Final = ":again"
_REACHES: Final = (
    MessageState.PLANNED,
    MessageState.SENDING,
    MessageState.UNKNOWN,
    MessageState.SENT,
    MessageState.DELIVERED,
)
_OCCASION: Final = (
    "kind",
    "registration_id",
    "member_id",
    "event_id",
    "session_id",
    "session_starts_at",
    "event_change_id",
    "registration_change_id",
    "announcement_id",
)


def plan_instead(message: Message, *, may_repeat: bool = False, at: datetime) -> None:
    """Plan what stands in for a message that failed, in the transaction that records it; nothing where nothing can.

    An SMS that may get through later is repeated once. Else its person gets a mail, unless a mail of the same occasion
    has reached them or will.
    """
    if message.channel != Channel.SMS or message.registration is None:
        return
    subject = message.dedupe_key.removesuffix(f":{Channel.SMS}")
    again_at = at + _LATER
    if may_repeat and not subject.endswith(_AGAIN) and again_at < message.useful_until:
        _plan(message, Channel.SMS, f"{subject}{_AGAIN}", due_at=again_at, at=at)
    elif _mail_is_worth_it(message, at=at):
        # The key of the mail that planning would have made: whichever comes first is the only one.
        _plan(message, Channel.EMAIL, subject.removesuffix(_AGAIN), due_at=at, at=at)


def _mail_is_worth_it(message: Message, *, at: datetime) -> bool:
    participant = getattr(message.registration, "participant", None)
    if participant is None or not participant.email or message.useful_until <= at:
        return False
    if message.priority >= Priority.OPTIONAL:
        return False
    occasion = {name: getattr(message, name) for name in _OCCASION}
    return not Message.objects.filter(channel=Channel.EMAIL, state__in=_REACHES, **occasion).exists()


def _plan(message: Message, channel: Channel, subject: str, *, due_at: datetime, at: datetime) -> None:
    row = Message(
        **{name: getattr(message, name) for name in _OCCASION},
        dedupe_key=f"{subject}:{channel}",
        channel=channel,
        priority=message.priority,
        instead_of=message,
        language=message.language,
        created_at=at,
        due_at=due_at,
        useful_until=message.useful_until,
        next_attempt_at=due_at,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)
