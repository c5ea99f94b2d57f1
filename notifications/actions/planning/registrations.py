"""What happened to registrations, as messages to their people."""

from datetime import datetime
from typing import Final

from django.db import transaction

from notifications.enums import Channel
from notifications.kinds import KIND_OF_CHANGE
from notifications.models import Message
from registrations.models import Registration, RegistrationChange

BATCH: Final = 500


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
    RegistrationChange.objects.filter(pk__in=[change.pk for change in changes]).update(planned_at=at)
    return len(messages)


def _message_of(change: RegistrationChange, *, at: datetime) -> Message | None:
    kind = KIND_OF_CHANGE.get((change.cause, change.to_state))
    channel = _channel_of(change.registration)
    if kind is None or channel is None:
        return None
    registration = change.registration
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
        due_at=change.at,
        useful_until=kind.useful_until(registration, change.at),
        next_attempt_at=at,
    )


def _channel_of(registration: Registration) -> Channel | None:
    """By mail, or by SMS to people who gave no address (they were registered by telephone or at the door)."""
    participant = getattr(registration, "participant", None)
    if participant is None:
        return None
    if participant.email:
        return Channel.EMAIL
    return Channel.SMS if participant.phone else None
