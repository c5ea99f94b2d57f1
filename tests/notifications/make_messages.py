"""A planned message, written directly; planning is tested elsewhere."""

from datetime import datetime, timedelta

from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.models import Message
from registrations.models import Registration
from tests.make.events import NOW


def make_message(
    registration: Registration,
    kind: str = "confirmed",
    *,
    channel: Channel = Channel.EMAIL,
    useful_for: timedelta = timedelta(days=13),
    at: datetime = NOW,
) -> Message:
    """A message that is due now; a reminder is about the event's first session."""
    session = registration.event.sessions.first() if kind == "reminder" else None
    return Message.objects.create(
        dedupe_key=f"test:{kind}:{registration.pk}:{channel}",
        kind=kind,
        channel=channel,
        priority=KINDS[kind].priority,
        registration=registration,
        event=registration.event,
        session=session,
        session_starts_at=session.starts_at if session else None,
        language=registration.language,
        created_at=at,
        due_at=at,
        useful_until=at + useful_for,
        next_attempt_at=at,
    )
