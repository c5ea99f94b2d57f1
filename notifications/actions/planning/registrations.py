"""What happened to registrations, as messages to their people."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import KIND_OF_CHANGE, KINDS, Kind
from notifications.models import Message
from registrations.enums import RegistrationState
from registrations.models import Registration, RegistrationChange

BATCH: Final = 500
_GATHERED: Final = tuple(kind.name for kind in KINDS.values() if kind.gathers_for > timedelta(0))


@transaction.atomic
def plan_registration_changes(*, at: datetime) -> int | None:
    """One batch; None when there is none left."""
    changes = list(
        RegistrationChange.objects.filter(planned_at=None, notify=True)
        .select_related("registration__event", "registration__participant")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")[:BATCH]
    )
    if not changes:
        return None
    messages = [message for change in changes if (message := _message_of(change, at=at)) is not None]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    _gather(message for message in messages if message.kind in _GATHERED)
    RegistrationChange.objects.filter(pk__in=[change.pk for change in changes]).update(planned_at=at)
    return len(messages)


def _message_of(change: RegistrationChange, *, at: datetime) -> Message | None:
    kind = KIND_OF_CHANGE.get((change.cause, change.to_state))
    channel = _channel_of(change.registration)
    registration = change.registration
    if kind is None or channel is None or not _may_be_told(registration, kind):
        return None
    due_at = change.at + kind.gathers_for
    return Message(
        dedupe_key=f"{kind.name}:{registration.pk}:{change.pk}:{channel}",
        kind=kind.name,
        channel=channel,
        priority=kind.priority,
        registration=registration,
        event=registration.event,
        registration_change=change,
        language=registration.language,
        created_at=at,
        due_at=due_at,
        useful_until=kind.useful_until(registration, change.at),
        next_attempt_at=max(at, due_at) if kind.gathers_for else at,
    )


def _gather(messages: Iterable[Message]) -> None:
    """Take back what a newer message of the same kind says as well, as long as it has not left."""
    told = {message.registration_id for message in messages}
    if not told:
        return
    newer = Message.objects.filter(
        kind=OuterRef("kind"),
        registration=OuterRef("registration"),
        registration_change__gt=OuterRef("registration_change"),
    )
    waiting = Message.objects.filter(registration__in=told, kind__in=_GATHERED, state=MessageState.PLANNED)
    waiting.filter(Exists(newer)).update(state=MessageState.CANCELLED, state_reason=StateReason.SUPERSEDED)


def _may_be_told(registration: Registration, kind: Kind) -> bool:
    """Of a need only who has shown that the address is theirs; who applies has not always done that."""
    if not kind.tells_of_needs or registration.state != RegistrationState.AWAITING_APPROVAL:
        return True
    return registration.address_confirmed_at is not None


def _channel_of(registration: Registration) -> Channel | None:
    """By mail, or by SMS to people who gave no address (they were registered by telephone or at the door)."""
    participant = getattr(registration, "participant", None)
    if participant is None:
        return None
    if participant.email:
        return Channel.EMAIL
    return Channel.SMS if participant.phone else None
