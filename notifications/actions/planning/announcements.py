"""Announcements of organisers, as messages to the people they are for."""

from datetime import datetime
from typing import Final

from django.db import transaction

from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import ANNOUNCEMENT
from notifications.models import Announcement, Message
from notifications.queries.announcements import Reader, announcement_readers, selection_of

_BATCH: Final = 1000


@transaction.atomic
def plan_announcements(*, at: datetime) -> int | None:
    """One announcement; None when there is none left."""
    announcement = (
        Announcement.objects.filter(planned_at=None)
        .select_related("event")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")
        .first()
    )
    if announcement is None:
        return None
    readers = announcement_readers(announcement.event, selection_of(announcement))
    messages = [_message(announcement, reader, at=at) for reader in readers]
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=_BATCH)
    Announcement.objects.filter(pk=announcement.pk).update(planned_at=at, messages_planned=len(messages))
    return len(messages)


def _message(announcement: Announcement, reader: Reader, *, at: datetime) -> Message:
    useful_until = announcement.event.ends_at or at
    is_late = at >= useful_until
    whose = f"{reader.registration}:member:{reader.member}" if reader.member is not None else str(reader.registration)
    return Message(
        dedupe_key=f"{ANNOUNCEMENT.name}:{whose}:{announcement.pk}:{Channel(reader.channel).value}",
        kind=ANNOUNCEMENT.name,
        channel=reader.channel,
        priority=ANNOUNCEMENT.priority,
        registration_id=reader.registration,
        member_id=reader.member,
        event_id=announcement.event_id,
        announcement=announcement,
        language=reader.language,
        state=MessageState.MISSED if is_late else MessageState.PLANNED,
        state_reason=StateReason.TOO_LATE if is_late else "",
        created_at=at,
        due_at=announcement.at,
        useful_until=useful_until,
        next_attempt_at=at,
    )
