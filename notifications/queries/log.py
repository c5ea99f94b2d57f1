"""The delivery log: what was planned and sent, newest first."""

from django.db.models import QuerySet

from events.models import Event
from notifications.enums import MessageState
from notifications.models import Message


def event_messages(event: Event, *, state: MessageState | None = None) -> QuerySet[Message]:
    """Messages about an event with their tries, newest first; what staff reads goes through `without_links`."""
    messages = Message.objects.filter(event=event).select_related("registration__participant")
    if state is not None:
        messages = messages.filter(state=state)
    return messages.prefetch_related("attempts").order_by("-created_at", "-id")


def written_messages() -> QuerySet[Message]:
    """Every message that has a text, newest first, for the development inbox."""
    messages = Message.objects.exclude(body="").select_related("registration")
    return messages.order_by("-sent_at", "-created_at", "-id")
