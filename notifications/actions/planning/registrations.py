"""What happened to registrations, as messages to their people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from events.models import EventChange
from notifications.enums import Channel
from notifications.kinds import KIND_OF_CHANGE
from notifications.models import Message
from registrations.enums import ChangeCause
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


def told_along_with(event_change_ids: Sequence[int]) -> Mapping[str, int]:
    """How many people are told that they get a seat because of these changes of events, by channel.

    Seats that a change frees are given away in its transaction, at its moment.
    """
    causes = EventChange.objects.filter(pk__in=event_change_ids)
    moved = (
        RegistrationChange.objects.filter(cause=ChangeCause.PROMOTED, planned_at=None, notify=True)
        .filter(registration__event__in=causes.values("event"), at__in=causes.values("at"))
        .select_related("registration__participant")
    )
    channels = [
        _channel_of(change.registration) for change in moved if (change.cause, change.to_state) in KIND_OF_CHANGE
    ]
    return Counter(channel.value for channel in channels if channel is not None)


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
